"""What the log hands out, by the command line: for a home, and for somebody who has none."""

import shutil
from pathlib import Path

import pytest
from studio import Home, fast_derivations, make_home


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with fast_derivations():
        home, _ = make_home(tmp_path_factory.mktemp("log") / "home")
        home.ok("person", "add", "--alias", "mia", "--adult")
        yield home


@pytest.fixture
def home(studio, tmp_path):
    """A home that a test may write to, and the checkpoint that somebody kept of it."""
    shutil.copytree(studio.path, tmp_path / "home")
    shutil.copy(studio.path / "log" / "checkpoint", tmp_path / "kept")
    with fast_derivations():
        yield Home(tmp_path / "home")


@pytest.fixture
def outside(tmp_path):
    """Somebody who has files, and no home."""
    return Home(tmp_path / "nowhere")


def key_of(home: Home, path: Path) -> Path:
    home.ok("log", "key", "--out", path)
    return path


def test_the_key_is_one_line_that_other_tools_take(home, tmp_path):
    (row,) = home.ok("log", "key")["keys"]
    assert (row["first"], row["last"]) == (0, None)
    assert key_of(home, tmp_path / "key").read_text() == f"{row['verifier_key']}\n"


def test_a_receipt_is_checked_without_the_log(home, outside, tmp_path):
    key, person = key_of(home, tmp_path / "key"), home.ok("person", "list")["persons"][0]["id"]
    made = home.ok("log", "receipt", person, "--out", tmp_path / "receipt")
    assert (made["index"], made["kind"], made["opened"]) == (2, "person", False)
    found = outside.ok("log", "verify", tmp_path / "receipt", "--key", key, "--held", tmp_path / "kept")
    assert (found["holds"], found["index"], found["size"], found["statement"]) == (True, 2, 3, None)
    assert "mia" not in (tmp_path / "receipt").read_text()
    assert not outside.path.exists()
    home.ok("log", "receipt", "2", "--open", "--out", tmp_path / "opened")
    found = outside.ok("log", "verify", tmp_path / "opened", "--key", key.read_text().strip())
    assert found["statement"]["body"]["alias"] == "mia"


def test_a_receipt_that_does_not_hold(home, outside, tmp_path):
    key = key_of(home, tmp_path / "key")
    home.ok("log", "receipt", "1", "--out", tmp_path / "receipt")
    text = (tmp_path / "receipt").read_text()
    (tmp_path / "forged").write_text(text.replace('"index":1', '"index":2'))
    assert outside.run("log", "verify", tmp_path / "forged", "--key", key)[0] == 4
    (tmp_path / "garbage").write_bytes(b"\xff{")
    assert outside.run("log", "verify", tmp_path / "garbage", "--key", key)[0] == 4
    code, said = outside.run("log", "verify", tmp_path / "receipt", "--key", key, "--file", tmp_path / "kept")
    assert (code, said["hint"]) == (5, "ask for one made with --open")
    home.ok("log", "receipt", "1", "--open", "--out", tmp_path / "opened")
    code, said = outside.run("log", "verify", tmp_path / "opened", "--key", key, "--file", tmp_path / "kept")
    assert (code, said["error"]) == (4, "what was logged is about another file")


@pytest.mark.parametrize(("wanted", "why"), [
    ("99", "the log has no entry 99"), ("edit_" + "0" * 32, "no entry of the log is about"),
    ("kept", "no published file with these bytes"),
])  # fmt: skip
def test_what_has_no_receipt(home, tmp_path, wanted, why):
    found = tmp_path / "kept" if wanted == "kept" else wanted
    code, said = home.run("log", "receipt", found, "--out", tmp_path / "receipt")
    assert code == 2
    assert why in said["error"]
    assert not (tmp_path / "receipt").exists()


def test_several_entries_are_listed(home, tmp_path):
    person = home.ok("person", "list")["persons"][0]["id"]
    home.ok("person", "change", person, "--country", "DE")
    code, said = home.run("log", "receipt", person, "--out", tmp_path / "receipt")
    assert code == 2
    assert "2 (person), 3 (person)" in said["error"]


def test_the_log_extends_what_was_kept_and_anyone_can_check_it(home, outside, tmp_path):
    key = key_of(home, tmp_path / "key")
    home.ok("person", "add", "--alias", "zoe", "--adult")
    made = home.ok("log", "consistency", tmp_path / "kept", "--out", tmp_path / "proof")
    assert (made["extends"], made["old_size"], made["new_size"]) == (True, 3, 4)
    found = outside.ok("log", "verify", tmp_path / "proof", "--key", key, "--held", tmp_path / "kept")
    assert (found["old_size"], found["new_size"], found["held"]) == (3, 4, True)
    code, said = outside.run("log", "verify", tmp_path / "proof", "--key", key, "--file", tmp_path / "kept")
    assert code == 2
    assert "goes with a receipt" in said["error"]


def test_a_log_that_was_put_back_does_not_extend_what_was_kept(home, studio, outside, tmp_path):
    """The same keys, another history: as somebody does who restores an older copy and goes on."""
    key = key_of(home, tmp_path / "key")
    home.ok("person", "add", "--alias", "zoe", "--adult")
    kept = home.path / "log" / "checkpoint"
    shutil.copytree(studio.path, tmp_path / "fork")
    fork = Home(tmp_path / "fork")
    code, said = fork.run("log", "consistency", kept)
    assert code == 6
    assert "was cut" in said["error"]
    fork.ok("person", "add", "--alias", "lea", "--adult")
    code, said = fork.run("log", "consistency", kept)
    assert code == 6
    assert "was forked" in said["error"]
    fork.ok("person", "add", "--alias", "max", "--adult")
    fork.ok("log", "consistency", fork.path / "log" / "checkpoint")
    shutil.copy(fork.path / "log" / "checkpoint", tmp_path / "theirs")
    fork.ok("log", "consistency", tmp_path / "theirs", "--out", tmp_path / "proof")
    assert outside.run("log", "verify", tmp_path / "proof", "--key", key, "--held", kept)[0] == 5


def test_a_changed_key_vouches_for_its_own_sizes(home, outside, tmp_path):
    home.ok("log", "receipt", "1", "--out", tmp_path / "before")
    old = key_of(home, tmp_path / "old")
    home.ok("keys", "rotate", "log")
    key = key_of(home, tmp_path / "key")
    assert [(row["first"], row["last"]) for row in home.ok("log", "key")["keys"]] == [(0, 3), (4, None)]
    home.ok("log", "receipt", "1", "--out", tmp_path / "after")
    for name in ("before", "after"):
        assert outside.ok("log", "verify", tmp_path / name, "--key", key)["holds"]
    assert outside.run("log", "verify", tmp_path / "after", "--key", old)[0] == 4
    home.ok("log", "consistency", tmp_path / "kept", "--out", tmp_path / "proof")
    assert outside.ok("log", "verify", tmp_path / "proof", "--key", key, "--held", tmp_path / "kept")["holds"]
