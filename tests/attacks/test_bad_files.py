"""Bombs, truncated, empty and lying files: one plain line and exit 7 from `edit`, whatever the registry says."""

import struct
import zlib
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10_000_000), 9)) + chunk(b"IEND", b"")


def lying() -> bytes:
    """Says 64 x 64, holds one line."""
    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(193))) + chunk(b"IEND", b"")


FILES = {
    "bomb": bomb(),
    "lying": lying(),
    "empty": b"",
    "text": b"just words",
    "truncated": PORTRAIT.read_bytes()[:100_000],
    "cut-end": PORTRAIT.read_bytes()[:-1],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["edit", "title", "faces"])
def test_refused_plainly(shared_agency: Agency, tmp_path: Path, name: str, command: str) -> None:
    photo, out = tmp_path / "photo.jpg", tmp_path / "out.jpg"
    photo.write_bytes(FILES[name])
    words = {
        "edit": ("edit", photo, "--out", out, "--smile", "0.2", "--purpose", "advertising", "--medium", "web",
                 "--territory", "DE"),
        "title": ("title", "add", photo, "--owner", "O", "--basis", "own-work", "--alteration", "yes"),
        "faces": ("faces", photo, "--out", out),
    }[command]  # fmt: skip
    answer = shared_agency.run(*words, as_json=False)
    assert answer.code == 7
    assert answer.out == ""
    assert "Traceback" not in answer.err
    assert answer.err.splitlines()[-2].startswith("error: ")
    assert list(tmp_path.iterdir()) == [photo]


@pytest.mark.parametrize("name", FILES)
def test_verify_answers_any_bytes(shared_agency: Agency, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(FILES[name])
    answer = shared_agency.run("verify", tmp_path / "file")
    assert answer.code == 5
    assert answer.json["verdict"] == "unknown"
