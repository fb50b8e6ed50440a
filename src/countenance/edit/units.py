"""What one picture says of a face's expression: action units already present, and whether teeth show."""

from collections.abc import Sequence

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER, ExpressionBasis
from countenance.media.tensors import Image, Landmarks, Shape

BY_SHAPE = (1, 2, 4, 5, 12, 15, 25, 26)
"""FACS numbers that are looked for in the shape of a single face. Of the others, a picture alone does not tell how much
is the person's own face: cheeks, nose and chin (6 9 10 14 17), and how full or narrow the lips are (16 18 20 22 24 28).
Wide open mouths (27) read as 26, narrowed eyes (7) as 43."""
IDENTITY_RIDGE = 20.0
UNIT_RIDGE = 2.0
SIDES_RIDGE = 2.0
"""Held against a difference of left and right."""
NOISE = 0.03
"""Spread of faces and landmarks about the model, inter-ocular units."""
_STEPS = 400
_LIP_SKIN = (0, 37, 267, 17, 84, 314, 12, 15, 38, 268, 86, 316)
TEETH_GAP = 0.025
"""Least distance of the inner lips over that of the eyes."""
TEETH_SHARE = 0.08
"""Least share of the opening's width in which teeth show: low, since a missed tooth breaks a release and a false one
only asks for a look."""
_DOWN, _ACROSS = 48, 21
_EYES = {  # corners from image left to right, middle points of the upper lid
    "R": ((33, 133), (160, 159, 158)),
    "L": ((362, 263), (385, 386, 387)),
}
EYE_CONTRAST = 0.35
"""Least difference from the lid's colour, over its brightness, of what is not skin: iris, white, lashes."""
OPEN_SHARE, CLOSED_SHARE = 0.7, 0.2
"""Share of such places between the lids. Measured: open eyes .68 to .88, closed ones .10 to .28, lids .6 of the way
down .36 to .66 (8 people of the London Set, lids drawn by the engine)."""


def units_present(person: Shape, basis: ExpressionBasis) -> dict[str, int]:
    """Action units in a canonical shape, in permille, 0 to 1000; a rough reading, since faces differ as expressions do.

    Regularised non-negative least squares: shape = mean + smooth identity + units, left and right apart. Identity is
    eliminated first (Schur complement). A jaw is believed to have dropped only as far as the lips are apart.
    """
    parts = [(n, side) for n in BY_SHAPE for side in (("L", "R") if (n, "L") in basis.sides else ("",))]
    shapes = [basis.sides[n, side] if side else basis.units[n] for n, side in parts]
    other = ((person - basis.mean)[:, :2] / NOISE / 10).T.double()
    modes = basis.identity.T.double() / 10
    units = torch.stack(shapes)[:, :, :2].double().permute(0, 2, 1) / NOISE / 10
    gram = modes.T @ modes + IDENTITY_RIDGE * torch.eye(modes.shape[1], dtype=modes.dtype, device=modes.device)
    left = units - torch.linalg.solve(gram, modes.T @ units.transpose(1, 2)).transpose(1, 2) @ modes.T
    hessian = torch.einsum("ucp,vcp->uv", left, units) + _ridge(parts).to(units)
    found = nonnegative(hessian, torch.einsum("ucp,cp->u", left, other)).clamp(max=1)
    read = {f"AU{n}{side}": float(v) for (n, side), v in zip(parts, found, strict=True)}
    read |= {f"AU{n}": (read[f"AU{n}L"] + read[f"AU{n}R"]) / 2 for n, side in parts if side == "L"}
    read["AU26"] = min(read["AU26"], _gap(person) / max(_gap(basis.mean + basis.units[26]), 1e-6))
    return {name: round(1000 * value) for name, value in read.items()}


def _ridge(parts: Sequence[tuple[int, str]]) -> Float[Tensor, "n n"]:
    out = UNIT_RIDGE * torch.eye(len(parts))
    for i, (_, side) in enumerate(parts):
        if side == "L":
            out[i : i + 2, i : i + 2] += SIDES_RIDGE * torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    return out


