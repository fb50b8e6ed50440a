"""Signs that a face is no photograph of a living one: to warn with, never to refuse on."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.atlas import Atlas, cell

FLAT_SHARE = 0.8
"""Share of neighbouring skin cells of one colour from which a face looks drawn. Measured: portraits at most .10,
blurred and grey ones at most .25, one of 256 colours .68; a drawing 1.0."""
GREY_SKIN = 0.02
"""Colourfulness of skin below which it is grey."""
COLOURED_PICTURE = 0.05
"""Colourfulness of the rest of the picture from which grey skin is strange."""
_SAME = 0.25 / 255
_CHEEKS = ((-0.8, -0.3, -0.8, -0.35), (0.3, 0.8, -0.8, -0.35), (-0.4, 0.4, 0.45, 0.75))


def warnings_of(atlas: Atlas, picture: Float[Tensor, "3 h w"]) -> tuple[str, ...]:
    """What to tell whoever asked.

    Args:
        atlas: the face laid flat.
        picture: the whole picture.
    """
    skin = [_part(atlas, *place) for place in _CHEEKS]
    found = []
    if flat_share(skin) > FLAT_SHARE:
        found.append("the face looks drawn or painted: flat colours without grain")
    small = nn.adaptive_avg_pool2d(picture[None], 64)[0]
    if all(colourfulness(part) < GREY_SKIN for part in skin) and float(_spread(small).quantile(0.9)) > COLOURED_PICTURE:
        found.append("the skin has no colour though the picture has: perhaps a statue or a mask")
    return tuple(found)


def flat_share(parts: list[Atlas]) -> float:
    """Share of neighbours, across and down, that have one colour."""
    same = []
    for part in parts:
        across, down = (part[:, :, 1:] - part[:, :, :-1]).abs().amax(0), (part[:, 1:] - part[:, :-1]).abs().amax(0)
        same += [(across < _SAME).flatten(), (down < _SAME).flatten()]
    return float(torch.cat(same).float().mean())


def colourfulness(part: Atlas) -> float:
    """Median difference of the strongest and the weakest colour."""
    return float(_spread(part).median())


def _spread(part: Float[Tensor, "3 h w"]) -> Float[Tensor, "h w"]:
    return part.amax(0) - part.amin(0)


def _part(atlas: Atlas, x0: float, x1: float, y0: float, y1: float) -> Atlas:
    (top, left), (bottom, right) = cell(x0, y1), cell(x1, y0)
    return atlas[:, top:bottom, left:right]
