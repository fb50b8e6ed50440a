"""Figures over many pictures."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from cast import Shot

from countenance.core import facs
from countenance.edit.ports import FaceReading

OVERSHOOT = 300
"""Permille beyond a permitted limit that the check should see."""
ZONE_SIGNS = {"glasses": "AU43", "hand": "AU26", "cup": "AU26"}
"""A unit that must be blocked where this lies over the face."""


@dataclass(kw_only=True)
class Case:
    """One picture against the neutral one of the same person, light and cover."""

    shot: Shot
    tone: str
    truth: dict[str, int]
    explained: float
    before: FaceReading
    after: FaceReading
    measured: dict[str, int]
    errors: dict[str, int]
    registered: dict[str, int]
    """Least-squares shares in the motion that registration of the two pictures found: the truth's own recipe."""
    seen: dict[str, dict[str, float]]
    edit: dict[str, Any] = field(default_factory=dict)

    def asked(self) -> list[str]:
        """Names that were rendered."""
        return list(self.shot.units)

    def unasked(self) -> list[str]:
        """Names that read beyond their error though their unit was not rendered, the largest first."""
        plain = {facs.plain(name) for name in self.shot.units}
        found = [n for n, v in self.measured.items() if facs.plain(n) not in plain and abs(v) > self.errors[n]]
        return sorted(found, key=lambda name: -abs(self.measured[name]))


def middle(values: Iterable[float], digits: int = 0) -> float | None:
    """Median, or nothing of nothing."""
    found = list(values)
    return round(float(np.median(found)), digits) if found else None


def share(values: Iterable[bool]) -> float | None:
    """Share of true ones."""
    found = list(values)
    return round(sum(found) / len(found), 3) if found else None


def single(cases: list[Case]) -> dict[str, Any]:
    """One picture alone: what it reads where a unit is and where none is."""
    rows: dict[str, Any] = {}
    for unit in sorted({n for c in cases for n in c.after.units} & set(facs.UNITS), key=lambda n: int(n[2:])):
        there = [c for c in cases if unit in c.truth and unit in c.shot.units]
        other = [c.after.units[unit] for c in cases if unit not in c.truth]
        pairs = np.array([(c.truth[unit], c.after.units[unit]) for c in there], float).reshape(-1, 2)
        rows[unit] = {
            "pictures": len(there), "true": middle(pairs[:, 0]), "read": middle(pairs[:, 1]),
            "off": middle(np.abs(pairs[:, 1] - pairs[:, 0])),
            "correlation": correlation(pairs),
            "read_on_neutral": middle(c.before.units[unit] for c in there),
            "read_where_not_p95": round(float(np.percentile(other, 95))) if other else None,
        }  # fmt: skip
    return rows


def correlation(pairs: np.ndarray) -> float | None:
    """Of true and read, [n, 2]; nothing where either stays the same."""
    return round(float(np.corrcoef(pairs.T)[0, 1]), 2) if len(pairs) > 2 and pairs.std(0).all() else None


def slope(true: np.ndarray, found: np.ndarray) -> float:
    """Of the line through nothing."""
    return round(float((true * found).sum() / (true**2).sum()), 2)


def pair_row(cases: list[Case], names: Callable[[Case], list[str]]) -> dict[str, Any]:
    """Measured against true over the units that `names` gives of each picture."""
    rows = [(c.truth[n], c.measured[n], c.errors[n], c.registered[n]) for c in cases for n in names(c)]
    if not rows:
        return {"readings": 0}
    true, measured, error, registered = np.array(rows, float).T
    off = measured - true
    strong = true >= OVERSHOOT
    return {
        "readings": len(rows), "true": middle(true), "measured": middle(measured),
        "slope": slope(true, measured), "slope_by_registration": slope(true, registered),
        "off": middle(np.abs(off)), "off_p95": round(float(np.percentile(np.abs(off), 95))),
        "off_by_registration": middle(np.abs(registered - true)), "published_error": middle(error),
        "within_published": share(np.abs(off) <= error),
        "refused_at_its_limit": share(off > error),
        "caught_where_nothing_is_permitted": share((np.abs(measured) > error)[strong]),
        f"caught_{OVERSHOOT}_beyond_the_limit": share((off + OVERSHOOT > error)[strong]),
    }  # fmt: skip


def pairs(cases: list[Case]) -> dict[str, Any]:
    """By unit, rendered alone; what rendered mixtures give; what is read where it was not rendered."""
    lone = [c for c in cases if len(c.shot.units) == 1]
    units = sorted({n for c in lone for n in c.shot.units}, key=lambda n: (int(facs.plain(n)[2:]), n))
    rows = {n: pair_row([c for c in lone if n in c.shot.units], lambda _, n=n: [n]) for n in units}
    for name, row in rows.items():
        row["explained"] = middle((c.explained for c in lone if name in c.shot.units), 2)
    mixed = [c for c in cases if len(c.shot.units) > 1]
    return {"alone": rows, "mixed": pair_row(mixed, Case.asked), "not_rendered": alarms(cases)}


def alarms(cases: list[Case]) -> dict[str, Any]:
    """Units read beyond their error where they were not rendered."""
    found = Counter(n for c in cases for n in {facs.plain(m) for m in c.unasked()})
    return {
        "pictures": len(cases),
        "with_a_false_unit": share(bool(c.unasked()) for c in cases),
        "units": dict(found.most_common(6)),
    }


def edits(cases: list[Case]) -> dict[str, Any]:
    """The engine's edit beside the rendered expression: medians over pictures."""
    done = [c for c in cases if "landmarks" in c.edit]
    out: dict[str, Any] = {"pictures": len(done), "refused": sum("refused" in c.edit for c in cases)}
    for kind in ("landmarks", "landmarks_nothing", "likeness", "likeness_nothing") if done else ():
        out[kind] = {k: middle((c.edit[kind][k] for c in done), 4) for k in done[0].edit[kind]}
    out["nearer_by_landmarks"] = share(c.edit["landmarks"]["all"] < c.edit["landmarks_nothing"]["all"] for c in done)
    return out


def covered(readings: list[tuple[Shot, FaceReading]]) -> dict[str, Any]:
    """Whether what lies over a face was found, and what was found on bare ones."""
    rows: dict[str, Any] = {}
    for cover, unit in ZONE_SIGNS.items():
        these = [(s, r) for s, r in readings if s.cover == cover]
        rows[cover] = {
            "pictures": len(these), "found": share(unit in r.blocked for _, r in these),
            "missed": sorted(s.file for s, r in these if unit not in r.blocked),
            "reasons": dict(Counter(r.blocked[unit] for _, r in these if unit in r.blocked)),
        }  # fmt: skip
    bare = [(s, r) for s, r in readings if not s.cover]
    neutral = [(s, r) for s, r in bare if s.name == "neutral"]
    rows["bare"] = {
        "pictures": len(bare), "falsely_found": share(bool(r.blocked) for _, r in bare),
        "falsely_found_neutral": sorted(s.file for s, r in neutral if r.blocked),
        "reasons": dict(Counter(reason for _, r in bare for reason in set(r.blocked.values()))),
        "warned": share(bool(r.warnings) for _, r in bare),
    }  # fmt: skip
    return rows


def network(cases: list[Case]) -> dict[str, Any]:
    """The landmark network alone: its error of motion and the true motion, eye distances, medians over pictures."""
    return (
        {k: {r: middle((c.seen[k][r] for c in cases), 4) for r in cases[0].seen[k]} for k in ("off", "true")}
        if cases
        else {}
    )
