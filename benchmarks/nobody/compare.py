"""The engine's own edit of a rendered neutral face beside the rendered expression."""

from collections.abc import Mapping

import numpy as np
import torch
from skimage.metrics import structural_similarity

from countenance.adapters.editors.warp import WarpEngine
from countenance.edit.face.view import view_map
from countenance.edit.ports import FaceReading
from countenance.edit.render import render
from countenance.edit.signs import signs_of_change
from countenance.edit.warp.basis import BROWS_BOTTOM, BROWS_TOP, EYE_LEFT, EYE_RIGHT

REGIONS: Mapping[str, tuple[int, ...]] = {
    "mouth": (0, 17, 61, 291, 164, 18, 202, 422),
    "eyes": (*EYE_LEFT, *EYE_RIGHT),
    "brows": (*BROWS_TOP, *BROWS_BOTTOM),
}
MARGIN = 0.12
"""Round a region, eye distances."""


def by_region(distance: np.ndarray) -> dict[str, float]:
    """Mean over all 468 points and over those of each region."""
    return {"all": float(distance.mean())} | {k: float(distance[list(v)].mean()) for k, v in REGIONS.items()}


def landmark_error(one: FaceReading, other: FaceReading) -> dict[str, float]:
    """Mean distance of the mesh points in eye distances."""
    return by_region(((one.landmarks - other.landmarks)[:468, :2].norm(dim=1) / other.eye_distance_px).numpy())


def likeness(one: torch.Tensor, truth: torch.Tensor, reading: FaceReading) -> dict[str, float]:
    """Structural similarity of each region of the true picture."""
    a, b = (p[0].permute(1, 2, 0).numpy() for p in (one, truth))
    out = {}
    for name, points in REGIONS.items():
        at = reading.landmarks[list(points), :2].numpy()
        reach = MARGIN * reading.eye_distance_px
        (x0, y0), (x1, y1) = (at.min(0) - reach).astype(int).clip(0), (at.max(0) + reach).astype(int)
        cut = np.s_[y0:y1, x0:x1]
        out[name] = float(structural_similarity(a[cut], b[cut], channel_axis=2, data_range=1.0))
    return out


def edit_beside_truth(
    neutral: torch.Tensor,
    before: FaceReading,
    truth: torch.Tensor,
    after: FaceReading,
    plan: Mapping[str, int],
    engine: WarpEngine,
) -> dict[str, dict[str, float]]:
    """Distances and likeness of the edit to the true picture, and of doing nothing.

    Raises:
        CountenanceError: the engine refuses, or its picture shows no face.
    """
    edited = render(neutral, before, {u: max(-1000, min(1000, v)) for u, v in plan.items()}, engine, seed=0).pixels
    again = engine.perceive(edited, before.box)
    return {
        "landmarks": landmark_error(again, after),
        "landmarks_nothing": landmark_error(before, after),
        "likeness": likeness(edited, truth, after),
        "likeness_nothing": likeness(neutral, truth, after),
    }


def motion(before: FaceReading, after: FaceReading, engine: WarpEngine) -> np.ndarray:
    """Motion [468, 2] in the canonical frame that registration of the two pictures finds."""
    pose = engine.pose_of(before)
    views = view_map(pose), view_map(engine.pose_of(after))
    return signs_of_change(before, after, pose, views)[: 2 * 468].reshape(468, 2).numpy()


def seen_motion(
    before: FaceReading, after: FaceReading, first: np.ndarray, last: np.ndarray
) -> dict[str, dict[str, float]]:
    """How far the landmark network's motion is from the true one (px [468, 2]), and how long that is, eye distances."""
    true = last - first
    found = (after.landmarks - before.landmarks)[:468, :2].numpy()
    unit = before.eye_distance_px
    return {
        "off": by_region(np.linalg.norm(found - true, axis=1) / unit),
        "true": by_region(np.linalg.norm(true, axis=1) / unit),
    }
