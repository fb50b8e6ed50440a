"""SQL past the books' own statements, written once, as SQLite says it, and run in either database."""

import re
from typing import Any

import pytest

ON_SQLITE = pytest.mark.parametrize("books", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("books", ["postgres"], indirect=True)
_FOR_POSTGRES = (
    (r"x'([0-9a-f]*)'", r"'\\x\1'"),
    (r"DROP TRIGGER (\w+?)_no_(\w+)$", r"DROP TRIGGER \1_no_\2 ON \1"),
)


def run(connection: Any, said: str) -> Any:
    """Run it, bytes and triggers in the words of the connection's database."""
    if connection.dialect.name == "postgresql":
        for sqlite, postgres in _FOR_POSTGRES:
            said = re.sub(sqlite, postgres, said)
    return connection.exec_driver_sql(said)
