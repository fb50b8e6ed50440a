"""Titles as people write them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.core.digest import of_file
from countenance.core.records.consent import Title
from countenance.core.records.terms import Licence, PropertyRelease
from countenance.errors import ConfigError
from countenance.request.title_file import last_day, parse_title, read_field, title_form
from countenance.testing.worlds import AT, a_world

EXAMPLE = (Path(__file__).parents[3] / "examples" / "title.yaml").read_bytes()
LEAST = b"owner: Studio\nbasis: own-work\nalteration: yes\n"


def parsed(data):
    return parse_title(data, at=AT, digest_of=lambda path: of_file(path.encode()))


def test_the_example_makes_a_title():
    said = parsed(EXAMPLE)
    made = a_world().evidence.title.model_copy(update=dict(said.details))
    assert Title.from_bytes(made.canonical()) == made
    assert said.details["licence"] == Licence(
        licensor="Example Pictures",
        tier="rights-managed, one campaign",
        number="RM-1234",
        editorial_only=False,
        expires_at="2028-01-01T00:00:00.000Z",
        territories=("DE", "AT"),
    )
    assert said.details["property_releases"][1] == PropertyRelease(
        what="the house", state="released", valid_until="2028-07-01T00:00:00.000Z"
    )
    assert said.details["captured_on"] == date(2026, 5, 4)


def test_the_least_that_a_title_says():
    said = parsed(LEAST)
    assert (said.owner, said.basis, said.alteration, said.details) == ("Studio", "own-work", "yes", {})


def test_files_are_hashed():
    said = parsed(LEAST + b"agreement: a.pdf\nevidence: [b.txt, c.txt, b.txt]\n")
    assert said.details["agreement"] == of_file(b"a.pdf")
    assert said.details["evidence"] == (of_file(b"b.txt"), of_file(b"c.txt"))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("basis: bought", "basis"),
        ("alteration: maybe", "alteration"),
        ("colour: red", "colour"),
        ("captured_on: 2026-13-01", "captured_on"),
        ("licence: {licensor: L}", "tier"),
        ("licence: {licensor: L, tier: T, territories: [XX]}", "licence.territories"),
        ("licence: {licensor: L, tier: T, editorial_only: sometimes}", "licence.editorial_only"),
        ("licence: {licensor: L, tier: T, expires: soon}", "licence.expires"),
        ("property_releases: [{what: a house, state: perhaps}]", "property_releases.state"),
        ("moral_rights: none", "moral_rights"),
        ("agreement: []", "agreement"),
        ("notice: ''\nnotice: ''", "YAML"),
    ],
)
def test_what_will_not_do_is_named(line, named):
    key = line.split(":")[0].encode()
    kept = b"".join(one for one in LEAST.splitlines(keepends=True) if not one.startswith(key))
    with pytest.raises(ConfigError, match=named):
        parsed(kept + line.encode())


def test_a_key_is_missing():
    with pytest.raises(ConfigError, match="`owner` is missing"):
        parsed(b"basis: own-work\nalteration: yes\n")


@settings(max_examples=150, deadline=None)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_a_title_or_one_plain_line(data):
    try:
        parsed(data)
    except ConfigError as error:
        assert "\n" not in error.message


def test_an_option_follows_the_rules_of_the_file():
    assert read_field("captured_on", "2026-05-04", at=AT) == date(2026, 5, 4)
    assert read_field("licence", {"licensor": "L", "tier": "T", "editorial_only": "yes"}, at=AT).editorial_only
    with pytest.raises(ConfigError, match="moral_rights"):
        read_field("moral_rights", "sold", at=AT)


def test_a_last_day_ends_with_it():
    assert last_day("until", "2026-12-31", at=AT) == "2027-01-01T00:00:00.000Z"
    with pytest.raises(ConfigError, match="until"):
        last_day("until", "someday", at=AT)


def test_the_schema_names_every_key():
    schema = title_form(lambda path: path).schema()
    later = Title.LATER - {"registered_by", "incoming_manifest"}
    assert set(schema["properties"]) == {"owner", "basis", "alteration", *later}
    assert schema["required"] == ["owner", "basis", "alteration"]
