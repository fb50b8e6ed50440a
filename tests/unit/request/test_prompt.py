import itertools

import pytest

from countenance.errors import ConfigError
from countenance.request import lexicon
from countenance.request.prompt import understand
from countenance.request.words import MOST_CHARACTERS, clauses_of, phrases_of, sides_out, words_of


@pytest.mark.parametrize(
    ("prompt", "units"),
    [
        ("a slight closed-mouth smile", {"AU12": 250}),
        ("raise her eyebrows in surprise", {"AU1": 500, "AU2": 500, "AU5": 300, "AU26": 400}),
        ("less of a smile", {"AU12": -300}),
        ("smile less", {"AU12": -300}),
        ("much less of a smile", {"AU12": -480}),
        ("40 % less of a smile", {"AU12": -400}),
        ("more of a smile", {"AU12": 300}),
        ("a broad smile with teeth", {"AU12": 800, "AU25": 500}),
        ("an open smile", {"AU6": 300, "AU12": 600, "AU25": 500}),
        ("smile, no teeth", {"AU12": 500}),
        ("joy without showing her teeth", {"AU6": 600, "AU12": 800}),
        ("joy without opening the mouth", {"AU6": 600, "AU12": 800}),
        ("a happy face with the mouth closed", {"AU6": 600, "AU12": 800}),
        ("surprised but don't raise the brows", {"AU5": 300, "AU26": 400}),
        ("not angry; frowning", {"AU15": 200}),
        ("raise the left brow slightly", {"AU1L": 200, "AU2L": 200}),
        ("slightly raise the picture's left brow", {"AU1R": 200, "AU2R": 200}),
        ("image right eye closed", {"AU43L": 1000}),
        ("inner brows raised", {"AU1": 500}),
        ("furrowed brows and pressed lips", {"AU4": 400, "AU24": 500}),
        ("draw the brows together", {"AU4": 400}),
        ("a left wink with her left eye closed", {"AU6L": 300, "AU43L": 1000}),
        ("a right smirk", {"AU12R": 400, "AU14R": 300}),
        ("40 % smile", {"AU12": 400}),
        ("0.4 smile", {"AU12": 400}),
        ("joy, .4", None),
        ("joy 40 percent", {"AU6": 300, "AU12": 400, "AU25": 300, "AU26": 100}),
        ("fully surprised", {"AU1": 1000, "AU2": 1000, "AU5": 600, "AU26": 800}),
        ("very slight smile", {"AU12": 150}),
        ("a very broad smile", {"AU12": 960}),
        ("very angry", {"AU4": 960, "AU5": 320, "AU7": 640, "AU24": 480}),
        ("half-closed eyes", {"AU43": 500}),
        ("wide eyes", {"AU5": 500}),
        ("eyes wide open", {"AU5": 500}),
        ("close her mouth", {"AU25": -500, "AU26": -500}),
        ("raise the corners of the mouth", {"AU12": 500}),
        ("the left corner of the mouth up", {"AU12L": 500}),
        ("smile and the left corner of the mouth up a lot", {"AU12L": 800, "AU12R": 500}),
        ("smile, but not the left corner of the mouth raised", {"AU12R": 500}),
        ("wrinkle the nose & raise the upper lip", {"AU9": 500, "AU10": 400}),
        ("drop the jaw", {"AU26": 500}),
        ("smile smile smile", None),
        ("smile, smile", {"AU12": 500}),
        ("smile, a broad smile", {"AU12": 800}),
    ],
)
def test_prompts(prompt, units):
    if units is None:
        with pytest.raises(ConfigError):
            understand(prompt)
        return
    found = understand(prompt)
    assert found.wish.changes == units
    assert not found.wish.needs_reading
    assert found.said


def test_targets():
    assert understand("a neutral face").wish.rest_to_zero
    assert understand("a neutral face with a slight smile").wish.targets == {"AU12": 250}
    relaxed = understand("relaxed brow and a smile").wish
    assert (relaxed.targets, relaxed.changes) == ({"AU1": 0, "AU2": 0, "AU4": 0}, {"AU12": 500})


def test_it_tells_what_it_understood():
    assert understand("joy, no teeth").said == (
        "joy: AU6 +0.60, AU12 +0.80, AU25 +0.60, AU26 +0.20",
        "without teeth: AU10, AU16, AU25, AU26, AU27 left out",
    )


