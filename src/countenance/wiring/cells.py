"""The pictures of a sheet: which views of a face a release allows, and each as a small picture before its stamp."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from countenance.core import digest, facs
from countenance.core.records.consent import Grant
from countenance.core.records.showing import ShownCell
from countenance.decision.units import limit_for
from countenance.edit.plan import plan_expression
from countenance.edit.ports import Box, FaceReading
from countenance.errors import ConfigError, NoFaceError
from countenance.request.presets import PRESETS

_WORK_PX, _MARGIN = 560, 0.7
_ROOM = 0.16
"""As a share of the eye distance: so far brows and lips may move and still be seen."""
_FEATURES = (
    (33, 133, 159, 145, 70, 63, 105, 66, 107, 46, 55),  # the person's right eye and brow
    (263, 362, 386, 374, 300, 293, 334, 296, 336, 276, 285),  # and the left ones
    (61, 291, 0, 17, 37, 267, 84, 314),  # the lips, outside
)
_WORDS: Mapping[int, tuple[str, str]] = {
    1: ("inner brows up", "inner brows down"),
    2: ("outer brows up", "outer brows down"),
    4: ("brows together, a frown", "brows apart"),
    5: ("eyes wide", "upper lids down"),
    6: ("cheeks up", "cheeks down"),
    7: ("lids tight", "lids loose"),
    9: ("nose wrinkled", "nose smooth"),
    10: ("upper lip up", "upper lip down"),
    12: ("smile", "less smile"),
    14: ("dimples", "fewer dimples"),
    15: ("lip corners down", "lip corners less down"),
    16: ("lower lip down", "lower lip up"),
    17: ("chin up", "chin relaxed"),
    18: ("lips pursed", "lips less pursed"),
    20: ("lips stretched", "lips less stretched"),
    22: ("lips pushed out", "lips drawn back"),
    24: ("lips pressed", "lips less pressed"),
    25: ("lips apart", "lips together"),
    26: ("jaw open", "jaw closed"),
    27: ("mouth wide open", "mouth less open"),
    28: ("lips sucked in", "lips less sucked in"),
    43: ("eyes closed", "eyes more open"),
}
"""What more of a unit looks like, and less of it, in people's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One picture for a sheet: small, before its stamp."""

    label: str
    units: Mapping[str, int]
    pixels: NDArray[np.uint8]
    """h w 3."""
    features: Sequence[Box] = ()
    """Where eyes with brows, and the mouth, are to be seen without words over them; in px of `pixels`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A sheet as a PNG file, and its stamped cells in the order given: box in the sheet, and pixels."""

    data: bytes
    cells: Sequence[tuple[Box, NDArray[np.uint8]]]


def limits_of(grant: Grant) -> list[tuple[str, dict[str, int]]]:
    """Each unit that may change, at its least and at its most, in people's words."""
    found = []
    for name in sorted(grant.units, key=lambda unit: (int(unit.strip("AULR")), unit)):
        limit = limit_for(grant, name)
        values = (limit.max_permille, limit.min_permille) if limit else ()
        found += [(_words(name, value), {name: value}) for value in values if value]
    return found


def named_within(grant: Grant) -> list[tuple[str, dict[str, int]]]:
    """The named expressions of which every unit may change, cut to the limits; each different vector once."""
    found: dict[tuple[tuple[str, int], ...], str] = {}
    for name, preset in PRESETS.items():
        wished = {unit: value for unit, value in preset.wish().changes.items() if value}
        limits = {unit: limit_for(grant, unit) for unit in wished}
        allowed = {unit: (limit.min_permille, limit.max_permille) for unit, limit in limits.items() if limit}
        plan = plan_expression(wished, allowed)
        if len(plan) > 1 and set(plan) == set(wished):
            found.setdefault(tuple(sorted(plan.items())), name.replace("-", " "))
    return [(label, dict(units)) for units, label in found.items()]


def choose_box(boxes: Sequence[Box], face: int | None) -> tuple[int, Box]:
    """The face that was named, or the only one.

    Raises:
        ConfigError, NoFaceError: none, no such face, or several and no choice.
    """
    hint = "`countenance faces PHOTO` shows their numbers"
    if not boxes:
        raise NoFaceError("no face was found in the picture", hint="give a picture that shows a face")
    if face is None and len(boxes) > 1:
        raise ConfigError(
            f"the picture has {len(boxes)} faces and none was chosen", hint=f"name one with --face: {hint}"
        )
    if face is not None and not 0 <= face < len(boxes):
        raise ConfigError(f"the picture has no face {face}", hint=hint)
    return face or 0, boxes[face or 0]


