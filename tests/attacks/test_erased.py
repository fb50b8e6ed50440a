"""After an erasure nothing of a person is found in any file of the home, nothing they consented to goes on, and the log holds."""

import sqlite3
from pathlib import Path

import pytest
from erasable import PERSONAL, Desk, Left, a_release_that_must_be_kept, a_tie, leave_traces, office_of
from studio import Home, fast_derivations, make_home

from countenance.core.records.consent import DepictedPerson
from countenance.errors import ConfigError, CountenanceError, TamperedLogError


@pytest.fixture
def made(tmp_path: Path):
    with fast_derivations():
        home, operator = make_home(tmp_path / "home")
        yield home, operator, leave_traces(home, operator)


def found(home: Home, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Which words are in which files, in UTF-8 or UTF-16."""
    files = [path for path in home.path.rglob("*") if path.is_file()]
    return [
        (word, path.name)
        for path in files
        for word in words
        if any(word.encode(code) in path.read_bytes() for code in ("utf-8", "utf-16-le"))
    ]


def erase(home: Home, left: Left, *more: str):
    return home.ok("person", "erase", left.person, "--reason", "request", "--yes", *more)


def test_nothing_personal_is_found_in_any_file(made) -> None:
    home, _, left = made
    key = left.link_pem.splitlines()[1]
    office = office_of(home)  # keeps the journal open, as another process would
    assert office.books.person(left.person).legal_name == "Zebediah Alphonse Quillfeather"
    (home.path / "kept").mkdir()
    (home.path / "kept" / f"{left.edits[0]}.reading").write_bytes(b"sealed")
    said = erase(home, left)
    assert found(home, (*PERSONAL, key)) == []
    assert not list((home.path / "kept").iterdir())
    assert said["log"]["holds"]
    assert said["readings"] == 1
    office.books.close()


def test_so_it_is_of_books_from_before_anything_was_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of schema 4 and before lie plain, and go as rows."""
    with fast_derivations():
        home, operator = make_home(tmp_path / "home")
        with monkeypatch.context() as patch:
            patch.setattr("countenance.adapters.books.sealed.Sealed.unseal_with", lambda _books, _key: None)
            left = leave_traces(home, operator)
        assert {"Zebediah", "zeb@quill.example"} <= {word for word, _ in found(home, PERSONAL)}
        erase(home, left)
        assert found(home, PERSONAL) == []
        assert home.ok("log", "check")["erased"] > 10


def test_even_before_it_the_tables_say_nothing(made) -> None:
    """But for what is not about one person: a note on a picture, and where a file was put."""
    home, _, _ = made
    said = {word for word, _ in found(home, PERSONAL)}
    assert said == {"looked at Zeb", "quill-campaign.jpg"}


def test_the_log_holds_and_counts_what_was_erased(made) -> None:
    home, _, left = made
    before = home.ok("log", "check")
    said = erase(home, left)
    after = home.ok("log", "check")
    assert after["erased"] == len(office_of(home).books.erasures()[0].entries) > 10
    assert after["size"] == before["size"] + 4 + 1  # erasure, two releases withdrawn, one face, the status list
    assert said["log"]["erased"] == after["erased"]


def test_the_other_person_in_the_same_picture_keeps_everything(made) -> None:
    home, _, left = made
    erase(home, left)
    books = office_of(home).books
    (other,) = books.persons()
    (release,) = books.releases()
    assert (other.alias, release.person_id) == ("Kept", other.id)
    ties = books.ties(left.title)
    assert [tie.release_id for tie in ties] == [None, release.id]
    (kept,) = [one for one, *_ in books.published() if one.release_id == release.id]
    assert books.receipt_salt(kept.receipt_id) is not None
    assert [one.edit_id for one in books.decisions()] == [kept.edit_id]


def test_an_older_tie_of_the_face_does_not_come_back(made) -> None:
    """The face was tied to somebody else by mistake at first: it must not be editable under their release now."""
    home, _, left = made
    erase(home, left)
    assert office_of(home).books.ties(left.title)[0].release_id is None


def test_the_withdrawal_survives(made) -> None:
    home, _, left = made
    before = office_of(home).books.withdrawn_places(1)
    assert before
    erase(home, left)
    books = office_of(home).books
    assert books.withdrawn_places(1) == before
    assert all(books.revocations(release) for release in left.releases)


def test_erasing_withdraws_what_was_not(tmp_path: Path) -> None:
    with fast_derivations():
        home, operator = make_home(tmp_path / "home")
        person, release = a_release_that_must_be_kept(home, operator, years=0, ended=False)
        home.ok("person", "erase", person, "--reason", "request", "--yes")
        (end,) = office_of(home).books.revocations(release)
        assert (end.reason, end.by) == ("", "operator")


def test_a_published_file_says_erased_and_its_receipt_opens_no_more(made) -> None:
    home, _, left = made
    shelf = office_of(home).books.shelf("2027-01-01T00:00:00.000Z")
    assert shelf.by_receipt(left.receipt).consent_now == "withdrawn"
    assert shelf.opens(left.receipt, "hmac-sha256:" + "0" * 64) is False
    erase(home, left)
    shelf = office_of(home).books.shelf("2027-01-01T00:00:00.000Z")
    assert shelf.by_receipt(left.receipt).consent_now == "erased"
    assert shelf.opens(left.receipt, "hmac-sha256:" + "0" * 64) is None


def test_nothing_new_goes_on_under_what_was_erased(made) -> None:
    home, operator, left = made
    erase(home, left)
    office = office_of(home)
    desk = Desk(office, operator)
    title = office.books.title(left.title)
    with pytest.raises(ConfigError):
        a_tie(desk, title, 0, left.releases[0])
    code, _ = home.run("consent", "link", left.releases[0])
    assert code == 2
    key = home.path.parent / "key.txt"
    key.write_text(left.token)
    assert home.run("consent", "withdraw", "--token-file", key)[0] == 3
    again = DepictedPerson(id=left.person, alias="back", adult=True, added_at=desk.now())
    with pytest.raises(ConfigError, match="was erased"):
        desk.add("person", again, left.person)


def test_again_finishes_and_changes_nothing(made) -> None:
    home, _, left = made
    erase(home, left)
    size = home.ok("log", "check")["size"]
    said = erase(home, left)
    assert said["finished_before"]
    assert home.ok("log", "check")["size"] == size + 1  # the status list is signed anew


def test_nobody_is_asked_where_nobody_is(made) -> None:
    home, _, left = made
    assert home.run("person", "erase", left.person, "--reason", "request")[0] == 2
    assert home.run("person", "erase", "person_" + "0" * 32, "--reason", "request", "--yes")[0] == 2
    assert office_of(home).books.person(left.person) is not None


def raw(home: Home, *statements: str) -> None:
    database = sqlite3.connect(home.path / "books.sqlite3")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_a_statement_that_is_gone_without_an_erasure_is_an_alarm(made) -> None:
    home, _, left = made
    erase(home, left)
    entries = set(office_of(home).books.erasures()[0].entries)
    other = next(n for n in range(4, 40) if n not in entries)
    raw(home, f'DELETE FROM log_statement WHERE "index" = {other}')  # noqa: S608
    code, said = home.run("log", "check")
    assert (code, said["error"]) == (6, f"the statement of entry {other} is gone")


def test_an_erasure_that_is_taken_away_is_an_alarm(made) -> None:
    home, _, left = made
    erase(home, left)
    raw(home, "DELETE FROM erasure")
    assert home.run("log", "check")[0] == 6


def test_a_withdrawal_that_is_taken_away_afterwards_is_an_alarm(made) -> None:
    home, _, left = made
    erase(home, left)
    raw(home, f"DELETE FROM revocation WHERE of_id = '{left.releases[0]}'")  # noqa: S608
    assert home.run("log", "check")[0] == 6


@pytest.mark.parametrize("table", ["person", "model_release", "log_statement"])
def test_rows_put_back_from_a_copy_of_the_database_are_found(made, tmp_path: Path, table: str) -> None:
    home, _, left = made
    copy = tmp_path / "copy.sqlite3"
    with sqlite3.connect(home.path / "books.sqlite3") as now, sqlite3.connect(copy) as kept:
        now.backup(kept)
    erase(home, left)
    raw(home, f"ATTACH '{copy}' AS old", f"INSERT OR IGNORE INTO main.{table} SELECT * FROM old.{table}")  # noqa: S608
    code, _ = home.run("log", "check")
    assert code == 6


def test_a_copy_of_the_database_alone_opens_nothing(made) -> None:
    home, _, left = made
    (home.path / "keys" / "organisation" / "registry.json").unlink()
    with pytest.raises(CountenanceError, match="not at hand"):
        office_of(home).books.person(left.person)
    assert home.run("log", "check")[0] == 5
    assert home.run("person", "add", "--alias", "someone", "--adult")[0] == 5
    assert not (home.path / "keys" / "organisation" / "registry.json").exists()


def test_a_record_moved_to_another_place_does_not_open(made) -> None:
    home, _, left = made
    first, second = left.releases
    raw(
        home,
        f"UPDATE model_release SET record = (SELECT record FROM model_release WHERE id = '{first}')"  # noqa: S608
        f" WHERE id = '{second}'",
    )
    books = office_of(home).books
    with pytest.raises(CountenanceError, match="changed, moved"):
        books.release(second)
    with pytest.raises(TamperedLogError):
        books.check(home.path / "log", office_of(home).keys.log_public)


def test_a_duty_to_keep_stops_it_unless_a_lawyer_decides(tmp_path: Path) -> None:
    with fast_derivations():
        home, operator = make_home(tmp_path / "home")
        person, _ = a_release_that_must_be_kept(home, operator)
        words = ("person", "erase", person, "--reason", "request", "--yes")
        code, said = home.run(*words)
        assert (code, "2030-06-01" in said["error"]) == (3, True)
        assert home.run(*words, "--override-retention", "our lawyer spoke with Quillfeather")[0] == 2
        done = home.ok(*words, "--override-retention", "no claim is possible any more, file 7/26")
        assert done["retention_until"] == "2030-06-01T00:00:00.000Z"
        assert office_of(home).books.erasures()[0].override == "no claim is possible any more, file 7/26"
