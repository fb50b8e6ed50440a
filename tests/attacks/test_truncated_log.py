"""The newest entries are taken away, checkpoints and all. Only a checkpoint held elsewhere can tell, and it does."""

import shutil

import pytest

from countenance.adapters.books.sqlite import build
from countenance.audit.append import append
from countenance.errors import TamperedLogError
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe

KEY = log_key()
ORIGIN = "log.example/countenance"


def grow(path, scribe, count, folder):
    books = build(path, ORIGIN)
    for _ in range(count):
        with books.transaction():
            append(*scribe.write(), books, KEY)
    books.write_tiles(folder, KEY.public_pem)
    books.close()


def test_an_old_copy_of_the_database_put_back(tmp_path):
    path, scribe, folder = tmp_path / "books.db", Scribe(), tmp_path / "log"
    grow(path, scribe, 5, folder)
    shutil.copy(path, tmp_path / "old.db")
    grow(path, scribe, 2, folder)
    path.unlink()
    shutil.copy(tmp_path / "old.db", path)
    books = build(path, ORIGIN)
    with pytest.raises(TamperedLogError, match="covers 7 entries, and 5 are left"):
        books.check(folder, KEY.public_pem)
    with pytest.raises(TamperedLogError, match="cut"):
        books.write_tiles(folder, KEY.public_pem)
    books.close()


def test_a_new_database_beside_the_old_log_folder(tmp_path):
    path, scribe, folder = tmp_path / "books.db", Scribe(), tmp_path / "log"
    grow(path, scribe, 3, folder)
    path.unlink()
    books = build(path, ORIGIN)
    with pytest.raises(TamperedLogError, match="covers 3 entries, and 0 are left"):
        books.check(folder, KEY.public_pem)
    books.close()


def test_the_tail_cut_off_but_its_checkpoint_left(tmp_path):
    path, scribe, folder = tmp_path / "books.db", Scribe(), tmp_path / "log"
    grow(path, scribe, 4, folder)
    books = build(path, ORIGIN)
    with books.transaction(), books.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER log_leaf_no_delete")
        connection.exec_driver_sql('DELETE FROM log_statement WHERE "index" = 3')
        connection.exec_driver_sql('DELETE FROM log_leaf WHERE "index" = 3')
    with pytest.raises(TamperedLogError, match="last checkpoint covers 4 entries, and 3 are left"):
        books.check(tmp_path / "none", KEY.public_pem)
    with pytest.raises(TamperedLogError, match="disagrees"), books.transaction():
        append(*scribe.write(), books, KEY)
    books.close()
