"""Status lists of an agency, and what verify says of a file with one of them, without a picture behind it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evidence import PUBLISHED, READING, Marks, Readers, tools

from countenance.adapters.signers.file import KeyStore
from countenance.core.chain import root_id
from countenance.core.records.report import Finding, VerificationReport
from countenance.core.status_credential import issue, list_id
from countenance.core.status_list import SMALLEST, bits_of
from countenance.manifest.ports import ManifestReading, Trust
from countenance.verify.inspect import inspect

AT, UNTIL, NOW = "2026-11-24T10:00:00.000Z", "2026-12-01T10:00:00.000Z", "2026-11-25T10:00:00.000Z"
OWN = 7
"""The entry of the file."""


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An organisation's keys, and the entry that its file names."""

    keys: KeyStore

    @property
    def root(self) -> str:
        return self.keys.claim_root_pem

    @property
    def entry(self) -> dict[str, Any]:
        issuer = root_id(self.root)
        return {"list_id": list_id(issuer, 1), "index": OWN, "issuer": issuer, "purpose": "revocation", "url": ""}

    def listed(self, *places: int, **changes: str) -> bytes:
        """A list in which these entries are set."""
        said = {
            "subject": self.entry["list_id"],
            "url": "",
            "organisation": "Agency",
            "valid_from": AT,
            "valid_until": UNTIL,
        }
        return issue(bits_of(places, entries=SMALLEST), self.keys.unlock_claim("words"), **said | changes)


def make_issuer(folder: Path) -> Issuer:
    keys = KeyStore(folder)
    keys.create_organisation("Agency", "agency.example", "words", AT)
    return Issuer(keys=keys)


def asked(
    token: bytes | None, entry: Any, *, trust: str, at: str = NOW, shelf: Any = None, reading: ManifestReading = READING
) -> tuple[VerificationReport, Finding | None]:
    """The report on a file whose manifest names the entry, and what it says of the list."""
    told = replace(reading, receipt={**reading.receipt, **({"status": entry} if entry is not None else {})})
    found = replace(tools(Readers(embedded=told), Marks(), shelf), trust=Trust(claim_pem=trust), status_list=token)
    report = inspect(PUBLISHED, found, at=at)
    return report, next((one for one in report.findings if one.check == "consent-status"), None)
