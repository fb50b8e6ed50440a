"""docs/guides/expressions.md shows every preset and every word of the lexicon, from the same tables."""

from pathlib import Path

import pytest

from countenance.core import facs
from countenance.request import lexicon
from countenance.request.presets import ALIASES, PRESETS
from countenance.request.words import MOST_CHARACTERS

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "expressions.md"


def changes(units):
    return ", ".join(f"{name} {value / 1000:+g}" for name, value in units.items())


def preset_rows():
    for one in PRESETS.values():
        also = ", ".join(f"`{alias}`" for alias, name in ALIASES.items() if name == one.name)
        units = changes(one.units)
        if one.shown:
            units = ", ".join(f"{name} to {value / 1000:g}" for name, value in one.units.items())
        yield f"| `{one.name}` | {also} | {units or 'all to 0'} | {one.says} |"


def expression_rows():
    for one in lexicon.EXPRESSIONS:
        units = changes(one.units) if one.units else "as the preset"
        note = "; needs a side" if one.needs_side else ""
        removes = [name for name in one.also_removes if name not in one.units]
        note += f"; `no` also keeps out {', '.join(removes)}" if removes else ""
        yield f"| {one.name} | {', '.join(one.words)} | {units}{note} |"


def part_rows():
    for part, words in lexicon.PARTS.items():
        moves = "; ".join(f"{verb}: {changes(one.units)}" for (of, verb), one in lexicon.MOVES.items() if of == part)
        yield f"| {part} | {', '.join(words)} | {moves} |"


def verb_rows():
    for verb, words in lexicon.VERBS.items():
        yield f"| {verb} | {', '.join(words)} |"


def degree_rows():
    for degree, words in lexicon.DEGREES.items():
        yield f"| {degree / 10:g} % | {', '.join(words)} |"


def other_rows():
    yield f"| the strongest unit to 1 | {', '.join(lexicon.FULL)} |"
    yield f"| more so | {', '.join(lexicon.VERY)} |"
    yield f"| less | {', '.join(lexicon.LESS)} |"
    yield f"| more | {', '.join(lexicon.MORE)} |"
    yield f"| not | {', '.join(lexicon.NOT)} |"
    yield f"| as `without opening the mouth` | {', '.join(lexicon.CLOSED)} |"
    yield f"| the person's left | {', '.join((*lexicon.LEFT, *lexicon.IMAGE_RIGHT))} |"
    yield f"| the person's right | {', '.join((*lexicon.RIGHT, *lexicon.IMAGE_LEFT))} |"
    yield f"| between clauses | {', '.join(lexicon.SEPARATORS)} |"
    yield f"| without meaning | {', '.join(lexicon.FILLERS)} |"
    yield f"| refused | {', '.join(lexicon.REFUSED)} |"


def unit_rows():
    for name, unit in facs.UNITS.items():
        yield f"| {name} | {unit.name} | {'yes' if unit.sided else ''} |"


ROWS = [
    *preset_rows(), *expression_rows(), *part_rows(), *verb_rows(), *degree_rows(), *other_rows(), *unit_rows(),
]  # fmt: skip


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("row", ROWS)
def test_the_page_shows_it(page, row):
    assert row in page


def test_the_page_shows_no_other_rows(page):
    rows = [line for line in page if line.startswith("| ") and not line.startswith("| **")]
    heads = [line for line in rows if page[page.index(line) + 1].startswith("|---")]
    assert set(rows) - set(heads) == set(ROWS)


def test_the_page_tells_the_bounds(page):
    text = "\n".join(page)
    assert f"{MOST_CHARACTERS} characters" in text
    assert f"{lexicon.COMPARED_PERMILLE / 10:g} %" in text
