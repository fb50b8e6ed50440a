import hashlib
import json
import struct
import zipfile
from pathlib import Path

import pytest
import torch

from countenance.adapters.models.convert import convert
from countenance.adapters.models.store import ModelStore, build
from countenance.adapters.models.wheel import MAX_WHEEL_BYTES
from countenance.errors import ConfigError, EngineError, StoreError

WHEEL = "tiny-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"
INSIDE = "tiny/net.tflite"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _wheel(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def wheel(tmp_path: Path, network: bytes) -> Path:
    return _wheel(tmp_path / WHEEL, {INSIDE: network, "tiny/__init__.py": b"raise SystemExit"})


@pytest.fixture
def store(tmp_path: Path, wheel: Path, network: bytes) -> ModelStore:
    folder = tmp_path / "models/tiny"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(f"""
name = "tiny"
version = "1.0"
licence = "CC0-1.0"
source = "this test"
sha256 = "{_digest(convert({"net": network}))}"
[wheel]
requirement = "tiny==1.0"
file = "{WHEEL}"
sha256 = "{_digest(wheel.read_bytes())}"
[wheel.members.net]
path = "{INSIDE}"
bytes = {len(network)}
sha256 = "{_digest(network)}"
""")
    return build(tmp_path / "models", tmp_path / "cache")


def _state(store: ModelStore) -> str:
    (info,) = store.list()
    return info.state


def test_absent_until_pulled_then_loaded_with_its_graph(store: ModelStore, wheel: Path) -> None:
    assert _state(store) == "absent"
    with pytest.raises(EngineError, match="absent") as raised:
        store.load("tiny")
    assert raised.value.hint == "run `countenance models pull`"
    said: list[str] = []
    store.pull(from_file=wheel, progress=said.append)
    assert said == ["tiny 1.0: checked and converted"]
    assert _state(store) == "present"
    tensors, metadata = store.load("tiny")
    assert json.loads(metadata["graphs"])["net"]["ops"][0]["op"] == "ADD"
    assert torch.equal(tensors["net/1"], torch.tensor([1.0, 2.0]))
    assert [path.name for path in store.path("tiny").parent.iterdir()] == ["tiny-1.0.safetensors"]


def test_what_is_intact_is_not_pulled_again(store: ModelStore, wheel: Path) -> None:
    store.pull(from_file=wheel)
    wheel.unlink()
    said: list[str] = []
    store.pull(["tiny"], progress=said.append)
    assert said == ["tiny 1.0: present"]


@pytest.mark.parametrize("at", [0, 8, 40, -1])
def test_a_damaged_file_is_not_loaded_and_is_pulled_again(store: ModelStore, wheel: Path, at: int) -> None:
    store.pull(from_file=wheel)
    data = bytearray(store.path("tiny").read_bytes())
    data[at] ^= 1
    store.path("tiny").write_bytes(data)
    assert _state(store) == "damaged"
    with pytest.raises(EngineError, match="damaged"):
        store.load("tiny")
    store.pull(from_file=wheel)
    assert _state(store) == "present"


def test_the_pinned_wheel_with_other_bytes_is_refused(store: ModelStore, wheel: Path, network: bytes) -> None:
    _wheel(wheel, {INSIDE: network, "tiny/__init__.py": b"print('changed')"})
    with pytest.raises(EngineError, match="not the pinned wheel"):
        store.pull(from_file=wheel)
    assert _state(store) == "absent"


def test_another_platforms_wheel_serves_if_the_member_is_the_pinned_one(
    store: ModelStore, tmp_path: Path, network: bytes
) -> None:
    other = _wheel(tmp_path / "tiny-1.0-cp312-cp312-win_amd64.whl", {INSIDE: network})
    store.pull(from_file=other)
    assert _state(store) == "present"


@pytest.mark.parametrize("change", ["flip", "longer", "shorter", "missing", "traversal"])
def test_a_wheel_with_another_member_is_refused(store: ModelStore, tmp_path: Path, network: bytes, change: str) -> None:
    members = {
        "flip": {INSIDE: network[:-1] + bytes([network[-1] ^ 1])},
        "longer": {INSIDE: network + b"\0"},
        "shorter": {INSIDE: network[:-1]},
        "missing": {"tiny/other.tflite": network},
        "traversal": {"../../cache/tiny-1.0.safetensors": network, "/" + INSIDE: network},
    }[change]
    with pytest.raises(EngineError):
        store.pull(from_file=_wheel(tmp_path / "other.whl", members))
    assert _state(store) == "absent"
    assert not (tmp_path / "cache").exists()


def test_a_wheel_never_writes_outside_the_cache(store: ModelStore, tmp_path: Path, network: bytes) -> None:
    store.pull(from_file=_wheel(tmp_path / "other.whl", {INSIDE: network, "../escaped.txt": b"x"}))
    assert not list(tmp_path.parent.rglob("escaped.txt"))


@pytest.mark.parametrize("data", [b"", b"PK", b"\x00" * 1000])
def test_what_is_no_wheel_is_refused(store: ModelStore, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "other.whl").write_bytes(data)
    with pytest.raises(EngineError):
        store.pull(from_file=tmp_path / "other.whl")
    with pytest.raises(EngineError):
        store.pull(from_file=tmp_path / "nowhere.whl")


def test_a_member_that_inflates_beyond_its_size_is_cut_off(store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "other.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(INSIDE, bytes(30_000_000))
    with pytest.raises(EngineError, match="not the pinned file"):
        store.pull(from_file=path)


def test_a_huge_wheel_is_not_even_opened(store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "other.whl"
    with path.open("wb") as stream:
        stream.truncate(MAX_WHEEL_BYTES + 1)
    with pytest.raises(EngineError, match="larger"):
        store.pull(from_file=path)


def test_weights_beside_their_card_are_loaded_and_cannot_be_pulled(tmp_path: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    header += b" " * (-len(header) % 8)
    data = struct.pack("<Q", len(header)) + header + struct.pack("<f", 0.5)
    folder = tmp_path / "models/own"
    folder.mkdir(parents=True)
    (folder / "own.safetensors").write_bytes(data)
    lines = ['name="own"', 'version="1"', 'licence="Apache-2.0"', 'source="here"', 'file="own.safetensors"']
    (folder / "model.toml").write_text("\n".join([*lines, f'sha256="{_digest(data)}"']))
    store = build(tmp_path / "models", tmp_path / "cache")
    store.pull()
    assert store.load("own")[0]["a"].tolist() == [0.5]
    assert store.load("own")[1] == {}
    assert store.digest("own") == f"sha256:{_digest(data)}"
    (folder / "own.safetensors").write_bytes(data[:-1])
    with pytest.raises(EngineError, match="belong to the program"):
        store.pull()


@pytest.mark.parametrize("text", ["", "name = 3", "[[", 'name="x"\nfile="../x.safetensors"'])
def test_a_broken_description_is_a_configuration_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/model.toml").write_text(text)
    with pytest.raises(ConfigError):
        build(tmp_path, tmp_path / "cache").list()


def test_unknown_names_and_an_unwritable_cache(store: ModelStore, wheel: Path, tmp_path: Path) -> None:
    for act in (store.load, store.path, store.digest, lambda name: store.pull([name])):
        with pytest.raises(ConfigError, match="no model"):
            act("nobody")
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(StoreError):
        store.pull(from_file=wheel)
