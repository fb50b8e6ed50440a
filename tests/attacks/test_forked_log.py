"""The log's own key signs two histories. Whoever holds a checkpoint of the one finds out about the other."""

import shutil

import pytest

from countenance.adapters.books.sqlite import build
from countenance.audit.append import append_many
from countenance.errors import TamperedLogError, UncheckedError
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe

KEY = log_key()
ORIGIN = "log.example/countenance"


def write(books, scribe, count):
    with books.transaction():
        append_many([scribe.write() for _ in range(count)], books, KEY)


@pytest.mark.parametrize("more", [0, 1, 5])
def test_a_second_history_over_a_common_beginning(tmp_path, more):
    scribe, folder = Scribe(), tmp_path / "log"
    books = build(tmp_path / "books.db", ORIGIN)
    scribe.found(books, KEY)
    write(books, scribe, 5)
    books.close()
    shutil.copy(tmp_path / "books.db", tmp_path / "fork.db")
    books, fork = build(tmp_path / "books.db", ORIGIN), build(tmp_path / "fork.db", ORIGIN)
    write(books, scribe, 3)
    books.write_tiles(folder, KEY.public_pem)
    write(fork, scribe, 3 + more)
    with pytest.raises(UncheckedError, match="no checkpoint is held"):
        fork.check(tmp_path / "none", KEY.public_pem)
    assert fork.check(tmp_path / "none", KEY.public_pem, held=[str(fork.checkpoint())]).size == 9 + more
    with pytest.raises(TamperedLogError, match="forked: it differs from a held checkpoint of 9"):
        fork.check(folder, KEY.public_pem)
    with pytest.raises(TamperedLogError, match="forked"):
        fork.check(tmp_path / "none", KEY.public_pem, held=[books.checkpoint()])
    with pytest.raises(TamperedLogError, match="forked"):
        fork.write_tiles(folder, KEY.public_pem)
    assert books.check(folder, KEY.public_pem).held == 1
    books.close()
    fork.close()
