"""Finds faces of any size: a detector for near faces and one for far faces, over the picture and over tiles of it.

Boxes are decoded as MediaPipe's graphs do (face_detection_short_range_common and face_detection_full_range_common,
Apache-2.0): offsets from fixed anchors in px of the network's input, six key points, weighted non-maximum suppression.
"""

import dataclasses
import math
from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.edit.face.crops import Squares, cut, matrices
from countenance.edit.face.graph import Graph
from countenance.media.tensors import Image

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in px."""
Candidates = Float[Tensor, "n 18"]
"""Score, box, six key points (px of the picture), and the turn of the crop it was found in (radians)."""

_OVERLAP = 0.3  # intersection over union from which two candidates are one face (MediaPipe's value)
_INSIDE = 0.7  # share of a candidate inside a better one from which it is a part of that face
_INSIDE_TURNED = 0.2  # the same where they were found at different turns: a face on its side gives stray boxes
_LEVELS = 2  # halvings of the tiles' side; of pasted faces 22 of 24 were found at 2 % of the longer side, 14 at 1.5 %
_TILE_LARGEST = 0.4  # share of a tile's side beyond which a box is a cut piece of a face that is found a level up
_LAP = 0.25  # least overlap of tiles, as a share of their side: larger faces are found a level up


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One face: box and key points in px, score in 0 to 1.

    Key points: the person's right eye, left eye, tip of the nose, mouth, right ear, left ear.
    """

    box: Box
    keypoints: tuple[tuple[float, float], ...]
    score: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    side: int
    cells: tuple[tuple[int, int], ...]  # px of a cell, anchors in a cell
    boxes: str
    scores: str
    threshold: float


# MediaPipe's thresholds .5 and .6 raised: ears, jewels and a cup reached .65 in 170 pictures, real faces .85 and more.
_NETWORKS = {
    "short": _Network(side=128, cells=((8, 2), (16, 6)), boxes="regressors", scores="classificators", threshold=0.7),
    "full": _Network(side=192, cells=((4, 1),), boxes="Identity", scores="Identity_1", threshold=0.7),
}


def detect(image: Image, graphs: Mapping[str, Graph]) -> list[Detection]:
    """Every face found, from left to right; the same picture gives the same list.

    Args:
        image: sRGB in [0, 1].
        graphs: networks `short` and `full` of model `face-detector`, on the picture's device.
    """
    height, width = image.shape[1:]
    whole = _whole(width, height).to(image)
    found = [_candidates(image, whole, name, graphs[name]) for name in _NETWORKS]
    for level in range(1, _LEVELS + 1):
        side = max(height, width) / 2**level
        if side >= _NETWORKS["full"].side / 2:
            rows = _candidates(image, _tiles(width, height, side).to(image), "full", graphs["full"])
            found.append(rows[rows[:, 3] - rows[:, 1] < _TILE_LARGEST * side])
    merged = _merged(torch.cat(found).cpu())
    return sorted((_detection(row) for row in merged), key=lambda face: face.box)


def _whole(width: int, height: int) -> Squares:
    """The square round the picture, at the four right-angled turns: phones lie, and people lie down."""
    quarter = math.pi / 2
    return torch.tensor([[width / 2, height / 2, max(width, height), turn * quarter] for turn in range(4)])


def _tiles(width: int, height: int, side: float) -> Squares:
    rows, columns = _places(height, side), _places(width, side)
    return torch.tensor([[x, y, side, 0.0] for y in rows for x in columns])


def _places(extent: float, side: float) -> list[float]:
    """Middles of evenly laid tiles along one axis."""
    if extent <= side:
        return [extent / 2]
    steps = math.ceil((extent - side) / (side * (1 - _LAP)))
    return [side / 2 + n * (extent - side) / steps for n in range(steps + 1)]


