"""The first books: nothing comes before them."""

from sqlalchemy.engine import Connection

revision = "0001"
down_revision = None


def upgrade(connection: Connection) -> None:
    """No books are older."""
    del connection
