"""Signed PDFs by pyHanko (extra `pdf`): checked in another process, in bounded time and memory, without a network."""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import ValidationError

from countenance.core.records.terms import DocumentCheck
from countenance.errors import ConfigError
from countenance.request.documents import MAX_BYTES, Findings, SignatureFound, judge

WAIT_SECONDS = 60
_UNREADABLE = {
    "encrypted": "it is encrypted",
    "damaged": "it is damaged, or no PDF as the standard has it",
    "too large": "it takes more memory or time than a release does",
}


class PdfChecker:
    """`countenance.request.documents.DocumentChecker`."""

    def __init__(self) -> None:
        try:
            self.name, self.version = "pyhanko", version("pyhanko")
        except PackageNotFoundError as error:
            raise ConfigError(
                "checking signed PDFs needs pyHanko, which is not installed",
                hint="pip install 'countenance[pdf]'",
            ) from error

    def check(self, data: bytes, *, roots_pem: Sequence[str], at: str) -> Findings:
        """What is found in the file, with these roots, at that instant. Any bytes give findings."""
        if len(data) > MAX_BYTES:
            return self._findings("too large", [])
        head = json.dumps({"roots": list(roots_pem), "at": at}).encode()
        command = [sys.executable, "-P", "-m", "countenance.adapters.documents.worker"]
        try:
            done = subprocess.run(  # noqa: S603 - this very program, on what it is given in stdin
                command, input=head + b"\n" + data, capture_output=True, timeout=WAIT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return self._findings("too large", [])
        if done.returncode != 0:
            return self._findings("too large" if done.returncode < 0 else "damaged", [])
        try:
            said = json.loads(done.stdout)
            found = [SignatureFound.model_validate_json(json.dumps(one)) for one in said["signatures"]]
        except (ValueError, KeyError, TypeError, ValidationError):
            return self._findings("damaged", [])
        return self._findings(str(said["state"]), found)

    def _findings(self, state: str, found: list[SignatureFound]) -> Findings:
        result, why = ("unreadable", _UNREADABLE.get(state, "it is damaged")) if state != "read" else judge(found)
        last = found[-1] if found else None
        told: dict[str, Any] = {"result": result, "checker": f"{self.name} {self.version}"}
        if last is not None:
            told |= {
                "coverage": last.coverage, "modification": last.modification, "root": last.root,
                "signed_at": last.signed_at, "timestamped_at": last.timestamped_at,
            }  # fmt: skip
        return Findings(check=DocumentCheck(**told), signatures=tuple(found), why=why)


def build() -> PdfChecker:
    """The checker.

    Raises:
        ConfigError: pyHanko is not installed.
    """
    return PdfChecker()
