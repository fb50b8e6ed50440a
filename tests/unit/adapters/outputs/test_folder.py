import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from countenance.adapters.outputs.folder import FolderOutputs
from countenance.core import digest
from countenance.errors import ConfigError, StoreError
from countenance.publish.ports import Swept

EDIT = "edit_" + "0" * 31 + "1"
NOTHING = Swept(let_out=0, waiting=0)
ONE_OUT = Swept(let_out=1, waiting=0)


@pytest.fixture
def outputs() -> FolderOutputs:
    return FolderOutputs()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.jpg"


def crashed(target: Path, data: bytes = b"bytes", *, replace: bool = False) -> Path:
    """A file that a dead process held: the bytes are there, the lock is not."""
    running = FolderOutputs()
    held = running.hold(EDIT, data, near=target, replace=replace)
    kept = held.read_bytes()
    running.discard(held)
    held.write_bytes(kept)
    return held


def swept(folder: Path, published: str | None = digest.of_file(b"bytes"), *, ours: bool = True) -> Swept:
    return FolderOutputs().sweep(folder, lambda edit_id: ours and edit_id == EDIT, lambda _: published)


def test_a_held_file_is_not_under_its_name_until_released(outputs: FolderOutputs, target: Path) -> None:
    held = outputs.hold(EDIT, b"bytes", near=target, replace=False)
    assert not target.exists()
    outputs.release(held, target, replace=False)
    assert target.read_bytes() == b"bytes"
    assert list(target.parent.iterdir()) == [target]


