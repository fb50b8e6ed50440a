"""What shows between the lids, and the lids themselves, after they moved."""

from collections.abc import Sequence

import torch

from countenance.edit.warp.eyes.ball import ball, ball_share
from countenance.edit.warp.eyes.frame import Eye, Grid, eye_frame
from countenance.edit.warp.eyes.lashes import lash_shade
from countenance.edit.warp.eyes.lid import Lid, lid
from countenance.edit.warp.eyes.rims import EYES
from countenance.edit.warp.eyes.tips import without_tips
from countenance.edit.warp.scene import Patch, Scene
from countenance.media.tensors import Image


def paint_eyes(scene: Scene, skin: Image) -> Sequence[Patch]:
    """Layers to lay over the warped picture `skin`, in order: for each eye whose lids move, new lid, then the ball."""
    patches: list[Patch] = []
    for rims in EYES:
        eye = eye_frame(scene, rims)
        if eye is None:
            continue
        upper = lid(eye, skin, scene.picture)
        iris = scene.landmarks[list(rims.iris), :2]
        shown = ball(eye, scene.picture, iris)
        if upper is not None:
            lashes = lash_shade(eye, upper, scene.picture)
            patches.append(_lid_patch(eye, upper, lashes, skin))
            shown = shown * lashes
        patches.append(Patch(box=eye.box, pixels=shown, alpha=ball_share(eye)))
    return patches


def _lid_patch(eye: Eye, upper: Lid, lashes: Grid, skin: Image) -> Patch:
    x0, y0, x1, y1 = eye.box
    warped = skin[:, y0:y1, x0:x1]
    pixels = torch.lerp(without_tips(eye, warped), upper.pixels, upper.share) * lashes
    return Patch(box=eye.box, pixels=pixels, alpha=(pixels != warped).any(0).float())
