from datetime import date

import pytest

from countenance.core.records.consent import DepictedPerson
from countenance.core.records.terms import Guardian, IdentitySeen
from countenance.errors import ConfigError
from countenance.request.forms.person import HINT, PERSON, person_of
from countenance.request.forms.yaml_text import read_yaml

AT = "2026-11-24T11:00:00.000Z"
WHOLE = b"""\
alias: mia
born: 2012-05-01
legal_name: Mia Muster
contact: mia@example.com
country: NO
identity: {kind: passport, by: Ruth, on: 2026-11-20}
guardian: {name: Maria Muster, relation: mother}
deceased_on: 2026-11-23
rights_holder: Maria Muster
"""


def parse_person(data, *, at):
    return person_of(read_yaml(data, what="the file", hint=HINT), at=at)


def test_a_person_is_read_whole():
    assert parse_person(WHOLE, at=AT) == {
        "alias": "mia",
        "born": date(2012, 5, 1),
        "legal_name": "Mia Muster",
        "contact": "mia@example.com",
        "country": "NO",
        "identity": IdentitySeen(kind="passport", by="Ruth", on=date(2026, 11, 20)),
        "guardian": Guardian(name="Maria Muster", relation="mother"),
        "deceased_on": date(2026, 11, 23),
        "rights_holder": "Maria Muster",
    }


def test_every_field_of_a_person_has_a_key():
    assert set(PERSON.keys) == set(DepictedPerson.model_fields) - {"id", "added_at", "version"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("born: 2027-01-01", "born"),
        ("deceased_on: today + 1 day", "deceased_on"),
        ("country: XX", "country"),
        ("country: Germany", "country"),
        ("adult: perhaps", "adult"),
        ("identity: {kind: passport}", "by"),
        ("guardian: {name: G}", "relation"),
        ("legal_name: FILL-IN", "legal_name"),
        ("name: Mia", "name"),
        ("- mia", "no keys"),
    ],
)
def test_what_is_not_allowed_is_named(text, named):
    with pytest.raises(ConfigError, match=named):
        parse_person(text.encode(), at=AT)
