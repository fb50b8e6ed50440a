"""The published schema and what reads the form agree: on the templates, the examples, and on keys made up at random."""

import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import ConfigError
from countenance.request.forms.blanks import BLANK, blanks
from countenance.request.forms.kinds import Place
from countenance.request.forms.person import PERSON, person_schema
from countenance.request.forms.release import RELEASE
from countenance.request.release_file import read_release, release_of, release_schema

ROOT = Path(__file__).parents[4]
FILES = sorted([*(ROOT / "policies" / "forms").glob("*.yaml"), *(ROOT / "examples").glob("release*.yaml")])
AT = "2027-02-28T11:00:00.000Z"
PLACE = Place(key="", today=date(2027, 2, 28), hint="h")
WHOLE = read_release((ROOT / "examples" / "release-whole.yaml").read_bytes())
ANSWERS = {
    "valid.from": "2027-03-01", "valid.until": "2030-02-28", "purposes": "advertising", "media": "web", "territories": "US",
    "shoot.on": "2027-02-01", "signed_on": "2027-02-20", "signatures": None, "notice_given_at": "2027-02-01 09:00",
    "representation.kind": "union", "compensation.rate": "500.00", "retention.years_after_end": "3",
}  # fmt: skip


def fits(schema: dict[str, Any], value: Any) -> bool:
    """JSON Schema as far as the forms use it; scalars are the text that they are in YAML, and no text is null."""
    if "anyOf" in schema:
        rest = {name: one for name, one in schema.items() if name != "anyOf"}
        return any(fits(one, value) for one in schema["anyOf"]) and ("type" not in rest or fits(rest, value))
    if set(schema) == {"required"}:
        return set(schema["required"]) <= set(value)
    if schema.get("type") == "null":
        return value == ""
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema["type"]
    if kind == "object":
        return isinstance(value, dict) and _object(schema, value)
    if kind == "array":
        within = isinstance(value, list) and schema["minItems"] <= len(value) <= schema["maxItems"]
        return within and all(fits(schema["items"], one) for one in value)
    if not isinstance(value, str):
        return False
    if kind in ("integer", "number"):
        return bool(re.fullmatch(r"-?[0-9.]+", value)) and schema["minimum"] <= _number(value) <= schema["maximum"]
    return len(value) >= schema.get("minLength", 0) and bool(re.search(schema.get("pattern", ""), value))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _object(schema: dict[str, Any], value: dict[str, Any]) -> bool:
    known = schema.get("properties", {})
    more = schema["additionalProperties"]
    names = schema.get("propertyNames", {"enum": list(known)})["enum"]
    return (
        set(value) <= set(names)
        and set(schema.get("required", ())) <= set(value)
        and all(fits(known.get(name, more), one) for name, one in value.items())
    )


def answered(value: Any, key: str = "") -> Any:
    """A form with every blank filled in."""
    if isinstance(value, dict):
        return {name: answered(one, f"{key}.{name}" if key else name) for name, one in value.items()}
    if isinstance(value, list):
        return [answered(one, key) for one in value]
    if BLANK not in value:
        return value
    if value != BLANK:
        return value.replace(BLANK, "Mia Muster")
    return ANSWERS.get(key, "Mia Muster")


def signed(fields: dict[str, Any]) -> dict[str, Any]:
    """A form whose blanks in its signatures are filled in too, each by its key."""
    known = {"name": "Mia Muster", "method": "in-person", "on": "2027-02-20", "separate": "yes"}
    marks = [
        {name: known.get(name, one) if BLANK in one else one for name, one in mark.items()}
        for mark in fields.get("signatures", ())
    ]
    return fields | ({"signatures": marks} if marks else {})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_form_that_is_filled_in_fits_the_schema_and_is_read(path):
    fields = answered(signed(read_release(path.read_bytes())))
    assert fits(release_schema(), fields)
    release_of(fields, at=AT)


@pytest.mark.parametrize("path", [one for one in FILES if one.parent.name == "forms"], ids=lambda path: path.stem)
def test_a_template_denies_by_default_and_names_what_is_to_be_filled_in(path):
    fields = read_release(path.read_bytes())
    assert fields["template"] == path.stem
    asked = list(blanks(fields))
    assert {"counterparty", "valid.from", "purposes", "text", "signed_on"} <= set(asked)
    with pytest.raises(ConfigError, match="still to be filled in") as caught:
        release_of(fields, at=AT)
    assert all(f"`{key}`" in caught.value.message for key in asked)
    release = release_of(answered(signed(fields)), at=AT)
    grant = release.grant
    assert (grant.units, grant.teeth_visible, grant.keep_landmarks) == ({}, False, False)
    assert (grant.sensitive_uses, grant.generations) == ((), 1)
    assert "training" not in path.read_text().partition("purposes: ")[2].partition("\n")[0]


def test_the_schema_names_the_keys_that_are_read_and_no_others():
    schema = release_schema()
    assert set(schema["properties"]) == set(RELEASE.keys)
    assert schema["additionalProperties"] is False
    assert set(person_schema()["properties"]) == set(PERSON.keys)
    assert all(one["description"] for one in (*schema["properties"].values(), *person_schema()["properties"].values()))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a form."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, one in below for found in places(one, (*path, name)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The form with something else at a place."""
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], new)
    return copied


OTHER = st.one_of(
    st.sampled_from(
        ["yes", "denied", "AU12", "0.5", "2", "-1", "person", "today", "sha256:" + "0" * 64, "DE", "EUR", "x"]
    ),
    st.just([]),
    st.just({}),
    st.dictionaries(st.sampled_from(["min", "max", "name", "on", "zzz"]), st.sampled_from(["0", "1", "a"]), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([path for path in places(WHOLE) if path]), OTHER)
def test_what_the_schema_refuses_is_refused_when_it_is_read(path, new):
    changed = put(WHOLE, path, new)
    try:
        RELEASE.read(changed, PLACE)
    except ConfigError:
        return
    assert fits(release_schema(), changed)


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=12).filter(lambda name: name not in RELEASE.keys), st.sampled_from(["", "x"]))
def test_a_key_that_the_schema_does_not_know_is_not_read(name, value):
    assert not fits(release_schema(), {**WHOLE, name: value})
    with pytest.raises(ConfigError):
        RELEASE.read({**WHOLE, name: value}, PLACE)
