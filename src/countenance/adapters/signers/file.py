"""An organisation's keys in a folder: wrapped where they sign, plain where they only read marks.

```
keys_dir/                       0700; every file 0600
├── organisation/
│   ├── organisation.json       name, domain
│   ├── claim-root.pem .key     signs the claim certificate only
│   ├── claim.pem .key          signs manifests
│   ├── operators-root.pem .key signs operators' certificates only
│   ├── log.pem .key            Ed25519: signs checkpoints
│   ├── log-first.pem           the log's first key, once it was rotated: it names the log
│   ├── registry.json           wraps the keys of persons in the books: plain, as these are read without one
│   ├── mark.json               tile key and check key: they read marks, so no passphrase guards them
│   └── retired/                certificates, public keys and mark keys of before, by key id; no private key
└── operators/<operator id>/
    └── operator.pem .key       signs statements and identity assertions
```
"""

import json
import secrets
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from countenance.adapters.signers import archive, certificates, disk, keys, listing, marks, registry
from countenance.adapters.signers.change import KeyChanges
from countenance.adapters.signers.listing import KeyFacts
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
from countenance.adapters.signers.wrap import OPERATORS, ORGANISATIONS, unwrap, wrap
from countenance.core import envelope
from countenance.core.canon import canonical
from countenance.errors import ConfigError, StoreError

_NO_DOMAIN = "countenance.invalid"


