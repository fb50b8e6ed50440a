"""The default expression engine: a mesh warp without a learned generator (`countenance.edit.warp`)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from countenance.core import facs
from countenance.edit.face.atlas import flatten
from countenance.edit.face.detector import detect
from countenance.edit.face.drawn import warnings_of
from countenance.edit.face.graph import Graph, load_graphs
from countenance.edit.face.landmarks import MAX_SPREAD, MIN_FACE_LOGIT, Reading, eye_distance, landmarks
from countenance.edit.face.occluders import Covers, blocked_units, covers_from, reasons
from countenance.edit.face.pose import Pose, canonical_shape, estimate_pose
from countenance.edit.face.traits import fold, traits
from countenance.edit.face.turned import far_eye
from countenance.edit.face.view import view_map, view_of
from countenance.edit.ports import Box, Donor, EditorEngine, FaceReading, Proposal
from countenance.edit.reread import Readers, measuring_errors, published_errors, readers_from, unit_changes
from countenance.edit.signs import signs_of_change
from countenance.edit.units import eyes_present, teeth_visible, units_present
from countenance.edit.warp.basis import ExpressionBasis, basis_from
from countenance.edit.warp.head import head_mask
from countenance.edit.warp.propose import propose_warp
from countenance.errors import EngineError, NoFaceError
from countenance.media.tensors import Frames

LEAST_EYES_PX = 50
"""Between the middles of the eyes. Measured on pictures made smaller (benchmarks/results/limits.json, `size`): from 50
px on the landmarks stay within .12 % of the eye distance of the large picture's (.24 % at 40, .46 % at 30, .90 % at
20; 90th percentiles), and a closed smile differs from the large one made small by 12 % of what it changes, in the
median (9 % at 100)."""
MOST_YAW_DEG = 35
_WEIGHTS = ("face-detector", "face-mesh", "expression-basis", "face-signs", "face-covers")
RENDERS = frozenset(facs.NAMES)


class WeightStore(Protocol):
    """The part of the model store that is needed here."""

    device: str
    """Where the engine should work."""

    def load(self, name: str) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Tensors on the CPU, and metadata."""

    def digest(self, name: str) -> str:
        """Digest of the weight file, `sha256:<hex>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarpEngine:
    """See `EditorEngine`. The seed is not used: nothing is drawn at random."""

    weights: Mapping[str, str]
    detectors: Mapping[str, Graph]
    mesh: Graph
    basis: ExpressionBasis
    readers: Readers
    covers: Covers
    name: str = "warp"
    version: str = "2"
    digital_source_type: str = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
    renders: frozenset[str] = RENDERS

    def detect(self, pixels: Frames) -> tuple[Box, ...]:
        """See `EditorEngine.detect`."""
        return tuple(_whole_px(face.box, pixels.shape[-2:]) for face in detect(pixels[0], self.detectors))

    def perceive(self, pixels: Frames, box: Box) -> FaceReading:
        """See `EditorEngine.perceive`."""
        read = landmarks(pixels[0], (float(box[0]), float(box[1]), float(box[2]), float(box[3])), self.mesh)
        eyes = eye_distance(read.points)
        pose = self._pose(read.points)
        _require_face(read, pose, eyes)
        flat, gone = flatten(pixels[0], read.points, self.basis.mean)
        return FaceReading(
            box=box,
            landmarks=read.points,
            head=head_mask(read.points, self.basis, (pixels.shape[-2], pixels.shape[-1])),
            eye_distance_px=eyes,
            yaw_deg=pose.yaw_deg,
            pitch_deg=pose.pitch_deg,
            roll_deg=pose.roll_deg,
            units=units_present(canonical_shape(read.points, pose), self.basis) | eyes_present(pixels[0], read.points),
            face_logit=read.face_logit,
            disagreement=read.spread,
            teeth_visible=teeth_visible(pixels[0], read.points, eyes),
            view=view_of(pixels[0], pose),
            view_at=view_map(pose),
            blocked=far_eye(pose.yaw_deg, self.renders)
            | blocked_units(reasons(traits(flat), fold(gone), pose.yaw_deg, self.covers), self.renders),
            warnings=warnings_of(flat, pixels[0]),
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
        pose = self.pose_of(before)
        views = view_map(pose), view_map(self.pose_of(after))
        return unit_changes(signs_of_change(before, after, pose, views), self.readers)

    @property
    def errors(self) -> dict[str, int]:
        """See `EditorEngine.errors`."""
        return published_errors(self.readers)

    @property
    def shown_errors(self) -> dict[str, int]:
        """See `EditorEngine.shown_errors`: none is published.

        One picture does not tell an expression from a face well enough: AU12 read .43 off in the median on rendered
        people, AU4 nothing at all where it was .65 (benchmarks/results/truth.json, `single`).
        """
        return {}

    def errors_at(self, changes: Mapping[str, int]) -> dict[str, int]:
        """See `EditorEngine.errors_at`."""
        return measuring_errors(changes, self.readers)

    def pose_of(self, reading: FaceReading) -> Pose:
        """The pose of the head, from the points that no muscle moves."""
        return self._pose(reading.landmarks)

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
    loaded = {name: store.load(name) for name in _WEIGHTS}
    at = {name: {key: t.to(store.device) for key, t in tensors.items()} for name, (tensors, _) in loaded.items()}
    try:
        return WarpEngine(
            weights={name: store.digest(name) for name in loaded},
            detectors={name: net.to(store.device) for name, net in load_graphs(*loaded["face-detector"]).items()},
            mesh=load_graphs(*loaded["face-mesh"])["mesh"].to(store.device),
            basis=basis_from(at["expression-basis"]),
            readers=readers_from(at["face-signs"]),
            covers=covers_from(at["face-covers"]),
        )
    except KeyError as error:
        raise EngineError("the engine's weights are not complete", hint="run `countenance models pull`") from error
