import stat

import pytest

from countenance.adapters.signers import disk
from countenance.errors import StoreError

FILES = {"a.key": b"one", "b.key": b"\x00\xff"}


def test_a_folder_appears_complete(tmp_path):
    disk.publish_folder(tmp_path / "keys" / "deep", "claim", FILES)
    folder = tmp_path / "keys" / "deep" / "claim"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == ["claim"]


def test_a_folder_in_use_is_closed_to_others(tmp_path):
    (tmp_path / "keys").mkdir(mode=0o755)
    disk.publish_folder(tmp_path / "keys", "claim", FILES)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_what_is_there_is_never_written_over(tmp_path):
    disk.publish_folder(tmp_path, "claim", FILES)
    with pytest.raises(StoreError, match="could not write the keys: "):
        disk.publish_folder(tmp_path, "claim", {"a.key": b"other"})
    assert (tmp_path / "claim" / "a.key").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["claim"]


def test_what_a_crash_left_is_swept(tmp_path):
    (tmp_path / ".claim-abc.new").mkdir()
    (tmp_path / ".claim-abc.new" / "a.key").write_bytes(b"half")
    (tmp_path / ".log-abc.new").mkdir()
    disk.publish_folder(tmp_path, "claim", FILES)
    assert {path.name for path in tmp_path.iterdir()} == {"claim", ".log-abc.new"}


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="could not write the keys: ") as refused:
        disk.publish_folder(tmp_path / "file", "claim", FILES)
    assert str(tmp_path) not in refused.value.message


def test_reading(tmp_path):
    (tmp_path / "a.key").write_bytes(b"\x00\xff")
    assert disk.read(tmp_path, "a.key", "the key") == b"\x00\xff"
    for name in ("none", "."):
        with pytest.raises(StoreError, match=r"^the key cannot be read$") as refused:
            disk.read(tmp_path, name, "the key")
        assert "backup" in refused.value.hint
