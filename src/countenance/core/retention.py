"""How long a release is kept after its end, and until when."""

from collections.abc import Iterable
from datetime import UTC

from countenance.core.clock import format_instant, parse_instant
from countenance.core.records.consent import ModelRelease, Revocation


def ended_at(release: ModelRelease, revocations: Iterable[Revocation]) -> str:
    """When a release ends or ended: with its period, or with the first withdrawal before that."""
    return min((release.grant.valid_until, *(one.at for one in revocations)))


def kept_until(end: str, years: int) -> str:
    """The instant that many calendar years later (UTC); from 29 February to 1 March where there is none."""
    moment = parse_instant(end).astimezone(UTC)
    try:
        return format_instant(moment.replace(year=moment.year + years))
    except ValueError:
        return format_instant(moment.replace(year=moment.year + years, month=3, day=1))
