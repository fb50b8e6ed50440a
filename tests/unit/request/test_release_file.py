from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.core import facs
from countenance.core.records.terms import (
    Compensation,
    Denied,
    Guardian,
    Limit,
    Representation,
    Retention,
    Revocability,
    Shoot,
    Signature,
)
from countenance.errors import ConfigError, CountenanceError
from countenance.request.forms.yaml_text import MAX_BYTES
from countenance.request.release_file import parse_release
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


def test_a_mistake_in_yaml_is_found_by_its_line():
    with pytest.raises(ConfigError, match="not plain YAML: see line 2"):
        parse_release(b"purposes: [film]\nmedia: web: print\n", at=AT)
    with pytest.raises(ConfigError, match="not plain YAML: see line 3"):
        parse_release(b"purposes: [film]\nmedia: web\npurposes: [film]\n", at=AT)


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
        ("AU12: {max: 0.5}", "AU12: {max: 1.5}", "units.AU12.max"),
        ("AU12: {max: 0.5}", "AU12: {max: -0.5}", "AU12"),
        ("AU12: {max: 0.5}", "AU12: 0.5", "AU12"),
        ("AU12: {max: 0.5}", "AU12: {max: nan}", "units.AU12.max"),
        ("{AU12: {max: 0.5}}", "[AU12]", "units"),
        ("[advertising]", "[bragging]", "purposes"),
        ("[advertising]", "[]", "purposes"),
        ("[advertising]", "{a: b}", "purposes"),
        ("[web]", "[moon]", "media"),
        ("[DE]", "[UK]", "territories"),
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


WHOLE = (EXAMPLES / "release-whole.yaml").read_text()


def test_every_field_of_a_release_has_its_key():
    release = parse(WHOLE)
    record = release.draft(at=AT)
    ours = {"document", "registered_by"}  # written by the checker of documents, and by whoever adds it
    assert {name for name in type(record).LATER if getattr(record, name) is None} == ours
    assert [name for name in type(record.grant).LATER if getattr(record.grant, name) is None] == []


def test_the_whole_example_says_what_it_says():
    release = parse(WHOLE)
    grant, terms = release.grant, release.terms
    assert grant.bases == {"advertising": "consent", "editorial": "contract"}
    assert (grant.advertiser, grant.product_line, grant.campaign) == ("Example Cosmetics", "Day cream", "Spring 2027")
    assert grant.platforms == ("Instagram", "example.com")
    assert grant.denied == (
        Denied(test="teeth-visible", reason="I never show my teeth in pictures."),
        Denied(test="eyes-closed", reason="I do not want to look tired.", limit_permille=400),
        Denied(test="asymmetry", reason="No crooked smile.", limit_permille=150),
        Denied(test="unit", reason="I do not frown for advertising.", unit="AU4"),
    )
    assert (grant.most_edits, grant.generations, grant.approval) == (3, 1, "per-picture")
    assert grant.sensitive_uses == ("health",)
    assert terms["guardian"] == Guardian(name="Maria Muster", relation="mother", contact="maria@example.com")
    assert terms["representation"] == Representation(kind="agency", name="Example Models", registration="NY-123")
    assert terms["signatures"][0] == Signature(
        role="person", name="Mia Muster", method="in-person", on=date(2026, 11, 23), separate=True
    )
    assert terms["shoot"] == Shoot(name="Spring 2027, day 1", on=date(2026, 11, 23))
    assert terms["compensation"] == Compensation(rate="450.00", unit="day", currency="EUR")
    assert terms["notice_given_at"] == "2026-11-20T09:30:00.000Z"
    assert terms["revocability"] == Revocability(effect="stop-use", terms="Printed matter that is out may stay out.")
    assert terms["retention"] == Retention(years_after_end=3, why="limitation of claims", then="erase")


def test_a_part_stands_for_its_units_and_a_unit_may_narrow_it():
    units = parse(WHOLE).grant.units
    assert set(facs.PARTS["mouth"]) <= set(units)
    assert units["AU20"] == Limit(min_permille=-300, max_permille=500, absolute_max_permille=800)
    assert units["AU12"] == Limit(min_permille=-300, max_permille=400, absolute_max_permille=600)
    assert units["AU12L"] == Limit(max_permille=200, absolute_max_permille=600)
    assert units["AU1"] == Limit(max_permille=800)


