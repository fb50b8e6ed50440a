import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load

from countenance.adapters.models.convert import convert
from countenance.errors import CountenanceError, EngineError


def test_the_same_networks_give_the_same_bytes_in_any_order(network: bytes) -> None:
    assert convert({"a": network, "b": network}) == convert({"b": network, "a": network})


def test_the_file_is_safetensors_with_the_graph_in_its_metadata(network: bytes) -> None:
    data = convert({"net": network})
    size = int.from_bytes(data[:8], "little")
    graph = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["graphs"])["net"]
    assert size % 8 == 0
    assert load(data)["net/1"].tolist() == [1.0, 2.0]
    assert graph["inputs"] == [0]
    assert graph["outputs"] == {"out": 2}
    assert graph["ops"] == [{"op": "ADD", "in": [0, 1], "out": [2], "shape": [1, 2], "options": {"activation": 1}}]


@pytest.mark.parametrize("data", [b"", b"TFL3", b"\xff" * 64])
def test_what_is_no_graph_is_refused(data: bytes) -> None:
    with pytest.raises(EngineError):
        convert({"net": data})


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_damaged_graph_converts_or_is_refused(network: bytes, at: int, flip: int) -> None:
    data = bytearray(network)
    data[at % len(data)] ^= flip
    try:
        convert({"net": bytes(data)})
    except CountenanceError as error:
        assert "net" in error.message
