"""The default expression engine: a mesh warp without a learned generator (`countenance.edit.warp`)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import torch
from torch import Tensor

from countenance.edit.face.detector import detect
from countenance.edit.face.graph import Graph, load_graphs
from countenance.edit.face.landmarks import MAX_SPREAD, MIN_FACE_LOGIT, Reading, eye_distance, landmarks
from countenance.edit.face.pose import Pose, canonical_shape, estimate_pose
from countenance.edit.ports import Box, Donor, EditorEngine, FaceReading, Proposal
from countenance.edit.reread import unit_changes
from countenance.edit.units import teeth_visible, units_present
from countenance.edit.warp.basis import ExpressionBasis, basis_from
from countenance.edit.warp.head import head_mask
from countenance.edit.warp.propose import propose_warp
from countenance.errors import EngineError, NoFaceError
from countenance.media.tensors import Frames

LEAST_EYES_PX = 60
"""Below this the landmarks are too rough for the lips."""
MOST_YAW_DEG = 35
RENDERED = (1, 2, 4, 12, 15)
RENDERS = frozenset(f"AU{n}{side}" for n in RENDERED for side in ("", "L", "R"))
ERRORS: Mapping[str, int] = MappingProxyType(
    {
        "AU1": 269,
        "AU12": 194,
        "AU12L": 257,
        "AU12R": 263,
        "AU15": 331,
        "AU15L": 380,
        "AU15R": 441,
        "AU1L": 265,
        "AU1R": 320,
        "AU2": 579,
        "AU2L": 563,
        "AU2R": 584,
        "AU4": 775,
        "AU4L": 788,
        "AU4R": 782,
    }
)
"""99th percentile of |measured - asked| in permille, widened for all units together until 99 % of edits asked at their
limit pass in every unit: benchmarks/results/measuring_error.json, on people that the readers were not fitted on."""


class WeightStore(Protocol):
    """The part of the model store that is needed here."""

    def load(self, name: str) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Tensors and metadata."""

    def digest(self, name: str) -> str:
        """Digest of the weight file, `sha256:<hex>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarpEngine:
    """See `EditorEngine`. The seed is not used: nothing is drawn at random."""

    weights: Mapping[str, str]
    detectors: Mapping[str, Graph]
    mesh: Graph
    basis: ExpressionBasis
    name: str = "warp"
    version: str = "1"
    digital_source_type: str = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
    renders: frozenset[str] = RENDERS
    errors: Mapping[str, int] = field(default_factory=lambda: ERRORS)

    def detect(self, pixels: Frames) -> tuple[Box, ...]:
        """See `EditorEngine.detect`."""
        return tuple(_whole_px(face.box, pixels.shape[-2:]) for face in detect(pixels[0], self.detectors))

    def perceive(self, pixels: Frames, box: Box) -> FaceReading:
        """See `EditorEngine.perceive`."""
        read = landmarks(pixels[0], (float(box[0]), float(box[1]), float(box[2]), float(box[3])), self.mesh)
        eyes = eye_distance(read.points)
        pose = self._pose(read.points)
        _require_face(read, pose, eyes)
        return FaceReading(
            box=box,
            landmarks=read.points,
            head=head_mask(read.points, self.basis, (pixels.shape[-2], pixels.shape[-1])),
            eye_distance_px=eyes,
            yaw_deg=pose.yaw_deg,
            pitch_deg=pose.pitch_deg,
            roll_deg=pose.roll_deg,
            units=units_present(canonical_shape(read.points, pose), self.basis),
            face_logit=read.face_logit,
            disagreement=read.spread,
            teeth_visible=teeth_visible(pixels[0], read.points, eyes),
        )

    def propose(
        self,
        pixels: Frames,
        reading: FaceReading,
        plan: Mapping[str, int],
        *,
        seed: int,  # noqa: ARG002
        donor: Donor | None = None,
    ) -> Proposal:
        """See `EditorEngine.propose`."""
        if unknown := sorted(set(plan) - self.renders):
            raise EngineError(
                f"engine `{self.name}` cannot render {', '.join(unknown)}", hint="ask for other action units"
            )
        return propose_warp(pixels, reading, self._pose(reading.landmarks), plan, self.basis, donor)

    def reread(self, before: FaceReading, after: FaceReading) -> dict[str, int]:
        """See `EditorEngine.reread`."""
        return unit_changes(before.landmarks, after.landmarks, self._pose(before.landmarks), self.basis)

    def _pose(self, points: Tensor) -> Pose:
        return estimate_pose(points, self.basis.mean, self.basis.stable)


def _whole_px(box: tuple[float, float, float, float], size: torch.Size) -> Box:
    x0, y0 = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    return x0, y0, min(size[1], math.ceil(box[2])), min(size[0], math.ceil(box[3]))


def _require_face(read: Reading, pose: Pose, eyes: float) -> None:
    hint = "use a picture that shows the face larger and from the front"
    if not math.isfinite(eyes) or read.face_logit < MIN_FACE_LOGIT or read.spread > MAX_SPREAD:
        raise NoFaceError("no face can be read there: a profile, covered, or not a face", hint=hint)
    if abs(pose.yaw_deg) > MOST_YAW_DEG:
        raise NoFaceError(f"face turned away: {abs(pose.yaw_deg):.0f} degrees, at most {MOST_YAW_DEG}", hint=hint)
    if eyes < LEAST_EYES_PX:
        raise NoFaceError(f"face too small: {eyes:.0f} px between the eyes, needs {LEAST_EYES_PX}", hint=hint)


def build(store: WeightStore) -> EditorEngine:
    """Entry point `warp`.

    Raises:
        EngineError: the weights are absent, or not the ones that this engine needs.
    """
    loaded = {name: store.load(name) for name in ("face-detector", "face-mesh", "expression-basis")}
    try:
        return WarpEngine(
            weights={name: store.digest(name) for name in loaded},
            detectors=load_graphs(*loaded["face-detector"]),
            mesh=load_graphs(*loaded["face-mesh"])["mesh"],
            basis=basis_from(loaded["expression-basis"][0]),
        )
    except KeyError as error:
        raise EngineError("the engine's weights are not complete", hint="run `countenance models pull`") from error
