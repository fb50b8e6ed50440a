"""The process that checks a document may read what it is given, and nothing more."""

import subprocess
import sys

import pytest

START = "from countenance.adapters.documents.worker import _confine; _confine()\n"


def run(code):
    return subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess, sys; subprocess.run([sys.executable, '-V'])",
        "import os; os.system('true')",
        "open('{path}', 'w')",
        "open('{path}', 'r+b')",
        "import os; os.open('{path}', os.O_CREAT | os.O_WRONLY)",
    ],
)
def test_what_it_may_not(code, tmp_path):
    done = run(code.format(path=tmp_path / "file"))
    assert "NotHereError" in done.stderr
    assert not list(tmp_path.iterdir())


def test_what_it_may(tmp_path):
    (tmp_path / "file").write_text("read")
    assert run(f"print(open('{tmp_path / 'file'}').read())").stdout == "read\n"


def test_memory_ends():
    assert "MemoryError" in run("bytes(4 * 1024 ** 3)").stderr
