import hashlib

import pytest

from countenance.audit import merkle
from countenance.errors import AuditError


def grow(count):
    nodes = {}
    for index in range(count):
        closed = merkle.closed_nodes(
            index, merkle.leaf_hash(b"%d" % index), lambda level, position: nodes[level, position]
        )
        nodes.update({(level, position): hashed for level, position, hashed in closed})
    return lambda level, position: nodes[level, position]


def by_definition(leaves):
    """MTH as RFC 6962, 2.1 writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(40))
def test_the_root_is_the_definition_s(size):
    assert merkle.root(size, grow(size)) == by_definition([b"%d" % index for index in range(size)])


def test_an_append_closes_the_subtrees_that_it_completes():
    node = grow(8)
    assert [(level, position) for level, position, _ in merkle.closed_nodes(7, merkle.leaf_hash(b"7"), node)] == [
        (0, 7),
        (1, 3),
        (2, 1),
        (3, 0),
    ]
    assert len(merkle.closed_nodes(6, merkle.leaf_hash(b"6"), node)) == 1


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_of_an_entry_that_is_not_there(index, size):
    with pytest.raises(AuditError):
        merkle.inclusion_proof(index, size, grow(4))
    assert not merkle.verify_inclusion(index, size, b"", (), b"")


@pytest.mark.parametrize(("first", "second"), [(-1, 3), (4, 3)])
def test_no_proof_that_a_smaller_log_contains_a_larger(first, second):
    with pytest.raises(AuditError):
        merkle.consistency_proof(first, second, grow(4))
    assert not merkle.verify_consistency(first, second, b"a", b"a", ())


def test_every_log_extends_the_empty_one_and_itself():
    node = grow(5)
    root = merkle.root(5, node)
    assert merkle.consistency_proof(0, 5, node) == merkle.consistency_proof(5, 5, node) == ()
    assert merkle.verify_consistency(0, 5, merkle.EMPTY_ROOT, root, ())
    assert merkle.verify_consistency(5, 5, root, root, ())
    assert not merkle.verify_consistency(0, 5, root, root, ())
    assert not merkle.verify_consistency(5, 5, merkle.EMPTY_ROOT, root, ())
    assert not merkle.verify_consistency(3, 5, root, root, ())


def test_a_proof_longer_than_the_tree_fails():
    node = grow(8)
    proof = merkle.inclusion_proof(3, 8, node)
    leaf, root = merkle.leaf_hash(b"3"), merkle.root(8, node)
    assert not merkle.verify_inclusion(3, 8, leaf, (*proof, b"\0" * 32), root)
    assert not merkle.verify_inclusion(3, 8, leaf, proof[:-1], root)
    between = merkle.consistency_proof(3, 8, node)
    assert not merkle.verify_consistency(3, 8, merkle.root(3, node), root, (*between, b"\0" * 32))
    assert not merkle.verify_consistency(3, 8, merkle.root(3, node), root, between[:-1])
