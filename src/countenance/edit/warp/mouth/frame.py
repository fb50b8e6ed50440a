"""Where the mouth is: a box of the picture, and coordinates along and across the line of its corners."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.ports import Box
from countenance.edit.warp.basis import LIPS_LOWER, LIPS_UPPER
from countenance.media.tensors import Landmarks

OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
CORNERS = (78, 308)
MARGIN = 0.14
"""Room around the lips, in eye distances."""
Points = Float[Tensor, "*n 2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MouthFrame:
    """Coordinates u, v in eye distances from the middle between the corners before the edit.

    u runs along the line of the corners to the person's left, v from the nose to the chin.
    """

    box: Box
    origin: Float[Tensor, "2"]
    along: Float[Tensor, "2"]
    unit_px: float

    @property
    def down(self) -> Float[Tensor, "2"]:
        """Direction of v on the picture."""
        return torch.stack([-self.along[1], self.along[0]])

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the box."""
        return self.box[3] - self.box[1], self.box[2] - self.box[0]

    def place(self, at: Points) -> Points:
        """u, v of points in px."""
        off = (at - self.origin) / self.unit_px
        return torch.stack([off @ self.along, off @ self.down], -1)

    def pixels(self, size: tuple[int, int] | None = None) -> Float[Tensor, "h w 2"]:
        """Px of the centres of the box's pixels, or of another number of cells over the same box."""
        rows, columns = size or self.size
        x0, y0, x1, y1 = self.box
        x = (torch.arange(columns, device=self.origin.device) + 0.5) * ((x1 - x0) / columns) + x0
        y = (torch.arange(rows, device=self.origin.device) + 0.5) * ((y1 - y0) / rows) + y0
        return torch.stack([x.expand(rows, -1), y[:, None].expand(-1, columns)], -1)


def mouth_frame(
    landmarks: Landmarks, moved_px: Float[Tensor, "468 2"], eye_distance_px: float, size: tuple[int, int]
) -> MouthFrame | None:
    """The frame of a mouth whose points move by `moved_px`, or None where it lies outside the picture."""
    lips = list({*LIPS_UPPER, *LIPS_LOWER, *OUTER_UPPER, *OUTER_LOWER})
    before = landmarks[lips, :2]
    places = torch.cat([before, before + moved_px[lips]])
    margin = MARGIN * eye_distance_px
    low = (places.amin(0) - margin).floor().long().tolist()
    high = (places.amax(0) + margin).ceil().long().tolist()
    box = (max(0, low[0]), max(0, low[1]), min(size[1], high[0]), min(size[0], high[1]))
    if box[0] + 8 > box[2] or box[1] + 8 > box[3]:
        return None
    left, right = landmarks[CORNERS[0], :2], landmarks[CORNERS[1], :2]
    across = right - left
    return MouthFrame(
        box=box, origin=(left + right) / 2, along=across / across.norm().clamp_min(1e-6), unit_px=eye_distance_px
    )
