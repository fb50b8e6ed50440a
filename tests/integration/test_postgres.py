"""The whole way of one photo with the books on a server, and between a server and a file."""

import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from agency import SECRETS, Agency, edit_tools_of, make_agency, order_of
from studio import Home, fast_derivations, make_home

from countenance.errors import DeniedError
from countenance.pipeline import edit_photo
from countenance.toolkit.turnstiles import Target


@pytest.fixture(autouse=True)
def _fast():
    with fast_derivations():
        yield


@pytest.fixture
def url(postgres):
    made = postgres.fresh()
    yield made
    postgres.drop(made)


@pytest.fixture
def another_url(postgres):
    made = postgres.fresh()
    yield made
    postgres.drop(made)


@pytest.fixture
def home(tmp_path, url) -> Home:
    """A home with one operator, and its books on the server."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "countenance.toml").write_text(f'database_url = "{url}"\n')
    return make_home(tmp_path / "home")[0]


@pytest.mark.slow
def test_the_whole_way_of_a_photo(tmp_path, url, another_url):
    agency = make_agency(tmp_path, "release.yaml", database_url=url)
    assert not (agency.home / "books.sqlite3").exists()
    out = tmp_path / "out.jpg"
    edited = agency.edit(out, "--au", "AU12=0.45")
    assert edited.code == 0, edited.out + edited.err
    report = agency.ok("verify", out)
    assert (report["verdict"], report["consent"]["now"]) == ("trusted", "active")
    agency.ok("backup", "--out", tmp_path / "b.bak")

    told = agency.ok("consent", "withdraw", agency.release)
    assert [one["edit_id"] for one in told["derivatives"]] == [edited.json["edit_id"]]
    assert agency.ok("verify", out)["consent"]["now"] == "withdrawn"
    refused = agency.edit(tmp_path / "second.jpg", "--au", "AU12=0.45")
    assert refused.code == 3
    assert agency.ok("log", "check")["opened"] == agency.ok("log", "check")["size"]

    moved = Agency(home=tmp_path / "moved", folder=tmp_path, secrets={**SECRETS, "database_url": another_url})
    assert moved.run("restore", tmp_path / "b.bak", "--held", agency.home).code == 6  # it lacks the withdrawal
    agency.ok("backup", "--out", tmp_path / "c.bak")
    moved.ok("restore", tmp_path / "c.bak", "--held", agency.home)
    assert moved.ok("verify", out)["consent"]["now"] == "withdrawn"
    assert moved.ok("log", "check")["size"] == agency.ok("log", "check")["size"] + 1
    assert not list(moved.home.glob("*books*"))


@pytest.mark.slow
def test_a_withdrawal_by_another_machine_stops_an_edit_that_renders(tmp_path, url):
    agency = make_agency(tmp_path, "release.yaml", database_url=url)
    other = replace(agency, home=tmp_path / "other")
    _copy_home(agency.home, other.home)
    tools = edit_tools_of(agency)

    def room():
        other.ok("consent", "withdraw", agency.release)
        return tools.render()

    target = Target(path=tmp_path / "late.jpg", media_type="image/jpeg")
    with pytest.raises(DeniedError, match="release-withdrawn"):
        edit_photo(order_of(agency, {"AU12": 300}), target, dataclasses.replace(tools, render=room))
    assert not target.path.exists()
    assert agency.ok("log", "check")["size"] == other.ok("log", "check")["size"]


def test_two_machines_share_one_database_and_each_holds_its_own_checkpoint(home, tmp_path):
    other = replace(home, path=tmp_path / "other")
    _copy_home(home.path, other.path)
    home.ok("person", "add", "--alias", "A", "--adult")
    home.ok("person", "add", "--alias", "B", "--adult")
    assert other.ok("log", "check")["size"] == 4
    other.ok("person", "add", "--alias", "C", "--adult")
    assert home.ok("log", "check")["size"] == 5
    notes = {one.path: (one.path / "log" / "checkpoint").read_text().splitlines()[1] for one in (home, other)}
    assert notes == {home.path: "4", other.path: "5"}
    home.ok("person", "add", "--alias", "D", "--adult")
    assert (home.path / "log" / "checkpoint").read_text().splitlines()[1] == "6"


def test_a_database_put_back_is_an_alarm_on_every_machine(home, tmp_path, url, postgres):
    postgres.cut(url)
    before = postgres.fresh(like=url)
    home.ok("person", "add", "--alias", "A", "--adult")
    (home.path / "countenance.toml").write_text(f'database_url = "{before}"\n')
    code, said = home.run("person", "add", "--alias", "B", "--adult")
    assert (code, said["error"]) == (6, "the log was cut: it is smaller than the checkpoint in its folder")
    assert home.run("log", "check")[0] == 6
    postgres.drop(before)


def test_init_does_not_move_in_with_others(home, tmp_path, url):
    second = Home(tmp_path / "second")
    code, said = second.run("init", "--organisation", "B", "--domain", "b.example", database_url=url)
    assert code == 2
    assert "holds books already" in said["error"]
    assert not (second.path / "keys").exists()


def test_a_home_with_a_file_is_not_pointed_at_a_server(tmp_path, url):
    home, _ = make_home(tmp_path / "home")
    code, said = home.run("operator", "list", database_url=url)
    assert code == 2
    assert "`backup`, then `restore`" in said["hint"]


def test_from_a_server_into_a_file_and_back(home, tmp_path, another_url, monkeypatch):
    home.ok("backup", "--out", tmp_path / "b.bak")
    monkeypatch.setenv("COUNTENANCE_DATABASE_URL", "")
    local = replace(home, path=tmp_path / "local")
    assert local.ok("restore", tmp_path / "b.bak", "--held", home.path)["log_index"] == 2
    assert (local.path / "books.sqlite3").exists()
    local.ok("person", "add", "--alias", "A", "--adult")
    local.ok("backup", "--out", tmp_path / "c.bak")
    monkeypatch.setenv("COUNTENANCE_DATABASE_URL", another_url)
    back = replace(home, path=tmp_path / "back")
    assert back.ok("restore", tmp_path / "c.bak", "--held", local.path)["log_index"] == 4
    assert back.ok("log", "check")["size"] == 5
    assert not list(back.path.glob(".books*"))


def test_restoring_never_writes_over_books_on_a_server(home, tmp_path):
    home.ok("backup", "--out", tmp_path / "b.bak")
    before = home.ok("log", "check")["size"]
    code, said = replace(home, path=tmp_path / "new").run("restore", tmp_path / "b.bak", "--held", home.path)
    assert code == 2
    assert "holds books already" in said["error"]
    assert not (tmp_path / "new").exists()
    assert home.ok("log", "check")["size"] == before


def test_the_password_is_shown_nowhere(home, url):
    parts = urlsplit(url)
    with_password = parts._replace(netloc=f"{parts.username}:hidden@{parts.netloc.rpartition('@')[2]}").geturl()
    shown = home.ok("config", "show", database_url=with_password)["settings"]["database_url"]["value"]
    assert shown.startswith("postgresql://...@")
    assert "/books_" in shown
    assert "hidden" not in shown
    gone = with_password.replace("/books_", "/gone_")
    code, said = home.run("operator", "list", database_url=gone)
    assert code == 8
    assert "hidden" not in json.dumps(said)
    code, said = home.run("operator", "list", database_url="mysql://root:hidden@h/d")
    assert code == 2
    assert "hidden" not in json.dumps(said)


def test_books_that_were_changed_behind_the_log_s_back_are_found(home, url):
    home.ok("person", "add", "--alias", "A", "--adult")
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE countenance.person DISABLE TRIGGER ALL")
        connection.execute("DELETE FROM countenance.person")
    code, said = home.run("log", "check")
    assert code == 6
    assert "missing from the registry" in said["error"]


def _copy_home(source: Path, target: Path) -> None:
    """What the guide says to copy to the next machine."""
    for path in source.rglob("*"):
        place = path.relative_to(source)
        if path.is_file() and (place.parts[0] in {"keys", "log"} or place.suffix in {".pem", ".toml"}):
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            (target / place).write_bytes(path.read_bytes())
            (target / place).chmod(path.stat().st_mode & 0o777)
