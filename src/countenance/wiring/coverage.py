"""The yearly report: how far consent covers what was done, in counts. It names nobody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.core.records.consent import Title
from countenance.wiring.cards import open_disputes, state_of_release_now
from countenance.wiring.paper import page

MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
_AHEAD = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Counts of one year, and how things stand at its end or now, whichever is earlier."""

    year: int
    as_of: str
    faces: Mapping[str, int]
    """Faces of titled pictures: tied, untouched, not identifiable, not decided."""
    published: Mapping[str, int]
    """Published edits by month."""
    refused: Mapping[str, int]
    """Decisions that did not permit, by month."""
    reasons: Mapping[str, int]
    """How often each rule refused, most often first."""
    consent: Mapping[str, int]
    """How the consent behind that year's published edits stands now."""
    purposes: Mapping[str, int]
    """Published edits by purpose, where it was kept."""
    releases: Mapping[str, int]
    """Model releases by state."""
    ending: Mapping[str, int]
    """Releases in force that end, by month, in the year ahead."""
    withdrawals: int
    erasures: int
    disputes: int
    """Open at the end."""
    approvals: int
    documents: Mapping[str, int]
    """What the releases rest on: signed document, e-signature, scan, or no document."""

    def to_json(self) -> dict[str, Any]:
        """As JSON for machines."""
        return {"schema": "countenance.coverage/1"} | {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in ((name, getattr(self, name)) for name in self.__slots__)
        }


def coverage(books: Any, *, year: int, at: str) -> Coverage:
    """Count a year. `at` is the instant of the report: later things are not known."""
    with books.reading():
        begin, end = f"{year:04d}-01-01", min(f"{year + 1:04d}-01-01", at)
        releases = books.releases()
        states = {one.id: state_of_release_now(one, books, end) for one in releases}
        published = [one for one, *_ in books.published() if begin <= one.at < end]
        denied = [one for one in books.decisions() if one.effect != "permit" and begin <= one.at < end]
        titles = [one for one in books.titles() if one.added_at < end]
        uses = [books.decision(one.decision_ids[0]) for one in published]
        newest = {one.asset.digest_of_file: one for one in titles}
        ends = [one.grant.valid_until for one in releases if states[one.id] == "active"]
        return Coverage(
            year=year,
            as_of=end,
            faces=_faces(newest.values(), books),
            published=_by_month(one.at for one in published),
            refused=_by_month(one.at for one in denied),
            reasons=_most(reason.policy for one in denied for reason in one.reasons),
            consent=_most(states.get(one.release_id, "erased") for one in published),
            purposes=_most(one.request.purpose for one in uses if one and one.request),
            releases=_most(states.values()),
            ending=_ending(ends, end),
            withdrawals=sum(begin <= one.at < end for release in releases for one in books.revocations(release.id)),
            erasures=sum(begin <= one.at < end for one in books.erasures()),
            disputes=sum(len(open_disputes(books, one.id)) for one in (*releases, *newest.values())),
            approvals=sum(begin <= one.at < end for key in newest for one in books.approvals(key)),
            documents=_most(_rests_on(one) for one in releases),
        )


def write_report(path: Path, found: Coverage, *, organisation: str) -> Path:
    """The report as one page with plots, and beneath each its numbers."""
    return page(path, "coverage.html", organisation=organisation, found=found)


def _faces(titles: Iterable[Title], books: Any) -> dict[str, int]:
    counts: Counter[str] = Counter({"tied": 0, "untouched": 0, "not identifiable": 0, "not decided": 0})
    for title in titles:
        ties = {tie.face: tie for tie in books.ties(title.id)}
        counts.update(_state_of_face(ties.get(box.number)) for box in title.faces)
    return dict(counts)


def _state_of_face(tie: Any) -> str:
    if tie is None:
        return "not decided"
    if tie.not_identifiable:
        return "not identifiable"
    return "tied" if tie.release_id else "untouched"


def _rests_on(release: Any) -> str:
    if release.document is not None:
        return "signed document" if release.document.check.result == "signed" else str(release.document.check.result)
    methods = {one.method for one in release.signatures or ()}
    return "e-signature" if "e-signature" in methods else "no document on file"


def _by_month(instants: Iterable[str]) -> dict[str, int]:
    counts = Counter(at[5:7] for at in instants)
    return {month: counts[month] for month in MONTHS}


def _most(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _ending(ends: Iterable[str], at: str) -> dict[str, int]:
    """By month, from the month of the report on."""
    first = int(at[:4]) * 12 + int(at[5:7]) - 1
    months = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, first + _AHEAD)]
    counts = Counter(end[:7] for end in ends)
    return {month: counts[month] for month in months}
