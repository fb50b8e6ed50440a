"""Runs the converted perception networks in torch: TensorFlow Lite's operators, float32, any batch.

Inside, tensors lie as in the source graphs (batch, height, width, channels); convolutions see them as channels-last.
The three custom operators are those of MediaPipe's attention mesh (Grishchenko et al. 2020, arXiv:2006.10962), written
after their meaning: a crop of features round lips or an eye, and the way back to the coordinates of the whole crop.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as nn
from torch import Tensor

from countenance.errors import EngineError

_SAME = 0  # tflite Padding
_ACTIVATIONS: dict[int, Callable[[Tensor], Tensor]] = {0: lambda x: x, 1: nn.relu, 3: nn.relu6}
_WEIGHT_ORDER = {"CONV_2D": (0, 3, 1, 2), "DEPTHWISE_CONV_2D": (3, 0, 1, 2)}  # to torch's (out, in, height, width)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One operator: numbers of its tensors, the shape of its first result, its options."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    shape: tuple[int, ...]
    options: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A network: operators in order, constants by tensor number, the input's number, named results."""

    ops: tuple[Op, ...]
    constants: Mapping[int, Tensor]
    source: int
    results: Mapping[str, int]

    def to(self, device: torch.device | str) -> "Graph":
        """The same network on `device`; whole-number constants stay on the CPU, where they are read."""
        moved = {n: t.to(device) if t.is_floating_point() else t for n, t in self.constants.items()}
        return dataclasses.replace(self, constants=moved)

    @torch.no_grad()
    def __call__(self, pixels: Tensor) -> dict[str, Tensor]:
        """`pixels` [batch, height, width, 3] as the network's input contract says -> results by name."""
        values = dict(self.constants)
        values[self.source] = pixels
        for op in self.ops:
            values[op.outputs[0]] = _OPERATORS[op.name](op, [values[n] for n in op.inputs])
        return {name: values[n] for name, n in self.results.items()}


