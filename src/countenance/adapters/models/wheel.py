"""Gets a pinned wheel with pip and reads pinned members out of it; nothing is unpacked, no code of it runs."""

import hashlib
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from countenance.errors import EngineError

MAX_WHEEL_BYTES = 200_000_000
_PIP_SECONDS = 900
_OFFLINE_HINT = "check the network, or fetch the wheel elsewhere and run `countenance models pull --from-file WHEEL`"


class Member(BaseModel):
    """One pinned file of a wheel."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: str
    bytes: int = Field(gt=0, le=50_000_000)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class WheelSpec(BaseModel):
    """Where weights come from. `sha256` is that of `file`; another platform's wheel is held to its members' digests."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    requirement: str = Field(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$")
    file: str = Field(pattern=r"^[A-Za-z0-9._-]+\.whl$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    members: dict[str, Member]


def download(spec: WheelSpec, folder: Path) -> Path:
    """`spec`'s wheel in `folder`, fetched by pip for the pinned platform whatever this one is.

    Raises:
        EngineError: pip failed, or brought no such wheel.
    """
    _name, _version, python, _abi, platform = spec.file.removesuffix(".whl").split("-")
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"),
        *("--disable-pip-version-check", "--no-input", "--platform", platform, "--implementation", "cp"),
        *("--python-version", f"{python[2:3]}.{python[3:]}", "--dest", str(folder), spec.requirement),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_PIP_SECONDS)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"pip could not fetch `{spec.requirement}`", hint=_OFFLINE_HINT) from error
    wheel = folder / spec.file
    if not wheel.is_file():
        raise EngineError(f"pip brought another wheel than `{spec.file}`", hint=_OFFLINE_HINT)
    return wheel


def read_members(wheel: Path, spec: WheelSpec) -> dict[str, bytes]:
    """The pinned members of a local wheel, by name, each of the pinned size and digest.

    Raises:
        EngineError: not a wheel, too large, the wrong one, or a member is missing or differs.
    """
    hint = f"give the wheel of `{spec.requirement}` as PyPI serves it"
    try:
        if wheel.stat().st_size > MAX_WHEEL_BYTES:
            raise EngineError("the wheel is larger than any that is pinned", hint=hint)
        if wheel.name == spec.file and _file_digest(wheel) != spec.sha256:
            raise EngineError(f"`{spec.file}` is not the pinned wheel: its sha256 differs", hint=hint)
        with zipfile.ZipFile(wheel) as archive:
            return {name: _read_member(archive, member) for name, member in spec.members.items()}
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        raise EngineError("the file is not a readable wheel with the pinned weights", hint=hint) from error


def _read_member(archive: zipfile.ZipFile, member: Member) -> bytes:
    with archive.open(member.path) as stream:
        data = stream.read(member.bytes + 1)  # bounded, whatever the archive's directory claims
    if len(data) != member.bytes or hashlib.sha256(data).hexdigest() != member.sha256:
        raise EngineError(f"`{member.path}` in the wheel is not the pinned file", hint="nothing was installed")
    return data


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
