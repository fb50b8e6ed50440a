"""Days and instants as people write them."""

import re
from datetime import date, timedelta
from typing import Any

from countenance.core.clock import parse_instant

_DAY = re.compile(r"today(?:\s*([+-])\s*(\d{1,3})\s+(day|month|year)s?)?")
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2})(?P<seconds>:\d{2}(?:\.\d{3})?)?\s*(?:Z|UTC)?"
)


def day_of(value: Any, today: date) -> date | None:
    """`2026-11-23`, `today`, or `today + 10 years`; None where it is no day."""
    if not isinstance(value, str):
        return None
    try:
        relative = _DAY.fullmatch(value.strip())
        if relative is None:
            return date.fromisoformat(value.strip())
        sign, number, unit = relative.groups()
        return _moved(today, int(f"{sign}{number}"), unit) if unit else today
    except (ValueError, OverflowError):
        return None


def instant_of(value: Any, today: date) -> str | None:
    """`2026-11-23 09:00` in UTC, or the beginning of a day; None where it is no instant."""
    if not isinstance(value, str):
        return None
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        day = day_of(value, today)
        return None if day is None else begins(day)
    seconds = found["seconds"] or ":00"
    text = f"{found['day']}T{found['time']}{seconds if '.' in seconds else f'{seconds}.000'}Z"
    try:
        parse_instant(text)
    except ValueError:
        return None
    return text


def begins(day: date) -> str:
    """The first instant of a day (UTC)."""
    return f"{day.isoformat()}T00:00:00.000Z"


def years_later(day: date, years: int) -> date:
    """The same day that many years later; the 29th of February becomes the 28th where there is none."""
    return _moved(day, years, "year")


def _moved(day: date, count: int, unit: str) -> date:
    """That many days, months or years away; the 29th to 31st become the month's last day where it is shorter."""
    if unit == "day":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
