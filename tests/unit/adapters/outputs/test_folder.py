import os
from pathlib import Path

import pytest

from countenance.adapters.outputs.folder import FolderOutputs
from countenance.core import digest
from countenance.errors import ConfigError, StoreError

EDIT = "edit_" + "0" * 31 + "1"


def test_a_held_file_is_not_under_its_name_until_released(tmp_path: Path) -> None:
    outputs, target = FolderOutputs(), tmp_path / "out.jpg"
    held = outputs.hold(EDIT, b"bytes", near=target)
    assert not target.exists()
    outputs.release(held, target, replace=False)
    assert target.read_bytes() == b"bytes"
    assert list(tmp_path.iterdir()) == [target]


def test_never_over_an_existing_file_unless_asked(tmp_path: Path) -> None:
    outputs, target = FolderOutputs(), tmp_path / "out.jpg"
    target.write_bytes(b"older")
    held = outputs.hold(EDIT, b"newer", near=target)
    with pytest.raises(ConfigError, match="exists"):
        outputs.release(held, target, replace=False)
    assert target.read_bytes() == b"older"
    outputs.release(held, target, replace=True)
    assert target.read_bytes() == b"newer"


def test_a_missing_folder_is_one_plain_line_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        FolderOutputs().hold(EDIT, b"bytes", near=tmp_path / "nowhere" / "out.jpg")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space"):
        FolderOutputs().hold(EDIT, b"bytes", near=tmp_path / "out.jpg")
    assert list(tmp_path.iterdir()) == []


def crashed(folder: Path) -> Path:
    """A file that a dead process held: the bytes are there, the lock is not."""
    held = FolderOutputs().hold(EDIT, b"bytes", near=folder / "out.jpg")
    os.replace(held, folder / "kept")
    (folder / "kept").rename(held)
    data = held.read_bytes()
    held.unlink()
    held.write_bytes(data)
    return held


def test_a_sweep_lets_out_what_was_logged(tmp_path: Path) -> None:
    crashed(tmp_path)
    assert FolderOutputs().sweep(tmp_path, lambda _: digest.of_file(b"bytes"), digest.of_file) == 1
    assert (tmp_path / "out.jpg").read_bytes() == b"bytes"


@pytest.mark.parametrize("published", [None, digest.of_file(b"other bytes")])
def test_a_sweep_removes_what_was_not(tmp_path: Path, published: str | None) -> None:
    crashed(tmp_path)
    assert FolderOutputs().sweep(tmp_path, lambda _: published, digest.of_file) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_leaves_a_running_edit_alone(tmp_path: Path) -> None:
    running = FolderOutputs()
    held = running.hold(EDIT, b"bytes", near=tmp_path / "out.jpg")
    assert FolderOutputs().sweep(tmp_path, lambda _: digest.of_file(b"bytes"), digest.of_file) == 0
    assert held.exists()
    running.discard(held)
