"""Where each key lies below the key folder, and what it is called."""

import re

from countenance.adapters.signers import keys
from countenance.adapters.signers.wrap import wrap
from countenance.core import envelope
from countenance.core.ids import ID_PATTERN
from countenance.errors import ConfigError

ORGANISATION = "organisation"
CLAIM, CLAIM_ROOT, OPERATORS_ROOT, LOG, OPERATOR = "claim", "claim-root", "operators-root", "log", "operator"
RESTORE = "restore the key folder from a backup"
WORDS = {
    CLAIM: "the claim signer",
    CLAIM_ROOT: "the root of the claim signers",
    OPERATORS_ROOT: "the root of the operators",
    LOG: "the log",
    OPERATOR: "the operator",
}


def operator_place(operator_id: str) -> str:
    """Where an operator's keys are, below the key folder. Raises ConfigError where this is no id."""
    if not re.fullmatch(ID_PATTERN, operator_id):
        raise ConfigError("not an operator's id", hint="`countenance operator list` shows them")
    return f"operators/{operator_id}"


def files_of(role: str, pem: str, private: keys.PrivateKey, passphrase: str) -> dict[str, bytes]:
    """The public file and the wrapped one of a key."""
    key_id = envelope.key_id(keys.public_pem(private))
    wrapped = wrap(keys.to_bytes(private), key_id=key_id, passphrase=passphrase)
    return {f"{role}.pem": pem.encode(), f"{role}.key": wrapped}
