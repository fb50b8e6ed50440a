"""Private keys at rest: Argon2id turns a passphrase into the key that AES-GCM wraps them under."""

import base64
import json
import secrets
import threading
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from countenance.core.canon import canonical
from countenance.errors import ConfigError, StoreError, UncheckedError

VERSION = 1
_MAX_MEMORY_KIB = 1 << 20
_MAX_PASSES = 16
_MAX_LANES = 16


_ONE_AT_A_TIME = threading.Lock()
"""Two derivations with several lanes at once, in two threads, wait for each other for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Argon2id's parameters (RFC 9106, section 4: the second recommended set)."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


def wrap(private: bytes, *, key_id: str, passphrase: str, cost: Cost | None = None) -> bytes:
    """A private key's bytes as a wrapped key file (JSON). Version, key id and cost are authenticated with it.

    Raises:
        ConfigError: the passphrase is empty.
    """
    if not passphrase:
        raise ConfigError("the passphrase is empty", hint="choose one, or set COUNTENANCE_PASSPHRASE")
    header = header_of(key_id, cost or Cost(), secrets.token_bytes(16))
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(derive(header, passphrase)).encrypt(nonce, private, canonical(header))
    return canonical({**header, "nonce": _text(nonce), "sealed": _text(sealed)})


ORGANISATIONS = "the organisation's passphrase (COUNTENANCE_PASSPHRASE)"
OPERATORS = "the operator's passphrase (COUNTENANCE_OPERATOR_PASSPHRASE)"


def unwrap(wrapped: bytes, *, key_id: str, passphrase: str, what: str, whose: str = ORGANISATIONS) -> bytes:
    """The private key's bytes again. `what` names the key for people, and `whose` the passphrase.

    Raises:
        ConfigError: the passphrase is wrong.
        StoreError: not a wrapped key file, or one of another key.
        UncheckedError: a newer version of the file.
    """
    header, nonce, sealed = _read(wrapped, what)
    if header["key_id"] != key_id:
        raise StoreError(f"the key file of {what} holds another key", hint="restore the key folder from a backup")
    try:
        return AESGCM(derive(header, passphrase)).decrypt(nonce, sealed, canonical(header))
    except InvalidTag as error:
        raise ConfigError(f"wrong passphrase for {what}", hint=f"it is {whose}, as it was last set") from error


def header_of(key_id: str, cost: Cost, salt: bytes) -> dict[str, Any]:
    """What stands before the sealed bytes, in the clear and authenticated: version, name, cipher, cost and salt."""
    kdf = {"name": "argon2id", "memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes}
    return {"version": VERSION, "key_id": key_id, "cipher": "aes-256-gcm", "kdf": {**kdf, "salt": _text(salt)}}


def derive(header: dict[str, Any], passphrase: str) -> bytes:
    """The 32-byte key of a header and a passphrase."""
    kdf = header["kdf"]
    with _ONE_AT_A_TIME:
        return Argon2id(
            salt=base64.b64decode(kdf["salt"]),
            length=32,
            iterations=kdf["passes"],
            lanes=kdf["lanes"],
            memory_cost=kdf["memory_kib"],
        ).derive(passphrase.encode())


def read_header(value: Any) -> dict[str, Any]:
    """The header in parsed JSON; costs are bounded, so that a planted file cannot exhaust the machine.

    Raises:
        UncheckedError: another version.
        ValueError, KeyError, TypeError: not a header.
    """
    if value["version"] != VERSION:
        raise UncheckedError("the file is of an unknown version", hint="update countenance")
    kdf = value["kdf"]
    cost = Cost(memory_kib=kdf["memory_kib"], passes=kdf["passes"], lanes=kdf["lanes"])
    salt = base64.b64decode(kdf["salt"], validate=True)
    if (value["cipher"], kdf["name"]) != ("aes-256-gcm", "argon2id") or not _bounded(cost) or len(salt) < 8:
        raise ValueError("not a header")
    return header_of(str(value["key_id"]), cost, salt)


def _read(wrapped: bytes, what: str) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        value = json.loads(wrapped)
        header = read_header(value)
        nonce, sealed = (base64.b64decode(value[name], validate=True) for name in ("nonce", "sealed"))
    except UncheckedError as error:
        raise UncheckedError(f"the key file of {what} is of an unknown version", hint=error.hint) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _broken(what) from error
    if len(nonce) != 12:
        raise _broken(what)
    return header, nonce, sealed


def _bounded(cost: Cost) -> bool:
    lanes_fit = 1 <= cost.lanes <= _MAX_LANES and 1 <= cost.passes <= _MAX_PASSES
    return lanes_fit and 8 * cost.lanes <= cost.memory_kib <= _MAX_MEMORY_KIB


def _broken(what: str) -> StoreError:
    return StoreError(f"the key file of {what} is damaged", hint="restore the key folder from a backup")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
