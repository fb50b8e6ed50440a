"""Scenes of one made-up portrait for the mouth layer."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from countenance.edit.face.pose import canonical_shape, estimate_pose
from countenance.edit.ports import Donor, FaceReading
from countenance.edit.warp.displace import displacement
from countenance.edit.warp.propose import on_picture, propose_warp
from countenance.edit.warp.scene import Scene, lay

MakeScene = Callable[..., Scene]


@pytest.fixture(scope="session")
def make_scene(engine) -> MakeScene:
    """A scene of a picture, the reading of its face, and a plan."""

    def make(pixels: Tensor, reading: FaceReading, plan: Mapping[str, int], donor: Donor | None = None) -> Scene:
        basis = engine.basis
        pose = estimate_pose(reading.landmarks, basis.mean, basis.stable)
        person = canonical_shape(reading.landmarks, pose)
        moved = displacement(plan, basis, person)
        return Scene(
            picture=pixels[0],
            landmarks=reading.landmarks,
            person=person,
            moved=moved,
            moved_px=on_picture(moved, pose),
            plan=plan,
            pose=pose,
            basis=basis,
            head=reading.head,
            eye_distance_px=reading.eye_distance_px,
            donor=donor,
        )

    return make


@pytest.fixture(scope="session")
def closed(sitter):
    return sitter.pixels, sitter.reading


@pytest.fixture(scope="session")
def opened(engine, closed):
    """The same portrait with an open smile, read again: a mouth that is open before the edit."""
    pixels, reading = closed
    pose = estimate_pose(reading.landmarks, engine.basis.mean, engine.basis.stable)
    plan = {"AU12": 700, "AU25": 900, "AU26": 300}
    smiling = propose_warp(pixels, reading, pose, plan, engine.basis).pixels
    (box,) = engine.detect(smiling)
    return smiling, engine.perceive(smiling, box)


@pytest.fixture(scope="session")
def laid():
    """The picture with patches over it, and where they changed it."""

    def over(scene: Scene, patches) -> tuple[Tensor, Tensor]:
        out, where = scene.picture.clone(), torch.zeros(scene.picture.shape[1:], dtype=torch.bool)
        for patch in patches:
            x0, y0, x1, y1 = patch.box
            out[:, y0:y1, x0:x1], where[y0:y1, x0:x1] = lay(out, patch)
        return out, where

    return over


@pytest.fixture(scope="session")
def mirrored(engine):
    """The reading of a picture seen in a mirror: sides swapped, irises too. The mean face is symmetric."""
    mean = engine.basis.mean
    mesh = torch.cdist(mean * torch.tensor([-1.0, 1.0, 1.0]), mean).argmin(1)
    order = torch.cat([mesh, torch.tensor([473, 476, 475, 474, 477, 468, 471, 470, 469, 472])])

    def swap(reading: FaceReading, width: int) -> FaceReading:
        points = reading.landmarks[order].clone()
        points[:, 0] = width - points[:, 0]
        return replace(reading, landmarks=points, head=reading.head.flip(-1))

    return swap
