"""Whatever is typed: action units, or an error that says what is known."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core import facs
from countenance.errors import ConfigError
from countenance.request import lexicon
from countenance.request.prompt import understand

WORDS = sorted(
    {word for one in lexicon.EXPRESSIONS for word in one.words}
    | {word for table in (lexicon.PARTS, lexicon.VERBS, lexicon.DEGREES) for words in table.values() for word in words}
    | {*lexicon.FULL, *lexicon.VERY, *lexicon.LESS, *lexicon.MORE, *lexicon.NOT, *lexicon.CLOSED, *lexicon.REFUSED}
    | {
        *lexicon.SEPARATORS,
        *lexicon.FILLERS,
        *lexicon.LEFT,
        *lexicon.RIGHT,
        *lexicon.IMAGE_LEFT,
        ",",
        "40 %",
        "0.3",
        "%",
    }
)
THINGS = [
    *(word for one in lexicon.EXPRESSIONS if not one.target for word in one.words if not one.needs_side),
    *(f"{verb} the {part}" for part, verb in lexicon.MOVES),
    "left wink",
    "raise the right brow",
]
CLAUSES = st.lists(
    st.tuples(st.sampled_from(["", "slight ", "very ", "no ", "less ", "40 % ", "don't "]), st.sampled_from(THINGS)),
    min_size=1,
    max_size=4,
).map(lambda pairs: ["".join(pair) for pair in pairs])
GRADED = [one.words[0] for one in lexicon.EXPRESSIONS if one.units and not one.needs_side]


def meant(prompt):
    """What it means, or that it means nothing: which of several errors is told may depend on the order."""
    try:
        return understand(prompt).wish
    except ConfigError:
        return None


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_units_or_a_plain_error(prompt):
    try:
        wish = understand(prompt).wish
    except ConfigError as error:
        assert error.hint
        assert "\n" not in error.message + error.hint
        return
    assert any(wish.changes.values()) or wish.needs_reading
    for name, value in (*wish.changes.items(), *wish.targets.items()):
        assert name in facs.NAMES
        assert -1000 <= value <= 1000
    for name in wish.changes:
        assert name == facs.plain(name) or facs.plain(name) not in wish.changes


@given(CLAUSES, st.sampled_from([str.upper, str.title, str.capitalize, str.lower]))
def test_case_spaces_and_punctuation_do_not_matter(clauses, case):
    plain = ", ".join(clauses)
    dressed = f'  "{case(plain)}" ! '.replace(" ", "  \t").replace("closed mouth", "closed-mouth")
    assert meant(dressed) == meant(plain)


@given(CLAUSES)
def test_the_order_of_clauses_does_not_matter(clauses):
    orders = [list(order) for order in itertools.permutations(clauses)]
    assert len({repr(meant(" and ".join(order))) for order in orders[:12]}) == 1


@given(CLAUSES, st.sampled_from([" and ", ", ", "; ", " but ", " with ", " & ", ". "]))
def test_every_conjunction_joins_alike(clauses, joint):
    assert meant(joint.join(clauses)) == meant(", ".join(clauses))


@given(CLAUSES)
def test_saying_it_twice_changes_nothing(clauses):
    assert meant(", ".join([*clauses, *clauses])) == meant(", ".join(clauses))


@pytest.mark.parametrize("thing", GRADED)
def test_degrees_are_monotone(thing):
    by_degree = [understand(f"{words[0]} {thing}").wish.changes for _, words in sorted(lexicon.DEGREES.items())]
    by_number = [understand(f"{number} % {thing}").wish.changes for number in range(1, 101, 9)]
    for weaker, stronger in (*itertools.pairwise(by_degree), *itertools.pairwise(by_number)):
        assert all(abs(weaker[name]) <= abs(stronger[name]) for name in weaker)
    assert by_degree[0] != by_degree[-1]
    assert max(abs(value) for value in by_number[-1].values()) == 1000


@given(CLAUSES, st.sampled_from(THINGS))
def test_a_negation_only_takes_away(clauses, thing):
    before, after = meant(", ".join(clauses)), meant(", ".join([*clauses, f"no {thing}"]))
    if before is None or after is None or before.needs_reading:
        return
    for name, value in after.changes.items():
        assert value == before.changes.get(name, before.changes.get(facs.plain(name)))
