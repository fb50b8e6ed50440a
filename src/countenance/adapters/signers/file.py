"""An organisation's keys in a folder: wrapped where they sign, plain where they only read marks.

```
keys_dir/                       0700; every file 0600
├── organisation/
│   ├── organisation.json       name, domain
│   ├── claim-root.pem .key     signs the claim certificate only
│   ├── claim.pem .key          signs manifests
│   ├── operators-root.pem .key signs operators' certificates only
│   ├── log.pem .key            Ed25519: signs checkpoints
│   └── mark.json               tile key and check key: they read marks, so no passphrase guards them
└── operators/<operator id>/
    └── operator.pem .key       signs statements and identity assertions
```
"""

import json
import re
import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from countenance.adapters.signers import certificates, disk, keys
from countenance.adapters.signers.wrap import unwrap, wrap
from countenance.core import envelope
from countenance.core.canon import canonical
from countenance.core.ids import ID_PATTERN
from countenance.errors import ConfigError, StoreError

_ORGANISATION = "organisation"
_NO_DOMAIN = "countenance.invalid"
_CLAIM, _CLAIM_ROOT, _OPERATORS_ROOT, _LOG, _OPERATOR = "claim", "claim-root", "operators-root", "log", "operator"
_MARK_KEY_BYTES = 32
_RESTORE = "restore the key folder from a backup"
_WORDS = {
    _CLAIM: "the claim signer",
    _CLAIM_ROOT: "the root of the claim signers",
    _OPERATORS_ROOT: "the root of the operators",
    _LOG: "the log",
    _OPERATOR: "the operator",
}


