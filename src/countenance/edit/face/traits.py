"""What the flattened face looks like, in few numbers a cell: colour against the person's own skin, lines, symmetry."""

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.atlas import Atlas, cell

POOL = 8
"""Atlas cells on a side of one cell of the traits: an eighth of an inter-ocular unit."""
MAPS = ("light", "red", "blue", "across", "down", "light_skew", "colour_skew")
"""Log lightness, log red and blue over green, each less the skin's; energy of lines across and down; difference from
the mirrored face in lightness and in colour."""
_FLOOR = 0.02  # added before the logarithm: darker than this is black
_LINE_CELLS = 1.2  # spread of a line's cross section
_ALONG_CELLS = 3.0  # spread along it: lines are longer than grain
_ENERGY_FLOOR = 0.003
_SKIN = (  # canonical x0, x1, y0, y1 where skin shows on most faces
    (-0.4, 0.4, 0.5, 0.75), (-0.12, 0.12, -0.55, 0.0), (-0.8, -0.35, -0.75, -0.4), (0.35, 0.8, -0.75, -0.4),
)  # fmt: skip

Traits = Float[Tensor, "maps rows columns"]


def traits(atlas: Atlas) -> Traits:
    """The seven maps, the right half only: columns from the middle outwards, both sides in one.

    Light and colour keep the mean of the two sides, lines and differences the greater.
    """
    log = (atlas + _FLOOR).log()
    plain = torch.stack([log.mean(0), log[0] - log[1], log[2] - log[1]])
    plain = (plain - skin(plain)[:, None, None]).clamp(-2.5, 2.5)
    across, down = _lines(plain[0]), _lines(plain[0].T).T
    energy = (nn.avg_pool2d(torch.stack([across, down]).square(), POOL).sqrt() + _ENERGY_FLOOR).log()
    cells = nn.avg_pool2d(plain, POOL)
    skew = (cells - cells.flip(-1)).abs()
    skew = torch.stack([skew[0], skew[1:].mean(0)])
    half = cells.shape[-1] // 2
    right, left = (torch.cat([cells, energy, skew])[..., half:], torch.cat([cells, energy, skew])[..., :half].flip(-1))
    return torch.cat([(right[:3] + left[:3]) / 2, torch.maximum(right[3:], left[3:])])


def skin(plain: Float[Tensor, "3 rows columns"]) -> Float[Tensor, "3"]:
    """Median over places where skin shows: half of them may be covered."""
    found = []
    for x0, x1, y0, y1 in _SKIN:
        (top, left), (bottom, right) = cell(x0, y1), cell(x1, y0)
        found.append(plain[:, top:bottom, left:right].flatten(1))
    return torch.cat(found, 1).median(1).values


def _lines(light: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
    """Response to thin lines across: second derivative down, averaged along."""
    taps = torch.arange(-9, 10, device=light.device, dtype=light.dtype)
    section = torch.exp(-0.5 * (taps / _LINE_CELLS).square())
    section = section / section.sum() * (taps.square() / _LINE_CELLS**2 - 1)
    along = torch.exp(-0.5 * (taps / _ALONG_CELLS).square())
    along = along / along.sum()
    padded = nn.pad(light[None, None], (9, 9, 9, 9), mode="replicate")
    found: Tensor = nn.conv2d(nn.conv2d(padded, section[None, None, :, None]), along[None, None, None])[0, 0]
    return found


def fold(cells: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
    """A map of the atlas on the cells of the traits: mean of each cell, the greater of the two sides."""
    pooled = nn.avg_pool2d(cells[None], POOL)[0]
    half = pooled.shape[-1] // 2
    return torch.maximum(pooled[:, half:], pooled[:, :half].flip(-1))
