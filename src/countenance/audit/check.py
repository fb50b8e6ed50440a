"""Checking: a receipt by itself, or the whole log against its signatures and against checkpoints held elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import Field

from countenance.audit import merkle
from countenance.audit.checkpoint import PublicKey, open_checkpoint
from countenance.audit.entry import opens, stated
from countenance.audit.ports import LogStore, StoredEntry
from countenance.core.canon import canonical
from countenance.core.envelope import open_envelope
from countenance.core.keyring import ActorSpan
from countenance.core.records.audit import Checkpoint, LogEntry, Receipt, Statement, StatementKind
from countenance.core.records.base import Record
from countenance.core.records.erasure import STAYS, Erasure
from countenance.errors import AuditError, CountenanceError, EvidenceError, TamperedLogError, UncheckedError

_BATCH = 1024

ActorKey = Callable[[str], str | tuple[ActorSpan, ...] | None]
"""An actor's id -> the public key (PEM) that checks its statements, or all of them with their times, or None."""


class LogReport(Record):
    """What a check of the whole log found in order; the first thing out of order raises instead.

    `opened` statements were kept, opened their commitment and carried their actor's signature; `unchecked` ones are
    kept, but of a newer schema; `erased` ones are gone, and a logged erasure names their entries. A statement that is
    gone without one is an alarm.
    """

    KIND = "log-report"
    origin: str
    size: int = Field(ge=0)
    root_hex: str
    opened: int = Field(ge=0)
    unchecked: int = Field(ge=0)
    erased: int = Field(ge=0)
    held: int = Field(ge=0)


@dataclass(slots=True)
class _Tally:
    """Nodes recomputed so far, by level, and what was found of the statements."""

    levels: list[list[bytes]] = field(default_factory=list)
    compared: list[int] = field(default_factory=list)
    opened: int = 0
    unchecked: int = 0
    gone: dict[int, StatementKind] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    odd: str = ""
    last: str = ""

    def node(self, level: int, position: int) -> bytes:
        return self.levels[level][position]

    def close(self, index: int, leaf: bytes) -> None:
        for level, _, hashed in merkle.closed_nodes(index, merkle.leaf_hash(leaf), self.node):
            if level == len(self.levels):
                self.levels.append([])
                self.compared.append(0)
            self.levels[level].append(hashed)


def verify_receipt(receipt: Receipt, public_key: PublicKey, origin: str) -> Checkpoint:
    """The checkpoint of a receipt, once its signature and the entry's inclusion under it have been verified.

    Raises:
        EvidenceError: the receipt does not hold.
        TamperedLogError: the checkpoint carries the log's signature, and the signature does not hold.
    """
    opened = open_checkpoint(receipt.checkpoint.note, public_key, origin)
    if opened != receipt.checkpoint:
        raise EvidenceError("the receipt states another checkpoint than it carries")
    try:
        proof = [bytes.fromhex(item) for item in receipt.proof_hex]
        leaf = merkle.leaf_hash(receipt.leaf.encode())
    except ValueError as error:
        raise EvidenceError("the receipt's proof cannot be read") from error
    if not merkle.verify_inclusion(receipt.index, opened.size, leaf, proof, bytes.fromhex(opened.root_hex)):
        raise EvidenceError(f"entry {receipt.index} is not under the receipt's checkpoint")
    return opened


def check_log(store: LogStore, public_key: PublicKey, held: Sequence[str], *, actor_key: ActorKey) -> LogReport:
    """Recompute the whole log and compare it with its signatures and with checkpoints held elsewhere.

    Raises:
        TamperedLogError: names the first thing that is wrong, and where.
        UncheckedError: the log's public key cannot be used.
    """
    size, tally = store.size(), _Tally()
    for start in range(0, size, _BATCH):
        _check_batch(store, start, min(start + _BATCH, size), tally, actor_key)
    root = merkle.root(size, tally.node)
    _check_newest(store, public_key, size, root)
    for number, note in enumerate(held, start=1):
        _check_held(_opened(note, public_key, store.origin, f"held checkpoint {number}"), size, tally)
    _settle(tally)
    if tally.odd:
        raise TamperedLogError(tally.odd)
    return LogReport(
        origin=store.origin,
        size=size,
        root_hex=root.hex(),
        opened=tally.opened,
        unchecked=tally.unchecked,
        erased=len(tally.gone),
        held=len(held),
    )


def _check_batch(store: LogStore, start: int, end: int, tally: _Tally, actor_key: ActorKey) -> None:
    entries = store.entries(start, end)
    for index, entry in zip(range(start, end), entries, strict=False):
        if entry.index != index:
            raise TamperedLogError(f"entry {index} is missing")
        tally.close(index, entry.leaf)
        _check_entry(entry, tally, actor_key)
    if len(entries) != end - start:
        raise TamperedLogError(f"entry {start + len(entries)} is missing")
    for level, hashes in enumerate(tally.levels):
        _check_hashes(store, level, tally.compared[level], hashes)
        tally.compared[level] = len(hashes)


