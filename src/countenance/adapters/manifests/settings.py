"""The SDK's settings: one set of anchors a question, nothing fetched, no thumbnails.

The keys are those of c2pa-rs 0.91: it ignores unknown ones silently, `cawg_trust` of the public docs among them.
"""

from typing import Any

from cryptography import x509

from countenance.core.envelope import NO_CERTIFICATE
from countenance.errors import ConfigError
from countenance.manifest.labels import EKU_CLAIM_SIGNING, EKU_EMAIL_PROTECTION, EKU_TIME_STAMPING

_OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False}
_USAGES = {"manifest": EKU_CLAIM_SIGNING, "cawg": EKU_EMAIL_PROTECTION, "tsa": EKU_TIME_STAMPING}


def for_reading(kind: str, anchors_pem: str | None) -> dict[str, Any]:
    """Settings that ask one question: `manifest` (claim signer), `cawg` (operator) or `tsa` (time-stamp).

    Anchor kinds are not isolated inside the SDK: a claim signed under a `cawg` anchor would read as trusted. Hence one
    question, one Reader.

    Raises:
        ConfigError: the anchors are no certificates.
    """
    settings: dict[str, Any] = {"version": 1, "verify": {**_OFFLINE, "verify_trust": True}}
    if anchors_pem:
        _check(anchors_pem)
        anchor = {"trust_anchors": anchors_pem, "trust_uri": f"urn:countenance:{kind}", "trust_kind": kind}
        settings["trust"] = {"anchors": [anchor], "trust_config": _USAGES[kind]}
    return settings


def for_signing() -> dict[str, Any]:
    """Settings of the builder. What it signed is read back by us, not by the SDK."""
    return {
        "version": 1,
        "verify": {**_OFFLINE, "verify_after_sign": False, "verify_trust": False},
        "trust": {"trust_config": f"{EKU_CLAIM_SIGNING}\n{EKU_EMAIL_PROTECTION}\n"},
        "builder": {"thumbnail": {"enabled": False}, "created_assertion_labels": ["c2pa.ingredient"]},
    }


def _check(anchors_pem: str) -> None:
    try:
        x509.load_pem_x509_certificates(anchors_pem.encode())
    except NO_CERTIFICATE as error:
        raise ConfigError("the trust anchors are no certificates", hint="give a PEM file") from error
