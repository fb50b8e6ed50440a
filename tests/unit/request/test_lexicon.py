from collections import Counter

from countenance.core import facs
from countenance.request import lexicon


def phrases():
    yield from (word for one in lexicon.EXPRESSIONS for word in one.words)
    for table in (lexicon.PARTS, lexicon.VERBS, lexicon.DEGREES):
        yield from (word for words in table.values() for word in words)
    yield from (*lexicon.FULL, *lexicon.VERY, *lexicon.LESS, *lexicon.MORE, *lexicon.NOT, *lexicon.CLOSED)
    yield from (*lexicon.LEFT, *lexicon.RIGHT, *lexicon.IMAGE_LEFT, *lexicon.IMAGE_RIGHT)


def test_every_phrase_means_one_thing():
    assert [phrase for phrase, times in Counter(phrases()).items() if times > 1] == []


def test_no_phrase_holds_a_filler_or_a_separator_and_none_is_too_long():
    skipped = {*lexicon.FILLERS, *lexicon.SEPARATORS} - {*lexicon.NOT}
    for phrase in phrases():
        assert phrase == phrase.lower()
        assert not set(phrase.split()) & skipped, phrase
        assert len(phrase.split()) <= 3


def test_what_is_refused_is_known_as_nothing_else():
    known = {word for phrase in phrases() for word in phrase.split()} | {*lexicon.FILLERS, *lexicon.SEPARATORS}
    assert not known & {*lexicon.REFUSED}


def test_moves_are_of_known_parts_and_verbs():
    assert {part for part, _ in lexicon.MOVES} == set(lexicon.PARTS)
    assert {verb for _, verb in lexicon.MOVES} == set(lexicon.VERBS)


def test_meanings_are_of_plain_units_within_the_scale():
    for one in (*lexicon.EXPRESSIONS, *lexicon.MOVES.values()):
        assert one.target or one.units, one.name
        assert {*one.units, *one.also_removes} <= set(facs.UNITS)
        assert all(0 < abs(value) <= 1000 for value in one.units.values())
        assert not one.needs_side or all(facs.UNITS[name].sided for name in one.units)


def test_degrees_grow():
    assert list(lexicon.DEGREES) == sorted(lexicon.DEGREES)
