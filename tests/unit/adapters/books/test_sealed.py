"""What is known of a person lies sealed in the tables, and comes back plain."""

import pytest
from sqlalchemy import select

from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.sealed import Sealed
from countenance.audit.append import append
from countenance.core import sealing
from countenance.core.records.status import WithdrawalLink
from countenance.errors import ConfigError, StoreError, TamperedLogError, UncheckedError
from countenance.testing.log_keys import log_key

KEY, OTHER = b"r" * 32, b"s" * 32


@pytest.fixture
def sealing_books(books):
    books.unseal_with(KEY)
    return books


def raw(books: Sealed, row: type) -> list[bytes]:
    table = rows.table_of(row)
    with books.reading() as connection:
        column = table.c.envelope if row is kept_rows.StatementRow else table.c.record
        return list(connection.execute(select(column)).scalars())


def delete(books: Sealed, row: type) -> None:
    with books.transaction(), books.writing() as connection:
        connection.execute(rows.table_of(row).delete())


def test_records_of_a_person_are_sealed_and_those_of_nobody_are_not(sealing_books, filled, facts) -> None:
    link = WithdrawalLink(
        id=facts.ids.new("link"), release_id=filled["release"].id, public_pem="pem", added_at=filled["title"].added_at
    )
    with sealing_books.transaction():
        sealing_books.add(link)
        sealing_books.add(facts.revocation(filled["release"].id))
        sealing_books.add(facts.revocation(filled["operator"].id))
    sealed = (fact_rows.PersonRow, fact_rows.ReleaseRow, fact_rows.FaceTieRow, fact_rows.WithdrawalLinkRow)
    for row in sealed:
        assert [sealing.owner(data) for data in raw(sealing_books, row)] == [filled["person"].id]
    assert [sealing.is_sealed(data) for data in raw(sealing_books, fact_rows.RevocationRow)] == [True, False]
    for row in (fact_rows.OrganisationRow, fact_rows.OperatorRow, fact_rows.TitleRow):
        assert not any(map(sealing.is_sealed, raw(sealing_books, row)))
    assert sealing_books.person(filled["person"].id) == filled["person"]
    assert sealing_books.release(filled["release"].id) == filled["release"]
    assert sealing_books.ties(filled["title"].id) == (filled["tie"],)
    assert sealing_books.withdrawal_link(link.id) == link
    assert len(sealing_books.revocations(filled["release"].id)) == 1


def test_so_are_the_statements_and_the_leaf_commits_to_the_plain_one(sealing_books, filled, scribe) -> None:
    entry, envelope, salt = scribe.write("person", body=filled["person"])
    with sealing_books.transaction():
        append(entry, envelope, salt, sealing_books, log_key())
        append(*scribe.write("title", body=filled["title"]), sealing_books, log_key())
    first, second = raw(sealing_books, kept_rows.StatementRow)
    assert (sealing.is_sealed(first), sealing.is_sealed(second)) == (True, False)
    assert sealing_books.entries(0, 1)[0].envelope == envelope
    assert sealing_books.statements("person")[0].envelope == envelope


def test_without_the_registry_key_it_is_not_at_hand(sealing_books, filled, scribe) -> None:
    with sealing_books.transaction():
        append(*scribe.write("person", body=filled["person"]), sealing_books, log_key())
    sealing_books._registry_key = sealing_books._person_keys = None
    with pytest.raises(StoreError, match=r"person in the books cannot be read: the key .* not at hand"):
        sealing_books.person(filled["person"].id)
    with pytest.raises(UncheckedError, match="not at hand"):
        sealing_books.statements()
    with pytest.raises(UncheckedError, match="not at hand"), sealing_books.transaction():
        sealing_books.add(filled["person"].model_copy(update={"version": 2}))
    assert sealing_books.title(filled["title"].id) == filled["title"]


def test_nor_with_another_one(sealing_books, filled) -> None:
    sealing_books.unseal_with(OTHER)
    with pytest.raises(StoreError, match="not the one of these books"):
        sealing_books.person(filled["person"].id)
    with pytest.raises(UncheckedError, match="not the one of these books"), sealing_books.transaction():
        sealing_books.add(filled["person"].model_copy(update={"version": 2}))


def test_a_key_that_is_gone_is_said(sealing_books, filled, scribe) -> None:
    with sealing_books.transaction():
        append(*scribe.write("person", body=filled["person"]), sealing_books, log_key())
    delete(sealing_books, kept_rows.PersonKeyRow)
    sealing_books.unseal_with(KEY)
    with pytest.raises(StoreError, match="the person's key is gone"):
        sealing_books.person(filled["person"].id)
    with pytest.raises(TamperedLogError, match="entry 0 cannot be opened"):
        sealing_books.entries(0, 1)


def test_a_key_of_a_transaction_that_came_to_nothing_is_forgotten(sealing_books, facts) -> None:
    person = facts.person()

    def try_it() -> None:
        with sealing_books.transaction():
            sealing_books.add(person)
            assert sealing_books.person(person.id) == person
            sealing_books.add(facts.release(facts.ids.new("person")))

    with pytest.raises(ConfigError):
        try_it()
    with sealing_books.transaction():
        sealing_books.add(person)
    assert sealing_books.person(person.id) == person


def test_each_person_has_a_key_of_their_own(sealing_books, facts) -> None:
    people = [facts.person(), facts.person()]
    with sealing_books.transaction():
        for person in people:
            sealing_books.add(person)
    table = rows.table_of(kept_rows.PersonKeyRow)
    with sealing_books.reading() as connection:
        wrapped = dict(connection.execute(select(table.c.person_id, table.c.wrapped)).all())
    keys = {sealing.unseal(data, KEY, place="person_key") for data in wrapped.values()}
    assert len(keys) == 2
    assert set(wrapped) == {person.id for person in people}


def test_books_without_a_key_that_never_sealed_anything_keep_it_plain(books, filled) -> None:
    """So do those of schema 4 and before, whose rows stay readable beside sealed ones."""
    assert not books.holds_keys
    assert not any(map(sealing.is_sealed, raw(books, fact_rows.PersonRow)))
    books.unseal_with(KEY)
    later = filled["person"].model_copy(update={"version": 2})
    with books.transaction():
        books.add(later)
    assert books.person_versions(filled["person"].id) == (filled["person"], later)
    assert [sealing.is_sealed(data) for data in raw(books, fact_rows.PersonVersionRow)] == [True]
    assert books.holds_keys