def _check_hashes(store: LogStore, level: int, first: int, hashes: Sequence[bytes]) -> None:
    stored = store.nodes(level, first, len(hashes))
    for position, hashed in enumerate(hashes[first:], start=first):
        if position - first >= len(stored) or stored[position - first] != hashed:
            raise TamperedLogError(f"the stored hash at level {level}, position {position} is not that of the entries")


def _check_entry(entry: StoredEntry, tally: _Tally, actor_key: ActorKey) -> None:
    try:
        leaf = LogEntry.from_bytes(entry.leaf)
    except CountenanceError as error:
        raise TamperedLogError(f"entry {entry.index} is not a log entry") from error
    if leaf.at < tally.last:
        raise TamperedLogError(f"entry {entry.index} is earlier than the entry before it")
    tally.last = leaf.at
    if entry.envelope is None or entry.salt is None:
        tally.gone[entry.index] = leaf.kind
        return
    if not opens(entry.leaf, entry.envelope, entry.salt):
        raise TamperedLogError(f"the statement of entry {entry.index} is not the one that was logged")
    _check_statement(entry.index, entry.envelope, leaf, tally, actor_key)


def _check_statement(index: int, envelope: bytes, leaf: LogEntry, tally: _Tally, actor_key: ActorKey) -> None:
    """Its actor is known and their signature holds, or its schema is newer than this program."""
    try:
        statement = stated(envelope)
        public_pems = _in_force(actor_key(statement.actor), statement.at)
        if not public_pems:
            tally.odd = tally.odd or f"entry {index} is signed by nobody in the books"
            return
        if open_envelope(envelope, public_pems)[0] != Statement.payload_type():
            raise EvidenceError("not a statement")
        if statement.kind == "erasure":
            tally.erased.update(_named_by(statement, index))
    except UncheckedError:
        tally.unchecked += 1
        return
    except CountenanceError as error:
        raise TamperedLogError(f"the statement of entry {index} does not hold: {error.message}") from error
    if (statement.kind, statement.at) != (leaf.kind, leaf.at):
        raise TamperedLogError(f"the statement of entry {index} is of another kind or instant than its entry")
    tally.opened += 1


def _named_by(statement: Statement, index: int) -> tuple[int, ...]:
    """The entries that an erasure took the statements of: all before its own."""
    entries = Erasure.from_bytes(canonical(statement.body)).entries
    if any(not 0 <= one < index for one in entries):
        raise EvidenceError("it names entries that are not before it")
    return entries


def _settle(tally: _Tally) -> None:
    """What is gone was erased, and what was erased is gone. What is odd otherwise may follow from that."""
    gone = min((at for at, kind in tally.gone.items() if at not in tally.erased or kind in STAYS), default=None)
    back = min(tally.erased - tally.gone.keys(), default=None)
    if gone is not None:
        tally.odd = f"the statement of entry {gone} is gone"
    elif back is not None:
        tally.odd = f"the statement of entry {back} was erased, and is there again"


def _in_force(known: str | tuple[ActorSpan, ...] | None, at: str) -> list[str]:
    """The keys of an actor at an instant: at that of a change, the one before it and the one after it."""
    if known is None or isinstance(known, str):
        return [] if known is None else [known]
    begun, found = "", []
    for span in known:
        if begun <= at and (span.until is None or at <= span.until):
            found.append(span.public_pem)
        begun = span.until or ""
    return found


def _check_newest(store: LogStore, public_key: PublicKey, size: int, root: bytes) -> None:
    note = store.checkpoint()
    if note is None and size == 0:
        return
    if note is None:
        raise TamperedLogError("the log has no checkpoint")
    newest = _opened(note, public_key, store.origin, "the log's last checkpoint")
    if newest.size > size:
        raise TamperedLogError(
            f"the log was cut: its last checkpoint covers {newest.size} entries, and {size} are left"
        )
    if newest.size < size:
        raise TamperedLogError(f"entry {newest.size} is not covered by any checkpoint")
    if newest.root_hex != root.hex():
        raise TamperedLogError(f"the entries are not those that the last checkpoint of {size} entries covers")


def _check_held(held: Checkpoint, size: int, tally: _Tally) -> None:
    if held.size > size:
        raise TamperedLogError(f"the log was cut: a held checkpoint covers {held.size} entries, and {size} are left")
    if held.root_hex != merkle.root(held.size, tally.node).hex():
        raise TamperedLogError(f"the log was forked: it differs from a held checkpoint of {held.size} entries")


def _opened(note: str, public_key: PublicKey, origin: str, what: str) -> Checkpoint:
    try:
        return open_checkpoint(note, public_key, origin)
    except (EvidenceError, AuditError) as error:
        raise TamperedLogError(f"{what}: {error.message}") from error
