"""Instants as text: RFC 3339, UTC, milliseconds, `Z`. Their order as text is their order in time."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

INSTANT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"


class Clock(Protocol):
    """The only thing that knows now."""

    def now(self) -> str:
        """The present instant."""
        ...


def format_instant(moment: datetime) -> str:
    """An aware datetime as an instant.

    Raises:
        ValueError: the datetime has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone is no instant")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """The datetime of an instant.

    Raises:
        ValueError: not an instant.
    """
    if not re.fullmatch(INSTANT_PATTERN, text):
        raise ValueError("not an instant")
    return datetime.fromisoformat(text)


def epoch_ms(text: str) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z."""
    return round(parse_instant(text).timestamp() * 1000)


def later(text: str, *, seconds: int) -> str:
    """The instant that many seconds later."""
    return format_instant(parse_instant(text) + timedelta(seconds=seconds))


def last_day(end: str) -> str:
    """The last day (UTC) of what counts until just before that instant: how people write an end."""
    return (parse_instant(end) - timedelta(milliseconds=1)).date().isoformat()


def is_adult(born: date, at: str, *, age: int = 18) -> bool:
    """Whether a person born on that day has reached the age at the instant (UTC)."""
    today = parse_instant(at).date()
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1) >= age