def test_it_tells_whether_it_compares():
    assert understand("less of a smile").compares
    assert not understand("a small smile").compares


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("", "nothing is asked for"),
        ("the face, please.", "nothing is asked for"),
        ("no smile", "nothing is asked for"),
        ("smile, no smile", "nothing is asked for"),
        ("mouth closed", "nothing is asked for"),
        ("puff the cheeks like a hamster", "not understood: `puff`, `like`, `hamster`"),
        ("smile \N{SLIGHTLY SMILING FACE}", "not understood"),
        ("make her younger and smiling", "only expressions can be changed, and `younger` is none"),
        ("lighter skin", "only expressions"),
        ("nude", "only expressions"),
        ("a smile of -0.3", "negative number"),
        ("140 % smile", "`140` is not a degree"),
        ("0 smile", "`0` is not a degree"),
        ("5 smiles", "`5` is not a degree"),
        ("% smile", "`%` stands alone"),
        ("wink", "`wink` needs a side"),
        ("left surprise", "`surprise` has no sides"),
        ("left jaw dropped", "`lower jaw` has no sides"),
        ("left and right", "beside no expression"),
        ("slightly", "beside no expression"),
        ("raise", "what is to raise"),
        ("the brows", "what is to happen to brows"),
        ("wrinkle the jaw", "not understood: wrinkle jaw"),
        ("angry frown", "several things at once: angry frown"),
        ("raise brows smile", "several things at once"),
        ("raise lower brows", "several things at once"),
        ("mouth closed smile raised", "several things at once"),
        ("slight 40 % smile", "several degrees"),
        ("slight broad smile", "several degrees"),
        ("very 40 % smile", "`very` beside a number"),
        ("left right wink", "several sides"),
        ("less more smile", "less, more and not together"),
        ("no less smile", "less, more and not together"),
        ("not very happy", "a degree beside a negation"),
        ("slightly neutral", "`neutral` takes no degree"),
        ("not neutral", "`neutral` cannot be negated"),
        ("no closed mouth, smile", "`closed mouth` is said with nothing else"),
        ("open the mouth and close the mouth", "AU25 is asked for both ways"),
        ("relaxed brow and raised brows", "`AU1` is asked for twice"),
        ("smile " * 100, "longer than 500"),
    ],
)
def test_what_is_not_understood(prompt, said):
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")) as refused:
        understand(prompt)
    assert refused.value.hint
    assert "\n" not in refused.value.message


def test_the_hint_lists_what_is_known():
    with pytest.raises(ConfigError) as refused:
        understand("gurn")
    for name in (*(one.name for one in lexicon.EXPRESSIONS), *lexicon.PARTS, *lexicon.VERBS):
        assert name in refused.value.hint


def test_every_word_of_the_tables_can_be_used():
    expressions = {word for one in lexicon.EXPRESSIONS for word in one.words}
    for one in lexicon.EXPRESSIONS:
        for word in one.words:
            prompt = f"{'left ' if one.needs_side else ''}{word}"
            assert understand(prompt).wish == understand(f"The {prompt.upper()}!").wish
    names = {word for words in lexicon.PARTS.values() for word in words} | {*lexicon.CLOSED}
    for (part, verb), move in lexicon.MOVES.items():
        for noun, form in itertools.product(lexicon.PARTS[part], lexicon.VERBS[verb]):
            if f"{form} {noun}" in names:  # `lower lip` is a part and wants another form; `closed mouth` is a negation
                with pytest.raises(ConfigError):
                    understand(f"{form} the {noun}")
            elif f"{form} {noun}" in expressions:  # says what the face is to show
                assert understand(f"{form} the {noun}").wish.changes in (move.units, {"AU5": 500})
            else:
                assert understand(f"{form} the {noun}").wish.changes == move.units, (form, noun)


def test_a_prompt_may_be_long_enough():
    assert understand(" " * (MOST_CHARACTERS - 5) + "smile").wish.changes == {"AU12": 500}


def test_words_are_cut_where_the_fewest_stray():
    (clause,) = clauses_of(words_of("Lower the left lip-corner!"))
    sides, rest = sides_out(clause)
    assert sides == ["L"]
    assert [phrase for _, _, phrase in phrases_of(rest)] == ["lower", "lip corner"]


def test_clauses_lose_their_separators_but_not_a_negation():
    assert clauses_of(words_of("smile, and without her teeth")) == [["smile"], [], [], ["without", "teeth"]]