def only_this(pixels: Tensor, box: Box, others: Sequence[Box]) -> Tensor:
    """The picture with every other face covered in grey: they agreed to nothing."""
    out = pixels.clone()
    for x0, y0, x1, y1 in others:
        out[..., y0:y1, x0:x1] = 128 / 255
    x0, y0, x1, y1 = box
    out[..., y0:y1, x0:x1] = pixels[..., y0:y1, x0:x1]
    return out


def work_crop(pixels: Tensor, box: Box) -> tuple[Tensor, Box]:
    """The face and what is around it, its box at most 560 px: enough for cells of 320 px, and fast."""
    around = _grown(box, _MARGIN, pixels.shape[-2:])
    crop = pixels[:, :, around[1] : around[3], around[0] : around[2]]
    scale = min(1.0, _WORK_PX / max(box[2] - box[0], box[3] - box[1]))
    crop = _resized(crop, scale)
    inner = [round((side - start) * scale) for side, start in zip(box, (around[0], around[1]) * 2, strict=True)]
    return crop, (inner[0], inner[1], inner[2], inner[3])


def cell_pixels(pixels: Tensor, box: Box, *, margin: float, side_px: int = 320) -> NDArray[np.uint8]:
    """The face alone, no side longer than `side_px`: nothing usable."""
    around = _grown(box, margin, pixels.shape[-2:])
    crop = pixels[:1, :, around[1] : around[3], around[0] : around[2]]
    small = _resized(crop, min(1.0, side_px / max(crop.shape[-2:])))
    found: NDArray[np.uint8] = (small[0] * 255).round().byte().permute(1, 2, 0).cpu().numpy()
    return found


def features_of(
    reading: FaceReading, box: Box, size: Sequence[int], *, margin: float, side_px: int = 320
) -> tuple[Box, ...]:
    """Where each eye with its brow, and the mouth, lie in what `cell_pixels` makes of the same box; with some room.

    `size` is that of the picture that was read, h w. The points are MediaPipe's, as `Landmarks` says.
    """
    around = _grown(box, margin, size)
    scale = min(1.0, side_px / max(around[3] - around[1], around[2] - around[0]))
    room = _ROOM * reading.eye_distance_px
    found = []
    for points in _FEATURES:
        at = reading.landmarks[list(points), :2]
        low, high = at.amin(0) - room, at.amax(0) + room
        corners = (low[0] - around[0], low[1] - around[1], high[0] - around[0], high[1] - around[1])
        x0, y0, x1, y1 = (round(float(one) * scale) for one in corners)
        found.append((x0, y0, x1, y1))
    return tuple(found)


def shown_cells(cells: Sequence[Cell], drawn: Drawn) -> tuple[ShownCell, ...]:
    """The cells as the record names them."""
    return tuple(
        ShownCell(
            label=cell.label, units=dict(cell.units), x_px=box[0], y_px=box[1], width_px=box[2] - box[0],
            height_px=box[3] - box[1], pixels_digest=digest.of_pixels(pixels.shape, pixels.tobytes()),
        )
        for cell, (box, pixels) in zip(cells, drawn.cells, strict=True)
    )  # fmt: skip


def _words(name: str, permille: int) -> str:
    number, side = int(name.strip("AULR")), {"L": ", left", "R": ", right"}.get(name[-1], "")
    more, less = _WORDS.get(number, (facs.UNITS[facs.plain(name)].name, facs.UNITS[facs.plain(name)].name))
    return f"{more if permille > 0 else less}{side}"


def _grown(box: Box, margin: float, size: Sequence[int]) -> Box:
    x, y = round((box[2] - box[0]) * margin), round((box[3] - box[1]) * margin)
    return max(0, box[0] - x), max(0, box[1] - y), min(size[1], box[2] + x), min(size[0], box[3] + y)


def _resized(pixels: Tensor, scale: float) -> Tensor:
    if scale >= 1:
        return pixels
    size = [max(1, round(side * scale)) for side in pixels.shape[-2:]]
    small = functional.interpolate(pixels, size=size, mode="bicubic", antialias=True, align_corners=False)
    return torch.round(small.clamp(0, 1) * 255) / 255
