"""TensorFlow Lite graphs -> one safetensors file: tensors as stored, operators as JSON in its metadata.

The bytes are the same on every machine, so `model.toml` can pin their digest: the file is written here and not by a
library, with sorted keys and no library version in it. This is the only module that needs `tflite` and `flatbuffers`.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import tflite
from flatbuffers import flexbuffers

from countenance.errors import EngineError

Array = np.ndarray[Any, Any]
Options = dict[str, Any]

_TYPES = {0: "<f4", 1: "<f2", 2: "<i4", 4: "<i8"}  # tflite TensorType -> numpy, little-endian as in the file
_STORED = {"<f4": "F32", "<f2": "F16", "<i4": "I32", "<i8": "I64"}  # numpy -> safetensors
_INDEX_VECTORS = {1: tflite.Int32Vector, 2: tflite.Uint16Vector, 3: tflite.Uint8Vector}
_SPARSE_CSR = 1
_BUILTIN = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
_CONV = {"padding": "Padding", "stride_h": "StrideH", "stride_w": "StrideW", "activation": "FusedActivationFunction"}
_OPTIONS: dict[str, tuple[Any, dict[str, str]]] = {
    "CONV_2D": (tflite.Conv2DOptions, _CONV),
    "DEPTHWISE_CONV_2D": (tflite.DepthwiseConv2DOptions, _CONV),
    "MAX_POOL_2D": (
        tflite.Pool2DOptions,
        {
            "padding": "Padding",
            "stride_h": "StrideH",
            "stride_w": "StrideW",
            "size_h": "FilterHeight",
            "size_w": "FilterWidth",
        },
    ),
    "ADD": (tflite.AddOptions, {"activation": "FusedActivationFunction"}),
    "MUL": (tflite.MulOptions, {"activation": "FusedActivationFunction"}),
    "CONCATENATION": (tflite.ConcatenationOptions, {"axis": "Axis"}),
    "STRIDED_SLICE": (
        tflite.StridedSliceOptions,
        {"begin_mask": "BeginMask", "end_mask": "EndMask", "shrink_mask": "ShrinkAxisMask"},
    ),
    "RESIZE_BILINEAR": (
        tflite.ResizeBilinearOptions,
        {"align_corners": "AlignCorners", "half_pixel_centers": "HalfPixelCenters"},
    ),
    "DEPTH_TO_SPACE": (tflite.DepthToSpaceOptions, {"block": "BlockSize"}),
}


def convert(networks: Mapping[str, bytes]) -> bytes:
    """One safetensors file of several .tflite networks.

    Tensors are named `<network>/<tensor number>`; the metadata entry `graphs` is JSON: network ->
    `{inputs, outputs, ops}`, each operator `{op, in, out, shape, options}`.

    Raises:
        EngineError: a network cannot be read, or uses something that is not known here.
    """
    tensors: dict[str, Array] = {}
    graphs: dict[str, Options] = {}
    for name, data in sorted(networks.items()):
        try:
            graphs[name], found = _read(data)
        except (struct.error, ValueError, IndexError, AttributeError, KeyError, TypeError) as error:
            raise EngineError(
                f"network `{name}` is not a readable .tflite graph", hint="pull the models again"
            ) from error
        tensors |= {f"{name}/{number}": array for number, array in found.items()}
    return _safetensors(tensors, {"graphs": json.dumps(graphs, sort_keys=True, separators=(",", ":"))})


def _read(data: bytes) -> tuple[Options, dict[int, Array]]:
    model = tflite.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    found = {n: _constant(model, graph.Tensors(n)) for n in range(graph.TensorsLength())}
    constants = {n: array for n, array in found.items() if array is not None}
    ops: list[Options] = []
    for n in range(graph.OperatorsLength()):
        operator = graph.Operators(n)
        name = _name(model, operator)
        inputs, outputs = operator.InputsAsNumpy().tolist(), operator.OutputsAsNumpy().tolist()
        if name in {"DEQUANTIZE", "DENSIFY"} and inputs[0] in constants:  # half-precision storage: widened at loading
            constants[outputs[0]] = constants.pop(inputs[0])
            continue
        shape = graph.Tensors(outputs[0]).ShapeAsNumpy().tolist()
        ops.append({"op": name, "in": inputs, "out": outputs, "shape": shape, "options": _options(name, operator)})
    used = {number for op in ops for number in op["in"]}
    inputs, outputs = graph.InputsAsNumpy().tolist(), graph.OutputsAsNumpy().tolist()
    names = {graph.Tensors(number).Name().decode(): number for number in outputs}
    return {"inputs": inputs, "outputs": names, "ops": ops}, {n: a for n, a in constants.items() if n in used}


def _name(model: Any, operator: Any) -> str:
    code = model.OperatorCodes(operator.OpcodeIndex())
    name = _BUILTIN[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
    return str(code.CustomCode().decode()) if name == "CUSTOM" else name


def _options(name: str, operator: Any) -> Options:
    if name in _OPTIONS:
        kind, fields = _OPTIONS[name]
        table, options = operator.BuiltinOptions(), kind()
        options.Init(table.Bytes, table.Pos)
        return {key: getattr(options, getter)() for key, getter in fields.items()}
    if operator.CustomOptionsLength():
        return dict(flexbuffers.Loads(operator.CustomOptionsAsNumpy().tobytes()))
    return {}


def _constant(model: Any, tensor: Any) -> Array | None:
    buffer = model.Buffers(tensor.Buffer())
    if not buffer.DataLength():
        return None
    values = np.frombuffer(buffer.DataAsNumpy().tobytes(), _TYPES[tensor.Type()])
    shape = () if tensor.ShapeIsNone() else tuple(tensor.ShapeAsNumpy().tolist())
    sparsity = tensor.Sparsity()
    return values.reshape(shape) if sparsity is None else _dense(values, shape, sparsity)


def _dense(values: Array, shape: tuple[int, ...], sparsity: Any) -> Array:
    """Compressed rows (only the last axis sparse, TensorFlow Lite's SparsityParameters) -> `shape`."""
    last = sparsity.DimMetadata(sparsity.DimMetadataLength() - 1)
    plain = sparsity.DimMetadataLength() == len(shape) and not sparsity.BlockMapLength()
    ordered = sparsity.TraversalOrderAsNumpy().tolist() == list(range(len(shape)))
    others = [sparsity.DimMetadata(n).Format() for n in range(len(shape) - 1)]
    if not (plain and ordered and last.Format() == _SPARSE_CSR and not any(others)):
        raise ValueError
    segments = _index_vector(last.ArraySegments(), last.ArraySegmentsType())
    columns = _index_vector(last.ArrayIndices(), last.ArrayIndicesType())
    dense = np.zeros((int(np.prod(shape[:-1])), shape[-1]), values.dtype)
    rows = np.repeat(np.arange(len(dense)), np.diff(segments))
    dense[rows, columns] = values
    return dense.reshape(shape)


def _index_vector(table: Any, kind: int) -> Array:
    vector = _INDEX_VECTORS[kind]()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy(), np.int64)


def _safetensors(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """The safetensors format: 8-byte little-endian header length, JSON header padded to 8 bytes, then the data."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    at = 0
    order = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))  # wide first keeps every tensor aligned
    for name in order:
        array = tensors[name]
        span = [at, at + array.nbytes]
        header[name] = {"dtype": _STORED[array.dtype.str], "shape": list(array.shape), "data_offsets": span}
        at += array.nbytes
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(tensors[name].tobytes() for name in order)