def test_parts_alone_are_enough():
    grant = parse(SMALL.replace("units: {AU12: {max: 0.5}}", "parts: {brows: {max: 0.2}}")).grant
    assert grant.units == dict.fromkeys(("AU1", "AU2", "AU4"), Limit(max_permille=200))
    with pytest.raises(ConfigError, match="`units` is missing"):
        parse(SMALL.replace("units: {AU12: {max: 0.5}}\n", ""))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("parts: {ears: {max: 0.2}}", "ears"),
        ("parts: {mouth: {max: 0.2}}", r"units\.AU12.*wider than .parts\.mouth"),
        ("parts: {mouth: {max: 0.6, at_most: 0.4}}\nunits: {AU12: {max: 0.5, at_most: 0.5}}", r"units\.AU12"),
        ("units: {AU12: {max: 0.5, at_most: 2}}", r"units\.AU12\.at_most"),
        ("platforms: []", "platforms"),
        ("description: ['a']", "description"),
        ("advertiser: {a: b}", "advertiser"),
        ("legal_bases: {advertising: whim}", r"legal_bases\.advertising"),
        ("legal_bases: {film: consent}", r"legal_bases\.film"),
        ("legal_bases: {love: consent}", "love"),
        ("denied: [{test: teeth-visible}]", "reason"),
        ("denied: [{test: winking, reason: r}]", r"denied\.test"),
        ("denied: [{test: asymmetry, reason: r}]", "needs `limit`"),
        ("denied: [{test: teeth-visible, reason: r, limit: 0.1}]", "takes no `limit`"),
        ("denied: [{test: unit, reason: r}]", "needs `unit`"),
        ("denied: [{test: unit, reason: r, unit: AU3}]", r"denied\.unit"),
        ("denied: [{test: eyes-closed, reason: r, limit: 1.1}]", r"denied\.limit"),
        ("teeth: allowed\ndenied: [{test: teeth-visible, reason: r}]", "teeth"),
        ("sensitive_uses: [gossip]", "sensitive_uses"),
        ("most_edits: 0", "most_edits"),
        ("most_edits: 1.5", "most_edits"),
        ("generations: 11", "generations"),
        ("approval: silence", "approval"),
        ("examples_shown: [sheet.png]", "examples_shown"),
        ("pictures: [sha256:0]", "pictures"),
        ("language: German", "language"),
        ("guardian: {name: M}", "relation"),
        ("guardian: M", "guardian"),
        ("representation: {kind: friend, name: F}", r"representation\.kind"),
        ("assigns: {a: b}", "assigns"),
        ("signatures: [{role: person, name: M, method: wink, on: 2026-11-23}]", r"signatures\.method"),
        ("signatures: [{role: person, name: M, method: pdf, on: someday}]", r"signatures\.on"),
        ("signatures: [{role: person, name: M, method: pdf, on: 2026-11-23, separate: x}]", r"signatures\.separate"),
        ("shoot: {on: 2026-11-23}", "name"),
        ("compensation: {rate: 1e3, unit: day, currency: EUR}", r"compensation\.rate"),
        ("compensation: {rate: 1, unit: day, currency: euro}", r"compensation\.currency"),
        ("notice_given_at: soon", "notice_given_at"),
        ("notice_given_at: 2026-02-30 09:00", "notice_given_at"),
        ("revocability: {effect: none}", r"revocability\.effect"),
        ("governing_law: []", "governing_law"),
        ("retention: {years_after_end: 101, why: w}", r"retention\.years_after_end"),
        ("retention: {years_after_end: 1, why: w, then: keep}", r"retention\.then"),
        ("template: a b", "template"),
        ("counterparty: FILL-IN", "still to be filled in: `counterparty`"),
        ("assigns: [FILL-IN]\nshoot: {name: FILL-IN the shoot}", "`assigns`, `shoot.name`"),
    ],
)
def test_every_wrong_value_is_one_plain_line_that_names_the_key(line, named):
    text = SMALL.replace("units: {AU12: {max: 0.5}}", line) if line.count("units:") else SMALL + f"{line}\n"
    with pytest.raises(ConfigError, match=named) as caught:
        parse(text)
    assert "\n" not in caught.value.message


def test_an_optional_key_without_a_value_is_absent():
    assert parse(SMALL + "counterparty:\nperson:\n").terms == {}


def test_a_list_of_one_needs_no_brackets():
    assert parse(SMALL.replace("[DE]", "DE")).grant.territories == ("DE",)


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
