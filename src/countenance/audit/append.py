"""Appending: one entry or many, a new signed checkpoint, and the inclusion of each verified before it is believed.

The caller holds the store's transaction, so entry, nodes and checkpoint become durable together or not at all.
"""

from collections.abc import Sequence

from countenance.audit import merkle
from countenance.audit.checkpoint import PublicKey, open_checkpoint, sign_checkpoint
from countenance.audit.entry import opens
from countenance.audit.ports import LogStore, SigningKey, StoredEntry
from countenance.core.records.audit import Checkpoint, LogEntry, Receipt
from countenance.errors import AuditError, EvidenceError, LogUnavailableError, TamperedLogError

Fresh = tuple[LogEntry, bytes, bytes]
"""An entry with the envelope and the salt that open it."""


def append(
    entry: LogEntry,
    envelope: bytes,
    salt: bytes,
    store: LogStore,
    key: SigningKey,
    *,
    base_key: PublicKey | None = None,
) -> Receipt:
    """Append one entry and return its receipt, which has been verified.

    `base_key` is the key of the checkpoint before, where it is another one: the entry is that of the log's new key.

    Raises:
        LogUnavailableError: the store failed, or the clock is behind the log.
        TamperedLogError: the log disagrees with its own last checkpoint; nothing is built on it.
        AuditError: envelope and salt do not open the entry.
    """
    return append_many([(entry, envelope, salt)], store, key, base_key=base_key)[0]


def append_many(
    fresh: Sequence[Fresh], store: LogStore, key: SigningKey, *, base_key: PublicKey | None = None
) -> tuple[Receipt, ...]:
    """Append entries in order under one new checkpoint. Raises what `append` raises."""
    if not fresh:
        return ()
    size = store.size()
    _check_base(store, size, base_key or key.public_pem)
    _check_fresh(fresh, store.last_instant())
    entries = [
        StoredEntry(index=size + offset, leaf=entry.canonical(), envelope=envelope, salt=salt)
        for offset, (entry, envelope, salt) in enumerate(fresh)
    ]
    store.add_entries(entries, _closed(entries, store))
    return _seal(size, size + len(entries), store, key)


def receipt_at(index: int, store: LogStore, public_key: PublicKey) -> Receipt:
    """The receipt of an entry under the newest checkpoint, verified.

    Raises:
        AuditError: there is no such entry.
        TamperedLogError: the log disagrees with its checkpoint.
    """
    entries = store.entries(index, index + 1)
    if not entries:
        raise AuditError(f"the log has no entry {index}")
    return _receipt(index, entries[0].leaf, _newest(store, public_key), store.node)


def _check_base(store: LogStore, size: int, key: PublicKey) -> None:
    if size == 0 and store.checkpoint() is None:
        return
    newest = _newest(store, key)
    if newest.size != size or newest.root_hex != merkle.root(size, store.node).hex():
        raise TamperedLogError("the log disagrees with its last checkpoint", hint="run `countenance log check`")


def _check_fresh(fresh: Sequence[Fresh], last: str | None) -> None:
    for entry, envelope, salt in fresh:
        if last is not None and entry.at < last:
            raise LogUnavailableError("the clock is behind the log", hint="set the clock right, then try again")
        if not opens(entry.canonical(), envelope, salt):
            raise AuditError("the envelope and the salt do not open the log entry")
        last = entry.at


def _closed(entries: Sequence[StoredEntry], store: LogStore) -> list[tuple[int, int, bytes]]:
    new: dict[tuple[int, int], bytes] = {}

    def read(level: int, position: int) -> bytes:
        known = new.get((level, position))
        return store.node(level, position) if known is None else known

    for entry in entries:
        closed = merkle.closed_nodes(entry.index, merkle.leaf_hash(entry.leaf), read)
        new.update({(level, position): hashed for level, position, hashed in closed})
    return [(level, position, hashed) for (level, position), hashed in new.items()]


def _seal(start: int, end: int, store: LogStore, key: SigningKey) -> tuple[Receipt, ...]:
    kept = _read_back(start, end, store)

    def read(level: int, position: int) -> bytes:
        if (level, position) not in kept:
            kept[level, position] = store.node(level, position)
        return kept[level, position]

    store.keep_checkpoint(sign_checkpoint(store.origin, end, merkle.root(end, read), key), end)
    newest = _newest(store, key.public_pem)
    entries = store.entries(start, end)
    if [entry.index for entry in entries] != list(range(start, end)):
        raise LogUnavailableError("the log did not keep what was appended")
    return tuple(_receipt(entry.index, entry.leaf, newest, read) for entry in entries)


def _read_back(start: int, end: int, store: LogStore) -> dict[tuple[int, int], bytes]:
    """The nodes that the new entries closed, as the store now gives them."""
    kept: dict[tuple[int, int], bytes] = {}
    level = 0
    while start < end:
        read = store.nodes(level, start, end)
        if len(read) != end - start:
            raise LogUnavailableError("the log did not keep what was appended")
        kept |= {(level, position): hashed for position, hashed in zip(range(start, end), read, strict=True)}
        level, start, end = level + 1, start // 2, end // 2
    return kept


def _newest(store: LogStore, public_key: PublicKey) -> Checkpoint:
    note = store.checkpoint()
    if note is None:
        raise TamperedLogError("the log has no checkpoint", hint="run `countenance log check`")
    try:
        return open_checkpoint(note, public_key, store.origin)
    except EvidenceError as error:
        raise TamperedLogError(f"the log's last checkpoint: {error.message}") from error


def _receipt(index: int, leaf: bytes, newest: Checkpoint, node: merkle.NodeReader) -> Receipt:
    proof = merkle.inclusion_proof(index, newest.size, node)
    root = bytes.fromhex(newest.root_hex)
    if not merkle.verify_inclusion(index, newest.size, merkle.leaf_hash(leaf), proof, root):
        raise TamperedLogError(f"entry {index} is not in the log that its checkpoint states")
    return Receipt(
        index=index,
        leaf=leaf.decode(),
        proof_hex=tuple(item.hex() for item in proof),
        checkpoint=newest,
    )