class KeyStore:
    """The keys under one folder."""

    def __init__(self, keys_dir: Path) -> None:
        self._dir = keys_dir

    @property
    def exists(self) -> bool:
        """Whether an organisation's keys are here. They are here completely or not at all."""
        return (self._dir / _ORGANISATION).is_dir()

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
        files = {"organisation.json": about, "mark.json": _mark_keys()}
        files |= _files(_CLAIM_ROOT, certificates.pem(above), claim_root, passphrase)
        files |= _files(_CLAIM, certificates.pem(leaf), claim, passphrase)
        files |= _files(_OPERATORS_ROOT, certificates.pem(people), operators_root, passphrase)
        files |= _files(_LOG, keys.public_pem(log), log, passphrase)
        disk.publish_folder(self._dir, _ORGANISATION, files)

    @property
    def claim_root_pem(self) -> str:
        """Trust anchor of claim signers."""
        return self._pem(_CLAIM_ROOT)

    @property
    def operators_root_pem(self) -> str:
        """Trust anchor of operators."""
        return self._pem(_OPERATORS_ROOT)

    @property
    def log_public(self) -> str:
        """The log's public key (PEM)."""
        return self._pem(_LOG)

    @property
    def log_origin(self) -> str:
        """The log's origin: the organisation's domain, and a name that follows from the log's key."""
        domain = str(json.loads(self._read("organisation.json"))["domain"]) or _NO_DOMAIN
        return f"{domain}/log-{envelope.key_id(self.log_public).removeprefix('sha256:')[:16]}"

    def unlock_claim(self, passphrase: str) -> keys.UnlockedKey:
        """The claim signer. Raises ConfigError for a wrong passphrase."""
        return self._unlock(self._dir / _ORGANISATION, _CLAIM, passphrase)

    def unlock_log(self, passphrase: str) -> keys.UnlockedKey:
        """The log's checkpoint key. Raises ConfigError for a wrong passphrase."""
        return self._unlock(self._dir / _ORGANISATION, _LOG, passphrase)

    def add_operator(self, operator_id: str, passphrase: str, org_passphrase: str, at: str) -> tuple[str, str]:
        """Make an operator's key and certificate: pseudonym and chain (PEM). The same call again changes nothing.

        Raises:
            ConfigError: a passphrase is wrong or empty, or the id is none.
            StoreError: the folder could not be read or written.
        """
        folder = self._operator(operator_id)
        if folder.is_dir():
            return _pseudonym(self.unlock_operator(operator_id, passphrase).chain_pem)
        above = self._unlock(self._dir / _ORGANISATION, _OPERATORS_ROOT, org_passphrase)
        if not isinstance(above.private, ec.EllipticCurvePrivateKey):
            raise _damaged(_OPERATORS_ROOT)
        issuer = (x509.load_pem_x509_certificate(above.chain_pem.encode()), above.private)
        private = ec.generate_private_key(ec.SECP256R1())
        subject = certificates.name(self._organisation_name(), f"operator-{secrets.token_hex(4)}")
        chain = certificates.pem(certificates.operator_leaf(private.public_key(), subject, issuer, at))
        disk.publish_folder(folder.parent, folder.name, _files(_OPERATOR, chain, private, passphrase))
        return _pseudonym(chain)

    def unlock_operator(self, operator_id: str, passphrase: str) -> keys.UnlockedKey:
        """An operator's key with its chain. Raises ConfigError for a wrong passphrase, or an unknown operator."""
        folder = self._operator(operator_id)
        if not folder.is_dir():
            raise ConfigError("there are no keys of this operator", hint="`countenance operator add` makes them")
        return self._unlock(folder, _OPERATOR, passphrase)

    def mark_keys(self) -> tuple[bytes, bytes]:
        """Tile key and check key, 32 bytes each. Raises StoreError where they are missing or damaged."""
        value = self._json("mark.json")
        try:
            tile_key, check_key = bytes.fromhex(value["tile_key_hex"]), bytes.fromhex(value["check_key_hex"])
        except (KeyError, ValueError) as error:
            raise StoreError("`mark.json` of the key folder is damaged", hint=_RESTORE) from error
        if (len(tile_key), len(check_key)) != (_MARK_KEY_BYTES, _MARK_KEY_BYTES):
            raise StoreError("`mark.json` of the key folder is damaged", hint=_RESTORE)
        return tile_key, check_key

    def _same_organisation(self, about: bytes, passphrase: str) -> None:
        if self._read("organisation.json") != about:
            raise ConfigError("another organisation's keys are here", hint="choose another --home")
        self.unlock_claim(passphrase)

    def _organisation_name(self) -> str:
        return self._json("organisation.json")["name"]

    def _operator(self, operator_id: str) -> Path:
        if not re.fullmatch(ID_PATTERN, operator_id):
            raise ConfigError("not an operator's id", hint="`countenance operator list` shows them")
        return self._dir / "operators" / operator_id

    def _read(self, name: str) -> bytes:
        if not self.exists:
            raise ConfigError("there are no keys here", hint="`countenance init` makes them")
        return disk.read(self._dir / _ORGANISATION / name, "a file of the key folder")

    def _json(self, name: str) -> dict[str, str]:
        try:
            value = json.loads(self._read(name))
            return {key: str(text) for key, text in value.items()}
        except (ValueError, AttributeError) as error:
            raise StoreError(f"`{name}` of the key folder is damaged", hint=_RESTORE) from error

    def _pem(self, role: str) -> str:
        return self._read(f"{role}.pem").decode()

    def _unlock(self, folder: Path, role: str, passphrase: str) -> keys.UnlockedKey:
        if not self.exists:
            raise ConfigError("there are no keys here", hint="`countenance init` makes them")
        chain = disk.read(folder / f"{role}.pem", _WORDS[role]).decode()
        public = chain if role == _LOG else envelope.public_pem_of_certificate(chain)
        wrapped = disk.read(folder / f"{role}.key", _WORDS[role])
        opened = unwrap(wrapped, key_id=envelope.key_id(public), passphrase=passphrase, what=_WORDS[role])
        try:
            return keys.of(keys.from_bytes(opened), "" if role == _LOG else chain)
        except ValueError as error:
            raise _damaged(role) from error


def build(keys_dir: Path) -> KeyStore:
    """The key store under a folder."""
    return KeyStore(keys_dir)


def _files(role: str, pem: str, private: keys.PrivateKey, passphrase: str) -> dict[str, bytes]:
    key_id = envelope.key_id(keys.public_pem(private))
    wrapped = wrap(keys.to_bytes(private), key_id=key_id, passphrase=passphrase)
    return {f"{role}.pem": pem.encode(), f"{role}.key": wrapped}


def _mark_keys() -> bytes:
    return canonical(
        {"tile_key_hex": secrets.token_hex(_MARK_KEY_BYTES), "check_key_hex": secrets.token_hex(_MARK_KEY_BYTES)}
    )


def _pseudonym(chain_pem: str) -> tuple[str, str]:
    subject = x509.load_pem_x509_certificate(chain_pem.encode()).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value), chain_pem


def _damaged(role: str) -> StoreError:
    return StoreError(f"the key file of {_WORDS[role]} is damaged", hint=_RESTORE)
