"""SIGKILL before the n-th write of a fork: what a power cut leaves, write by write."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate"}
KILLED = -signal.SIGKILL


def kill_at(wanted: int) -> None:
    """Count this process's writes to files and the database, and end it before the wanted one."""
    count = 0

    def write(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(name: str, arguments: Sequence[Any]) -> None:
        opened_to_write = name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if name in WRITES or opened_to_write:
            write()

    sys.addaudithook(audit)
    event.listen(Engine, "commit", write)
    event.listen(
        Engine, "before_cursor_execute", lambda _c, _r, said, *_: said.startswith(("INSERT", "DELETE")) and write()
    )


def forked(work: Callable[[], object]) -> int:
    """How a fork ended: 0, 1 after an exception, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the parent as exit code 1
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
