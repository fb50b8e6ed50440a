"""JUMBF boxes (ISO 19566-5) as C2PA 2.2 lays them, checked by ourselves.

No hash covers the headers of the boxes around a claim and its signature, nor what splits the store over a file's
segments, and the SDK reads past most changes there. What is checked here can no longer be changed unseen.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countenance.adapters.manifests import cbor

_C2PA_TYPE = "0011-0010-8000-00aa00389b71".replace("-", "")
_REQUESTABLE_WITH_LABEL = 3
_LABELS = {
    b"c2as": ("c2pa.assertions",),
    b"c2cl": ("c2pa.claim", "c2pa.claim.v2"),
    b"c2cs": ("c2pa.signature",),
    b"c2vc": ("c2pa.credentials",),
    b"c2db": ("c2pa.databoxes",),
}
_MANIFESTS = (b"c2ma", b"c2um")
_COMPRESSED = b"c2cm"
_ONE_CBOR = (b"c2cl", b"c2cs")


@dataclass(frozen=True, slots=True)
class Superbox:
    """A labelled superbox: what its description says, and its contents."""

    kind: bytes
    toggles: int
    label: str
    body: bytes


def superboxes(data: bytes) -> Iterator[Superbox]:
    """Every superbox among the boxes of the data.

    Raises:
        ValueError: they do not fit, or one has no label.
    """
    for kind, body in plain(data):
        if kind == b"jumb":
            yield _superbox(body)


def plain(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and body of each box. Raises ValueError where one does not fit."""
    while data:
        kind, body, data = _first(data)
        yield kind, body


def sound(store: bytes) -> bool:
    """Whether a manifest store has the boxes, types, labels and toggles of C2PA, and nothing beside them."""
    try:
        (top,) = _only_superboxes(store)
        return _described(top, (b"c2pa",), ("c2pa",)) and all(map(_manifest, _only_superboxes(top.body)))
    except (ValueError, TypeError, KeyError):
        return False


def _manifest(box: Superbox) -> bool:
    if box.kind == _type(_COMPRESSED):
        return box.toggles == _REQUESTABLE_WITH_LABEL
    if not _described(box, _MANIFESTS, (box.label,)):
        return False
    parts = _only_superboxes(box.body)
    return all(_part(part, box.label) for part in parts) and len({part.kind for part in parts}) == len(parts)


def _part(box: Superbox, manifest: str) -> bool:
    name = next((name for name in _LABELS if box.kind == _type(name)), None)
    if name is None or not _described(box, (name,), _LABELS[name]):
        return False
    if name not in _ONE_CBOR:
        return bool(_only_superboxes(box.body)) or not box.body
    ((kind, content),) = plain(box.body)
    return kind == b"cbor" and (name != b"c2cl" or _names_itself(content, manifest))


def _names_itself(claim: bytes, manifest: str) -> bool:
    """The label of a manifest is hashed nowhere, but its claim says where its signature lies."""
    where = str(cbor.loads(claim)["signature"]).removeprefix("self#jumbf=")
    return not where.startswith("/") or where == f"/c2pa/{manifest}/c2pa.signature"


def _described(box: Superbox, kinds: tuple[bytes, ...], labels: tuple[str, ...]) -> bool:
    return box.kind in map(_type, kinds) and box.toggles == _REQUESTABLE_WITH_LABEL and box.label in labels


def _type(name: bytes) -> bytes:
    return name + bytes.fromhex(_C2PA_TYPE)


def _only_superboxes(data: bytes) -> list[Superbox]:
    if any(kind != b"jumb" for kind, _ in plain(data)):
        raise ValueError("a box that is no superbox")
    return list(superboxes(data))


def _superbox(body: bytes) -> Superbox:
    kind, description, rest = _first(body)
    if kind != b"jumd" or len(description) < 18 or not description[16] & 2:
        raise ValueError("a box without a label")
    label, end, beyond = description[17:].partition(b"\0")
    if not end or (beyond and description[16] == _REQUESTABLE_WITH_LABEL):
        raise ValueError("a label without an end, or with something behind it")
    return Superbox(kind=description[:16], toggles=description[16], label=label.decode(), body=rest)


def _first(data: bytes) -> tuple[bytes, bytes, bytes]:
    size, kind, start = int.from_bytes(data[:4]), data[4:8], 8
    if size == 1:
        size, start = int.from_bytes(data[8:16]), 16
    elif size == 0:
        size = len(data)
    if not start <= size <= len(data):
        raise ValueError("a box that does not fit")
    return kind, data[start:size], data[size:]
