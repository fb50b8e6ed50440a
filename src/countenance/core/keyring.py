"""The keys of an actor and of the log over time: from when until when each counted, by the changes that were signed."""

from collections.abc import Iterable
from dataclasses import dataclass

from countenance.core import envelope
from countenance.core.records.keys import KeyChange
from countenance.errors import EvidenceError


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorSpan:
    """A public key (PEM) that checks an actor's statements up to an instant, its own included; None: still."""

    public_pem: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSpan:
    """A public key (PEM) of the log, with the sizes of the checkpoints that it may sign; `last` None: still."""

    public_pem: str
    first: int
    last: int | None


def actor_spans(first_pem: str, changes: Iterable[KeyChange]) -> tuple[ActorSpan, ...]:
    """The keys of an actor, each until it was changed.

    Raises:
        EvidenceError: a change is not signed by the key before it and by its own.
    """
    spans, current = list[ActorSpan](), first_pem
    for change in changes:
        following = _followed(current, change)
        spans.append(ActorSpan(public_pem=current, until=change.at))
        current = following
    return (*spans, ActorSpan(public_pem=current, until=None))


def log_spans(first_pem: str, changes: Iterable[KeyChange]) -> tuple[LogSpan, ...]:
    """The keys of the log, each for the sizes for which it vouches.

    Raises:
        EvidenceError: a change is not signed by the key before it and by its own, or their sizes are out of order.
    """
    spans, current, first = list[LogSpan](), first_pem, 0
    for change in changes:
        following = _followed(current, change)
        if change.entries is None or change.entries < first:
            raise EvidenceError("the log's keys changed at sizes that are out of order")
        spans.append(LogSpan(public_pem=current, first=first, last=change.entries))
        current, first = following, change.entries + 1
    return (*spans, LogSpan(public_pem=current, first=first, last=None))


def _followed(old_pem: str, change: KeyChange) -> str:
    """The new key, once both have signed for it."""
    new_pem = change.public_pem
    if new_pem is None or len(change.signatures_hex) != 2:
        raise EvidenceError("a change of keys is not signed by both keys")
    if (change.old_key_id, change.new_key_id) != (envelope.key_id(old_pem), envelope.key_id(new_pem)):
        raise EvidenceError("a change of keys names other keys than it holds")
    for public_pem, signature in zip((old_pem, new_pem), change.signatures_hex, strict=True):
        try:
            envelope.verify(public_pem, bytes.fromhex(signature), change.signed_bytes())
        except ValueError as error:
            raise EvidenceError("a change of keys carries no signature that can be read") from error
    return new_pem
