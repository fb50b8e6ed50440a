"""An immutable media file, known by the SHA-256 of its bytes, and the faces found in it."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Part, Record

MediaType = Literal["image/jpeg", "image/png", "image/webp", "image/tiff"]


class Asset(Record):
    """A picture file."""

    KIND = "asset"
    digest_of_file: Digest
    media_type: MediaType
    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    size_bytes: int = Field(ge=1)


class FaceBox(Part):
    """A face found in a picture: half-open box in px, numbered from 0, left to right."""

    number: int = Field(ge=0)
    x0_px: int
    y0_px: int
    x1_px: int
    y1_px: int

    def overlap_permille(self, other: "FaceBox") -> int:
        """Intersection over union, in permille."""
        width = min(self.x1_px, other.x1_px) - max(self.x0_px, other.x0_px)
        height = min(self.y1_px, other.y1_px) - max(self.y0_px, other.y0_px)
        shared = max(0, width) * max(0, height)
        union = self.area_px() + other.area_px() - shared
        return 1000 * shared // union if union > 0 else 0

    def area_px(self) -> int:
        """Area of the box."""
        return max(0, self.x1_px - self.x0_px) * max(0, self.y1_px - self.y0_px)
