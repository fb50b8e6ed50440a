"""Erasure in the tables: what is named is deleted, in the order that references ask for, and nothing else."""

import pytest
from sqlalchemy import select

from countenance.adapters.books import kept_rows, rows
from countenance.adapters.books.erasing import Made
from countenance.audit.append import append
from countenance.errors import ConfigError, StoreError
from countenance.testing.log_keys import log_key


@pytest.fixture
def written(books, filled, scribe, facts):
    """Sealed books: a second version, a withdrawal, their statements, and a published edit."""
    books.unseal_with(b"r" * 32)
    person = facts.person()
    release = facts.release(person.id)
    tie = facts.tie(filled["title"].id, release.id)
    later = person.model_copy(update={"version": 2})
    end = facts.revocation(release.id)
    found = {"person": person, "model-release": release, "face-tie": tie, "revocation": end}
    with books.transaction():
        for kind, record in found.items():
            books.add(record)
            append(*scribe.write(kind, body=record), books, log_key())
        books.add(later)
        append(*scribe.write("person", body=later), books, log_key())
    made = facts.publication(release.id, b"manifest", at=scribe.clock.now())
    with books.transaction():
        append(*scribe.write("publication", at=made.at, body=made), books, log_key())
        books.add_publication(made, b"manifest", b"s" * 32, filled["operator"].id)
    books.note_delivery(made.edit_id, path="/x", purpose="film", medium="web", territory="DE")
    return found | {"later": later, "publication": made}


def named(written) -> list[tuple[str, str]]:
    kinds = ("person", "model-release", "face-tie", "revocation")
    rows_named = [(written[kind].schema_name(), written[kind].id) for kind in kinds]
    return [*rows_named, (written["later"].schema_name(), f"{written['later'].id}.2")]


def erase(books, written, **changes):
    made = books.made_under([written["model-release"].id])
    wanted = {"entries": range(5), "facts": named(written), "made": made, "person_id": written["person"].id} | changes
    with books.transaction():
        return books.erase(**wanted)


def test_everything_that_is_named_goes_and_is_counted(books, filled, written):
    assert erase(books, written) == {
        "log_statement": 5,
        "delivery": 1,
        "receipt_salt": 1,
        "person": 1,
        "model_release": 1,
        "face_tie": 1,
        "revocation": 1,
        "person_version": 1,
        "person_key": 1,
    }
    assert books.person(written["person"].id) is None
    assert books.release(written["model-release"].id) is None
    assert books.receipt_salt(written["publication"].receipt_id) is None
    assert [entry.envelope is None for entry in books.entries(0, 6)] == [True] * 5 + [False]
    assert books.persons() == (filled["person"],)
    assert books.ties(filled["title"].id) == (filled["tie"],)
    assert books.publication(written["publication"].edit_id) == written["publication"]
    books.scrub()


def test_their_edits_and_ties_are_found(books, filled, written):
    publication = written["publication"]
    made = [Made(edit_id=publication.edit_id, receipt_id=publication.receipt_id)]
    assert books.made_under([written["model-release"].id]) == made
    assert books.made_under([filled["release"].id]) == []
    assert books.made_under([]) == []
    assert books.ties_to([written["model-release"].id]) == (written["face-tie"],)


def test_statements_come_one_after_the_other_without_those_that_are_gone(books, written):
    kinds = ["person", "model-release", "face-tie", "revocation", "person", "publication"]
    assert [kind for _, kind, _ in books.opened_statements()] == kinds
    erase(books, written)
    assert [(index, kind) for index, kind, _ in books.opened_statements()] == [(5, "publication")]


def test_what_others_name_cannot_go_alone(books, written):
    with pytest.raises(ConfigError):
        erase(books, written, facts=[(written["person"].schema_name(), written["person"].id)])
    assert books.person(written["person"].id) == written["later"]
    assert books.receipt_salt(written["publication"].receipt_id) is not None


def test_it_needs_a_transaction(books, written):
    with pytest.raises(StoreError, match="transaction"):
        books.erase(entries=[0], facts=[], made=[], person_id=None)
    with books.reading() as connection:
        assert len(connection.execute(select(rows.table_of(kept_rows.StatementRow).c.index)).all()) == 6
