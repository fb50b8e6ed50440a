"""The part of the picture that is this face: what may change, and how change fades towards its rim."""

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.warp.basis import EYE_LEFT, EYE_RIGHT, LIPS_LOWER, LIPS_UPPER, ExpressionBasis
from countenance.edit.warp.grid import blur, resize, smooth_step
from countenance.edit.warp.raster import rasterise
from countenance.media.tensors import Landmarks

HEAD_PX = 320
"""Longest side of the grid on which the head's outline is drawn."""
CLOSING = 2
"""Cells by which the head is grown and shrunk again."""
FADE = 0.09
"""Blur of the rim in inter-ocular units: change is nothing at the rim and whole at about twice this inside it."""


def head_mask(landmarks: Landmarks, basis: ExpressionBasis, size: tuple[int, int]) -> Bool[Tensor, "h w"]:
    """True inside the outline of the face mesh: below the hair line, inside cheeks and jaw, never neck or beyond."""
    fine = basis.dense @ landmarks[:468]
    low = fine[:, :2].amin(0).floor().clamp_min(0).long().tolist()
    high = torch.minimum(
        fine[:, :2].amax(0).ceil().long() + 1, torch.tensor([size[1], size[0]], device=fine.device)
    ).tolist()
    out = torch.zeros(size, dtype=torch.bool, device=landmarks.device)
    width, height = high[0] - low[0], high[1] - low[1]
    if width <= 0 or height <= 0:
        return out
    scale = min(1.0, HEAD_PX / max(width, height))
    cells = (max(1, round(height * scale)), max(1, round(width * scale)))
    at = (fine[:, :2] - fine.new_tensor(low)) * fine.new_tensor([cells[1] / width, cells[0] / height])
    triangles = torch.cat([basis.triangles, _lids_and_lips(basis.triangles)])
    _, covered = rasterise(at, fine[:, 2], triangles, at, cells)
    out[low[1] : high[1], low[0] : high[0]] = resize(_closed(covered)[None].float(), (height, width))[0] > 0.5
    return out


def _closed(covered: Bool[Tensor, "h w"]) -> Bool[Tensor, "h w"]:
    """Without pinholes: fans leave slits where lids or lips fold over each other."""
    grown = nn.max_pool2d(covered[None].float(), 2 * CLOSING + 1, stride=1, padding=CLOSING)
    return -nn.max_pool2d(-grown, 2 * CLOSING + 1, stride=1, padding=CLOSING)[0] > 0.5


def _lids_and_lips(like: Tensor) -> Tensor:
    """Triangles that close the mesh's holes: a fan over each eye and over the mouth."""
    mouth = (*LIPS_UPPER, *reversed(LIPS_LOWER[1:-1]))
    fans = [(ring[0], ring[i], ring[i + 1]) for ring in (EYE_LEFT, EYE_RIGHT, mouth) for i in range(1, len(ring) - 1)]
    return torch.tensor(fans, dtype=like.dtype, device=like.device)


def fade(head: Float[Tensor, "h w"], sigma_px: float) -> Float[Tensor, "h w"]:
    """Share of a change that is kept: 0 on the rim and outside, 1 well inside."""
    return smooth_step(2 * blur(head[None], sigma_px)[0] - 1) * head
