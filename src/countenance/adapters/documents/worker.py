"""Checks one PDF in a process of its own, which may neither write, nor connect, nor take more than its share.

stdin: a line of JSON with `roots` and `at`, then the file. stdout: `Findings` as JSON. It is started by `pdf`.
"""

import json
import logging
import os
import resource
import sys
from typing import Any

CPU_SECONDS = 30
MEMORY_BYTES = 3 * 1024**3
"""Of address space: pyHanko's own imports take a good part of it."""
_FORBIDDEN = (
    "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.exec", "os.system", "os.fork",
    "os.posix_spawn", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink",
)  # fmt: skip


class NotHereError(RuntimeError):
    """Something was tried that no check of a document needs."""


def _confine() -> None:
    """Bounds that cannot be lifted again in this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event in _FORBIDDEN or writes:
        raise NotHereError(event)


def main() -> None:
    """Check what stands in stdin. A file that breaks the parser ends the process, with another code than 0."""
    sys.dont_write_bytecode = True
    from countenance.adapters.documents.signatures import EncryptedError, read_signatures  # noqa: PLC0415
    from countenance.request.documents import SignatureFound  # noqa: PLC0415

    _confine()
    logging.disable(logging.CRITICAL)  # pyHanko tells of what it finds; that is in the findings
    told = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    found: list[SignatureFound] = []
    state = "read"
    try:
        found = read_signatures(data, told["roots"], told["at"])
    except EncryptedError:
        state = "encrypted"
    except MemoryError:
        state = "too large"
    except Exception:  # noqa: BLE001 - whatever a damaged file does to a parser, it is a file that cannot be read
        state = "damaged"
    answer = {"state": state, "signatures": [one.model_dump(mode="json") for one in found]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
