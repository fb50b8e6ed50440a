"""Checkpoints: signed tree heads as C2SP notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

```
origin
size in decimal
root in base64

— origin base64(4-byte key hash || 64-byte Ed25519 signature)
```
"""

import base64
import binascii
import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countenance.audit.ports import SigningKey
from countenance.core import envelope
from countenance.core.keyring import LogSpan
from countenance.core.records.audit import Checkpoint
from countenance.errors import ConfigError, EvidenceError, TamperedLogError, UncheckedError

_ED25519 = b"\x01"
_MAX_NOTE_CHARS = 65_536
_ROOT_BYTES, _KEY_HASH_BYTES, _SIGNATURE_BYTES = 32, 4, 64

PublicKey = str | bytes | tuple[LogSpan, ...]
"""An Ed25519 public key: PEM text, or its 32 raw bytes; or the keys of a log over time, each for its sizes."""


def sign_checkpoint(origin: str, size: int, root: bytes, key: SigningKey) -> str:
    """The signed note of a tree head.

    Raises:
        ConfigError: the origin cannot name a key (empty, or with white space, `+` or control characters).
        UncheckedError: the key is not Ed25519.
    """
    _check_name(origin)
    text = f"{origin}\n{size}\n{_base64(root)}\n"
    signature = _key_hash(origin, _raw(key.public_pem)) + key.sign(text.encode())
    return f"{text}\n— {origin} {_base64(signature)}\n"


def open_checkpoint(note: str, public_key: PublicKey, origin: str) -> Checkpoint:
    """The tree head that a note states, once the log's signature on it has been verified.

    Raises:
        EvidenceError: not a checkpoint, of another log, or not signed by this key.
        TamperedLogError: it carries this key's signature, and the signature does not hold.
    """
    if isinstance(public_key, tuple):
        return _open_by_one_of(note, public_key, origin)
    lines = open_note(note, public_key, origin).split("\n")
    size, root = _size(lines), _root(lines)
    if lines[0] != origin:
        raise EvidenceError("the checkpoint is of another log")
    return Checkpoint(origin=origin, size=size, root_hex=root.hex(), note=note)


def _open_by_one_of(note: str, spans: tuple[LogSpan, ...], origin: str) -> Checkpoint:
    """A checkpoint counts only of the key that was the log's at its size."""
    failed = EvidenceError("the note is not signed by the log's key")
    for span in reversed(spans):
        try:
            opened = open_checkpoint(note, span.public_pem, origin)
        except EvidenceError as error:
            failed = error
            continue
        if span.first <= opened.size and (span.last is None or opened.size <= span.last):
            return opened
        raise EvidenceError("the checkpoint is signed by a key that was not the log's at its size")
    raise failed


def open_note(note: str, public_key: PublicKey, name: str) -> str:
    """The text of a signed note. Signatures by other keys are passed over, as the specification says.

    Raises:
        EvidenceError: not a signed note, or not signed by this key.
        TamperedLogError: this key's signature does not hold.
    """
    raw = _raw(public_key)
    text, signatures = _parse(note)
    wanted = _key_hash(name, raw)
    ours = [value[_KEY_HASH_BYTES:] for who, value in signatures if who == name and value[:_KEY_HASH_BYTES] == wanted]
    if not ours:
        raise EvidenceError("the note is not signed by the log's key")
    try:
        envelope.verify(_pem(raw), ours[0], text.encode())
    except EvidenceError as error:
        raise TamperedLogError("the log's signature on the note does not hold") from error
    return text


def verifier_key(origin: str, public_key: PublicKey) -> str:
    """The log's public key in note form, `origin+hash+key`, as other C2SP tools take it.

    Raises:
        ConfigError: the origin cannot name a key.
        UncheckedError: the key is not Ed25519.
    """
    _check_name(origin)
    raw = _raw(public_key)
    return f"{origin}+{_key_hash(origin, raw).hex()}+{_base64(_ED25519 + raw)}"


def read_verifier_key(text: str) -> tuple[str, str]:
    """Origin and public key (PEM) of a key in note form.

    Raises:
        EvidenceError: not such a key, or its hash is not that of name and key.
        UncheckedError: a key of another algorithm.
    """
    origin, _, rest = text.partition("+")
    hashed, _, encoded = rest.partition("+")
    data = _unbase64(encoded)
    if not _names_a_key(origin) or not data:
        raise EvidenceError("not a log's verifier key")
    if data[:1] != _ED25519 or len(data) != 1 + _ROOT_BYTES:
        raise UncheckedError("the verifier key is not Ed25519")
    if _key_hash(origin, data[1:]).hex() != hashed:
        raise EvidenceError("the verifier key's hash is not that of its name and key")
    return origin, _pem(data[1:])


def _key_hash(name: str, raw: bytes) -> bytes:
    """First 4 bytes of SHA-256(name || 0x0A || 0x01 || key), c2sp.org/signed-note."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:_KEY_HASH_BYTES]


def _parse(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, gap, signed = note.rpartition("\n\n")
    if len(note) > _MAX_NOTE_CHARS or not gap or not text or not signed.endswith("\n"):
        raise EvidenceError("not a signed note")
    if any((char < " " and char != "\n") or "\ud800" <= char <= "\udfff" for char in note):
        raise EvidenceError("not a signed note: control characters")
    return text + "\n", [_signature(line) for line in signed[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ")
    signature = _unbase64(value)
    if dash != "—" or not _names_a_key(name) or len(signature) <= _KEY_HASH_BYTES:
        raise EvidenceError("not a signed note: a broken signature line")
    return name, signature


def _size(lines: list[str]) -> int:
    digits = lines[1] if len(lines) > 1 else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18 and str(int(digits)) == digits):
        raise EvidenceError("not a checkpoint: no size")
    return int(digits)


def _root(lines: list[str]) -> bytes:
    root = _unbase64(lines[2]) if len(lines) > 3 else b""
    if len(root) != _ROOT_BYTES:
        raise EvidenceError("not a checkpoint: no root")
    return root


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    """Only the one canonical spelling counts; anything else gives no bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if _base64(data) == text else b""


def _names_a_key(name: str) -> bool:
    return bool(name) and "+" not in name and name.isprintable() and not any(char.isspace() for char in name)


def _check_name(origin: str) -> None:
    if not _names_a_key(origin):
        raise ConfigError("the log's origin cannot name a key", hint="use a domain and a path, without spaces or `+`")


def _raw(key: PublicKey) -> bytes:
    if isinstance(key, tuple):
        raise UncheckedError("several keys do not sign one note")
    if isinstance(key, bytes) and len(key) == _ROOT_BYTES:
        return key
    try:
        public = serialization.load_pem_public_key(key.encode() if isinstance(key, str) else key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UncheckedError("the log's public key cannot be read") from error
    if not isinstance(public, Ed25519PublicKey):
        raise UncheckedError("the log's public key is not Ed25519")
    return public.public_bytes_raw()


def _pem(raw: bytes) -> str:
    key = Ed25519PublicKey.from_public_bytes(raw)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
