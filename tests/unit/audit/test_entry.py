import pytest

from countenance.audit.entry import make_entry, opens
from countenance.errors import AuditError, CountenanceError

AT = "2026-01-02T03:04:05.000Z"


def test_an_entry_opens_with_its_envelope_and_salt_only():
    leaf = make_entry("decision", AT, b"envelope", b"s" * 32).canonical()
    assert opens(leaf, b"envelope", b"s" * 32)
    assert not opens(leaf, b"envelopE", b"s" * 32)
    assert not opens(leaf, b"envelope", b"t" * 32)


def test_the_leaf_holds_nothing_of_the_envelope():
    leaf = make_entry("person", AT, b"Ada Lovelace", b"s" * 32).canonical()
    assert b"Ada" not in leaf
    assert leaf == make_entry("person", AT, b"Ada Lovelace", b"s" * 32).canonical()


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_salt_of_another_size_is_refused(size):
    with pytest.raises(AuditError, match="salt"):
        make_entry("decision", AT, b"envelope", b"s" * size)


@pytest.mark.parametrize("leaf", [b"", b"{}", b"\xff", b"[1]", b'{"schema":"countenance.log-entry/2"}'])
def test_a_leaf_that_is_none_raises_plainly(leaf):
    with pytest.raises(CountenanceError):
        opens(leaf, b"envelope", b"s" * 32)
