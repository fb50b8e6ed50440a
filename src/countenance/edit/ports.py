"""The plug point of stage 3: what an expression engine must do, and what it reads from a face.

Action units are named `AU12` (both sides), `AU12L`, `AU12R`: left and right are the person's own, so `L` is image
right in an upright photograph. Intensities are permille; a negative one takes away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jaxtyping import Bool, Float
from torch import Tensor

from countenance.media.tensors import Frames, Image, Landmarks, Mask

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in px, half open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceReading:
    """What perception says of one face. Holds face geometry: never stored, never logged."""

    box: Box
    """Where the face is."""
    landmarks: Landmarks
    """Face points in px."""
    head: Bool[Tensor, "h w"]
    """True where this face may change: the permitted region, which ends inside the head."""
    eye_distance_px: float
    """Distance between the middles of the eyes."""
    yaw_deg: float
    """Head turned to image right is positive."""
    pitch_deg: float
    """Head tipped up is positive."""
    roll_deg: float
    """Head leaning clockwise in the picture is positive."""
    units: dict[str, int]
    """Action units already present in permille, as far as they can be read from one picture."""
    face_logit: float
    """The landmark network's own belief that this is a face."""
    disagreement: float
    """Spread of the landmarks over jittered crops, as a share of the eye distance."""
    teeth_visible: bool
    """True if teeth show between the lips."""
    view: Image | None = None
    """The face cut out small and upright, to compare two readings by their pixels."""
    view_at: Float[Tensor, "1 2 3"] | None = None
    """Map from px of the view to px of the picture."""
    blocked: Mapping[str, str] = field(default_factory=dict)
    """Action units that cannot be done on this face, each with the reason: glasses, a hand, hair over a brow."""
    warnings: tuple[str, ...] = ()
    """What to tell whoever asked: perhaps a drawing, a statue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Donor:
    """Another picture of the same person, to borrow the inside of the mouth, folds and lids from."""

    pixels: Frames
    """The whole picture, [0, 1]; its first frame counts."""
    reading: FaceReading
    """The person's face in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an engine would like the picture to be."""

    pixels: Frames
    """The whole picture, [0, 1]."""
    touched: Mask
    """Where the engine says it changed something."""
    field_digest: str | None = None
    """Digest of the displacement field, where the engine moves pixels."""


class EditorEngine(Protocol):
    """An expression engine. It proposes; `render` decides what of it is pasted."""

    @property
    def name(self) -> str:
        """Name on the allow-list, in the recipe and in the manifest."""

    @property
    def version(self) -> str:
        """Changes whenever the same plan could give other pixels."""

    @property
    def digital_source_type(self) -> str:
        """IPTC digital source type of its results, a full URI."""

    @property
    def weights(self) -> Mapping[str, str]:
        """Every weight file that it uses: name to `sha256:<hex>`."""

    @property
    def renders(self) -> frozenset[str]:
        """Names of the action units that it can do."""

    @property
    def errors(self) -> Mapping[str, int]:
        """Published measuring error in permille of every unit that `reread` gives, where it alone changed by 500."""

    @property
    def shown_errors(self) -> Mapping[str, int]:
        """Published error in permille of what `perceive` reads of a unit in one picture; without one, it is absent."""

    def errors_at(self, changes: Mapping[str, int]) -> dict[str, int]:
        """Measuring error in permille of each of these units, where `reread` gave these changes."""

    def detect(self, pixels: Frames) -> tuple[Box, ...]:
        """Boxes of all faces, numbered from image left to right."""

    def perceive(self, pixels: Frames, box: Box) -> FaceReading:
        """Reads the face in a box.

        Raises:
            NoFaceError: not a face, a profile, or too small.
        """

    def propose(
        self, pixels: Frames, reading: FaceReading, plan: Mapping[str, int], *, seed: int, donor: Donor | None = None
    ) -> Proposal:
        """Renders a plan (unit to permille change) on one face, inside `reading.head`."""

    def reread(self, before: FaceReading, after: FaceReading) -> dict[str, int]:
        """Change of each measurable unit in permille between two readings of the same face."""