def test_never_over_an_existing_file_unless_asked(outputs: FolderOutputs, target: Path) -> None:
    target.write_bytes(b"older")
    with pytest.raises(ConfigError, match="exists"):
        outputs.hold(EDIT, b"newer", near=target, replace=False)
    assert list(target.parent.iterdir()) == [target]
    held = outputs.hold(EDIT, b"newer", near=target, replace=True)
    outputs.release(held, target, replace=True)
    assert target.read_bytes() == b"newer"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_what_appears_at_the_last_moment_stays_and_the_result_waits(
    outputs: FolderOutputs, target: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    if not links:
        without_links(monkeypatch)
    held = outputs.hold(EDIT, b"bytes", near=target, replace=False)
    target.write_bytes(b"something else")
    with pytest.raises(ConfigError, match="exists already"):
        outputs.release(held, target, replace=False)
    assert (target.read_bytes(), held.read_bytes()) == (b"something else", b"bytes")
    assert swept(target.parent) == Swept(let_out=0, waiting=1)
    assert (target.read_bytes(), held.read_bytes()) == (b"something else", b"bytes")
    target.unlink()
    assert swept(target.parent) == ONE_OUT
    assert target.read_bytes() == b"bytes"


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(_source: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)


def test_a_file_system_without_links(outputs: FolderOutputs, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_links(monkeypatch)
    outputs.release(outputs.hold(EDIT, b"bytes", near=target, replace=False), target, replace=False)
    assert target.read_bytes() == b"bytes"
    assert list(target.parent.iterdir()) == [target]


def test_a_missing_folder_is_one_plain_line_and_leaves_nothing(outputs: FolderOutputs, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        outputs.hold(EDIT, b"bytes", near=tmp_path / "nowhere" / "out.jpg", replace=False)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(outputs: FolderOutputs, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space"):
        outputs.hold(EDIT, b"bytes", near=target, replace=False)
    assert list(target.parent.iterdir()) == []


def test_a_sweep_that_is_faster_than_the_lock_takes_nothing(
    outputs: FolderOutputs, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between creating and locking, another home's twin sweeps: the file is made again under the same name."""
    real, swept_ones = fcntl.flock, []

    def flock(handle: int, how: int) -> None:
        if not swept_ones:
            swept_ones.append(handle)
            assert swept(target.parent, None) == NOTHING
            assert list(target.parent.iterdir()) == []
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    held = outputs.hold(EDIT, b"bytes", near=target, replace=False)
    assert len(swept_ones) == 1
    assert held.read_bytes() == b"bytes"
    assert swept(target.parent) == NOTHING
    outputs.release(held, target, replace=False)
    assert target.read_bytes() == b"bytes"


# claims


def test_a_name_is_claimed_by_one_run_at_a_time(outputs: FolderOutputs, target: Path) -> None:
    with outputs.claim(target, replace=False):
        for replace in (False, True):
            with pytest.raises(ConfigError, match="another run"), FolderOutputs().claim(target, replace=replace):
                pytest.fail("claimed twice")
        with FolderOutputs().claim(target.with_name("other.jpg"), replace=False):
            pass
    with FolderOutputs().claim(target, replace=False):
        pass
    assert list(target.parent.iterdir()) == []


def test_a_claim_ends_with_its_run(outputs: FolderOutputs, target: Path) -> None:
    with pytest.raises(KeyError), outputs.claim(target, replace=False):
        raise KeyError
    assert list(target.parent.iterdir()) == []


def test_a_killed_run_claims_nothing(outputs: FolderOutputs, target: Path) -> None:
    (target.parent / f".{target.name}.countenance-lock").touch()
    with outputs.claim(target, replace=False):
        pass
    assert list(target.parent.iterdir()) == []


def test_what_the_run_before_let_out_is_seen(outputs: FolderOutputs, target: Path) -> None:
    """The second run looks, waits for the first one's claim, and looks again."""
    claimed, done = threading.Event(), threading.Event()

    def first() -> None:
        with FolderOutputs().claim(target, replace=False):
            claimed.set()
            done.wait(0.2)
            target.write_bytes(b"first")

    run = threading.Thread(target=first)
    run.start()
    claimed.wait(5)
    with pytest.raises(ConfigError, match="exists already"), outputs.claim(target, replace=False):
        pytest.fail("claimed over the first")
    run.join()
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", ["dangling", "link", "folder", "pipe"])
def test_names_that_nothing_may_get(outputs: FolderOutputs, target: Path, kind: str, *, replace: bool) -> None:
    other = target.with_name("other.jpg")
    if kind == "link":
        other.write_bytes(b"elsewhere")
    if kind in {"dangling", "link"}:
        target.symlink_to(other)
    elif kind == "folder":
        target.mkdir()
    else:
        os.mkfifo(target)
    before = sorted(target.parent.iterdir())
    with pytest.raises(ConfigError), outputs.claim(target, replace=replace):
        pytest.fail("claimed")
    assert sorted(target.parent.iterdir()) == before


def test_a_name_too_long_to_be_held(outputs: FolderOutputs, tmp_path: Path) -> None:
    fits = tmp_path / ("x" * 181 + ".jpg")
    fits.write_bytes(b"older")
    with outputs.claim(fits, replace=True):
        outputs.release(outputs.hold(EDIT, b"newer", near=fits, replace=True), fits, replace=True)
    assert fits.read_bytes() == b"newer"
    with pytest.raises(ConfigError, match="longer than"), outputs.claim(tmp_path / ("x" * 200 + ".jpg"), replace=False):
        pytest.fail("claimed")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that is closed to everybody")
def test_a_closed_folder_is_found_out_at_once(outputs: FolderOutputs) -> None:
    with pytest.raises(StoreError, match="cannot be written to"), outputs.claim(Path("/proc/out.jpg"), replace=False):
        pytest.fail("claimed")


# sweeps


def test_a_sweep_lets_out_what_was_logged(target: Path) -> None:
    crashed(target)
    assert swept(target.parent) == ONE_OUT
    assert target.read_bytes() == b"bytes"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("published", [None, digest.of_file(b"other bytes")])
def test_a_sweep_removes_what_was_not(target: Path, published: str | None) -> None:
    crashed(target)
    assert swept(target.parent, published) == NOTHING
    assert list(target.parent.iterdir()) == []


def test_a_sweep_remembers_that_replacing_was_asked_for(target: Path) -> None:
    target.write_bytes(b"older")
    crashed(target, replace=True)
    assert swept(target.parent) == ONE_OUT
    assert target.read_bytes() == b"bytes"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("replace", [True, False])
def test_a_sweep_replaces_no_file_but_the_one_that_it_was_asked_to(target: Path, *, replace: bool) -> None:
    if replace:
        target.write_bytes(b"older")
    held = crashed(target, replace=replace)
    target.write_bytes(b"newer than the crash")
    assert swept(target.parent) == Swept(let_out=0, waiting=1)
    assert (target.read_bytes(), held.read_bytes()) == (b"newer than the crash", b"bytes")


def test_a_sweep_lets_out_where_the_file_to_replace_is_gone(target: Path) -> None:
    target.write_bytes(b"older")
    crashed(target, replace=True)
    target.unlink()
    assert swept(target.parent) == ONE_OUT
    assert target.read_bytes() == b"bytes"


def test_a_sweep_removes_the_double_of_what_is_out(target: Path) -> None:
    crashed(target)
    target.write_bytes(b"bytes")
    assert swept(target.parent) == NOTHING
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("dangling", [True, False])
def test_a_sweep_does_not_write_through_a_link(target: Path, *, dangling: bool) -> None:
    held, other = crashed(target), target.with_name("other.jpg")
    if not dangling:
        other.write_bytes(b"bytes")
    target.symlink_to(other)
    assert swept(target.parent) == Swept(let_out=0, waiting=1)
    assert held.exists()
    assert target.is_symlink()
    assert other.exists() is not dangling


def test_a_sweep_leaves_a_running_edit_alone(outputs: FolderOutputs, target: Path) -> None:
    held = outputs.hold(EDIT, b"bytes", near=target, replace=False)
    assert swept(target.parent) == swept(target.parent, None) == NOTHING
    assert held.exists()
    outputs.discard(held)


def test_a_sweep_keeps_away_from_a_name_that_a_run_has_claimed(outputs: FolderOutputs, target: Path) -> None:
    held = crashed(target)
    with outputs.claim(target, replace=False):
        assert swept(target.parent) == NOTHING
        assert held.exists()
    assert swept(target.parent) == ONE_OUT


def test_a_sweep_leaves_another_homes_files_alone(target: Path) -> None:
    held = crashed(target)
    assert swept(target.parent, None, ours=False) == NOTHING
    assert list(target.parent.iterdir()) == [held]


def test_a_sweep_touches_nothing_that_only_looks_alike(target: Path) -> None:
    folder = target.parent
    names = (".notes.edit_plan.held", f".{EDIT}.held", f"notes.{EDIT}.held", f".x.{EDIT}0.held", f".x.{EDIT}.HELD")
    for name in names:
        (folder / name).write_bytes(b"bytes")
    (folder / f".folder.{EDIT}.held").mkdir()
    (folder / f".link.{EDIT}.held").symlink_to(folder / names[0])
    (folder / f".dangling.{EDIT}.held").symlink_to(folder / "nowhere")
    (folder / ".notes.countenance-lock").write_bytes(b"mine")
    (folder / ".folder.countenance-lock").mkdir()
    before = sorted(folder.iterdir())
    assert swept(folder) == swept(folder, None) == NOTHING
    assert sorted(folder.iterdir()) == before


def test_a_sweep_removes_the_claims_of_dead_runs_only(outputs: FolderOutputs, target: Path) -> None:
    dead = target.with_name(".dead.jpg.countenance-lock")
    dead.touch()
    with outputs.claim(target, replace=False):
        assert swept(target.parent) == NOTHING
        assert [path.name for path in target.parent.iterdir()] == [f".{target.name}.countenance-lock"]


def test_a_sweep_of_no_folder(tmp_path: Path) -> None:
    assert swept(tmp_path / "nowhere") == NOTHING
