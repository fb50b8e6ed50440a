"""The two lips as layers of their own: each moves with its own field, and is cut where the picture shows its edge."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as nn
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER, ExpressionBasis
from countenance.edit.warp.grid import blur, fill, smooth_step
from countenance.edit.warp.mouth.columns import over_u
from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.edit.warp.mouth.seam import Lines
from countenance.edit.warp.raster import rasterise
from countenance.edit.warp.scene import Scene
from countenance.media.tensors import Flow, Image

GRID_PX = 176
"""Longest side of the grid on which a lip's field is kept."""
NEAR = 0.5
"""Part of the mesh that is drawn: canonical distance from the seam of the mean face."""
WET = 0.013
"""Half width of the shadow of contact that goes when lips part, in eye distances."""
BACK = 0.006
"""How far inside its edge a lip's motion is read for what lies past the edge."""
FRINGE = 0.004
"""Reach of the colour of teeth on a lip's blurred edge; twice this is passed over where open lips meet."""
PARTED = 0.03
"""Opening at which it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lip:
    """One lip after the edit."""

    colours: Image
    alpha: Float[Tensor, "h w"]
    """Where it covers: 1 on the lip and the skin beyond, 0 past its edge."""
    inside: Float[Tensor, "h w"]
    """Distance from its edge, positive on the lip, in eye distances, as it was before the edit."""
    u: Float[Tensor, "h w"]
    """Where along the mouth its pixels come from."""
    ends: Float[Tensor, "h w"]
    """1 between the corners, falling to 0 at them."""


def lip_flows(scene: Scene, frame: MouthFrame) -> tuple[Flow, Flow]:
    """Where to sample, minus where to write, in px, on a grid over the box: the upper lip's motion and the lower's."""
    rows, columns = frame.size
    scale = min(1.0, GRID_PX / max(rows, columns))
    cells = (math.ceil(rows * scale), math.ceil(columns * scale))
    basis = scene.basis
    fine = basis.dense @ torch.cat([scene.landmarks[:468], scene.moved_px, basis.mean[:, :2]], 1)
    x0, y0, x1, y1 = frame.box
    stretch = fine.new_tensor([cells[1] / (x1 - x0), cells[0] / (y1 - y0)])
    at = (fine[:, :2] + fine[:, 3:5] - fine.new_tensor([x0, y0])) * stretch
    upper, lower = _sides(basis, fine[:, 5:])

    def flow(side: Bool[Tensor, "triangles"]) -> Flow:
        values, covered = rasterise(at, fine[:, 2], basis.triangles[side], -fine[:, 3:5], cells)
        return blur(fill(values, covered), 0.8)

    return flow(upper), flow(lower)


def _sides(basis: ExpressionBasis, place: Float[Tensor, "dense 2"]) -> tuple[Tensor, Tensor]:
    """Triangles of each lip and of the skin on its side; beyond the corners, of both. `place` is the mean face's."""
    seam = (basis.mean[list(LIPS_UPPER), :2] + basis.mean[list(LIPS_LOWER), :2]) / 2
    middle = place[basis.triangles].mean(1)
    near = (middle[:, 1] - seam[:, 1].mean()).abs() < NEAR
    index = torch.searchsorted(seam[:, 0].contiguous(), middle[:, 0].contiguous()).clamp(1, len(seam) - 1)
    share = ((middle[:, 0] - seam[index - 1, 0]) / (seam[index, 0] - seam[index - 1, 0])).clamp(0, 1)
    above = middle[:, 1] - torch.lerp(seam[index - 1, 1], seam[index, 1], share)
    beyond = middle[:, 0].abs() > seam[-1, 0]
    return (beyond | (above > 0)) & near, (beyond | (above < 0)) & near


def lay_lip(
    scene: Scene,
    frame: MouthFrame,
    lines: Lines,
    flow: Flow,
    parted: Float[Tensor, "h w"],
    *,
    upper: bool,
) -> Lip:
    """One lip, sampled from the picture with its own field.

    `parted` says how far apart the lips are after the edit, 0 to 1: the dark line where they touched goes with it.
    """
    here = frame.pixels()
    source = here + _look_up(flow, frame, _on_lip(scene, frame, here, upper=upper))
    place = frame.place(source)
    u, v = place[..., 0], place[..., 1]
    edge = lines.at(lines.upper if upper else lines.lower, u)
    inside = (edge - v) if upper else (v - edge)
    ends = _between_corners(u, lines)
    wet = (WET * parted if lines.shut else FRINGE * (2 - parted)) * ends
    further = torch.sqrt(inside**2 + wet**2) - inside
    source = source + (further * (frame.unit_px * (-1 if upper else 1)))[..., None] * frame.down
    soft = max(1.2, 0.006 * frame.unit_px) / frame.unit_px
    return Lip(
        colours=take(scene.picture, source), alpha=(0.5 + inside / soft).clamp(0, 1), inside=inside, u=u, ends=ends
    )


def _on_lip(scene: Scene, frame: MouthFrame, here: Float[Tensor, "h w 2"], *, upper: bool) -> Float[Tensor, "h w 2"]:
    """Places past a lip's edge put back on it: there the lip's motion is that of its edge, so that it ends once."""
    row = LIPS_UPPER if upper else LIPS_LOWER
    place = frame.place(here)
    u, v = place[..., 0], place[..., 1]
    edges = frame.place(scene.landmarks[list(row), :2] + scene.moved_px[list(row)])
    edge = over_u(edges[:, 1], row, scene, frame, u)
    past = (v - edge + BACK) if upper else (edge + BACK - v)
    ends = torch.minimum(u - edges[0, 0], edges[-1, 0] - u)
    past = past.clamp_min(0) * smooth_step(ends / 0.03)
    return here + (past * (frame.unit_px * (-1 if upper else 1)))[..., None] * frame.down


def _look_up(flow: Flow, frame: MouthFrame, at: Tensor) -> Float[Tensor, "h w 2"]:
    x0, y0, x1, y1 = frame.box
    grid = (at - at.new_tensor([x0, y0])) * at.new_tensor([2 / (x1 - x0), 2 / (y1 - y0)]) - 1
    out = nn.grid_sample(flow[None], grid[None], mode="bicubic", padding_mode="border", align_corners=False)
    return out[0].permute(1, 2, 0)


def _between_corners(u: Float[Tensor, "h w"], lines: Lines) -> Float[Tensor, "h w"]:
    """1 between the corners, falling to 0 at them."""
    near = torch.minimum(u - lines.first, lines.last - u) / (lines.last - lines.first)
    return (near / 0.08).clamp(0, 1)


def take(picture: Image, at: Float[Tensor, "h w 2"]) -> Image:
    """Bicubic samples of a picture at places in px."""
    low = (at.amin((0, 1)) - 3).floor().clamp_min(0).long().tolist()
    high = (at.amax((0, 1)) + 4).ceil().long().tolist()
    part = picture[:, low[1] : max(high[1], low[1] + 1), low[0] : max(high[0], low[0] + 1)]
    scale = torch.tensor([2 / part.shape[2], 2 / part.shape[1]], device=at.device)
    grid = (at - at.new_tensor(low)) * scale - 1
    out = nn.grid_sample(part[None], grid[None], mode="bicubic", padding_mode="border", align_corners=False)[0]
    return out.clamp(0, 1)
