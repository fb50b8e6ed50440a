"""A home of its own for tests of keys and backups: made by the command line, with passphrases that derive fast."""

import contextlib
import importlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from countenance.adapters.signers import wrap
from countenance.cli.main import run


@contextlib.contextmanager
def fast_derivations() -> Iterator[None]:
    """Argon2id at its least cost. The cost stands in each file, so what is written so opens without this, too."""
    importlib.import_module("countenance.adapters.signers.file")  # whose annotations name the class that is replaced
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrap, "Cost", partial(wrap.Cost, memory_kib=8, passes=1, lanes=1))
        yield


@dataclass(frozen=True)
class Home:
    """A home, and its passphrases."""

    path: Path
    organisation: str = "org"
    operator: str = "op"

    def run(self, *words: object, **flags: str) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of a command line in this home."""
        secrets = {"passphrase": self.organisation, "operator_passphrase": self.operator, **flags}
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = run(["--json", "--home", str(self.path), *map(str, words)], flags=secrets)
        return code, json.loads(out.getvalue() or "{}")

    def ok(self, *words: object, **flags: str) -> dict[str, Any]:
        """The JSON of a command line that must succeed."""
        code, said = self.run(*words, **flags)
        assert code == 0, said
        return said


def make_home(path: Path, **secrets: str) -> tuple[Home, str]:
    """A home with one operator, whose passphrase is their own; and the operator's id."""
    home = Home(path, **secrets)
    home.ok("init", "--organisation", "Studio", "--domain", "studio.example")
    return home, home.ok("operator", "add", "Ada", "--role", "retoucher")["id"]
