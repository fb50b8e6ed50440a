"""Books of an earlier version, brought up to date step by step, all in one transaction.

A version that only adds tables needs no step: tables and triggers that are missing are made afterwards.
"""

from collections.abc import Callable

from sqlalchemy.engine import Connection

from countenance.adapters.books import upgrade

STEPS: dict[int, Callable[[Connection], None]] = {1: upgrade.from_1}
"""By the version that a step starts from."""


def bring_up(connection: Connection, version: int) -> None:
    """Run every step from a version on; a new file, of version 0, needs none."""
    if version == 0:
        return
    for start in sorted(STEPS):
        if start >= version:
            STEPS[start](connection)
