import json
import sqlite3

import pytest
from raw_sql import ON_SQLITE, run

from countenance.adapters.books.agreement import _require_columns
from countenance.adapters.books.sqlite import build
from countenance.audit.append import append
from countenance.core import digest
from countenance.core.records.decision import Decision
from countenance.core.records.status import WithdrawalLink
from countenance.errors import StoreError, TamperedLogError
from countenance.testing.log_keys import log_key, statement_key

KEY = log_key()
ORIGIN = "log.example/countenance"


def out(number):
    return digest.of_file(b"out %d" % number)


@pytest.fixture
def publish(books, facts, filled, scribe):
    count = 0

    def _publish(*, source=None, reference=None, release=None, decisions=()):
        nonlocal count
        count += 1
        manifest = b"manifest %d" % count
        made = facts.publication(release or filled["release"].id, manifest, mark=f"{count:09x}")
        recipe = made.recipe.model_copy(update={"reference_digest": reference})
        made = made.model_copy(
            update={
                "source_digest": source or digest.of_file(b"picture"),
                "output_digest": out(count),
                "manifest_id": f"urn:c2pa:{count}",
                "recipe": recipe,
            }
        )
        with books.transaction():
            for decision in decisions:
                books.add(decision.model_copy(update={"edit_id": made.edit_id}))
            append(*scribe.write("publication", at=made.at), books, KEY)
            books.add_publication(made, manifest, b"s" * 32, filled["operator"].id)
        return made

    return _publish


@pytest.fixture
def another(books, facts):
    """The release of another person."""
    person = facts.person()
    release = facts.release(person.id)
    with books.transaction():
        books.add(person)
        books.add(release)
    return release


def told(found):
    return [(one.edit_id, one.parent_id, one.generation, one.how) for one in found]


def test_what_came_of_a_release_however_deep(books, publish, filled, another):
    first = publish()
    second = publish(source=out(1), release=another.id)
    third = publish(source=out(2), release=another.id)
    publish(source=digest.of_file(b"elsewhere"), release=another.id)
    assert told(books.descendants(filled["release"].id)) == [
        (first.edit_id, None, 1, "edited"),
        (second.edit_id, first.edit_id, 2, "edited"),
        (third.edit_id, second.edit_id, 3, "edited"),
    ]
    assert len(books.descendants(another.id)) == 3


def test_what_borrowed_from_an_output_came_of_it(books, publish, filled, another):
    first = publish()
    borrower = publish(source=digest.of_file(b"elsewhere"), reference=out(1), release=another.id)
    assert told(books.descendants(filled["release"].id))[1] == (borrower.edit_id, first.edit_id, 2, "borrowed")


def test_what_was_borrowed_under_a_release_came_of_it(books, publish, facts, filled, another):
    """The release that lent is that of the reference's face as it was decided."""
    lent = facts.title(b"reference")
    with books.transaction():
        books.add(lent)
        books.add(facts.tie(lent.id, filled["release"].id, face=0))
    decision = Decision(
        id=facts.ids.new("decision"), edit_id=facts.ids.new("edit"), stage="requested", face=0, effect="permit", reasons=(),
        request_digest=digest.of_file(b"about the reference"), evidence_digest=out(0), policy_digest=out(0), at=facts.clock.now(),
    )  # fmt: skip
    made = publish(
        source=digest.of_file(b"elsewhere"),
        reference=lent.asset.digest_of_file,
        release=another.id,
        decisions=[decision],
    )
    assert told(books.descendants(filled["release"].id)) == [(made.edit_id, None, 1, "borrowed")]
    assert books.under(made) == (another.id, filled["release"].id)


def test_where_it_was_put_and_its_title_are_told(books, publish, facts, filled):
    made = publish()
    books.note_delivery(
        made.edit_id, path="/out/1.jpg", purpose="film", medium="web", territory="DE", client="Sommer AG"
    )
    title = facts.title().model_copy(update={"asset": facts.asset().model_copy(update={"digest_of_file": out(1)})})
    with books.transaction():
        books.add(title)
    (one,) = books.descendants(filled["release"].id)
    assert (one.path, one.purpose, one.medium, one.territory, one.title_id) == (
        "/out/1.jpg",
        "film",
        "web",
        "DE",
        title.id,
    )
    assert (one.manifest_id, one.watermark_id, one.output_digest) == ("urn:c2pa:1", "000000001", out(1))
    assert one.client == "Sommer AG"
    assert books.clients() == {made.edit_id: "Sommer AG"}


