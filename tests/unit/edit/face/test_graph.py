import json

import pytest
import torch
from torch import Tensor

from countenance.edit.face.graph import Graph, Op, _same, load_graphs
from countenance.errors import EngineError

# ai-edge-litert 2.3.0 with the original .tflite files on the ramp of the test below: first values of every 700th row.
REFERENCE = [
    ("full", 192, "Identity", [-4.70791, -0.82516, 7.86667]),
    ("full", 192, "Identity_1", [-8.70774, -2.80164, -8.80983]),
    ("short", 128, "regressors", [0.04833, -1.03532, 25.80298]),
    ("short", 128, "classificators", [-5.25191, -6.33566]),
]


def _op(name: str, inputs: list[int], shape: list[int], **options: object) -> dict[str, object]:
    return {"op": name, "in": inputs, "out": [9], "shape": shape, "options": options}


def _run(op: dict[str, object], tensors: dict[str, Tensor], pixels: Tensor) -> Tensor:
    described = {"net": {"inputs": [0], "outputs": {"result": 9}, "ops": [op]}}
    return load_graphs(tensors, {"graphs": json.dumps(described)})["net"](pixels)["result"]


def test_same_padding_puts_the_odd_pixel_last() -> None:
    assert _same(192, 3, 2) == (0, 1)
    assert _same(5, 3, 1) == (1, 1)
    assert _same(5, 1, 2) == (0, 0)


def test_convolution_with_stride_two_and_same_padding_sees_the_far_corner() -> None:
    pixels = torch.arange(16.0).reshape(1, 4, 4, 1)
    op = _op("CONV_2D", [0, 1, 2], [1, 2, 2, 1], padding=0, stride_h=2, stride_w=2, activation=0)
    out = _run(op, {"net/1": torch.ones(1, 3, 3, 1).half(), "net/2": torch.zeros(1)}, pixels)
    assert out.flatten().tolist() == [45.0, 39.0, 66.0, 50.0]


def test_depth_to_space_lays_channels_row_by_row() -> None:
    pixels = torch.arange(4.0).reshape(1, 1, 1, 4)
    out = _run(_op("DEPTH_TO_SPACE", [0], [1, 2, 2, 1], block=2), {}, pixels)
    assert out[0, :, :, 0].tolist() == [[0.0, 1.0], [2.0, 3.0]]


def test_a_region_is_found_sampled_and_mapped_back() -> None:
    points = torch.zeros(1, 468, 3)
    points[0, :4, :2] = torch.tensor([[4.0, 6.0], [12.0, 6.0], [4.0, 10.0], [12.0, 10.0]])
    box = {"left_rotation_idx": 0, "right_rotation_idx": 1, "target_rotation_radians": 0.0, "subset_idxs": [0, 1, 2, 3]}
    region = {"scale_x": 1.0, "scale_y": 1.0, "output_width": 8, "output_height": 4}
    matrix = _run(_op("Landmarks2TransformMatrix", [0], [1, 4, 4], **box, **region), {}, points)
    assert torch.allclose(matrix[0, :2], torch.tensor([[1.0, 0, 0, 4], [0, 1, 0, 6]]), atol=1e-5)
    ramp = torch.arange(16.0)[None, None, :, None].expand(1, 16, 16, 1).contiguous()
    crop = _run(
        _op("TransformTensorBilinear", [0, 1], [1, 4, 8, 1], output_width=8, output_height=4), {"net/1": matrix}, ramp
    )
    assert torch.allclose(crop[0, 0, :, 0], torch.arange(4.0, 12.0), atol=1e-4)
    back = _run(_op("TransformLandmarks", [0, 1], [1, 1, 2]), {"net/1": matrix}, torch.tensor([[[8.0, 4.0]]]))
    assert torch.allclose(back, torch.tensor([[[12.0, 10.0]]]), atol=1e-5)


def test_a_batch_is_its_pictures_one_by_one(mesh: Graph, detectors: dict[str, Graph]) -> None:
    for graph, side in ((mesh, 192), (detectors["short"], 128), (detectors["full"], 192)):
        pixels = torch.rand(2, side, side, 3, generator=torch.Generator().manual_seed(4))
        together = graph(pixels)
        for name, value in graph(pixels[1:]).items():
            assert torch.allclose(together[name][1:], value, atol=2e-3)


@pytest.mark.parametrize(("name", "side", "result", "expected"), REFERENCE)
def test_agrees_with_the_reference_runtime(
    name: str, side: int, result: str, expected: list[float], detectors: dict[str, Graph]
) -> None:
    steps = (torch.arange(side) + 0.5) / side * 2 - 1
    ramp = torch.stack([steps.expand(side, side), steps[:, None].expand(side, side), steps.outer(steps)], -1)
    found = detectors[name](ramp[None])[result][0, ::700].flatten()[: len(expected)]
    assert torch.allclose(found, torch.tensor(expected), atol=1e-3)


def test_a_foreign_file_is_refused() -> None:
    unknown = {"net": {"inputs": [0], "outputs": {}, "ops": [_op("WHILE", [0], [1])]}}
    for metadata in (
        {},
        {"graphs": "{"},
        {"graphs": "[1]"},
        {"graphs": '{"net": {}}'},
        {"graphs": json.dumps(unknown)},
    ):
        with pytest.raises(EngineError):
            load_graphs({}, metadata)


def test_whole_numbers_stay_on_the_cpu_when_a_graph_moves() -> None:
    op = Op(name="PAD", inputs=(0, 1), outputs=(9,), shape=(1,), options={})
    graph = Graph(
        ops=(op,), constants={1: torch.zeros(4, 2, dtype=torch.int32), 2: torch.ones(1)}, source=0, results={"r": 9}
    )
    moved = graph.to("meta")
    assert moved.constants[1].device.type == "cpu"
    assert moved.constants[2].device.type == "meta"
