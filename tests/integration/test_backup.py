"""A home into one file and back, through the command line; and every way in which that would fork the log."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from studio import Home, fast_derivations, make_home

from countenance.adapters.signers.archive import ArchiveWriter
from countenance.core.digest import of_file
from countenance.core.records.backup import BackupFile, BackupManifest


@pytest.fixture(autouse=True)
def _fast():
    with fast_derivations():
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with a backup of two entries."""
    with fast_derivations():
        home, _ = make_home(tmp_path_factory.mktemp("studio") / "home")
        (home.path / "countenance.toml").write_text("max_pixels = 4711\n")
        (home.path / "kept").mkdir()
        (home.path / "kept" / "edit_x.reading").write_bytes(b"a face")
        home.ok("backup", "--out", home.path.parent / "b.bak")
        return home


@pytest.fixture
def home(made, tmp_path) -> Home:
    shutil.copytree(made.path, tmp_path / "home")
    shutil.copy(made.path.parent / "b.bak", tmp_path / "b.bak")
    return replace(made, path=tmp_path / "home")


@pytest.fixture
def backup(home) -> Path:
    return home.path.parent / "b.bak"


@pytest.fixture
def new(home) -> Home:
    return replace(home, path=home.path.parent / "new")


def grow(home: Home) -> None:
    home.ok("person", "add", "--alias", "Wilhelmina", "--adult")


def test_there_and_back(home, new, backup):
    said = new.ok("restore", backup, "--held", home.path)
    assert (said["entries"], said["evidence"], said["warning"]) == (2, "held-checkpoint", None)
    assert said["log_index"] == 2
    assert new.ok("log", "check")["opened"] == 3
    for name in ("trust.pem", "trust-operators.pem", "countenance.toml", "keys/organisation/claim.key"):
        assert (new.path / name).read_bytes() == (home.path / name).read_bytes()
    assert not (new.path / "kept").exists()
    assert {path.stat().st_mode & 0o077 for path in (new.path, new.path / "keys", new.path / "books.sqlite3")} == {0}
    grow(new)
    assert new.ok("log", "check", "--held", home.path)["size"] == 4
    assert [path.name for path in new.path.parent.iterdir() if path.name.startswith(".")] == []


def test_the_file_shows_nothing(home, tmp_path):
    grow(home)
    home.ok("backup", "--out", tmp_path / "later.bak")
    data = (tmp_path / "later.bak").read_bytes()
    assert b"Wilhelmina" not in data
    assert b"books.sqlite3" not in data
    assert (tmp_path / "later.bak").stat().st_mode & 0o077 == 0
    assert [path.name for path in home.path.iterdir() if path.name.startswith(".")] == []


def test_without_evidence_it_says_that_it_cannot_know(new, backup):
    said = new.ok("restore", backup)
    assert said["evidence"] == "none"
    assert "cannot be known" in said["warning"]


def test_a_later_checkpoint_refuses(home, new, backup):
    grow(home)
    for held in (home.path, home.path / "log", home.path / "log" / "checkpoint"):
        code, said = new.run("restore", backup, "--held", held)
        assert code == 6
        assert "a later checkpoint exists: it covers 3 entries, and the backup has 2" in said["error"]
    assert not new.path.exists()
    assert [path.name for path in new.path.parent.iterdir() if path.name.startswith(".")] == []


def test_a_later_home_in_the_place_refuses(home, backup):
    grow(home)
    assert home.run("restore", backup)[0] == 6
    assert home.ok("log", "check")["size"] == 3


def test_another_branch_refuses(home, new, backup):
    """Both homes went on: neither is put back over the other."""
    new.ok("restore", backup)
    grow(home)
    home.ok("backup", "--out", home.path.parent / "branch.bak")
    code, said = replace(new, path=home.path.parent / "third").run(
        "restore", home.path.parent / "branch.bak", "--held", new.path
    )
    assert code == 6
    assert "forked" in said["error"]


def test_a_checkpoint_by_a_later_log_key_refuses(home, new, backup):
    home.ok("keys", "rotate", "log")
    assert new.run("restore", backup, "--held", home.path)[0] == 6


def test_a_checkpoint_of_another_log(new, backup, tmp_path):
    other, _ = make_home(tmp_path / "other")
    code, said = new.run("restore", backup, "--held", other.path)
    assert (code, "cannot be compared" in said["error"]) == (6, True)


def test_after_rotations(home, new, tmp_path):
    for role in ("log", "claim", "mark", "log"):
        home.ok("keys", "rotate", role)
    home.ok("backup", "--out", tmp_path / "later.bak")
    new.ok("restore", tmp_path / "later.bak", "--held", home.path)
    grow(new)
    assert new.ok("log", "check")["opened"] == 8


def test_what_is_in_the_way(home, new, backup):
    assert home.run("restore", backup)[0] == 2
    assert home.run("backup", "--out", backup)[0] == 2
    new.path.mkdir()
    (new.path / "something").write_text("")
    assert new.run("restore", backup)[0] == 2
    assert (new.path / "something").exists()


def test_an_empty_folder_will_do(new, backup):
    new.path.mkdir()
    new.ok("restore", backup)


def test_wrong_passphrases(home, new, backup):
    code, said = new.run("restore", backup, passphrase="no")
    assert (code, "wrong passphrase" in said["error"]) == (2, True)
    assert home.run("backup", "--out", backup.with_name("c.bak"), passphrase="no")[0] == 2
    assert not new.path.exists()
    assert not backup.with_name("c.bak").exists()


def test_a_damaged_backup(new, backup):
    data = bytearray(backup.read_bytes())
    for place in (3, 100, 400, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[place] ^= 1
        backup.write_bytes(broken)
        assert new.run("restore", backup)[0] in {2, 5, 8}
    backup.write_bytes(data[:-20])
    assert new.run("restore", backup)[0] == 8
    assert not new.path.exists()


def test_no_such_file(new, tmp_path):
    assert new.run("restore", tmp_path / "none")[0] == 2


@pytest.mark.parametrize("name", ["../evil", "/evil", "keys/../../evil", ".hidden"])
def test_a_backup_that_names_a_place_outside(new, tmp_path, name):
    """Even one that was made with the right passphrase."""
    entry = BackupFile(path=name, size_bytes=4, digest=of_file(b"evil"), mode=0o600)
    manifest = BackupManifest(
        created_at="2026-01-01T00:00:00.000Z", origin="o", entries=1, root_hex="00", files=(entry,)
    ).canonical()
    with (tmp_path / "evil.bak").open("wb") as file:
        writer = ArchiveWriter(file, "org")
        writer.write(len(manifest).to_bytes(8, "big") + manifest + b"evil")
        writer.close()
    code, said = new.run("restore", tmp_path / "evil.bak")
    assert (code, "outside the home" in said["error"]) == (8, True)
    assert not (tmp_path / "evil").exists()


def test_a_damaged_log_is_not_backed_up(home, tmp_path):
    shutil.rmtree(home.path / "log")
    assert home.run("backup", "--out", tmp_path / "d.bak")[0] == 5
    assert not (tmp_path / "d.bak").exists()


def test_a_link_is_not_followed(home, tmp_path):
    (home.path / "status").mkdir(exist_ok=True)
    (home.path / "status" / "link").symlink_to(tmp_path)
    assert home.run("backup", "--out", tmp_path / "d.bak")[0] == 8