def test_a_withdrawal_sets_the_entries_of_all_that_came_of_it_and_of_no_other(books, publish, facts, filled, another):
    groups = {}
    for number, edit in enumerate(
        (publish(), publish(source=out(1), release=another.id), publish(source=out(9), release=another.id))
    ):
        groups[number] = books.take_status(edit.edit_id, facts.ids.secret)
    assert books.withdrawn_places(1) == []
    with books.transaction():
        books.add(facts.revocation(filled["release"].id))
        books.add(facts.revocation(filled["operator"].id))
    places = set(books.withdrawn_places(1))
    assert {groups[0][1], groups[1][1]} <= places
    assert groups[2][1] not in places
    assert 4 <= len(places) <= 10
    assert books.withdrawn_places(2) == []


def test_links_are_kept_and_found(books, facts, filled):
    key = statement_key("person")
    link = WithdrawalLink(
        id=facts.ids.new("link"), release_id=filled["release"].id, public_pem=key.public_pem, added_at=facts.clock.now()
    )
    with books.transaction():
        books.add(link)
    assert books.withdrawal_link(link.id) == link
    assert books.withdrawal_links(filled["release"].id) == (link,)
    assert books.withdrawal_link("link_" + "0" * 32) is None
    assert books.actor_key(link.id) == key.public_pem


def test_an_edit_filed_under_another_release_is_an_alarm(books, publish, facts, scribe, another):
    publish()
    with books.transaction(), books.writing() as connection:
        run(connection, "DROP TRIGGER publication_no_update")
        run(connection, f"UPDATE publication SET release_id = '{another.id}'")  # noqa: S608
    with books.reading() as connection, pytest.raises(TamperedLogError, match="filed under another"):
        _require_columns(connection)


def test_entries_can_be_neither_changed_nor_freed(books, facts):
    books.take_status(facts.ids.new("edit"), facts.ids.secret)
    for act in ("UPDATE status_entry SET place = 1", "DELETE FROM status_entry"):
        with pytest.raises(StoreError, match="never changed"), books.transaction(), books.writing() as connection:
            run(connection, act)


@ON_SQLITE
def test_books_of_version_1_are_brought_up_to_date(tmp_path, books, publish, filled):
    """As version 1 left them: without the new columns, tables and indexes."""
    first = publish()
    second = publish(source=out(1))
    books.close()
    path = tmp_path / "books.db"
    _back_to_version_1(path)
    old = build(path, ORIGIN, read_only=True)
    assert old.publication(first.edit_id) == first
    old.close()
    again = build(path, ORIGIN)
    assert told(again.descendants(filled["release"].id)) == [
        (first.edit_id, None, 1, "edited"),
        (second.edit_id, first.edit_id, 2, "edited"),
    ]
    assert again.descendants(filled["release"].id)[0].manifest_id == "urn:c2pa:1"
    with pytest.raises(StoreError, match="never changed"), again.transaction(), again.writing() as connection:
        run(connection, "UPDATE publication SET release_id = 'x'")
    again.close()
    with sqlite3.connect(path) as database:
        indexes = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        assert "ix_publication_source_digest" in indexes
        assert database.execute("PRAGMA user_version").fetchone() >= (2,)
        (record,) = database.execute("SELECT record FROM publication").fetchone()
        assert json.loads(record)["edit_id"] == first.edit_id
    database.close()


def _back_to_version_1(path):
    columns = (
        "release_id",
        "source_digest",
        "output_digest",
        "reference_digest",
        "reference_release_id",
        "manifest_id",
    )
    with sqlite3.connect(path) as database:
        for name in columns:
            database.execute(f"DROP INDEX ix_publication_{name}")
        database.execute("DROP INDEX ix_face_tie_release_id")
        for name in (*columns, "published_at"):
            database.execute(f"ALTER TABLE publication DROP COLUMN {name}")
        for name in ("status_entry", "status_issue", "withdrawal_link", "delivery"):
            database.execute(f"DROP TABLE {name}")
        database.execute("PRAGMA user_version = 1")
    database.close()
