"""The books as people read them: lists, cards, the register, the report; on a real home with a publication and a refusal."""

import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest
from agency import EXAMPLES, PORTRAIT, Agency, make_agency

from countenance.settings import Settings
from countenance.wiring.cards import lines_of, person_card, release_card
from countenance.wiring.office import Office, Secrets


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """A home with one published edit and one that was refused."""
    made = make_agency(tmp_path_factory.mktemp("show"), "release.yaml")
    made.ok("edit", PORTRAIT, "--out", made.folder / "out.png", "--au", "AU12=0.3", "--operator", made.operator, *_FOR)
    assert made.edit(made.folder / "no.jpg", "--au", "AU12=0.9").code == 3
    return made


_FOR = ("--purpose", "advertising", "--medium", "web", "--territory", "DE")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "input", "br", "img", "link", "rect", "line"}:
            self.open.append(tag)
        self.sources += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"rect", "line"}:
            return
        assert self.open.pop() == tag


def checked(page: Path) -> tuple[str, list[str]]:
    """The page's text and what it points at; every tag is closed, and the page is its owner's only."""
    text = page.read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    return text, tags.sources


def test_lists(agency: Agency) -> None:
    person = agency.ok("person", "list")["persons"][0]
    (release,) = agency.ok("release", "list")["releases"]
    (title,) = agency.ok("title", "list")["titles"]
    assert (person["id"], person["age"], person["releases"]) == (agency.person, "adult", 1)
    assert (release["id"], release["state"], release["person"]) == (agency.release, "active", "made-up")
    assert release["signed"] == "no"
    assert (title["state"], title["faces"], title["alteration"]) == ("active", 1, "yes")


def test_lists_for_people_keep_ids_whole(agency: Agency) -> None:
    for group, one in (("person", agency.person), ("release", agency.release)):
        assert one in agency.run(group, "list", as_json=False).out
        assert one in agency.run(group, "show", one, as_json=False).out


def test_cards(agency: Agency) -> None:
    person = agency.ok("person", "show", agency.person)
    release = agency.ok("release", "show", agency.release)
    title = agency.ok("title", "show", PORTRAIT)
    assert title == agency.ok("title", "show", title["id"])
    told = {section["heading"]: section["lines"] for one in (person, release, title) for section in one["sections"]}
    assert [name for name, _ in told["Releases"]] == [agency.release]
    assert ["units AU12", "min -0.60, max +0.50"] in told["What it permits"]
    assert told["Faces"] == [["face 0", f"release {agency.release}, active"]]
    assert len(told["Published under it"]) == len(told["Published of it"]) == 1


@pytest.mark.parametrize("words", [("person", "person_0"), ("release", "release_0"), ("title", "title_0")])
def test_unknown_things_are_said_plainly(agency: Agency, words: tuple[str, str]) -> None:
    answer = agency.run(words[0], "show", words[1], as_json=False)
    assert answer.code == 2
    assert f"`{words[1]}` is no" in answer.err


def test_register(agency: Agency) -> None:
    page = Path(agency.ok("registry", "page", "--out", agency.folder / "pages")["file"])
    text, sources = checked(page)
    assert all(source.startswith("#") for source in sources)  # nothing from outside
    for said in ("made-up", agency.person, agency.release, "No teeth may be shown", "AU12 +0.30"):
        assert said in text


def test_the_page_may_be_named(agency: Agency) -> None:
    named = agency.folder / "mine.html"
    assert agency.ok("registry", "page", "--out", named)["file"] == str(named)
    assert named.is_file()
    report = agency.folder / "report.html"
    assert agency.ok("registry", "report", "--year", 2026, "--out", report)["file"] == str(report)
    assert report.is_file()


@pytest.mark.parametrize("words", [("page",), ("report", "--year", "2026")])
def test_a_name_of_another_kind_of_file_is_refused(agency: Agency, words: tuple[str, ...]) -> None:
    answer = agency.run("registry", *words, "--out", agency.folder / "report.PDF")
    assert (answer.code, answer.json["error"]) == (2, "`report.PDF` is no name for a page")
    assert not (agency.folder / "report.PDF").exists()


def test_register_escapes_what_it_is_given(agency: Agency) -> None:
    agency.ok("person", "add", "--alias", "<script>alert(1)</script>", "--adult")
    page = Path(agency.ok("registry", "page", "--out", agency.folder / "escaped")["file"])
    text, _ = checked(page)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_report(agency: Agency) -> None:
    told = agency.ok("registry", "report", "--year", year(agency), "--out", agency.folder / "pages")
    assert sum(told["published"].values()) == sum(told["refused"].values()) == 1
    assert told["reasons"] == {"unit-beyond-limit": 1}
    assert told["faces"] == {"tied": 1, "untouched": 0, "not identifiable": 0, "not decided": 0}
    assert told["consent"] == {"active": 1}
    text, sources = checked(Path(told["file"]))
    assert sources == []
    assert "made-up" not in text
    assert agency.person not in text


def test_report_of_a_year_before(agency: Agency) -> None:
    told = agency.ok("registry", "report", "--year", 2001, "--out", agency.folder / "pages")
    assert sum(told["published"].values()) == sum(told["refused"].values()) == sum(told["faces"].values()) == 0
    checked(Path(told["file"]))


def test_withdrawn_and_disputed_are_said(tmp_path: Path) -> None:
    other = make_agency(tmp_path, "release.yaml")
    other.ok("consent", "withdraw", other.release)
    assert other.ok("release", "list")["releases"][0]["state"] == "withdrawn"
    again = other.ok("release", "add", EXAMPLES / "release.yaml", "--person", other.person)["id"]
    other.ok("title", "dispute", again, "--reason", "another agency says so")
    books = Office(settings := Settings.load({**other.secrets, "home": other.home}), Secrets(settings, ask=str)).books
    card = release_card(again, books, "2030-01-01T00:00:00.000Z")
    assert card.state == "disputed"
    assert person_card(other.person, books, "2030-01-01T00:00:00.000Z").sections[1].lines[1][1].startswith("disputed")
    assert dict(lines_of(books.release(again).grant))["teeth visible"] == "no"


def year(agency: Agency) -> str:
    """The year in which the home was made."""
    return agency.ok("person", "list")["persons"][0]["added_at"][:4]
