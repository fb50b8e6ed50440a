"""Values known at the columns of the lips, carried to every pixel along the mouth."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.edit.warp.scene import Scene


def over_u(
    values: Float[Tensor, "11"], row: Sequence[int], scene: Scene, frame: MouthFrame, u: Float[Tensor, "h w"]
) -> Float[Tensor, "h w"]:
    """Linear between the moved points of a row from corner to corner, constant beyond its ends."""
    known = frame.place(scene.landmarks[list(row), :2] + scene.moved_px[list(row)])[:, 0]
    known = torch.cummax(known, 0).values + torch.arange(len(known), device=u.device) * 1e-5
    index = torch.searchsorted(known, u.contiguous()).clamp(1, len(known) - 1)
    share = ((u - known[index - 1]) / (known[index] - known[index - 1])).clamp(0, 1)
    return torch.lerp(values[index - 1], values[index], share)
