import flatbuffers
import numpy as np
import pytest
import tflite

FLOAT32, ADD, RELU = 0, 0, 1


def _vector(builder: flatbuffers.Builder, start: object, items: list[int], *, offsets: bool = False) -> int:
    start(builder, len(items))
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item) if offsets else builder.PrependInt32(item)
    return builder.EndVector()


def _tensor(builder: flatbuffers.Builder, name: str, shape: list[int], buffer: int) -> int:
    text, dimensions = builder.CreateString(name), _vector(builder, tflite.TensorStartShapeVector, shape)
    tflite.TensorStart(builder)
    tflite.TensorAddName(builder, text)
    tflite.TensorAddShape(builder, dimensions)
    tflite.TensorAddType(builder, FLOAT32)
    tflite.TensorAddBuffer(builder, buffer)
    return tflite.TensorEnd(builder)


def _buffer(builder: flatbuffers.Builder, data: bytes) -> int:
    content = builder.CreateByteVector(data) if data else 0
    tflite.BufferStart(builder)
    if data:
        tflite.BufferAddData(builder, content)
    return tflite.BufferEnd(builder)


def _add(builder: flatbuffers.Builder) -> int:
    tflite.AddOptionsStart(builder)
    tflite.AddOptionsAddFusedActivationFunction(builder, RELU)
    options = tflite.AddOptionsEnd(builder)
    inputs = _vector(builder, tflite.OperatorStartInputsVector, [0, 1])
    outputs = _vector(builder, tflite.OperatorStartOutputsVector, [2])
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, 0)
    tflite.OperatorAddInputs(builder, inputs)
    tflite.OperatorAddOutputs(builder, outputs)
    tflite.OperatorAddBuiltinOptionsType(builder, tflite.BuiltinOptions.AddOptions)
    tflite.OperatorAddBuiltinOptions(builder, options)
    return tflite.OperatorEnd(builder)


def _graph(builder: flatbuffers.Builder) -> int:
    tensors = [
        _tensor(builder, name, shape, buffer)
        for name, shape, buffer in (("in", [1, 2], 0), ("w", [2], 1), ("out", [1, 2], 0))
    ]
    listed = _vector(builder, tflite.SubGraphStartTensorsVector, tensors, offsets=True)
    inputs = _vector(builder, tflite.SubGraphStartInputsVector, [0])
    outputs = _vector(builder, tflite.SubGraphStartOutputsVector, [2])
    operators = _vector(builder, tflite.SubGraphStartOperatorsVector, [_add(builder)], offsets=True)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, listed)
    tflite.SubGraphAddInputs(builder, inputs)
    tflite.SubGraphAddOutputs(builder, outputs)
    tflite.SubGraphAddOperators(builder, operators)
    return tflite.SubGraphEnd(builder)


@pytest.fixture(scope="session")
def network() -> bytes:
    """A .tflite file that adds (1, 2) to its input and cuts below zero."""
    builder = flatbuffers.Builder(0)
    graphs = _vector(builder, tflite.ModelStartSubgraphsVector, [_graph(builder)], offsets=True)
    buffers = [_buffer(builder, b""), _buffer(builder, np.array([1, 2], "<f4").tobytes())]
    listed = _vector(builder, tflite.ModelStartBuffersVector, buffers, offsets=True)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddBuiltinCode(builder, ADD)
    codes = _vector(builder, tflite.ModelStartOperatorCodesVector, [tflite.OperatorCodeEnd(builder)], offsets=True)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddBuffers(builder, listed)
    tflite.ModelAddOperatorCodes(builder, codes)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())
