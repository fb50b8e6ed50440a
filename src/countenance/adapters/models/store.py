"""The model store: what weights are known, where they lie, and that they are the ones that were pinned."""

import hashlib
import json
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from countenance.adapters.files import write_whole
from countenance.adapters.models.wheel import WheelSpec, download, read_members
from countenance.errors import ConfigError, EngineError, StoreError

if TYPE_CHECKING:
    from torch import Tensor

PULL_HINT = "run `countenance models pull`"
_MAX_WEIGHTS_BYTES = 100_000_000

State = Literal["present", "absent", "damaged"]


class ModelSpec(BaseModel):
    """A `model.toml`: exactly one of `file` (weights lie beside it) and `wheel` (weights are pulled and converted)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern="^[a-z0-9-]+$")
    version: str
    licence: str
    source: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    file: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+\.safetensors$")
    wheel: WheelSpec | None = None
    input: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_place(self) -> "ModelSpec":
        if (self.file is None) == (self.wheel is None):
            raise ValueError("give `file` or `wheel`")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One line of `countenance models list`."""

    name: str
    version: str
    licence: str
    source: str
    sha256: str
    state: State


_Infos = list[ModelInfo]  # named, since `list` is a method below
_Specs = list[ModelSpec]


class ModelStore:
    """Weights described in `models_dir/<name>/model.toml`, committed there or pulled into `cache_dir`."""

    def __init__(self, models_dir: Path, cache_dir: Path, device: str = "cpu") -> None:
        self._models, self._cache = models_dir, cache_dir
        self.device = device
        """Where whoever builds on these weights should take them."""

    def list(self) -> _Infos:
        """Every known model with its state; each file is read and its digest checked."""
        return [
            ModelInfo(
                name=spec.name,
                version=spec.version,
                licence=spec.licence,
                source=spec.source,
                sha256=spec.sha256,
                state=self._state(spec),
            )
            for spec in self._specs()
        ]

    def path(self, name: str) -> Path:
        """Where the weights of `name` lie, or will lie.

        Raises:
            ConfigError: no such model.
        """
        return self._path(self._spec(name))

    def digest(self, name: str) -> str:
        """The pinned digest of `name`, `sha256:<hex>`, for recipes.

        Raises:
            ConfigError: no such model.
        """
        return f"sha256:{self._spec(name).sha256}"

    def load(self, name: str) -> "tuple[dict[str, Tensor], dict[str, str]]":
        """Tensors on the CPU, as stored, and the file's metadata; the digest is checked every time.

        Raises:
            ConfigError: no such model.
            EngineError: the weights are absent or not the pinned ones.
        """
        # Here and not above: listing models need not wait for torch.
        from safetensors import SafetensorError  # noqa: PLC0415
        from safetensors.torch import load  # noqa: PLC0415

        spec = self._spec(name)
        data = _read(self._path(spec))
        if data is None:
            raise EngineError(f"the weights of `{name}` are absent", hint=PULL_HINT)
        if hashlib.sha256(data).hexdigest() != spec.sha256:
            raise EngineError(f"the weights of `{name}` are damaged: their sha256 differs", hint=PULL_HINT)
        try:
            header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
            return load(data), dict(header.get("__metadata__", {}))
        except (SafetensorError, ValueError, TypeError, KeyError) as error:
            raise EngineError(f"the weights of `{name}` are not a safetensors file") from error

    def pull(
        self,
        names: Sequence[str] | None = None,
        from_file: Path | None = None,
        progress: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Fetch, check, convert and keep what is absent or damaged; what is intact is left alone.

        Args:
            names: models to pull; all by default.
            from_file: a local wheel, for sites without a network.
            progress: told one plain line at each step.

        Raises:
            ConfigError: no such model.
            EngineError: the wheel cannot be had, or is not the pinned one.
            StoreError: the cache cannot be written.
        """
        specs = [self._spec(name) for name in names] if names is not None else self._specs()
        with tempfile.TemporaryDirectory() as folder:
            wheels: dict[str, Path] = {}
            for spec in specs:
                if self._state(spec) == "present":
                    progress(f"{spec.name} {spec.version}: present")
                elif spec.wheel is None:
                    raise EngineError(
                        f"the weights of `{spec.name}` belong to the program and are not intact", hint="reinstall"
                    )
                else:
                    file = from_file or wheels.get(spec.wheel.file) or _fetched(spec.wheel, Path(folder), progress)
                    wheels[spec.wheel.file] = file  # one wheel may hold several models
                    self._install(spec, spec.wheel, file)
                    progress(f"{spec.name} {spec.version}: checked and converted")

    def _install(self, spec: ModelSpec, wheel: WheelSpec, file: Path) -> None:
        from countenance.adapters.models.convert import convert  # noqa: PLC0415 - only pulling needs tflite

        weights = convert(read_members(file, wheel))
        if hashlib.sha256(weights).hexdigest() != spec.sha256:
            raise EngineError(f"`{spec.name}` did not convert to the pinned weights", hint="report this: it is a bug")
        _write(self._path(spec), weights)

    def _specs(self) -> _Specs:
        return [_parsed(path) for path in sorted(self._models.glob("*/model.toml"))]

    def _spec(self, name: str) -> ModelSpec:
        for spec in self._specs():
            if spec.name == name:
                return spec
        raise ConfigError(f"no model is called `{name}`", hint="run `countenance models list`")

    def _path(self, spec: ModelSpec) -> Path:
        if spec.file is not None:
            return self._models / spec.name / spec.file
        return self._cache / f"{spec.name}-{spec.version}.safetensors"

    def _state(self, spec: ModelSpec) -> State:
        data = _read(self._path(spec))
        if data is None:
            return "absent"
        return "present" if hashlib.sha256(data).hexdigest() == spec.sha256 else "damaged"


def build(models_dir: Path, cache_dir: Path, device: str = "cpu") -> ModelStore:
    """Entry point `countenance.models`."""
    return ModelStore(models_dir, cache_dir, device)


def _parsed(path: Path) -> ModelSpec:
    try:
        spec = ModelSpec.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(f"`{path.parent.name}/model.toml` cannot be read", hint="reinstall countenance") from error
    if spec.name != path.parent.name:
        raise ConfigError(f"`{path.parent.name}/model.toml` names another model", hint="reinstall countenance")
    return spec


def _fetched(spec: WheelSpec, folder: Path, progress: Callable[[str], None]) -> Path:
    progress(f"fetching {spec.file}")
    return download(spec, folder)


def _read(path: Path) -> bytes | None:
    try:
        if path.stat().st_size > _MAX_WEIGHTS_BYTES:
            return b""  # no pinned file is that large: damaged
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError("the weights cannot be read", hint="check the permissions of the model cache") from error


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise StoreError(
            "the model cache cannot be written", hint="check its permissions and the free space"
        ) from error
