"""Light on the face, read from its own skin, and how it changes where skin turns."""

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.warp.basis import ExpressionBasis
from countenance.media.tensors import Image, Landmarks, Shape

SHARE = 0.5
"""Of the change of light that normals give: depth of the mesh is rough."""
MOST = 0.15
"""Bound of it, log gain."""
DARKEST = 0.15
"""Least light relative to the median: ratios of less say nothing."""
_LUMA = (0.2126, 0.7152, 0.0722)
_PENALTY = (0.0, 0.2, 0.2, 0.2, 1.0, 1.0, 1.0, 1.0, 1.0)
_ROUNDS = 5
Dense = Float[Tensor, "dense"]
Normals = Float[Tensor, "dense 3"]


def turned_light(picture: Image, landmarks: Landmarks, person: Shape, moved: Shape, basis: ExpressionBasis) -> Dense:
    """Log gain at the fine mesh points whose normals turn, under light fitted to the face (head's own frame)."""
    before = _normals(basis.dense @ person, basis)
    after = _normals(basis.dense @ (person + moved), basis)
    light = _fit(_harmonics(before), _seen(picture, landmarks, basis), _plain_skin(basis))
    if light is None:
        return torch.zeros_like(before[:, 0])
    was, will = (_harmonics(n) @ light for n in (before, after))
    return (torch.log(will.clamp_min(DARKEST) / was.clamp_min(DARKEST)) * SHARE).clamp(-MOST, MOST)


def _fit(harmonics: Tensor, seen: Dense, plain: Bool[Tensor, "dense"]) -> Float[Tensor, "9"] | None:
    """Second-order spherical harmonics (Basri and Jacobs, 2003) by least squares that forgets what does not fit."""
    a, y = harmonics[plain & (seen > 0)], seen[plain & (seen > 0)]
    if len(y) < 100:
        return None
    y = y / y.median()
    ridge = torch.diag(torch.tensor(_PENALTY, device=y.device)) * (0.02 * len(y))
    weight = torch.ones_like(y)
    light = a.new_zeros(9)
    for _ in range(_ROUNDS):
        light = torch.linalg.solve((a * weight[:, None]).T @ a + ridge, (a * weight[:, None]).T @ y)
        weight = 1 / (1 + ((y - a @ light) / 0.12) ** 2)
    return light


def _seen(picture: Image, landmarks: Landmarks, basis: ExpressionBasis) -> Dense:
    """Linear luminance of the picture around each fine mesh point; -1 outside the picture."""
    at = basis.dense @ landmarks[:468, :2]
    size = at.new_tensor([picture.shape[2], picture.shape[1]])
    low, high = at.amin(0).clamp_min(0).long().tolist(), torch.minimum(at.amax(0), size).long().tolist()
    part = picture[:, low[1] : high[1] + 1, low[0] : high[0] + 1]
    small = nn.interpolate(part[None], (64, 64), mode="area")[0]
    light = torch.tensordot(at.new_tensor(_LUMA), small.clamp(0, 1) ** 2.2, 1)
    where = (at - at.new_tensor(low)) / at.new_tensor([part.shape[2], part.shape[1]]) * 2 - 1
    seen = nn.grid_sample(light[None, None], where[None, None], padding_mode="border", align_corners=False)[0, 0, 0]
    return torch.where(((at >= 0) & (at < size)).all(1), seen, -1.0)


def _plain_skin(basis: ExpressionBasis) -> Bool[Tensor, "dense"]:
    """Fine mesh points on the face away from eyes, brows and mouth."""
    x, y = (basis.dense @ basis.mean)[:, :2].unbind(1)
    face = torch.hypot(x / 0.9, (y + 0.35) / 1.2) < 1
    eyes = torch.hypot((x.abs() - 0.53) / 0.45, (y - 0.12) / 0.32) > 1
    return face & eyes & (torch.hypot(x / 0.5, (y + 1.1) / 0.28) > 1)


def _normals(points: Normals, basis: ExpressionBasis) -> Normals:
    a, b, c = (points[basis.triangles[:, i]] for i in range(3))
    flat = torch.linalg.cross(b - a, c - a)
    out = torch.zeros_like(points)
    for i in range(3):
        out = out.index_add(0, basis.triangles[:, i], flat)
    unit: Tensor = out / out.norm(dim=1, keepdim=True).clamp_min(1e-9)
    return unit * torch.sign(unit[:, 2].mean())


def _harmonics(n: Normals) -> Float[Tensor, "dense 9"]:
    x, y, z = n.unbind(1)
    return torch.stack([torch.ones_like(x), x, y, z, x * y, x * z, y * z, x * x - y * y, 3 * z * z - 1], 1)
