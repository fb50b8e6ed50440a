"""What lies over a face: found by how it differs from bare faces, with the action units that would bend it."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.traits import Traits

ZONES = ("eyes", "brows", "mouth")
UNITS: Mapping[str, tuple[int, ...]] = {
    "eyes": (1, 2, 4, 5, 6, 7, 9, 43),
    "brows": (1, 2, 4, 9),
    "mouth": (9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 24, 25, 26, 27, 28),
}
"""FACS numbers whose shapes move a zone by more than .03 inter-ocular units at intensity 1. A smile moves the lower rim
of glasses by .04, which is .02 at the median real smile, so that it stays allowed; a raised cheek moves it by .10."""
GONE = 0.25
"""Share of a zone outside the picture from which nothing can be done there."""
_DEVIATION = 6.0  # spreads from the bare mean beyond which more says nothing
_UNIT = 3.0  # spreads that count as one, so that weights of both halves are of a size
_ROWS = {"eyes": (5, 14), "brows": (0, 7), "mouth": (11, 24)}  # of the traits; eyes from .4 to -.75, and so on
_BRIDGE = (slice(6, 10), slice(0, 1))  # rows and columns of the bridge of the nose
_LENS = (slice(7, 10), slice(2, 6))
_DARK = -1.1  # log lightness under the skin's: a third of its light
_DOUBT_PER_DEG, _MOST_DOUBT = 0.15, 3.5  # in the units of the weighted sum
_ONE_SIDED = 0.9  # difference of the two eyes in log lightness


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """What bare faces look like, and how covered ones differ: the tensors of `models/face-covers`."""

    mean: Traits
    """Of bare faces."""
    spread: Traits
    weights: Mapping[str, Float[Tensor, "2 maps rows columns"]]
    """By zone, on the deviation from bare faces and on its size."""
    limit: Mapping[str, float]
    """By zone: from which weighted sum on it counts as covered."""


def covers_from(tensors: Mapping[str, Tensor]) -> Covers:
    """Builds the tables from the tensors of `models/face-covers`."""
    mean = tensors["mean"]
    weights = {}
    for zone in ZONES:
        low, high = _ROWS[zone]
        whole = mean.new_zeros(2, *mean.shape)
        whole[:, :, low:high] = tensors[f"weights_{zone}"]
        weights[zone] = whole
    limit = {zone: float(tensors[f"limit_{zone}"]) for zone in ZONES}
    return Covers(mean=mean, spread=tensors["spread"], weights=weights, limit=limit)


def deviation(found: Traits, mean: Traits, spread: Traits) -> Float[Tensor, "2 maps rows columns"]:
    """How far traits are from those of bare faces, and the size of that, in units of three spreads."""
    away = ((found - mean) / spread).clamp(-_DEVIATION, _DEVIATION) / _UNIT
    return torch.stack([away, away.abs()])


def zone_rows(zone: str) -> slice:
    """Rows of the traits that a zone is judged by."""
    return slice(*_ROWS[zone])


def doubt(yaw_deg: float) -> float:
    """What a turned head adds to the limit: its sides differ and its rim is seen on one of them."""
    return min(abs(yaw_deg) * _DOUBT_PER_DEG, _MOST_DOUBT)


def certainty(found: Traits, yaw_deg: float, covers: Covers) -> dict[str, float]:
    """By zone: above 0 it is covered."""
    away = deviation(found, covers.mean, covers.spread)
    limits = {zone: covers.limit[zone] + doubt(yaw_deg) for zone in ZONES}
    return {zone: float((covers.weights[zone] * away).sum()) - limits[zone] for zone in ZONES}


def reasons(found: Traits, gone: Float[Tensor, "rows columns"], yaw_deg: float, covers: Covers) -> dict[str, str]:
    """By covered zone: what is in the way, in plain words.

    Args:
        found: traits of the face.
        gone: 1 where the picture ends before the face, on the cells of the traits.
        yaw_deg: turn of the head.
        covers: the tables.
    """
    said = {zone: "the picture ends there" for zone in ZONES if float(gone[zone_rows(zone)].mean()) > GONE}
    for zone, sure in certainty(found, yaw_deg, covers).items():
        if sure > 0:
            said.setdefault(zone, _words(zone, found, covers))
    return said


def blocked_units(said: Mapping[str, str], renders: frozenset[str]) -> dict[str, str]:
    """Every unit of the engine that would bend what lies there, with the reason."""
    return {
        unit: reason
        for zone, reason in said.items()
        for number in UNITS[zone]
        for unit in (f"AU{number}", f"AU{number}L", f"AU{number}R")
        if unit in renders
    }


def _words(zone: str, found: Traits, covers: Covers) -> str:
    if zone == "mouth":
        return "something over the mouth or chin: it would bend"
    if zone == "brows":
        return "hair or something else over the brows: it would bend"
    if float(found[0][_LENS].mean()) < _DARK and float(found[5][_LENS].mean()) < _ONE_SIDED:
        return "dark glasses over the eyes: what is behind them cannot be seen"
    line = (found[3][_BRIDGE] - covers.mean[3][_BRIDGE]) / covers.spread[3][_BRIDGE]
    if float(line.max()) > 2 and float(found[5][_LENS].mean()) < _ONE_SIDED:
        return "glasses over the eyes: the frame would bend"
    return "something over an eye: it would bend"
