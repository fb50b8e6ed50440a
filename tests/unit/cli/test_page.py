from html.parser import HTMLParser
from pathlib import Path

from countenance.cli.page import write_page

EVIL = """<script>alert("1")</script> & 'quoted' </pre><img src=x onerror=y>"""
VOID = {"meta", "img"}


class Reading(HTMLParser):
    """The tags and the text of a page; every opened tag must be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.sources: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(path: Path) -> Reading:
    reading = Reading()
    reading.feed(path.read_text(encoding="utf-8"))
    reading.close()
    assert reading.open == []
    return reading


def test_the_story_is_shown_in_order(tmp_path):
    write_page(tmp_path / "index.html", [("First", ["$ one", "two"]), ("Second", [])])
    reading = read(tmp_path / "index.html")
    assert reading.text.index("First") < reading.text.index("$ one\ntwo") < reading.text.index("Second")
    assert reading.tags.count("pre") == reading.tags.count("h2") == 2


def test_what_was_told_is_text_and_never_markup(tmp_path):
    write_page(tmp_path / "index.html", [(EVIL, [EVIL, "\u00e9\u2014"])])
    reading = read(tmp_path / "index.html")
    assert "script" not in reading.tags
    assert reading.text.count(EVIL) == 2
    assert "\u00e9\u2014" in reading.text


def test_nothing_is_fetched_from_elsewhere(tmp_path):
    write_page(tmp_path / "index.html", [])
    reading = read(tmp_path / "index.html")
    assert reading.sources
    assert all(":" not in source and "/" not in source for source in reading.sources)
    assert "url(" not in (tmp_path / "index.html").read_text(encoding="utf-8")
