# ruff: noqa: S608
"""Someone with the database, but without the log's key, writes another history. `log check` says where."""

import sqlite3

import pytest

from countenance.adapters.books.sqlite import build
from countenance.audit import merkle
from countenance.audit.append import append_many
from countenance.audit.checkpoint import sign_checkpoint
from countenance.errors import TamperedLogError
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe

KEY = log_key()


@pytest.fixture
def attacked(tmp_path):
    """Books with nine entries, and a raw connection whose triggers the attacker has dropped."""
    books, scribe = build(tmp_path / "books.db", "log.example/countenance"), Scribe()
    scribe.found(books, KEY)
    with books.transaction():
        append_many([scribe.write() for _ in range(8)], books, KEY)
    books.write_tiles(tmp_path / "log", KEY.public_pem)
    raw = sqlite3.connect(tmp_path / "books.db", isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    yield books, scribe, raw, tmp_path / "log"
    raw.close()
    books.close()


def rehash(raw, leaves):
    """All hashes again, as the attacker would."""
    raw.execute("DELETE FROM log_node")
    nodes = {}
    for index, leaf in enumerate(leaves):
        for level, position, hashed in merkle.closed_nodes(index, merkle.leaf_hash(leaf), lambda *at: nodes[at]):
            nodes[level, position] = hashed
            raw.execute("INSERT INTO log_node VALUES (?, ?, ?)", (level, position, hashed))
    return merkle.root(len(leaves), lambda *at: nodes[at])


def test_a_replaced_entry(attacked):
    books, scribe, raw, folder = attacked
    entry, envelope, salt = scribe.write(at=books.last_instant())
    raw.execute('UPDATE log_leaf SET leaf = ? WHERE "index" = 8', (entry.canonical(),))
    raw.execute('UPDATE log_statement SET envelope = ?, salt = ? WHERE "index" = 8', (envelope, salt))
    with pytest.raises(TamperedLogError, match="level 0, position 8"):
        books.check(folder, KEY.public_pem)
    rehash(raw, [entry.leaf for entry in books.entries(0, 9)])
    with pytest.raises(TamperedLogError, match="not those that the last checkpoint"):
        books.check(folder, KEY.public_pem)


def test_a_checkpoint_signed_by_another_key(attacked):
    books, _, raw, folder = attacked
    root = rehash(raw, [entry.leaf for entry in books.entries(0, 9)])
    forged = sign_checkpoint(books.origin, 9, root, log_key("mallory"))
    raw.execute("UPDATE log_checkpoint SET note = ?", (forged,))
    with pytest.raises(TamperedLogError, match="last checkpoint: the note is not signed by the log's key"):
        books.check(folder, KEY.public_pem)


def test_a_changed_statement(attacked):
    books, scribe, raw, folder = attacked
    raw.execute('UPDATE log_statement SET envelope = ? WHERE "index" = 3', (scribe.write()[1],))
    with pytest.raises(TamperedLogError, match="statement of entry 3"):
        books.check(folder, KEY.public_pem)


def test_a_bit_flipped_anywhere_in_the_log(attacked):
    books, _, raw, folder = attacked
    for table, column in (
        ("log_leaf", "leaf"),
        ("log_node", "hash"),
        ("log_statement", "envelope"),
        ("log_statement", "salt"),
    ):
        for rowid, data in raw.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
            broken = bytes([data[0] ^ 1]) + data[1:]
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (broken, rowid))
            with pytest.raises(TamperedLogError):
                books.check(folder, KEY.public_pem)
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (data, rowid))
    assert books.check(folder, KEY.public_pem).size == 9
