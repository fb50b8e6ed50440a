"""Whose a record is, by what it says."""

import pytest

from countenance.adapters.books.whose import statement_in, whose
from countenance.core.records.oversight import Dispute
from countenance.testing.scribe import Scribe
from countenance.testing.worlds import AT, a_release, a_revocation, a_world, an_id


def test_a_record_is_that_of_the_person_or_release_that_it_names():
    release = a_release()
    assert whose(release.to_json()) == release.person_id
    assert whose(a_revocation(release.id).to_json()) == release.id
    dispute = Dispute(id=an_id("dispute"), of_id=release.id, reason="x", by=an_id("operator"), at=AT)
    assert whose(dispute.to_json()) == release.id


def test_a_record_of_a_kind_to_come_is_theirs_where_it_names_them():
    assert whose({"schema": "countenance.to-come/1", "person_id": an_id("person"), "release_id": "x"}) == an_id(
        "person"
    )
    assert whose({"schema": "countenance.to-come/1", "release_id": an_id("release")}) == an_id("release")


@pytest.mark.parametrize("said", [{}, {"release_id": None}, {"person_id": 7}, a_world().evidence.title.to_json()])
def test_others_are_nobody_s(said):
    assert whose(said) is None


@pytest.mark.parametrize("kind", ["publication", "erasure"])
def test_evidence_and_erasures_are_never_sealed(kind):
    assert whose({"schema": f"countenance.{kind}/1", "release_id": "r", "person_id": "p"}) is None


def test_a_statement_is_read_from_its_envelope():
    _, envelope, _ = Scribe().write("person", body=a_release())
    assert statement_in(envelope)["body"] == a_release().to_json()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"payload":"!"}', b'{"payload":"W10="}', b'{"payload":1}', b"\xff"]
)
def test_what_is_no_statement_says_nothing(data):
    assert statement_in(data) == {}