class KeyStore:
    """The keys under one folder."""

    def __init__(self, keys_dir: Path) -> None:
        self._dir = keys_dir

    @property
    def exists(self) -> bool:
        """Whether an organisation's keys are here. They are here completely or not at all."""
        return (self._dir / ORGANISATION).is_dir()

    def create_organisation(self, name: str, domain: str, passphrase: str, at: str) -> None:
        """Make all keys and certificates of an organisation. The same call again changes nothing.

        Raises:
            ConfigError: another organisation is here, or name or passphrase will not do.
            StoreError: the folder could not be written.
        """
        about = canonical({"name": name, "domain": domain})
        if self.exists:
            self._same_organisation(about, passphrase)
            return
        claim_root, operators_root, claim = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        above = certificates.root(claim_root, certificates.name(name, "Claim signers"), at)
        leaf = certificates.claim_leaf(
            claim.public_key(), certificates.name(name, "Claim signer"), (above, claim_root), at
        )
        people = certificates.root(operators_root, certificates.name(name, "Operators"), at)
        log = ed25519.Ed25519PrivateKey.generate()
        files = {"organisation.json": about, "mark.json": marks.fresh(at), registry.FILE: registry.fresh()}
        files |= files_of(CLAIM_ROOT, certificates.pem(above), claim_root, passphrase)
        files |= files_of(CLAIM, certificates.pem(leaf), claim, passphrase)
        files |= files_of(OPERATORS_ROOT, certificates.pem(people), operators_root, passphrase)
        files |= files_of(LOG, keys.public_pem(log), log, passphrase)
        disk.publish_folder(self._dir, ORGANISATION, files)

    @property
    def claim_root_pem(self) -> str:
        """Trust anchor of claim signers."""
        return self._pem(CLAIM_ROOT)

    @property
    def operators_root_pem(self) -> str:
        """Trust anchor of operators."""
        return self._pem(OPERATORS_ROOT)

    @property
    def log_public(self) -> str:
        """The log's public key (PEM)."""
        return self._pem(LOG)

    @property
    def log_origin(self) -> str:
        """The log's origin: the organisation's domain, and a name that follows from the log's first key."""
        domain = str(json.loads(self._read("organisation.json"))["domain"]) or _NO_DOMAIN
        first = self._pem("log-first") if disk.names(self._dir, f"{ORGANISATION}/log-first.pem") else self.log_public
        return f"{domain}/log-{envelope.key_id(first).removeprefix('sha256:')[:16]}"

    def listed(self) -> list[KeyFacts]:
        """Every key that is here, retired ones too; nothing secret."""
        return listing.listed(self._dir, self.mark_ring())

    @property
    def changes(self) -> KeyChanges:
        """What changes keys and passphrases, whole or not at all."""
        return KeyChanges(self._dir, self.unlock)

    def unlock_claim(self, passphrase: str) -> keys.UnlockedKey:
        """The claim signer. Raises ConfigError for a wrong passphrase."""
        return self.unlock(ORGANISATION, CLAIM, passphrase)

    def unlock_log(self, passphrase: str) -> keys.UnlockedKey:
        """The log's checkpoint key. Raises ConfigError for a wrong passphrase."""
        return self.unlock(ORGANISATION, LOG, passphrase)

    def add_operator(self, operator_id: str, passphrase: str, org_passphrase: str, at: str) -> tuple[str, str]:
        """Make an operator's key and certificate: pseudonym and chain (PEM). The same call again changes nothing.

        Raises:
            ConfigError: a passphrase is wrong or empty, or the id is none.
            StoreError: the folder could not be read or written.
        """
        folder = self._dir / operator_place(operator_id)
        if folder.is_dir():
            return _pseudonym(self.unlock_operator(operator_id, passphrase).chain_pem)
        above = self.unlock(ORGANISATION, OPERATORS_ROOT, org_passphrase)
        if not isinstance(above.private, ec.EllipticCurvePrivateKey):
            raise _damaged(OPERATORS_ROOT)
        issuer = (x509.load_pem_x509_certificate(above.chain_pem.encode()), above.private)
        private = ec.generate_private_key(ec.SECP256R1())
        subject = certificates.name(self._organisation_name(), f"operator-{secrets.token_hex(4)}")
        chain = certificates.pem(certificates.operator_leaf(private.public_key(), subject, issuer, at))
        disk.publish_folder(folder.parent, folder.name, files_of(OPERATOR, chain, private, passphrase))
        return _pseudonym(chain)

    def unlock_operator(self, operator_id: str, passphrase: str) -> keys.UnlockedKey:
        """An operator's key with its chain. Raises ConfigError for a wrong passphrase, or an unknown operator."""
        place = operator_place(operator_id)
        if not (self._dir / place).is_dir():
            raise ConfigError("there are no keys of this operator", hint="`countenance operator add` makes them")
        return self.unlock(place, OPERATOR, passphrase)

    def mark_keys(self) -> tuple[bytes, bytes]:
        """Tile key and check key, 32 bytes each. Raises StoreError where they are missing or damaged."""
        key = marks.read(self._read("mark.json"))
        return key.tile_key, key.check_key

    def mark_ring(self) -> tuple[marks.MarkKey, ...]:
        """Every mark key, the newest first: marks are made with it and read with all. Raises StoreError if damaged."""
        retired = disk.names(self._dir, f"{ORGANISATION}/retired/mark-*.json")
        older = [marks.read(self._read(name.removeprefix(f"{ORGANISATION}/"))) for name in retired]
        older.sort(key=lambda one: one.created_at or "", reverse=True)
        return (marks.read(self._read("mark.json")), *older)

    def read_keys(self) -> tuple[bytes, ...]:
        """What may be published of every mark key, the newest first. Raises StoreError where one is damaged."""
        return tuple(marks.read_key(one) for one in self.mark_ring())

    def registry_key(self, *, make: bool) -> bytes | None:
        """What the keys of persons in the books are wrapped under, 32 bytes; None where it is not here.

        `make`: make it where it is not here, for books in which nothing was sealed yet.

        Raises:
            StoreError: it is damaged, or cannot be written.
        """
        place = f"{ORGANISATION}/{registry.FILE}"
        if not disk.names(self._dir, place):
            if not make:
                return None
            disk.add(self._dir, place, registry.fresh())
        return registry.read(self._read(registry.FILE))

    def seal(self, data: bytes, *, name: str, passphrase: str) -> bytes:
        """Encrypt what is not a key under a key from the organisation's passphrase; `name` is authenticated with it."""
        return wrap(data, key_id=name, passphrase=passphrase)

    def unseal(self, sealed: bytes, *, name: str, passphrase: str) -> bytes:
        """What was sealed under that name. Raises ConfigError for a wrong passphrase, StoreError if it is damaged."""
        return unwrap(sealed, key_id=name, passphrase=passphrase, what="the kept landmarks")

    @staticmethod
    def archive_writer(out: BinaryIO, passphrase: str) -> archive.ArchiveWriter:
        """What encrypts a backup, chunk by chunk."""
        return archive.ArchiveWriter(out, passphrase)

    @staticmethod
    def archive_reader(source: BinaryIO, passphrase: str) -> archive.ArchiveReader:
        """What reads a backup. Raises StoreError or UncheckedError where it is none that is known."""
        return archive.ArchiveReader(source, passphrase)

    def _same_organisation(self, about: bytes, passphrase: str) -> None:
        if self._read("organisation.json") != about:
            raise ConfigError("another organisation's keys are here", hint="choose another --home")
        self.unlock_claim(passphrase)

    def _organisation_name(self) -> str:
        return self._json("organisation.json")["name"]

    def _read(self, name: str) -> bytes:
        if not self.exists:
            raise ConfigError("there are no keys here", hint="`countenance init` makes them")
        return disk.read(self._dir, f"{ORGANISATION}/{name}", "a file of the key folder")

    def _json(self, name: str) -> dict[str, str]:
        try:
            value = json.loads(self._read(name))
            return {key: str(text) for key, text in value.items()}
        except (ValueError, AttributeError) as error:
            raise StoreError(f"`{name}` of the key folder is damaged", hint=RESTORE) from error

    def _pem(self, role: str) -> str:
        return self._read(f"{role}.pem").decode()

    def unlock(self, place: str, role: str, passphrase: str) -> keys.UnlockedKey:
        """A key of the organisation or of an operator. Raises ConfigError for a wrong passphrase."""
        if not self.exists:
            raise ConfigError("there are no keys here", hint="`countenance init` makes them")
        chain = disk.read(self._dir, f"{place}/{role}.pem", WORDS[role]).decode()
        public = chain if role == LOG else envelope.public_pem_of_certificate(chain)
        wrapped = disk.read(self._dir, f"{place}/{role}.key", WORDS[role])
        whose = OPERATORS if role == OPERATOR else ORGANISATIONS
        opened = unwrap(wrapped, key_id=envelope.key_id(public), passphrase=passphrase, what=WORDS[role], whose=whose)
        try:
            return keys.of(keys.from_bytes(opened), "" if role == LOG else chain)
        except ValueError as error:
            raise _damaged(role) from error


def build(keys_dir: Path) -> KeyStore:
    """The key store under a folder."""
    return KeyStore(keys_dir)


def _pseudonym(chain_pem: str) -> tuple[str, str]:
    subject = x509.load_pem_x509_certificate(chain_pem.encode()).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value), chain_pem


def _damaged(role: str) -> StoreError:
    return StoreError(f"the key file of {WORDS[role]} is damaged", hint=RESTORE)