def _gap(shape: Shape) -> float:
    return max(0.0, float(shape[13, 1] - shape[14, 1]))


def eyes_present(picture: Image, points: Landmarks) -> dict[str, int]:
    """How far each eye is closed (AU43) in permille, by what shows between its lids: half of it may be narrowing."""
    read = {f"AU43{side}": _closed(picture, points[:, :2], *eye) for side, eye in _EYES.items()}
    read["AU43"] = (read["AU43L"] + read["AU43R"]) / 2
    return {name: round(1000 * value) for name, value in read.items()}


def _closed(picture: Image, at: Float[Tensor, "n 2"], corners: tuple[int, int], lid: tuple[int, ...]) -> float:
    first, along = at[corners[0]], at[corners[1]] - at[corners[0]]
    down = torch.stack([-along[1], along[0]])
    right = torch.linspace(0.2, 0.8, 13, device=at.device)[:, None, None]
    below = torch.linspace(-0.16, 0.12, 15, device=at.device)[None, :, None]
    seen = _colours(picture, (first + along * right + down * below).reshape(-1, 2))
    skin = _colours(picture, at[list(lid)] - 0.12 * down).median(1, keepdim=True).values
    other = (seen - skin).norm(dim=0) > EYE_CONTRAST * skin.mean()
    return min(1.0, max(0.0, (OPEN_SHARE - float(other.float().mean())) / (OPEN_SHARE - CLOSED_SHARE)))


def nonnegative(hessian: Float[Tensor, "n n"], target: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The x >= 0 that minimises x H x / 2 - t x, by projected gradient steps."""
    step = 1 / torch.linalg.eigvalsh(hessian)[-1]
    x = torch.zeros_like(target)
    for _ in range(_STEPS):
        x = (x - step * (hessian @ x - target)).clamp_min(0)
    return x


def teeth_visible(picture: Image, points: Landmarks, eye_distance_px: float) -> bool:
    """True if the lips are apart and teeth show in part of the opening."""
    gap = float((points[13, :2] - points[14, :2]).norm()) / eye_distance_px
    return gap > TEETH_GAP and teeth_share(picture, points) > TEETH_SHARE


def teeth_share(picture: Image, points: Landmarks) -> float:
    """Share of the width of the opening in which something looks like teeth: greyer than the lips and not dark.

    Twice in a row from lip to lip, so that a single bright pixel is none.
    """
    inside = _colours(picture, _between(points, LIPS_UPPER, LIPS_LOWER).reshape(-1, 2))
    lips = _colours(picture, points[list(_LIP_SKIN), :2])
    light, lip_light = inside.mean(0), lips.mean(0).median()
    grey, lip_grey = _grey(inside), _grey(lips).median()
    tooth = (grey > lip_grey + 0.06) & (light > 0.6 * lip_light) | (grey > lip_grey) & (light > 1.2 * lip_light)
    rows = tooth.reshape(_DOWN, _ACROSS)
    return float((rows[1:] & rows[:-1]).any(0).float().mean())


def _grey(colours: Float[Tensor, "3 n"]) -> Float[Tensor, " n"]:
    return colours.amin(0) / colours.amax(0).clamp_min(1 / 255)


def _between(points: Landmarks, upper: Sequence[int], lower: Sequence[int]) -> Float[Tensor, "48 21 2"]:
    """Places between two inner lip lines, from the upper to the lower, corners left out."""
    at = torch.linspace(1.5, len(upper) - 2.5, _ACROSS, device=points.device)
    first, way = at.long(), (at - at.floor())[:, None]
    a, b = (torch.lerp(line[first], line[first + 1], way) for line in (points[list(i), :2] for i in (upper, lower)))
    share = torch.linspace(0.04, 0.96, _DOWN, device=points.device)[:, None, None]
    return a + (b - a) * share


def _colours(picture: Image, at: Float[Tensor, "n 2"]) -> Float[Tensor, "3 n"]:
    scale = torch.tensor([2 / picture.shape[2], 2 / picture.shape[1]], device=picture.device)
    return nn.grid_sample(picture[None], (at * scale - 1)[None, None], align_corners=False, padding_mode="border")[
        0, :, 0
    ]
