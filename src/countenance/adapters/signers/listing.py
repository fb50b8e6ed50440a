"""What may be told of the keys: their kinds, ids and times."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography import x509

from countenance.adapters.signers import disk
from countenance.adapters.signers.marks import MarkKey
from countenance.adapters.signers.places import CLAIM, CLAIM_ROOT, LOG, OPERATOR, OPERATORS_ROOT, ORGANISATION, RESTORE
from countenance.core import envelope
from countenance.core.clock import format_instant
from countenance.errors import StoreError

KeyState = Literal["in use", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """One key. `created_at` and `expires_at` are a certificate's, where the key has one."""

    kind: str
    key_id: str
    state: KeyState
    created_at: str | None = None
    expires_at: str | None = None
    operator: str | None = None


def listed(root: Path, marks: Iterable[MarkKey]) -> list[KeyFacts]:
    """Every key below the key folder. Raises StoreError where a file of it is damaged."""
    found = []
    for role in (CLAIM_ROOT, CLAIM, OPERATORS_ROOT, LOG):
        found.append(_facts(root, f"{ORGANISATION}/{role}.pem", role, "in use"))
        found += [_facts(root, name, role, "retired") for name in _retired(root, ORGANISATION, role)]
    for number, key in enumerate(marks):
        state: KeyState = "retired" if number else "in use"
        found.append(KeyFacts(kind="mark", key_id=key.key_id, state=state, created_at=key.created_at))
    for name in disk.names(root, f"operators/*/{OPERATOR}.pem"):
        place, operator_id = name.rpartition("/")[0], name.split("/")[1]
        found.append(_facts(root, name, OPERATOR, "in use", operator_id))
        found += [_facts(root, one, OPERATOR, "retired", operator_id) for one in _retired(root, place, OPERATOR)]
    return found


def _retired(root: Path, place: str, role: str) -> list[str]:
    return disk.names(root, f"{place}/retired/{role}-*.pem")


def _facts(root: Path, name: str, kind: str, state: KeyState, operator: str | None = None) -> KeyFacts:
    pem = disk.read(root, name, "a file of the key folder").decode(errors="replace")
    if kind == LOG:
        return KeyFacts(kind=kind, key_id=envelope.key_id(pem), state=state)
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except envelope.NO_CERTIFICATE as error:
        raise StoreError("a certificate in the key folder is damaged", hint=RESTORE) from error
    return KeyFacts(
        kind=kind,
        key_id=envelope.key_id(envelope.public_pem_of_certificate(pem)),
        state=state,
        created_at=format_instant(certificate.not_valid_before_utc),
        expires_at=format_instant(certificate.not_valid_after_utc),
        operator=operator,
    )
