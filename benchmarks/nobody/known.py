"""What is known of a rendered expression: its face units, and how much that is in the units of the engine's basis."""

# "AU12 at 1" is not the same shape in both: `models/expression-basis` refits several units to measured people, the mesh
# has its own. What counts here is how far the skin went. So the truth of a picture is the least-squares share of each
# unit in play (both sides, together) in the true motion of the 468 mesh points as seen from the front; beside it stands
# how much of that motion the units explain.

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from countenance.core import facs
from countenance.edit.warp.basis import ExpressionBasis

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models/expression-basis"))
from shapes import FACS

UNSIDED = {"browInnerUp", "jawOpen", "mouthFunnel", "mouthPucker"} | {
    f"mouth{what}{lip}" for what in ("Shrug", "Roll") for lip in ("Lower", "Upper")
}


def face_units(units: Mapping[str, int]) -> dict[str, float]:
    """Shares of the mesh's face units for action units in permille."""
    out: dict[str, float] = {}
    for unit, permille in units.items():
        plain = facs.plain(unit)
        side = unit.removeprefix(plain)
        for name, weight in FACS[int(plain.removeprefix("AU"))]:
            sides = [name + s for s in ("Left", "Right") if side in ("", s[0])]
            for one in [name] if name in UNSIDED else sides:
                out[one] = out.get(one, 0.0) + permille / 1000 * weight
    return out


def canonical(moved: np.ndarray, basis: ExpressionBasis) -> np.ndarray:
    """Motion [468, 3] in eye distances as it is seen from the front, [468, 2] in the basis' frame."""
    eyes = [basis.mean[[a, b]].mean(0) for a, b in ((33, 133), (362, 263))]
    return moved[:, :2] * float((eyes[1] - eyes[0]).norm())


def shares_of(moved: np.ndarray, units: Iterable[str], basis: ExpressionBasis) -> tuple[dict[str, int], float]:
    """Permille of every unit in play, plain and by side, and the share of the motion [468, 2] that they explain."""
    seen = moved.reshape(-1)
    parts = []
    for plain in dict.fromkeys(facs.plain(unit) for unit in units):
        number = int(plain.removeprefix("AU"))
        sides = ("L", "R") if (number, "L") in basis.sides else ("",)
        parts += [(plain, s, basis.sides[number, s] if s else basis.units[number]) for s in sides]
    if not parts:
        return {}, 0.0
    shapes = np.stack([shape[:, :2].numpy().reshape(-1) for _, _, shape in parts], 1)
    found, *_ = np.linalg.lstsq(shapes, seen, rcond=None)
    shares = {plain + side: round(1000 * float(v)) for (plain, side, _), v in zip(parts, found, strict=True)}
    for plain, side, _ in parts:
        if side == "L":
            shares[plain] = round((shares[f"{plain}L"] + shares[f"{plain}R"]) / 2)
    left = seen - shapes @ found
    return shares, 1 - float((left**2).sum() / max((seen**2).sum(), 1e-12))
