"""A PostgreSQL server of one's own, on a socket in a temporary folder, for tests and benchmarks."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

_USERS = ("postgres", "nobody")
_FAST = {"fsync": "off", "full_page_writes": "off"}
"""What a test may do without: its database is gone with it."""


class PrivateServer:
    """Databases on a server, each fresh; by URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = count(1)

    def fresh(self, like: str | None = None) -> str:
        """The URL of a new database, empty or a copy of another that nobody is using."""
        name = f"books_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {'template0' if like is None else _name_in(like)}")
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def cut(self, url: str) -> None:
        """End all sessions of a database, as a server that stops does."""
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name_in(url)}'")  # noqa: S608

    def drop(self, url: str) -> None:
        """Remove a database, whoever uses it."""
        self._run(f"DROP DATABASE IF EXISTS {_name_in(url)} WITH (FORCE)")

    def _run(self, said: str) -> None:
        import psycopg  # noqa: PLC0415 - of the extra `postgres`

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(said.encode())


def _name_in(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def programs() -> Path | None:
    """Where `initdb` and `pg_ctl` are: on the path, or where Debian puts them, the newest."""
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "pg_ctl").exists():
        return Path(found).resolve().parent
    places = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(places, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def private_server(*, settings: Mapping[str, str] | None = None) -> Iterator[PrivateServer]:
    """Start a server, and remove it afterwards. As root it runs as a user who may do nothing, as PostgreSQL wants it.

    Raises:
        FileNotFoundError: PostgreSQL is not installed, or there is no such user.
        CalledProcessError: it does not start; its words are on the standard error.
    """
    where = programs()
    if where is None:
        raise FileNotFoundError("no PostgreSQL is installed")
    folder = Path(tempfile.mkdtemp(prefix="countenance-pg-"))  # not below a folder that its user cannot enter
    try:
        command = _as_a_user(folder)
        data = folder / "data"
        wanted = {**_FAST, **(settings or {}), "listen_addresses": "''", "max_connections": "60"}
        options = " ".join(f"-c {name}={value}" for name, value in wanted.items())
        start = ("-w", "-t", "60", "-o", f"{options} -c unix_socket_directories={folder}")
        first = ("--username=countenance", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        _call(folder, *command, where / "initdb", "-D", data, *first)
        _call(folder, *command, where / "pg_ctl", "-D", data, "-l", folder / "server.log", *start, "start")
        try:
            yield PrivateServer(f"postgresql://countenance@/postgres?host={folder}")
        finally:
            _call(folder, *command, where / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_a_user(folder: Path) -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    known = {one.pw_name for one in pwd.getpwall()}
    name = next((name for name in _USERS if name in known), None)
    setpriv = shutil.which("setpriv")
    if name is None or setpriv is None:
        raise FileNotFoundError("no user to run PostgreSQL as, or no `setpriv`")
    user = pwd.getpwnam(name)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return (setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")


def _call(folder: Path, *words: str | Path) -> None:
    """`stdin` and `stdout` are closed to the server, which would hold them open."""
    subprocess.run(  # noqa: S603
        words, check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=120
    )
