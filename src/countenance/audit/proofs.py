"""What a log hands out, for somebody outside to check without it: its keys, receipts, and proofs that it only grew.

The keys are lines, oldest first; all but a log's only key end with the sizes of the checkpoints that they may sign:

    log.example/studio+1a2b3c4d+AW...        0-41
    log.example/studio+5e6f7a8b+AX...        41-
"""

import re
from dataclasses import dataclass

from pydantic import Field

from countenance.audit import merkle
from countenance.audit.append import receipt_at
from countenance.audit.check import verify_receipt
from countenance.audit.checkpoint import PublicKey, open_checkpoint, read_verifier_key, verifier_key
from countenance.audit.entry import opens, stated
from countenance.audit.ports import LogStore
from countenance.core.keyring import LogSpan
from countenance.core.records.audit import Checkpoint, LogEntry, Receipt, Statement
from countenance.core.records.base import Record
from countenance.errors import EvidenceError, TamperedLogError, UncheckedError

_SIZES = re.compile(r"(\d{1,15})-(\d{1,15})?")
_MOST_KEYS = 1000


class LogReceipt(Record):
    """An entry with its proof; and, where it is to be opened, the signed statement with the salt of its commitment."""

    KIND = "log-receipt"
    receipt: Receipt
    envelope: str | None = Field(default=None, max_length=4_000_000)
    salt_hex: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class LogExtension(Record):
    """Two checkpoints of one log, and the proof that the newer one extends the older one (RFC 6962, 2.1.2)."""

    KIND = "log-extension"
    old: Checkpoint
    new: Checkpoint
    proof_hex: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenEntry:
    """What a receipt proves. `statement`: where it was opened; the signature of its actor is not checked."""

    index: int
    entry: LogEntry
    checkpoint: Checkpoint
    statement: Statement | None


def write_keys(origin: str, key: PublicKey) -> str:
    """The log's keys as lines."""
    if not isinstance(key, tuple):
        return f"{verifier_key(origin, key)}\n"
    last = ("" if span.last is None else str(span.last) for span in key)
    return "".join(
        f"{verifier_key(origin, span.public_pem)} {span.first}-{end}\n" for span, end in zip(key, last, strict=True)
    )


