"""Keys over time, through the command line: what the old ones signed still holds, and only the new ones sign."""

import shutil
from dataclasses import replace

import pytest
from studio import Home, fast_derivations, make_home

from countenance.adapters.signers.file import build
from countenance.audit.checkpoint import sign_checkpoint
from countenance.desk import add_person
from countenance.errors import ConfigError, StoreError
from countenance.settings import Settings
from countenance.wiring.kept import KeptReadings
from countenance.wiring.office import Office, Secrets


@pytest.fixture(autouse=True)
def _fast():
    with fast_derivations():
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with fast_derivations():
        return make_home(tmp_path_factory.mktemp("studio") / "home")


@pytest.fixture
def home(made, tmp_path):
    shutil.copytree(made[0].path, tmp_path / "home")
    return replace(made[0], path=tmp_path / "home")


@pytest.fixture
def operator(made):
    return made[1]


def add(home: Home, **flags: str) -> int:
    return home.run("person", "add", "--alias", "someone", "--adult", **flags)[0]


def states(home: Home, kind: str) -> list[str]:
    return [key["state"] for key in home.ok("keys", "list")["keys"] if key["kind"] == kind]


def test_the_list_tells_no_secret(home, operator):
    said = home.ok("keys", "list")["keys"]
    assert [key["kind"] for key in said] == ["claim-root", "claim", "operators-root", "log", "mark", "operator"]
    assert {key["state"] for key in said} == {"in use"}
    assert all(key["id"].startswith("sha256:") and key["created_at"] for key in said)
    tile_key, check_key = build(home.path / "keys").mark_keys()
    assert tile_key.hex() not in str(said)
    assert check_key.hex() not in str(said)


@pytest.mark.parametrize("role", ["claim", "log", "mark", "operator"])
def test_rotation(home, operator, role):
    held = home.path.parent / "held"
    shutil.copy(home.path / "log" / "checkpoint", held)
    words = ("keys", "rotate", role, *([operator] if role == "operator" else []))
    origin = home.ok("log", "check")["origin"]
    for _ in range(2):
        said = home.ok(*words)
        assert said["old"] != said["new"]
        assert add(home) == 0
    checked = home.ok("log", "check", "--held", held)
    assert checked["opened"] == checked["size"] == 2 + 4
    assert checked["origin"] == origin
    assert states(home, role) == ["in use", "retired", "retired"]
    assert "PRIVATE" not in "".join(path.read_text() for path in home.path.rglob("*.pem"))


def test_the_operators_new_certificate_has_the_same_pseudonym(home, operator):
    store = build(home.path / "keys")
    before = store.add_operator(operator, "op", "org", "2026-01-01T00:00:00.000Z")
    home.ok("keys", "rotate", "operator", operator)
    after = store.add_operator(operator, "op", "org", "2026-01-01T00:00:00.000Z")
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_the_old_log_key_signs_no_later_checkpoint(home):
    """Whoever kept it cannot show a longer log."""
    stolen = build(home.path / "keys").unlock_log("org")
    home.ok("keys", "rotate", "log")
    size = home.ok("log", "check")["size"]
    root = bytes.fromhex(home.ok("log", "check")["root"])
    forged = home.path.parent / "forged"
    forged.write_text(sign_checkpoint(home.ok("log", "check")["origin"], size, root, stolen))
    code, said = home.run("log", "check", "--held", forged)
    assert code == 6
    assert "not the log's at its size" in said["error"]


@pytest.mark.parametrize("role", ["claim", "log", "operator"])
def test_who_unlocked_the_old_key_writes_nothing_more(home, operator, role):
    """Such as a long edit that began before the change: what it signed would never hold."""
    settings = Settings.load({"home": home.path, "passphrase": "org", "operator_passphrase": "op"})
    office = Office(settings, Secrets(settings, ask=str))
    pen = office.organisation_pen() if role == "claim" else office.pen(operator)
    home.ok("keys", "rotate", role, *([operator] if role == "operator" else []))
    with pytest.raises(StoreError, match="keys were changed meanwhile"):
        add_person(pen, alias="late", adult=True, born=None)
    office.books.close()
    assert home.ok("log", "check")["size"] == 3


def test_new_marks_by_the_new_key_and_all_are_read(home):
    store = build(home.path / "keys")
    first = store.mark_ring()
    home.ok("keys", "rotate", "mark")
    ring = store.mark_ring()
    assert ring[1:] == first
    assert store.mark_keys() == (ring[0].tile_key, ring[0].check_key)


