"""The same erasure in books on a server: what is known of the person leaves the tables, and the log holds."""

from pathlib import Path

import pytest
from erasable import PERSONAL, leave_traces, office_of
from sqlalchemy import select
from studio import fast_derivations, make_home

from countenance.adapters.books import rows

pytestmark = pytest.mark.slow


def test_nothing_personal_is_in_any_table(postgres, tmp_path: Path) -> None:
    path, url = tmp_path / "home", postgres.fresh()
    path.mkdir()
    (path / "countenance.toml").write_text(f'database_url = "{url}"\n')
    with fast_derivations():
        home, operator = make_home(path)
        left = leave_traces(home, operator)
        assert not (path / "books.sqlite3").exists()
        home.ok("person", "erase", left.person, "--reason", "request", "--yes")
        assert home.ok("log", "check")["erased"] > 10
        office = office_of(home)
        office.books.scrub()
        with office.books.reading() as connection:
            kept = [bytes(value) for value in _bytes_in(connection)]
        assert [word for word in PERSONAL if any(word.encode() in data for data in kept)] == []
        assert office.books.shelf("2027-01-01T00:00:00.000Z").by_receipt(left.receipt).consent_now == "erased"
        office.books.close()
    postgres.drop(url)


def _bytes_in(connection):
    for table in rows.tables():
        for row in connection.execute(select(table)):
            for value in row:
                if isinstance(value, str):
                    yield value.encode()
                elif isinstance(value, bytes | memoryview):
                    yield value
