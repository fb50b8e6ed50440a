"""The face cut out small and upright: what two readings of one face are compared by, pixel for pixel."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.crops import Matrices, cut, matrices
from countenance.edit.face.pose import Pose, to_camera
from countenance.media.tensors import Image

VIEW_PX = 256
"""Side of the view: 80 px between the eyes."""
SIDE = 3.2
"""Side of the view in inter-ocular units: the whole mesh, with room for a dropped jaw and raised brows."""
_CENTRE = (0.0, -0.46, 0.0)


def view_map(pose: Pose) -> Matrices:
    """[1, 2, 3]: view px to picture px, a similarity that follows from the pose alone."""
    centre = to_camera((pose.rotation @ pose.rotation.new_tensor(_CENTRE) * pose.scale + pose.translation)[None])[0]
    turn = centre.new_tensor([SIDE * pose.scale, math.radians(pose.roll_deg)])
    return matrices(torch.cat([centre[:2], turn])[None], VIEW_PX)


def view_of(picture: Image, pose: Pose) -> Image:
    """The face by its pose, [3, 256, 256], black outside the picture."""
    return cut(picture, view_map(pose).to(picture), VIEW_PX)[0].permute(2, 0, 1).contiguous()


def to_view(at: Float[Tensor, "n 2"], view: Matrices) -> Float[Tensor, "n 2"]:
    """Picture px to view px."""
    found: Tensor = torch.linalg.solve(view[0, :, :2], (at - view[0, :, 2]).T)
    return found.T


def to_picture(at: Float[Tensor, "n 2"], view: Matrices) -> Float[Tensor, "n 2"]:
    """View px to picture px."""
    return at @ view[0, :, :2].T + view[0, :, 2]
