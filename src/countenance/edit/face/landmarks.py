"""Finds the 478 points of one face: seven crops, each a little turned, shifted and scaled, and their mean."""

import dataclasses
import math

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.face.crops import Matrices, Squares, cut, matrices
from countenance.edit.face.detector import Box, Detection
from countenance.edit.face.graph import Graph
from countenance.media.tensors import Image, Landmarks

CROP_PX = 192
"""Side of the mesh network's input."""
MARGIN = 1.5
"""Side of the crop over the longer side of the face's box, as the network was trained (MediaPipe face_landmark)."""
MIN_FACE_LOGIT = 8.0
"""Below it a caller refuses. Measured: 60 frontal portraits at least 22.9, 60 three-quarter views at least 12.7; ears,
an ear-ring and a cup at most 4.5; full profiles -10.5 in the prototype's trial."""
MAX_SPREAD = 0.04
"""Above it the caller refuses. Measured: frontal at most .015, three-quarter at most .023, a drawing .027; ears and a
cup at least .064; full profiles .08 in the prototype's trial."""
_ROUNDS = (1, 1, 7, 7)  # crops in each round; the square follows what the round before found
_JITTER = (  # scale, turn in radians, shift right and down as shares of the side
    (1.00, 0.00, 0.000, 0.000),
    (0.94, 0.06, 0.010, 0.000),
    (1.06, -0.06, -0.010, 0.000),
    (0.97, -0.10, 0.000, 0.015),
    (1.03, 0.10, 0.000, -0.015),
    (1.10, 0.03, 0.015, 0.015),
    (0.90, -0.03, -0.015, -0.015),
)
_REGIONS = ("output_lips", "output_left_eye", "output_right_eye")  # in the order of the network's region operators
_IRISES = (("output_left_iris", 468), ("output_right_iris", 473))
_EYE_CONTOUR = 16  # the first points of each eye's list go round the lids
_EYES = ((33, 133), (263, 362))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the mesh network says about one face.

    Attributes:
        points: [478, 3], x and y in px of the picture, z in px, smaller is nearer.
        face_logit: mean over the crops; above zero the network believes in a face.
        spread_px: root mean square distance of the crops' points to their mean, averaged over the mesh.
        spread: the same over the distance of the eyes (with depth).
    """

    points: Landmarks
    face_logit: float
    spread_px: float
    spread: float


def landmarks(image: Image, face: Detection | Box, graph: Graph) -> Reading:
    """Points of the face at `face`; the box may be rough, the crop is refined on what was found.

    Args:
        image: sRGB in [0, 1].
        face: a detection, or a box `(left, top, right, bottom)` in px; in a box the face may lie at any turn.
        graph: network `mesh` of model `face-mesh`, on the picture's device.
    """
    square = _first_square(face).to(image)
    if not isinstance(face, Detection):
        square = _turned(image, square, graph)
    for crops in _ROUNDS:
        points, logits = _read(image, _jittered(square, crops), graph)
        mean = points.mean(0)
        square = _square_round(mean)
    spread_px = float((points - mean)[:, :468, :2].square().sum(-1).mean(0).sqrt().mean())
    return Reading(
        points=mean,
        face_logit=float(logits.mean()),
        spread_px=spread_px,
        spread=spread_px / max(eye_distance(mean), 1e-6),
    )


def eye_distance(points: Landmarks) -> float:
    """Distance of the eyes' middles in px, depth included, so that turning the head does not shorten it much."""
    right, left = (points[list(corners)].mean(0) for corners in _EYES)
    return float((left - right).norm())


def _first_square(face: Detection | Box) -> Squares:
    left, top, right, bottom = face.box if isinstance(face, Detection) else face
    angle = 0.0
    if isinstance(face, Detection):
        (right_x, right_y), (left_x, left_y) = face.keypoints[:2]
        angle = math.atan2(left_y - right_y, left_x - right_x)
    side = MARGIN * max(right - left, bottom - top)
    return torch.tensor([[(left + right) / 2, (top + bottom) / 2, side, angle]], dtype=torch.float32)


def _turned(image: Image, square: Squares, graph: Graph) -> Squares:
    """The square as it is if the network believes in it, else at the right-angled turn it believes in most."""
    if float(_read(image, square, graph)[1]) > MIN_FACE_LOGIT:
        return square
    quarter = square.new_tensor([[0, 0, 0, math.pi / 2]])
    turns = torch.cat([square + n * quarter for n in range(4)])
    best = int(_read(image, turns, graph)[1].argmax())
    return turns[best : best + 1]


def _square_round(points: Landmarks) -> Squares:
    """The square round the mesh, its sides level with the outer corners of the eyes."""
    line = points[263, :2] - points[33, :2]
    angle = torch.atan2(line[1], line[0])
    cos, sin = torch.cos(angle), torch.sin(angle)
    turn = torch.stack([torch.stack([cos, sin]), torch.stack([-sin, cos])])
    level = points[:468, :2] @ turn.T
    low, high = level.amin(0), level.amax(0)
    centre = turn.T @ ((low + high) / 2)
    return torch.cat([centre, (MARGIN * (high - low).amax())[None], angle[None]])[None]


def _jittered(square: Squares, crops: int) -> Squares:
    jitter = square.new_tensor(_JITTER[:crops])
    shift = jitter[:, 2:] * square[:, 2:3]
    return torch.cat([square[:, :2] + shift, square[:, 2:3] * jitter[:, :1], square[:, 3:] + jitter[:, 1:2]], 1)


def _read(image: Image, squares: Squares, graph: Graph) -> tuple[Float[Tensor, "n 478 3"], Float[Tensor, " n"]]:
    maps = matrices(squares, CROP_PX)
    found = graph(cut(image, maps, CROP_PX))
    return _to_picture(_joined(found, graph), maps), found["conv_faceflag"].reshape(-1)


def _joined(found: dict[str, Tensor], graph: Graph) -> Float[Tensor, "n 478 3"]:
    """The mesh with refined lips and eyes put in, and irises at the mean depth of their lids.

    Which mesh points a region's output refines stands in the network itself: the subset of its region operator.
    """
    mesh = found["output_mesh_identity"].reshape(-1, 468, 3)
    points = torch.cat([mesh, mesh.new_zeros(len(mesh), 10, 3)], 1)
    regions = [op.options["subset_idxs"] for op in graph.ops if op.name == "Landmarks2TransformMatrix"]
    for name, subset in zip(_REGIONS, regions, strict=True):
        points[:, subset, :2] = found[name].reshape(len(mesh), -1, 2)
    for (name, first), lids in zip(_IRISES, regions[1:], strict=True):
        iris = slice(first, first + 5)
        points[:, iris, :2] = found[name].reshape(len(mesh), 5, 2)
        points[:, iris, 2] = mesh[:, lids[:_EYE_CONTOUR], 2].mean(1, keepdim=True)
    return points


def _to_picture(points: Float[Tensor, "n 478 3"], maps: Matrices) -> Float[Tensor, "n 478 3"]:
    scale = (maps[:, 0, 0] ** 2 + maps[:, 1, 0] ** 2).sqrt()
    flat = points[..., :2] @ maps[:, :, :2].transpose(1, 2) + maps[:, None, :, 2]
    return torch.cat([flat, points[..., 2:] * scale[:, None, None]], -1)
