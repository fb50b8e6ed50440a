"""Two signers in one manifest: the organisation's claim, and inside it the operator's CAWG identity assertion.

The SDK's Python layer has no way to join them, but its shared library exports one, unwrapped: this file calls it, and
is the only one that leans on the SDK's inner parts. It is tested against the pinned version.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import c2pa
from c2pa import C2paError, C2paSigningAlg, Signer
from c2pa.c2pa import C2paSigner, _lib, _read_native_error
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from countenance.errors import CountenanceError, SealError
from countenance.manifest.labels import EDITOR_ROLE
from countenance.manifest.ports import CertifiedKey

_COORDINATE_BYTES = 32


@dataclass(slots=True)
class Causes:
    """Why a key refused to sign. The SDK reports a raising callback only as an invalid signature."""

    found: list[Exception] = field(default_factory=list)

    def explain(self) -> SealError | None:
        """The first cause as an error of ours, the cause behind it."""
        if not self.found:
            return None
        first = self.found[0]
        if isinstance(first, CountenanceError):
            return SealError(f"a signing key failed: {first.message}", hint=first.hint)
        return SealError(f"a signing key failed: {type(first).__name__}")


@contextmanager
def joined(
    claim: CertifiedKey, operator: CertifiedKey, referenced: Sequence[str], *, tsa_url: str | None
) -> Iterator[tuple[Any, Causes]]:
    """A signer that makes the claim and the operator's identity assertion over the named assertions.

    Raises:
        SealError: a certificate does not fit, or the library refuses.
    """
    causes = Causes()
    first = _signer(claim, causes, tsa_url)
    try:
        second = _signer(operator, causes, None)
    except BaseException:
        first.close()
        raise
    # The callbacks must outlive the handles: closing a signer drops its own reference to its callback.
    callbacks = (first._callback_cb, second._callback_cb)  # noqa: SLF001
    signer = _join(first, second, referenced)
    try:
        yield signer, causes
    finally:
        signer.close()
        del callbacks


def _signer(key: CertifiedKey, causes: Causes, tsa_url: str | None) -> Any:
    try:
        return Signer.from_callback(_raw(key, causes), C2paSigningAlg.ES256, key.chain_pem, tsa_url)
    except C2paError as error:
        raise SealError("a signing certificate does not fit", hint="make the keys again") from error


def _raw(key: CertifiedKey, causes: Causes) -> Callable[[bytes], bytes]:
    """COSE wants r and s side by side (RFC 9053, section 2.1), keys give DER."""

    def sign(message: bytes) -> bytes:
        try:
            r, s = decode_dss_signature(key.sign(message))
            return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)
        except Exception as error:  # noqa: BLE001 keys are plug-ins: whatever they raise is told once the SDK returns
            causes.found.append(error)
            return b""

    return sign


def _join(first: Any, second: Any, referenced: Sequence[str]) -> Any:
    """One native signer out of two, which it consumes."""
    join = _lib.c2pa_identity_signer_create
    join.restype = ctypes.POINTER(C2paSigner)
    join.argtypes = [ctypes.POINTER(C2paSigner)] * 2 + [ctypes.POINTER(ctypes.c_char_p)] * 2
    handle = join(first._handle, second._handle, _texts(referenced), _texts([EDITOR_ROLE]))  # noqa: SLF001
    # On success the new signer owns both; on failure the library may or may not have freed them, and freeing twice is
    # worse than losing a few hundred bytes once.
    for consumed in (first, second):
        consumed._teardown(free_handle=False)  # noqa: SLF001
    if not handle:
        raise SealError(f"claim and identity signer cannot be joined: {_read_native_error() or 'no reason given'}")
    return Signer(handle)


def _texts(values: Sequence[str]) -> Any:
    """A null-terminated array of C strings."""
    return (ctypes.c_char_p * (len(values) + 1))(*(value.encode() for value in values), None)


def require_sdk(version: str) -> None:
    """Stop where another SDK is loaded than the one that the attack suite has passed with.

    Raises:
        SealError: another version, or one without the native function.
    """
    if c2pa.sdk_version() != version or not hasattr(_lib, "c2pa_identity_signer_create"):
        raise SealError(
            f"the C2PA library is not version {version}", hint="install the pinned c2pa-python of this release"
        )
