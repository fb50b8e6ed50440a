"""Fits how action units are read from the signs of change, and how far off a reading may be; see CARD.md.

Called by `benchmarks/measuring_error.py --fit`, which renders the edits. A case is a plan (unit to permille) and the
signs that `countenance.edit.signs` found between the reading before and after it.
"""

# ruff: noqa: INP001 - a script beside its result

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from countenance.core import facs
from countenance.edit.signs import APART, CLOSED, MOUTH, ROWS

SCARCE = 0.05  # sum of squares below which a unit was hardly ever asked for
SMOOTHING = 0.3  # of the noise covariance, whose mean variance within each group of signs is 1
EXPECTED = 0.2  # spread of units, and of left minus right: what cannot be told apart is read as little
RIGID_SPREAD = 1.0  # of shifts, turns and scalings of the whole mesh: so much that none is believed
UNITS = tuple(facs.UNITS.values())
SIDED = np.array([unit.sided for unit in UNITS])
BASIS = load_file(Path(__file__).parents[1] / "expression-basis/basis.safetensors")
MIRROR, MEAN = BASIS["mirror"].astype(int), BASIS["mean"].astype(float)
MESH, MARKED = slice(0, 936), slice(936, 936 + 2 * len(MOUTH))
GROUPS = (MESH, MARKED, slice(MARKED.stop, MARKED.stop + ROWS))  # the last sign is none of a change
EYE_ROWS, LIP_ROWS = 10, 4  # of one side
Plan = Mapping[str, int]


def asked(plan: Plan, name: str) -> float:
    """What a plan asks of a unit, a sided request counting half for both sides and whole units for each side."""
    plain = facs.plain(name)
    sides = "LR" if name == plain else name[-1]
    return plan.get(plain, 0) + sum(plan.get(plain + side, 0) for side in sides) / len(sides)


def mirrored(signs: np.ndarray) -> np.ndarray:
    """The signs [n, signs] of the mirrored face."""
    order = [MOUTH.index(MIRROR[point]) for point in MOUTH]
    mesh = signs[:, MESH].reshape(len(signs), -1, 2)[:, MIRROR] * [-1, 1]
    marked = signs[:, MARKED].reshape(len(signs), -1, 2)[:, order] * [-1, 1]
    rows = signs[:, GROUPS[2]]
    eyes = np.roll(rows[:, : 2 * EYE_ROWS], EYE_ROWS, axis=1)
    lips = np.roll(rows[:, 2 * EYE_ROWS :], LIP_ROWS, axis=1)
    return np.concatenate([mesh.reshape(len(signs), -1), marked.reshape(len(signs), -1), eyes, lips, signs[:, -1:]], 1)


def whole_face(count: int) -> np.ndarray:
    """Signs of a shift, turn and scaling of the whole mesh, as registration sees it and as the landmarks do."""
    out = []
    for group, places in ((MESH, MEAN), (MARKED, MEAN[list(MOUTH)])):
        x, y = places[:, 0], places[:, 1]
        one, zero = np.ones_like(x), np.zeros_like(x)
        for pair in ((one, zero), (zero, one), (x, y), (-y, x)):
            row = np.zeros(count)
            row[group] = np.stack(pair, 1).ravel()
            out.append(row * RIGID_SPREAD)
    return np.array(out)


def fit_weights(plans: Sequence[Plan], signs: np.ndarray) -> np.ndarray:
    """Weights [2, names, signs]: of edits with closed lips, and of edits with lips apart."""
    both = (signs[:, -1] < APART, signs[:, -1] > CLOSED)
    return np.stack([fit_some([p for p, k in zip(plans, kept, strict=True) if k], signs[kept]) for kept in both])


