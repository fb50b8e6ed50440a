"""Clearances of pictures are kept. A version that only adds tables needs no step: the caller makes what is missing."""

from sqlalchemy.engine import Connection

revision = "0004"
down_revision = "0003"


def upgrade(connection: Connection) -> None:
    """The tables are made afterwards."""
    del connection
