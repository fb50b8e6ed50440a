import pytest
from killing import KILLED, forked, kill_at

from countenance.adapters.signers import disk

NAMES = ("organisation/a.key", "organisation/b.key", "operators/one/c.key")
OLD = dict.fromkeys(NAMES, b"old")
NEW = {**dict.fromkeys(NAMES, b"new"), "organisation/retired/d.pem": b"new"}


@pytest.fixture
def root(tmp_path):
    for name, data in OLD.items():
        path = tmp_path / "keys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "keys"


def contents(root):
    return {disk.read(root, name, "a key") for name in NAMES}


def change(root):
    disk.prepare(root, NEW, "keychange_1")
    disk.decide(root)
    disk.carry_out(root)


def test_a_change(root):
    disk.prepare(root, NEW, "keychange_1")
    assert (disk.pending(root), contents(root)) == ("keychange_1", {b"old"})
    disk.decide(root)
    assert (disk.pending(root), contents(root)) == (None, {b"new"})
    assert disk.unsettled(root)
    disk.carry_out(root)
    assert contents(root) == {b"new"}
    assert not disk.unsettled(root)
    assert disk.names(root, "organisation/retired/*.pem") == ["organisation/retired/d.pem"]
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []


def test_a_change_that_is_discarded(root):
    disk.prepare(root, NEW, "keychange_1")
    disk.discard(root)
    assert (contents(root), disk.pending(root), disk.unsettled(root)) == ({b"old"}, None, False)


def test_a_kill_at_every_write_leaves_all_old_or_all_new(root, tmp_path):
    seen, fresh = [], root
    for number in range(1, 100):
        fresh = root.rename(tmp_path / f"keys-{number}") if number == 1 else copied(tmp_path, number)

        def work(fresh=fresh, number=number):
            kill_at(number)
            change(fresh)

        ended = forked(work)
        seen.append(contents(fresh))
        disk.carry_out(fresh)
        disk.discard(fresh)
        assert contents(fresh) == seen[-1]
        if ended != KILLED:
            assert ended == 0
            break
    assert len(seen) > 10
    assert {frozenset(one) for one in seen} == {frozenset({b"old"}), frozenset({b"new"})}
    assert seen == sorted(seen, key=lambda one: one == {b"new"})


def copied(folder, number):
    root = folder / f"keys-{number}"
    for name, data in OLD.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def test_only_one_changes_at_a_time(root):
    with disk.locked(root) as first, disk.locked(root, wait=False) as second:
        assert (first, second) == (True, False)