def read_keys(text: str) -> tuple[str, tuple[LogSpan, ...]]:
    """Origin and keys of a log; empty lines and those that begin with `#` are passed over.

    Raises:
        EvidenceError: no key, a broken line, or keys of several logs.
        UncheckedError: a key of another algorithm.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines or len(lines) > _MOST_KEYS:
        raise EvidenceError("there is no log's verifier key in it")
    found = [_key_line(line) for line in lines]
    if len({origin for origin, _ in found}) != 1:
        raise EvidenceError("the keys are of several logs")
    return found[0][0], tuple(span for _, span in found)


def prove_entry(index: int, store: LogStore, key: PublicKey, *, opened: bool) -> LogReceipt:
    """The receipt of an entry under the newest checkpoint; `opened`: with its statement.

    Raises:
        AuditError: there is no such entry.
        TamperedLogError: the log disagrees with its checkpoint.
        UncheckedError: it is to be opened, and its statement was erased.
    """
    receipt = receipt_at(index, store, key)
    if not opened:
        return LogReceipt(receipt=receipt)
    (entry,) = store.entries(index, index + 1)
    if entry.envelope is None or entry.salt is None:
        raise UncheckedError(f"the statement of entry {index} was erased", hint="ask for a receipt that is not opened")
    return LogReceipt(receipt=receipt, envelope=entry.envelope.decode(), salt_hex=entry.salt.hex())


def verify_entry(given: LogReceipt, origin: str, key: PublicKey) -> ProvenEntry:
    """What a receipt proves, once signature, inclusion, and commitment have been verified.

    Raises:
        EvidenceError: it does not hold.
        TamperedLogError: the checkpoint carries the log's signature, and the signature does not hold.
        CountenanceError: the entry or its statement cannot be read.
    """
    checkpoint, leaf = verify_receipt(given.receipt, key, origin), given.receipt.leaf.encode()
    entry, statement = LogEntry.from_bytes(leaf), None
    if given.envelope is not None and given.salt_hex is not None:
        envelope = given.envelope.encode()
        if not opens(leaf, envelope, bytes.fromhex(given.salt_hex)):
            raise EvidenceError("the statement in the receipt is not the one that was logged")
        statement = stated(envelope)
    return ProvenEntry(index=given.receipt.index, entry=entry, checkpoint=checkpoint, statement=statement)


def prove_extension(held: str, store: LogStore, key: PublicKey) -> LogExtension:
    """The proof that the log as it stands extends a checkpoint that was kept.

    Raises:
        EvidenceError: it is no checkpoint of this log.
        TamperedLogError: the log does not extend it: it was cut, or forked; or it disagrees with its own checkpoint.
    """
    old, size = open_checkpoint(held, key, store.origin), store.size()
    note = store.checkpoint()
    if note is None:
        raise TamperedLogError("the log has no checkpoint")
    try:
        new = open_checkpoint(note, key, store.origin)
    except EvidenceError as error:
        raise TamperedLogError(f"the log's last checkpoint: {error.message}") from error
    if new.size != size or new.root_hex != merkle.root(size, store.node).hex():
        raise TamperedLogError("the log disagrees with its last checkpoint", hint="run `countenance log check`")
    if old.size > size:
        raise TamperedLogError(f"the log was cut: the checkpoint covers {old.size} entries, and {size} are left")
    proof = merkle.consistency_proof(old.size, size, store.node)
    if not _extends(old, new, proof):
        raise TamperedLogError(f"the log was forked: it differs from the checkpoint of {old.size} entries")
    return LogExtension(old=old, new=new, proof_hex=tuple(one.hex() for one in proof))


def verify_extension(given: LogExtension, origin: str, key: PublicKey) -> tuple[Checkpoint, Checkpoint]:
    """The older and the newer checkpoint, once both signatures and the proof have been verified.

    Raises:
        EvidenceError: they do not hold, or the newer one does not extend the older one.
        TamperedLogError: one carries the log's signature, and the signature does not hold.
    """
    old, new = (open_checkpoint(one.note, key, origin) for one in (given.old, given.new))
    if (old, new) != (given.old, given.new):
        raise EvidenceError("the proof states another checkpoint than it carries")
    try:
        proof = tuple(bytes.fromhex(one) for one in given.proof_hex)
    except ValueError as error:
        raise EvidenceError("the proof cannot be read") from error
    if not _extends(old, new, proof):
        raise EvidenceError("the newer checkpoint does not extend the older one")
    return old, new


def require_held(held: str, known: tuple[Checkpoint, ...], origin: str, key: PublicKey) -> None:
    """That a checkpoint which somebody kept is one of those that were proven.

    Raises:
        EvidenceError: it is another one of the same size: the log was forked; or it does not hold.
        UncheckedError: it is of another size.
    """
    kept = open_checkpoint(held, key, origin)
    same = [one for one in known if one.size == kept.size]
    if not same:
        raise UncheckedError(
            f"the checkpoint that you kept is of {kept.size} entries, and the proof is not",
            hint="ask for `log consistency` from that checkpoint",
        )
    if any(one.root_hex != kept.root_hex for one in same):
        raise EvidenceError(f"the log was forked: another checkpoint of {kept.size} entries was kept")


def _extends(old: Checkpoint, new: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    return merkle.verify_consistency(
        old.size, new.size, bytes.fromhex(old.root_hex), bytes.fromhex(new.root_hex), proof
    )


def _key_line(line: str) -> tuple[str, LogSpan]:
    text, _, sizes = line.partition(" ")
    origin, pem = read_verifier_key(text)
    if not sizes.strip():
        return origin, LogSpan(public_pem=pem, first=0, last=None)
    found = _SIZES.fullmatch(sizes.strip())
    if found is None:
        raise EvidenceError("not the line of a log's verifier key")
    return origin, LogSpan(public_pem=pem, first=int(found[1]), last=int(found[2]) if found[2] else None)