def _candidates(image: Image, squares: Squares, name: str, graph: Graph) -> Candidates:
    """Boxes above the network's threshold in crops on `squares`, brought back to the picture."""
    network = _NETWORKS[name]
    maps = matrices(squares, network.side)
    out = graph(cut(image, maps, network.side) * 2 - 1)
    scores = out[network.scores][..., 0].clamp(-100, 100).sigmoid()
    crop, anchor = torch.nonzero(scores > network.threshold, as_tuple=True)
    raw = out[network.boxes][crop, anchor]
    middles = raw[:, [0, 1, *range(4, 16)]].reshape(-1, 7, 2) + _anchors(network).to(raw)[anchor][:, None]
    turn, shift = maps[crop][:, :, :2], maps[crop][:, None, :, 2]
    points = middles @ turn.transpose(1, 2) + shift
    half = raw[:, 2:4] * (squares[crop, 2:3] / network.side) / 2
    score, angle = scores[crop, anchor][:, None], squares[crop, 3:]
    rows = torch.cat([score, points[:, 0] - half, points[:, 0] + half, points[:, 1:].flatten(1), angle], 1)
    return rows[_uncut(rows[:, 1:5], squares[crop], image.shape[2], image.shape[1])]


def _anchors(network: _Network) -> Float[Tensor, "anchors 2"]:
    """Middles of the cells in px of the network's input, row by row, each as often as it has anchors."""
    grids = []
    for stride, count in network.cells:
        steps = (torch.arange(network.side // stride) + 0.5) * stride
        y, x = torch.meshgrid(steps, steps, indexing="ij")
        grids.append(torch.stack([x, y], -1).reshape(-1, 2).repeat_interleave(count, 0))
    return torch.cat(grids)


def _uncut(boxes: Float[Tensor, "n 4"], squares: Squares, width: int, height: int) -> Bool[Tensor, " n"]:
    """Boxes that no tile's edge cuts, unless that edge is the picture's."""
    half = squares[:, 2] / 2
    low_x, low_y, high_x, high_y = (
        squares[:, 0] - half,
        squares[:, 1] - half,
        squares[:, 0] + half,
        squares[:, 1] + half,
    )
    return (
        ((boxes[:, 0] >= low_x) | (low_x < 1))
        & ((boxes[:, 1] >= low_y) | (low_y < 1))
        & ((boxes[:, 2] <= high_x) | (high_x > width - 1))
        & ((boxes[:, 3] <= high_y) | (high_y > height - 1))
    )


def _merged(candidates: Candidates) -> Candidates:
    """Weighted non-maximum suppression: each face is the mean of its candidates at one turn, weighted by score."""
    left = candidates[torch.argsort(candidates[:, 0], descending=True, stable=True)]
    faces = []
    while len(left):
        common = _common(left[0, 1:5], left[:, 1:5])
        area, areas = _area(left[:1, 1:5]), _area(left[:, 1:5])
        overlaps = common / (area + areas - common) > _OVERLAP
        alike = left[:, 17] == left[0, 17]
        group = left[overlaps & alike]
        if len(group):  # none only for a box without area
            face = (group * group[:, :1]).sum(0) / group[:, 0].sum()
            faces.append(torch.cat([left[0, :1], face[1:]]))
        share = torch.where(alike, _INSIDE, _INSIDE_TURNED)
        part = overlaps | (common > share * torch.minimum(area, areas))
        part[0] = True
        left = left[~part]
    return torch.stack(faces) if faces else candidates[:0]


def _common(box: Float[Tensor, " 4"], boxes: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    sides = torch.minimum(box[2:], boxes[:, 2:]) - torch.maximum(box[:2], boxes[:, :2])
    return sides.clamp_min(0).prod(1)


def _area(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    return (boxes[:, 2:] - boxes[:, :2]).clamp_min(0).prod(1)


def _detection(row: Float[Tensor, " 18"]) -> Detection:
    score, left, top, right, bottom, *points = row[:17].tolist()
    pairs = tuple(zip(points[::2], points[1::2], strict=True))
    return Detection(box=(left, top, right, bottom), keypoints=pairs, score=score)