def load_graphs(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> dict[str, Graph]:
    """The networks of one converted file (`<network>/<tensor number>` and metadata `graphs`), by name.

    Raises:
        EngineError: the file holds no graph, or one with an operator that is not known here.
    """
    try:
        described = json.loads(metadata["graphs"])
        return {name: _graph(name, graph, tensors) for name, graph in described.items()}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise EngineError("a perception network cannot be read", hint="run `countenance models pull`") from error


def _graph(name: str, described: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Graph:
    ops = tuple(
        Op(
            name=op["op"],
            inputs=tuple(op["in"]),
            outputs=tuple(op["out"]),
            shape=tuple(op["shape"]),
            options=op["options"],
        )
        for op in described["ops"]
    )
    if unknown := {op.name for op in ops} - set(_OPERATORS):
        raise EngineError(f"a perception network uses unknown operators: {', '.join(sorted(unknown))}")
    constants = {int(key.split("/")[1]): tensor for key, tensor in tensors.items() if key.split("/")[0] == name}
    constants = {n: t.float() if t.is_floating_point() else t for n, t in constants.items()}
    kernels = {op.inputs[1]: _WEIGHT_ORDER[op.name] for op in ops if op.name in _WEIGHT_ORDER}
    constants |= {n: constants[n].permute(order).contiguous() for n, order in kernels.items()}
    return Graph(ops=ops, constants=constants, source=described["inputs"][0], results=described["outputs"])


def _same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME padding: the odd pixel goes to the end."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _sides(op: Op, image: Tensor, kernel: tuple[int, int]) -> tuple[int, int, int, int]:
    """Padding at left, right, top and bottom."""
    if op.options["padding"] != _SAME:
        return 0, 0, 0, 0
    top, bottom = _same(image.shape[2], kernel[0], op.options["stride_h"])
    left, right = _same(image.shape[3], kernel[1], op.options["stride_w"])
    return left, right, top, bottom


def _activated(op: Op, value: Tensor) -> Tensor:
    return _ACTIVATIONS[op.options["activation"]](value)


def _conv(op: Op, args: list[Tensor]) -> Tensor:
    image, weight, bias = args
    image = image.permute(0, 3, 1, 2)
    groups = 1 if op.name == "CONV_2D" else image.shape[1]
    left, right, top, bottom = sides = _sides(op, image, (weight.shape[2], weight.shape[3]))
    even = left == right and top == bottom  # then the convolution pads by itself, without a copy
    image = image if even else nn.pad(image, sides)
    stride = (op.options["stride_h"], op.options["stride_w"])
    padding = (top, left) if even else 0
    return _activated(op, nn.conv2d(image, weight, bias, stride, padding, groups=groups).permute(0, 2, 3, 1))


def _max_pool(op: Op, args: list[Tensor]) -> Tensor:
    size = (op.options["size_h"], op.options["size_w"])
    image = args[0].permute(0, 3, 1, 2)
    sides = _sides(op, image, size)
    image = nn.pad(image, sides, value=float("-inf")) if any(sides) else image
    return nn.max_pool2d(image, size, (op.options["stride_h"], op.options["stride_w"])).permute(0, 2, 3, 1)


def _prelu(_op: Op, args: list[Tensor]) -> Tensor:
    return torch.where(args[0] >= 0, args[0], args[0] * args[1])


def _pad(_op: Op, args: list[Tensor]) -> Tensor:
    return nn.pad(args[0], [side for axis in reversed(args[1].tolist()) for side in axis])


def _reshape(op: Op, args: list[Tensor]) -> Tensor:
    return args[0].reshape(args[0].shape[0], *op.shape[1:])


def _strided_slice(op: Op, args: list[Tensor]) -> Tensor:
    """Every axis but the batch, which is kept whole."""
    begin, end, step = (arg.tolist() for arg in args[1:4])
    first, last = op.options["begin_mask"], op.options["end_mask"]
    cuts = [
        slice(None if first >> n & 1 else b, None if last >> n & 1 else e, s)
        for n, (b, e, s) in enumerate(zip(begin, end, step, strict=True))
    ]
    return args[0][(slice(None), *cuts[1:])]


def _resize(op: Op, args: list[Tensor]) -> Tensor:
    size = (op.shape[1], op.shape[2])
    return nn.interpolate(args[0].permute(0, 3, 1, 2), size, mode="bilinear", align_corners=False).permute(0, 2, 3, 1)


def _depth_to_space(op: Op, args: list[Tensor]) -> Tensor:
    block = op.options["block"]
    batch, height, width, depth = args[0].shape
    parts = args[0].reshape(batch, height, width, block, block, depth // block**2)
    return parts.permute(0, 1, 3, 2, 4, 5).reshape(batch, height * block, width * block, depth // block**2)


def _region_matrix(op: Op, args: list[Tensor]) -> Tensor:
    """Landmarks [b, 468, 3] -> [b, 4, 4]: from pixels of the feature crop to the feature map, turned with the region.

    The region is the box of the subset's points in the frame that the two rotation points make level, enlarged.
    """
    options = op.options
    left, right = args[0][:, options["left_rotation_idx"], :2], args[0][:, options["right_rotation_idx"], :2]
    angle = options["target_rotation_radians"] - torch.atan2(right[:, 1] - left[:, 1], right[:, 0] - left[:, 0])
    cos, sin = torch.cos(angle), torch.sin(angle)
    points = args[0][:, options["subset_idxs"], :2]
    x = points[..., 0] * cos[:, None] - points[..., 1] * sin[:, None]
    y = points[..., 0] * sin[:, None] + points[..., 1] * cos[:, None]
    mid_x, mid_y = (x.amax(1) + x.amin(1)) / 2, (y.amax(1) + y.amin(1)) / 2
    width, height = options["output_width"], options["output_height"]
    scale_x = options["scale_x"] * (x.amax(1) - x.amin(1)) / width
    scale_y = options["scale_y"] * (y.amax(1) - y.amin(1)) / height
    xx, xy, yx, yy = cos * scale_x, sin * scale_y, -sin * scale_x, cos * scale_y
    shift_x = mid_x * cos + mid_y * sin - xx * width / 2 - xy * height / 2
    shift_y = mid_y * cos - mid_x * sin - yx * width / 2 - yy * height / 2
    zero, one = torch.zeros_like(cos), torch.ones_like(cos)
    rows = [[xx, xy, zero, shift_x], [yx, yy, zero, shift_y], [zero, zero, one, zero], [zero, zero, zero, one]]
    return torch.stack([torch.stack(row, -1) for row in rows], 1)


def _feature_crop(op: Op, args: list[Tensor]) -> Tensor:
    """Features [b, h, w, c] sampled where the matrix [b, 4, 4] says; nothing outside the map."""
    features, matrix = args
    height, width = features.shape[1:3]
    rows = torch.arange(op.options["output_height"], device=features.device, dtype=features.dtype) + 0.5
    columns = torch.arange(op.options["output_width"], device=features.device, dtype=features.dtype) + 0.5
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    homogeneous = torch.stack([x, y, torch.ones_like(x)], -1)
    at = torch.einsum("bij,hwj->bhwi", matrix[:, :2][:, :, [0, 1, 3]], homogeneous)
    size = torch.tensor([width, height], device=features.device, dtype=features.dtype)
    inside = ((at >= 0.5) & (at <= size - 0.5)).all(-1)
    grid = at * 2 / size - 1
    crop = nn.grid_sample(
        features.permute(0, 3, 1, 2), grid, mode="bilinear", padding_mode="zeros", align_corners=False
    )
    return (crop * inside[:, None]).permute(0, 2, 3, 1)


def _points_back(_op: Op, args: list[Tensor]) -> Tensor:
    """Points [b, n, 2] of a crop -> coordinates of the whole, through the matrix [b, 4, 4]."""
    return args[0] @ args[1][:, :2, :2].transpose(1, 2) + args[1][:, None, :2, 3]


_OPERATORS: dict[str, Callable[[Op, list[Tensor]], Tensor]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _conv,
    "MAX_POOL_2D": _max_pool,
    "PRELU": _prelu,
    "RELU": lambda _op, args: nn.relu(args[0]),
    "ADD": lambda op, args: _activated(op, args[0] + args[1]),
    "MUL": lambda op, args: _activated(op, args[0] * args[1]),
    "PAD": _pad,
    "RESHAPE": _reshape,
    "STRIDED_SLICE": _strided_slice,
    "CONCATENATION": lambda op, args: torch.cat(args, op.options["axis"]),
    "RESIZE_BILINEAR": _resize,
    "DEPTH_TO_SPACE": _depth_to_space,
    "Landmarks2TransformMatrix": _region_matrix,
    "TransformTensorBilinear": _feature_crop,
    "TransformLandmarks": _points_back,
}
