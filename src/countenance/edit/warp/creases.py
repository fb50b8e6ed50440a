"""The person's own folds: how much this skin folds, and what a unit makes of the folds that are there already."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.field import Field
from countenance.edit.warp.grid import blur, smooth_step
from countenance.media.tensors import Image

FINE, LINE, FOLD = 0.010, 0.045, 0.11
"""Blurs in inter-ocular units: grain ends, a line ends, a deep fold of a smile ends."""
DEEPER = 0.9
"""How much deeper the person's own lines get where a unit folds at intensity 1."""
AWAY = 0.85
"""Share of the person's own folds that a unit taken away by 1 takes away."""
MOST = 0.35
"""Bound of what is taken or given, log gain: beyond it, it is not a fold but hair, a nostril, the lips."""
SMOOTH, LINED = 0.006, 0.020
"""Depth of lines around (log gain, in the mean) of skin that hardly folds and of skin that folds fully."""
LEAST = 0.5
"""Share of a drawn fold that the smoothest skin gets."""
LUMA = (0.2126, 0.7152, 0.0722)
Layer = Float[Tensor, "rows columns"]


def log_light(picture: Image, field: Field) -> Layer:
    """Log luminance in linear light of the picture on the field's grid, before the edit."""
    x0, y0, x1, y1 = field.box
    part = picture[:, y0:y1, x0:x1]
    share = torch.tensor(LUMA, device=picture.device)
    light = torch.tensordot(share, part.clamp(0, 1), 1)[None, None]
    if field.cell_px > 1:
        light = nn.avg_pool2d(light, field.cell_px, ceil_mode=True, count_include_pad=False)
    return 2.2 * torch.log(light[0, 0] + 0.02)


def own_gain(light: Layer, turned: Layer, unit_cells: float, field: Field) -> tuple[Layer, Layer]:
    """Log gain of the person's own folds for `turned` (see `atlas_folds`), and how much this skin folds, [LEAST, 1].

    Both lie where the skin goes. `unit_cells` is the eye distance in cells.
    """
    soft = blur(light[None], max(0.5, FINE * unit_cells))[0]
    line = soft - blur(light[None], LINE * unit_cells)[0]
    fold = soft - blur(light[None], FOLD * unit_cells)[0]
    skin = torch.exp(-((line / MOST) ** 2))
    folded = blur((-line).clamp(0, 0.12)[None], 0.12 * unit_cells)[0]
    strength = LEAST + (1 - LEAST) * smooth_step((folded - SMOOTH) / (LINED - SMOOTH))
    line, fold, strength = _moved(torch.stack([line * skin, fold, strength]), field).unbind(0)
    deeper = (line * DEEPER).clamp(-MOST, MOST / 3)
    lifted = -torch.where(fold < 0, fold, fold / 2).clamp(-1.2 * MOST, MOST / 2) * AWAY
    return torch.where(turned > 0, deeper * turned, lifted * -turned), strength


def _moved(layers: Float[Tensor, "layers rows columns"], field: Field) -> Float[Tensor, "layers rows columns"]:
    rows, columns = layers.shape[1:]
    x = torch.arange(columns, device=layers.device) + 0.5 + field.flow[0] / field.cell_px
    y = (torch.arange(rows, device=layers.device) + 0.5)[:, None] + field.flow[1] / field.cell_px
    at = torch.stack([x * (2 / columns) - 1, y * (2 / rows) - 1], -1)
    return nn.grid_sample(layers[None], at[None], mode="bilinear", padding_mode="border", align_corners=False)[0]
