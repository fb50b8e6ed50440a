"""Until when a release is kept."""

import pytest

from countenance.core.retention import ended_at, kept_until
from countenance.testing.worlds import a_release, a_revocation


@pytest.mark.parametrize(
    ("end", "years", "until"),
    [
        ("2026-06-01T10:00:00.000Z", 10, "2036-06-01T10:00:00.000Z"),
        ("2024-02-29T00:00:00.000Z", 1, "2025-03-01T00:00:00.000Z"),
        ("2024-02-29T00:00:00.000Z", 4, "2028-02-29T00:00:00.000Z"),
        ("2026-06-01T10:00:00.000Z", 0, "2026-06-01T10:00:00.000Z"),
        ("2026-06-01T10:00:00.000Z", -3, "2023-06-01T10:00:00.000Z"),
    ],
)
def test_calendar_years(end: str, years: int, until: str) -> None:
    assert kept_until(end, years) == until


def test_it_ends_with_its_period_or_with_the_first_withdrawal() -> None:
    release = a_release()
    assert ended_at(release, ()) == release.grant.valid_until
    early = [
        a_revocation(release.id).model_copy(update={"at": at})
        for at in ("2026-03-02T00:00:00.000Z", "2026-03-01T00:00:00.000Z")
    ]
    assert ended_at(release, early) == "2026-03-01T00:00:00.000Z"
    late = a_revocation(release.id).model_copy(update={"at": "2999-01-01T00:00:00.000Z"})
    assert ended_at(release, [late]) == release.grant.valid_until
