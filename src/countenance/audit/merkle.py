"""RFC 6962 Merkle trees over stored complete subtrees. Pure functions.

A node is named by (level, position): the hash of the leaves position * 2^level up to (position + 1) * 2^level.
Only complete subtrees are stored; they never change, so everything else follows from them.
"""

import hashlib
from collections.abc import Callable, Sequence

from countenance.errors import AuditError

NodeReader = Callable[[int, int], bytes]
"""(level, position) -> 32-byte hash of that complete subtree."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf) (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right) (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def closed_nodes(index: int, leaf: bytes, node: NodeReader) -> tuple[tuple[int, int, bytes], ...]:
    """The complete subtrees that the leaf hash at `index` closes, itself first: (level, position, hash)."""
    closed = [(0, index, leaf)]
    level, position, hashed = 0, index, leaf
    while position % 2 == 1:
        hashed = node_hash(node(level, position - 1), hashed)
        level, position = level + 1, position // 2
        closed.append((level, position, hashed))
    return tuple(closed)


def root(size: int, node: NodeReader) -> bytes:
    """MTH(D[size]) (RFC 6962, 2.1)."""
    return _hash(0, size, node)


def inclusion_proof(index: int, size: int, node: NodeReader) -> tuple[bytes, ...]:
    """PATH(index, D[size]) (RFC 6962, 2.1.1).

    Raises:
        AuditError: no such entry in a tree of that size.
    """
    if not 0 <= index < size:
        raise AuditError(f"no entry {index} in a log of {size}")
    start, end, proof = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_hash(middle, end, node))
            end = middle
        else:
            proof.append(_hash(start, middle, node))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(first: int, second: int, node: NodeReader) -> tuple[bytes, ...]:
    """PROOF(first, D[second]) (RFC 6962, 2.1.2); empty from size 0.

    Raises:
        AuditError: the first size is larger than the second.
    """
    if not 0 <= first <= second:
        raise AuditError(f"a log of {second} entries does not contain one of {first}")
    if first == 0:
        return ()
    start, end, proof = 0, second, list[bytes]()
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(_hash(middle, end, node))
            end = middle
        else:
            proof.append(_hash(start, middle, node))
            start = middle
    if start > 0:
        proof.append(_hash(start, end, node))
    return tuple(reversed(proof))


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the leaf hash is at `index` under the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, hashed = index, size - 1, leaf
    for item in proof:
        if last == 0:
            return False
        if position % 2 == 1 or position == last:
            hashed = node_hash(item, hashed)
            while position % 2 == 0 and position > 0:
                position, last = position >> 1, last >> 1
        else:
            hashed = node_hash(hashed, item)
        position, last = position >> 1, last >> 1
    return last == 0 and hashed == root_hash


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of size `second` extends the one of size `first` (RFC 9162, 2.1.4.2)."""
    if first in (0, second):
        expected = EMPTY_ROOT if first == 0 else second_root
        return not proof and first_root == expected and 0 <= first <= second
    if not 0 < first < second or not proof:
        return False
    path = (first_root, *proof) if first & (first - 1) == 0 else tuple(proof)
    position, last = first - 1, second - 1
    while position % 2 == 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for item in path[1:]:
        if last == 0:
            return False
        if position % 2 == 1 or position == last:
            old, new = node_hash(item, old), node_hash(item, new)
            while position % 2 == 0 and position > 0:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, item)
        position, last = position >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(width: int) -> int:
    """The largest power of two smaller than the width."""
    return 1 << ((width - 1).bit_length() - 1)


def _hash(start: int, end: int, node: NodeReader) -> bytes:
    """Hash of leaves start <= index < end, where start is a multiple of a power of two >= the width."""
    width = end - start
    if width == 0:
        return EMPTY_ROOT
    if width & (width - 1) == 0:
        return node(width.bit_length() - 1, start // width)
    middle = start + _split(width)
    return node_hash(_hash(start, middle, node), _hash(middle, end, node))
