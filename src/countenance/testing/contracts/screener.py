"""The contract of screeners (`countenance.decision.ports.Screener`), as checks.

In a screener's own tests:

    from countenance.testing.contracts.screener import CHECKS

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check):
        check(my_screener())

A check passes silently or raises `BrokenScreenerError`, which says what is wrong.
"""

import re
from collections.abc import Callable

from countenance.core.digest import of_file
from countenance.core.records.asset import Asset
from countenance.core.records.screening import Flags
from countenance.decision.ports import Screener

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_NOBODYS = Asset(
    digest_of_file=of_file(b"a picture of which nobody declared anything"),
    media_type="image/jpeg",
    width_px=64,
    height_px=64,
    size_bytes=43,
)


class BrokenScreenerError(AssertionError):
    """A screener does not do what the port says."""


def names_itself(screener: Screener) -> None:
    """Name and version are there: they are written into what a decision rests on."""
    if not _NAME.fullmatch(screener.name) or not screener.version:
        raise BrokenScreenerError(f"`{screener.name}` `{screener.version}` is no name and version")


def answers_flags(screener: Screener) -> None:
    """It answers with flags, whatever the picture."""
    if not isinstance(screener.flags(_NOBODYS), Flags):
        raise BrokenScreenerError("it does not answer with flags")


def says_unknown(screener: Screener) -> None:
    """Of a picture of which nothing was declared it says `unknown`: it guesses nothing."""
    flags = screener.flags(_NOBODYS)
    if (flags.minor, flags.intimate) != ("unknown", "unknown"):
        raise BrokenScreenerError("it claims to know a picture of which nobody declared anything")


def is_steady(screener: Screener) -> None:
    """Asked again, it says the same."""
    if screener.flags(_NOBODYS) != screener.flags(_NOBODYS):
        raise BrokenScreenerError("it says something else the second time")


CHECKS: tuple[Callable[[Screener], None], ...] = (names_itself, answers_flags, says_unknown, is_steady)
