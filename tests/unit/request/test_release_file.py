from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.core import facs
from countenance.core.records.terms import Limit
from countenance.errors import ConfigError, CountenanceError
from countenance.request.release_file import MAX_BYTES, parse_release
from countenance.request.territories import TERRITORIES

EXAMPLES = Path(__file__).parents[3] / "examples"
AT = "2028-02-29T11:00:00.000Z"
PLAIN = (EXAMPLES / "release.yaml").read_text()
SMALL = """\
signed_on: 2026-11-23
valid: {from: 2026-11-23, until: 2026-12-31}
purposes: [advertising]
media: [web]
territories: [DE]
units: {AU12: {max: 0.5}}
text: I agree.
"""


def parse(text):
    return parse_release(text.encode(), at=AT)


def test_the_example_says_what_it_says():
    release = parse(PLAIN)
    grant = release.grant
    assert (grant.purposes, grant.media, grant.territories) == (("advertising",), ("web", "print"), ("DE", "FR", "US"))
    assert grant.units == {
        "AU1": Limit(max_permille=800),
        "AU2": Limit(max_permille=800),
        "AU4": Limit(max_permille=300),
        "AU12": Limit(min_permille=-600, max_permille=500),
    }
    assert (grant.teeth_visible, grant.keep_landmarks, release.person_id) == (False, False, None)
    assert (grant.valid_from, grant.valid_until) == ("2028-02-29T00:00:00.000Z", "2038-03-01T00:00:00.000Z")
    assert release.signed_on == date(2028, 2, 29)
    assert release.text.startswith("I agree that")


def test_the_wide_example_grants_every_unit():
    grant = parse((EXAMPLES / "release-wide.yaml").read_text()).grant
    assert set(grant.units) == set(facs.UNITS)
    assert set(grant.units.values()) == {Limit(min_permille=-1000, max_permille=1000)}
    assert (grant.teeth_visible, grant.territories) == (True, ("*",))


def test_the_last_day_is_included():
    assert parse(SMALL).grant.valid_until == "2027-01-01T00:00:00.000Z"


def test_norway_is_a_country():
    assert parse(SMALL.replace("[DE]", "[NO, DE]")).grant.territories == ("NO", "DE")
    assert len(TERRITORIES) == 249


def test_a_person_may_be_named():
    known = "person_" + "0" * 32
    assert parse(f"person: {known}\n" + SMALL).person_id == known


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "2028-02-29"),
        ("today - 1 day", "2028-02-28"),
        ("today - 12 months", "2027-02-28"),
        ("today - 1 month", "2028-01-29"),
        ("today - 2 years", "2026-02-28"),
    ],
)
def test_relative_days(words, day):
    text = SMALL.replace("from: 2026-11-23", f"from: {words}").replace("2026-12-31", "today + 1 year")
    grant = parse(text).grant
    assert grant.valid_from == f"{day}T00:00:00.000Z"
    assert grant.valid_until == "2029-03-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("text: I agree.", "text: I agree.\nsmiles: all", "smiles"),
        ("text: I agree.", "", "text"),
        ("text: I agree.", "text: ' '", "text"),
        ("AU12: {max: 0.5}", "AU3: {max: 0.5}", "AU3"),
        ("AU12: {max: 0.5}", "AU12: {most: 0.5}", "most"),
        ("AU12: {max: 0.5}", "AU12: {max: 1.5}", "1.5"),
        ("AU12: {max: 0.5}", "AU12: {max: -0.5}", "AU12"),
        ("AU12: {max: 0.5}", "AU12: 0.5", "AU12"),
        ("AU12: {max: 0.5}", "AU12: {max: nan}", "nan"),
        ("{AU12: {max: 0.5}}", "[AU12]", "units"),
        ("[advertising]", "[bragging]", "purposes"),
        ("[advertising]", "[]", "purposes"),
        ("[advertising]", "{a: b}", "purposes"),
        ("[web]", "[moon]", "media"),
        ("[DE]", "[UK]", "UK"),
        ("until: 2026-12-31", "until: 2025-12-31", "ends before"),
        ("until: 2026-12-31", "until: tomorrow", "valid.until"),
        ("until: 2026-12-31", "until: 9999-12-31", "valid"),
        ("until: 2026-12-31", "until: today + 999999 years", "valid.until"),
        ("from: 2026-11-23, ", "", "from"),
        ("{from: 2026-11-23, until: 2026-12-31}", "for ever", "valid"),
        ("signed_on: 2026-11-23", "signed_on: [a]", "signed_on"),
        ("signed_on: 2026-11-23", "person: somebody\nsigned_on: 2026-11-23", "person"),
        ("text: I agree.", "text: I agree.\nteeth: maybe", "teeth"),
        ("text: I agree.", "text: I agree.\ntext: I do not.", "plain YAML"),
        ("media: [web]", "media: &m [web]\npurposes: *m", "plain YAML"),
        ("text: I agree.", "text: !!python/object/apply:os.system ['true']", "text"),
    ],
)
def test_what_is_not_allowed_is_named(old, new, named):
    text = SMALL.replace(old, new)
    if "person: somebody" not in new:
        assert text != SMALL
    with pytest.raises(ConfigError, match=named):
        parse(text)


def test_size_and_unfolding_are_bounded():
    with pytest.raises(ConfigError, match="larger"):
        parse_release(b" " * (MAX_BYTES + 1), at=AT)
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (laughs, "[" * 5000, "- x\n" * 5000, "? [a]\n: b", "3", "- a", "", "\x00", "{<<: {a: b}}"):
        with pytest.raises(ConfigError):
            parse(text)


def plain(data):
    """Whether the bytes give a release, or an error of one line."""
    try:
        return parse_release(data, at=AT).text
    except CountenanceError as error:
        return "\n" not in error.message


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_a_release_or_a_plain_error(data):
    assert plain(data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(range(len(SMALL))), st.sampled_from(list("{}[]:,-#&*!|>'\"%@\n\t x0")))
def test_any_slip_of_the_pen_gives_a_release_or_a_plain_error(place, character):
    assert plain((SMALL[:place] + character + SMALL[place + 1 :]).encode())
