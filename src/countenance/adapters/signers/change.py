"""Changing keys and passphrases: prepared beside what counts, tried by unlocking, then decided by one rename.

Whoever changes holds the lock, prepares, logs the act, decides. What a crash left is settled by the next act: a change
that was logged is carried out, another is discarded. Private keys that were replaced are not kept.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from countenance.adapters.signers import certificates, disk, keys, marks
from countenance.adapters.signers.places import (
    CLAIM,
    CLAIM_ROOT,
    LOG,
    OPERATOR,
    OPERATORS_ROOT,
    ORGANISATION,
    RESTORE,
    WORDS,
    files_of,
    operator_place,
)
from countenance.adapters.signers.wrap import unwrap
from countenance.errors import ConfigError, StoreError

Unlock = Callable[[str, str, str], keys.UnlockedKey]
"""(place, role, passphrase) -> the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A change that is written and does not count yet. `old` and `new` sign for it; marks have no such keys."""

    old: keys.UnlockedKey | None = None
    new: keys.UnlockedKey | None = None
    old_key_id: str | None = None
    new_key_id: str | None = None
    operators: tuple[str, ...] = ()


class KeyChanges:
    """The changes of one key folder."""

    def __init__(self, root: Path, unlock: Unlock) -> None:
        self._root = root
        self._unlock = unlock

    def locked(self, *, wait: bool = True) -> AbstractContextManager[bool]:
        """One change at a time; False, if not to wait, where another process is at it."""
        return disk.locked(self._root, wait=wait)

    def settle(self, logged: Callable[[str], bool]) -> None:
        """Carry out what was decided or logged, and discard what was not. The caller holds the lock.

        Args:
            logged: whether the change with this id is in the books.
        """
        disk.carry_out(self._root)
        change_id = disk.pending(self._root)
        if change_id is not None and logged(change_id):
            disk.decide(self._root)
            disk.carry_out(self._root)
        disk.discard(self._root)

    @property
    def unsettled(self) -> bool:
        """Whether something is prepared or decided, and not carried out."""
        return disk.unsettled(self._root)

    def operators(self) -> list[str]:
        """The ids of the operators that have keys here."""
        return [name.split("/")[1] for name in disk.names(self._root, f"operators/*/{OPERATOR}.pem")]

    def organisation_passphrase(self, old: str, new: str, change_id: str) -> Prepared:
        """Wrap the organisation's keys under another passphrase, and those of operators who share it.

        Raises:
            ConfigError: the old one is wrong, the new one is empty, the same, or an operator's own.
        """
        _require_other(old, new)
        places = [(ORGANISATION, role) for role in (CLAIM, CLAIM_ROOT, OPERATORS_ROOT, LOG)]
        opened = {place: self._unlock(*place, old) for place in places}
        shared = []
        for operator_id in self.operators():
            key = self._opened(operator_id, old)
            if key is not None:
                shared.append(operator_id)
                opened[operator_place(operator_id), OPERATOR] = key
            elif self._opened(operator_id, new) is not None:
                raise ConfigError("an operator has this passphrase already", hint="choose another one")
        self._prepare(opened, new, change_id)
        return Prepared(operators=tuple(shared))

    def operator_passphrase(self, operator_id: str, old: str, new: str, change_id: str) -> Prepared:
        """Wrap an operator's key under another passphrase, which is to be their own.

        Raises:
            ConfigError: the old one is wrong, the new one is empty, the same, or the organisation's.
        """
        _require_other(old, new)
        place = (operator_place(operator_id), OPERATOR)
        key = self._unlock(*place, old)
        self._require_own(new)
        self._prepare({place: key}, new, change_id)
        return Prepared(old_key_id=key.key_id, new_key_id=key.key_id, operators=(operator_id,))

    def claim(self, passphrase: str, at: str, change_id: str) -> Prepared:
        """A new claim signer under the same root."""
        return self._leaf((ORGANISATION, CLAIM), CLAIM_ROOT, passphrase, passphrase, at, change_id)

    def operator(self, operator_id: str, passphrase: str, org_passphrase: str, at: str, change_id: str) -> Prepared:
        """A new key of an operator, under the same pseudonym and the same root."""
        place = (operator_place(operator_id), OPERATOR)
        return self._leaf(place, OPERATORS_ROOT, passphrase, org_passphrase, at, change_id)

    def log(self, passphrase: str, change_id: str) -> Prepared:
        """A new key of the log, which keeps its name."""
        old = self._unlock(ORGANISATION, LOG, passphrase)
        private = ed25519.Ed25519PrivateKey.generate()
        new = keys.of(private)
        extra = {f"{ORGANISATION}/retired/log-{_short(old.key_id)}.pem": old.public_pem.encode()}
        if not disk.names(self._root, f"{ORGANISATION}/log-first.pem"):
            extra[f"{ORGANISATION}/log-first.pem"] = old.public_pem.encode()
        self._prepare({(ORGANISATION, LOG): new}, passphrase, change_id, extra)
        return Prepared(old=old, new=new, old_key_id=old.key_id, new_key_id=new.key_id)

    def mark(self, at: str, change_id: str) -> Prepared:
        """New mark keys; the older ones are kept to read with."""
        now = disk.read(self._root, f"{ORGANISATION}/mark.json", "a file of the key folder")
        old, data = marks.read(now), marks.fresh(at)
        retired = f"{ORGANISATION}/retired/mark-{_short(old.key_id)}.json"
        disk.prepare(self._root, {f"{ORGANISATION}/mark.json": data, retired: now}, change_id)
        return Prepared(old_key_id=old.key_id, new_key_id=marks.read(data).key_id)

    def _leaf(
        self, place: tuple[str, str], root: str, passphrase: str, org_passphrase: str, at: str, change_id: str
    ) -> Prepared:
        old, above = self._unlock(*place, passphrase), self._unlock(ORGANISATION, root, org_passphrase)
        if not isinstance(above.private, ec.EllipticCurvePrivateKey):
            raise StoreError(f"the key file of {WORDS[root]} is damaged", hint=RESTORE)
        issuer = (x509.load_pem_x509_certificate(above.chain_pem.encode()), above.private)
        subject = x509.load_pem_x509_certificate(old.chain_pem.encode()).subject
        private = ec.generate_private_key(ec.SECP256R1())
        make = certificates.claim_leaf if root == CLAIM_ROOT else certificates.operator_leaf
        new = keys.of(private, certificates.pem(make(private.public_key(), subject, issuer, at)))
        retired = f"{place[0]}/retired/{place[1]}-{_short(old.key_id)}.pem"
        self._prepare({place: new}, passphrase, change_id, {retired: old.chain_pem.encode()})
        return Prepared(old=old, new=new, old_key_id=old.key_id, new_key_id=new.key_id)

    def _prepare(
        self,
        opened: Mapping[tuple[str, str], keys.UnlockedKey],
        passphrase: str,
        change_id: str,
        extra: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write the keys wrapped under the passphrase, and try whether it opens what was written."""
        files = dict(extra or {})
        for (place, role), key in opened.items():
            wrapped = files_of(role, key.chain_pem or key.public_pem, key.private, passphrase)
            files |= {f"{place}/{name}": data for name, data in wrapped.items()}
        disk.prepare(self._root, files, change_id)
        for (place, role), key in opened.items():
            written = disk.read_pending(self._root, f"{place}/{role}.key", WORDS[role])
            private = unwrap(written, key_id=key.key_id, passphrase=passphrase, what=WORDS[role])
            if keys.public_pem(keys.from_bytes(private)) != key.public_pem:
                raise StoreError("a key did not read back as it was written", hint="check the disk")

    def _opened(self, operator_id: str, passphrase: str) -> keys.UnlockedKey | None:
        try:
            return self._unlock(operator_place(operator_id), OPERATOR, passphrase)
        except ConfigError:
            return None

    def _require_own(self, passphrase: str) -> None:
        try:
            self._unlock(ORGANISATION, CLAIM, passphrase)
        except ConfigError:
            return
        raise ConfigError("the organisation has this passphrase", hint="an operator's own is another one")


def _require_other(old: str, new: str) -> None:
    if old == new:
        raise ConfigError("the new passphrase is the old one", hint="choose another one")


def _short(key_id: str) -> str:
    return key_id.removeprefix("sha256:")[:16]