def read(signs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What `countenance.edit.reread.unit_changes` gives, [n, names]."""
    share = np.clip((signs[:, -1:] - CLOSED) / (APART - CLOSED), 0, 1)
    return (signs @ weights[0].T) * (1 - share) + (signs @ weights[1].T) * share


def fit_some(plans: Sequence[Plan], signs: np.ndarray) -> np.ndarray:
    """Weights [names, signs] of the best linear estimate: (S C^-1 S' + E^-2)^-1 S C^-1 (Aitken 1935, with a prior).

    S is what each unit shows on average, C the covariance of what edits showed beyond it, E what is expected. Left
    and right are fitted as their mean and difference, on the edits and on their mirror images.
    """
    left, right = (np.array([[asked(p, f"{n}{side}") for n in facs.UNITS] for p in plans]) / 1000 for side in "LR")
    both, apart = (left + right) / 2, (left - right)[:, SIDED]
    amounts = np.concatenate([np.c_[both, apart], np.c_[both, -apart]])
    signs = np.concatenate([signs, mirrored(signs)])
    shown = np.linalg.solve(amounts.T @ amounts + SCARCE * np.eye(amounts.shape[1]), amounts.T @ signs)
    noise = signs - amounts @ shown
    scale = np.zeros(signs.shape[1])
    for group in GROUPS:
        scale[group] = 1 / np.sqrt(np.square(noise[:, group]).mean())
    spread = np.concatenate([noise * scale / np.sqrt(len(noise)), whole_face(signs.shape[1]) * scale])
    found = readers(shown * scale, spread) * scale
    return sides(found)


def readers(shown: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The estimate for a noise covariance of `spread.T @ spread` and SMOOTHING on its diagonal (Woodbury)."""
    _, size, ways = np.linalg.svd(spread, full_matrices=False)
    taken = size**2 / (size**2 + SMOOTHING)
    weighted = (shown - (shown @ ways.T * taken) @ ways) / SMOOTHING
    return np.linalg.solve(weighted @ shown.T + np.eye(len(shown)) * EXPECTED**-2, weighted)


def sides(found: np.ndarray) -> np.ndarray:
    """Rows of means and differences to rows in the order of `facs.NAMES`."""
    apart = dict(zip(np.nonzero(SIDED)[0], found[len(UNITS) :], strict=True))
    rows = []
    for i, unit in enumerate(UNITS):
        rows.append(found[i])
        if unit.sided:
            rows += [found[i] + apart[i] / 2, found[i] - apart[i] / 2]
    return np.array(rows)


def beyond(plans: Sequence[Plan], found: np.ndarray) -> np.ndarray:
    """How far each reading [n, names] lies beyond what was asked, away from 0: less than asked breaks no limit."""
    wanted = np.array([[asked(plan, name) for name in facs.NAMES] for plan in plans]) / 1000
    return np.maximum(np.maximum(found - wanted.clip(0), wanted.clip(None, 0) - found), 0)


def fit_crosstalk(plans: Sequence[Plan], signs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Root mean square of `beyond` [names, units], for a change of each plain unit by 1, alone, on either side."""
    wrong = beyond(plans, read(signs, weights))
    out = np.zeros((len(facs.NAMES), len(UNITS)))
    for i, plain in enumerate(facs.UNITS):
        only = np.array([{facs.plain(name) for name in plan} == {plain} for plan in plans])
        amount = np.array([max(abs(v) for v in plan.values()) for plan in plans]) / 1000
        out[:, i] = np.sqrt(np.square(wrong[only] / amount[only, None]).mean(0))
    return out


FLOOR = 0.02
REFUSED = 0.007  # share of honest edits that may be refused by any unit


def fit_errors(
    plans: Sequence[Plan], signs: np.ndarray, weights: np.ndarray, examples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Floor [names] and cross-talk [names, units] of the error, see `countenance.edit.reread.measuring_errors`.

    The cross-talk is widened for each unit by one factor, so that of edits asked at their very limit only a share of
    REFUSED is refused by any unit, and none of the examples, which come last.
    """
    crosstalk = fit_crosstalk(plans, signs, weights)
    found = read(signs, weights)
    over = np.maximum(beyond(plans, found) - FLOOR, 0)
    plain = np.array([list(facs.UNITS).index(facs.plain(name)) for name in facs.NAMES])
    moved = np.stack([np.abs(found[:, plain == i]).max(1) for i in range(len(UNITS))], 1)
    allowed = np.sqrt(np.square(moved[:, None] * crosstalk[None]).sum(2))
    ratio = over / np.maximum(allowed, 1e-6)
    spared = len(plans) - examples
    for _ in range(int(REFUSED * len(plans))):
        ratio = np.delete(ratio, _costliest(ratio, spared), axis=0)
        spared -= 1
    factor = ratio.max(0)
    return np.full(len(facs.NAMES), FLOOR), crosstalk * factor[:, None]


def _costliest(ratio: np.ndarray, count: int) -> int:
    """Which of the first `count` edits widens the errors most, over all names, by what it needs beyond the next."""
    first, second = np.sort(ratio, axis=0)[[-1, -2]]
    gain = np.log(np.maximum(first, 0.5)) - np.log(np.maximum(second, 0.5))
    return int((gain * (ratio == first))[:count].sum(1).argmax())


def save(path: Path, weights: np.ndarray, floor: np.ndarray, crosstalk: np.ndarray) -> None:
    """Writes the tensors of `models/face-signs`."""
    parts = {"weights": weights, "floor": floor, "crosstalk": crosstalk}
    save_file({name: np.ascontiguousarray(part, dtype=np.float32) for name, part in parts.items()}, path)