def test_the_organisations_passphrase(home, operator):
    shared = home.ok("operator", "add", "Bo", "--role", "rights", operator_passphrase="org")["id"]
    home.ok("keys", "passphrase", new_passphrase="other")
    changed = replace(home, organisation="other")
    assert home.run("keys", "rotate", "mark")[0] == 2
    assert changed.run("person", "add", "--alias", "a", "--adult", "--operator", operator)[0] == 0
    alone = replace(changed, operator="other")
    assert alone.run("person", "add", "--alias", "b", "--adult", "--operator", shared)[0] == 0
    assert changed.ok("log", "check")["opened"] == 6


def test_what_is_kept_for_replay_opens_under_the_new_passphrase(home):
    store = build(home.path / "keys")
    (home.path / "kept").mkdir()
    edits = ["edit_" + digit * 32 for digit in "01"]
    for edit_id in edits:
        sealed = store.seal(b"landmarks", name=edit_id, passphrase="org")
        (home.path / "kept" / f"{edit_id}.reading").write_bytes(sealed)
    (home.path / "kept" / "edit_damaged.reading").write_bytes(b"no")
    home.ok("keys", "passphrase", new_passphrase="other")
    for edit_id in edits:
        assert KeptReadings(home.path, store, lambda: "other").open(edit_id) == b"landmarks"


def test_an_operators_passphrase(home, operator):
    home.ok("keys", "passphrase", "--operator", operator, new_passphrase="mine")
    assert add(home) == 2
    assert add(replace(home, operator="mine")) == 0


@pytest.mark.parametrize(
    ("new", "more", "why"),
    [
        ("", (), "empty"),
        ("org", (), "is the old one"),
        ("op", (), "an operator has this passphrase"),
        ("org", ("--operator",), "the organisation has this passphrase"),
    ],
)
def test_passphrases_that_will_not_do(home, operator, new, more, why):
    words = (*more, operator) if more else ()
    code, said = home.run("keys", "passphrase", *words, new_passphrase=new)
    assert (code, home.ok("log", "check")["size"]) == (2, 2)
    assert why in said["error"]
    assert add(home) == 0


def test_a_lost_operator_comes_back_as_another(home, operator):
    said = home.ok("keys", "lost", "operator", operator, operator_passphrase="fresh")
    assert said["revoked"] == operator
    assert sorted(states(home, "operator")) == ["in use", "revoked"]
    assert add(replace(home, operator="fresh")) == 0
    assert home.run("keys", "rotate", "operator", operator)[0] == 3


@pytest.mark.parametrize("what", ["passphrase", "claim", "log", "mark"])
def test_what_cannot_be_mended_is_said(home, what):
    said = home.ok("keys", "lost", what)
    assert said["done"] is False
    assert "backup" in said["advice"]
    assert home.ok("log", "check")["size"] == 2


def test_words_that_make_no_sense(home, operator):
    for words in (("rotate", "operator"), ("rotate", "claim", operator), ("lost", "mark", operator)):
        assert home.run("keys", *words)[0] == 2


def test_a_lost_log_folder_is_accepted_aloud(home):
    assert home.run("log", "check", "--accept")[0] == 2  # nothing is lost
    shutil.rmtree(home.path / "log")
    assert home.run("log", "check")[0] == 5
    assert add(home) == 5
    assert home.run("log", "check", "--accept", passphrase="wrong")[0] == 2
    assert home.run("log", "check")[0] == 5
    said = home.ok("log", "check", "--accept", "--reason", "a new disk")
    assert said["accepted"]
    assert "withdrawals may be missing" in said["warning"]
    assert home.ok("log", "check")["size"] == 3
    assert add(home) == 0


def test_an_older_copy_is_not_accepted_against_a_held_checkpoint(home):
    older = home.path.parent / "older"
    shutil.copytree(home.path, older)
    assert add(home) == 0
    shutil.rmtree(older / "log")
    code, _ = replace(home, path=older).run("log", "check", "--accept", "--held", home.path)
    assert code == 6


def test_a_wrong_passphrase_is_one_plain_line(home):
    with pytest.raises(ConfigError, match=r"^wrong passphrase for the log$"):
        build(home.path / "keys").unlock_log("no")
    code, said = home.run("keys", "rotate", "log", passphrase="no")
    assert (code, "wrong passphrase" in said["error"], "\n" in said["error"]) == (2, True, False)
