"""The page that is signed: everything on it, nothing from elsewhere, and nothing that a draft could smuggle in."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from countenance.core.digest import of_file
from countenance.core.records.consent import Grant
from countenance.core.records.showing import Showing, ShownCell
from countenance.core.records.terms import Denied, Guardian, Limit, Revocability
from countenance.testing.worlds import AT, a_release, an_id
from countenance.wiring.cells import limits_of
from countenance.wiring.signing_page import Sheet, content_policy, done_page, form_of, limit_rows, page_of, with_form

SHEET = Sheet(
    png=b"\x89PNG pixels",
    showing=Showing(
        id=an_id("sheet"), shows="limits", operator_id=an_id("operator"), asset_digest=of_file(b"a"), face=0,
        release_id=an_id("release"), effect="permit", reasons=(), sheet_digest=of_file(b"\x89PNG pixels"),
        cells=(
            ShownCell(
                label="smile <most>", units={"AU12": 500}, x_px=0, y_px=0, width_px=1, height_px=1,
                pixels_digest=of_file(b"cell"),
            ),
        ),
        not_shown=("AU43",), at=AT,
    ),
)  # fmt: skip


def made(release=None, **changes):
    release = release or a_release()
    told = {
        "role": "person", "name": "Mia", "organisation": "Studio", "until": "2027-03-15T12:00:00.000Z", "sheets": (),
        "why_no_sheet": "none was given", "limits": limit_rows(release.grant, limits_of(release.grant)), **changes,
    }  # fmt: skip
    return page_of(release, **told)


class Tags(HTMLParser):
    """Every tag that was opened, and whether each was closed again."""

    void = frozenset({"meta", "img", "input"})

    def __init__(self, page):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_it_is_one_file_that_asks_for_nothing():
    tags = Tags(made(sheets=(SHEET,)))
    assert tags.open == []
    assert not {tag for tag, _ in tags.seen} & {"script", "link", "iframe", "object", "base"}
    (image,) = [attributes for tag, attributes in tags.seen if tag == "img"]
    assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == SHEET.png
    assert "smile <most>" in image["alt"]
    assert not re.search(r"https?://|url\(", made(sheets=(SHEET,)).decode())


def test_its_policy_knows_its_own_style():
    page = made().decode()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{known}'" in content_policy()
    (policy,) = [
        attributes["content"]
        for tag, attributes in Tags(made()).seen
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == content_policy()


def test_what_is_in_a_draft_stays_text():
    bad = '</div><script>alert(1)</script><!--sign--><img src="http://x">'
    release = a_release().model_copy(update={"text": bad, "guardian": Guardian(name="E", relation=bad)})
    page = made(release, name=bad, role="guardian", organisation=bad)
    assert not {tag for tag, _ in Tags(page).seen} & {"script", "img"}
    served = with_form(page, form_of(action="/p/", once="o", name=bad, problem=bad, pictures=False))
    tags = Tags(served)
    assert not {tag for tag, _ in tags.seen} & {"script", "img"}
    assert [tag for tag, _ in tags.seen].count("form") == 1
    assert tags.open == []


def test_the_same_page_twice():
    assert made(sheets=(SHEET,)) == made(sheets=(SHEET,))


def test_the_text_word_by_word():
    text = "Première ligne.\n\n  Zweite <Zeile> & mehr"
    page = made(a_release().model_copy(update={"text": text, "language": "fr"})).decode()
    assert '<div class="text" lang="fr">Première ligne.\n\n  Zweite &lt;Zeile&gt; &amp; mehr</div>' in page


def test_every_limit_in_words_and_numbers():
    limits = {
        "AU12": Limit(min_permille=-600, max_permille=500, absolute_max_permille=700),
        "AU4L": Limit(max_permille=300),
    }
    grant = Grant.model_validate(a_release().grant.model_copy(update={"units": limits}))
    rows = limit_rows(grant, limits_of(grant))
    assert [(row["words"], row["far"], row["unit"]) for row in rows] == [
        ("brows together, a frown, left", "by up to +0.3", "AU4L"),
        ("smile", "by up to +0.5; the finished face shows at most 0.7", "AU12"),
        ("less smile", "by up to -0.6", "AU12"),
    ]


def test_what_is_denied():
    denied = (Denied(test="asymmetry", reason="I look ill", limit_permille=200),)
    page = made(
        a_release().model_copy(update={"grant": a_release().grant.model_copy(update={"denied": denied})})
    ).decode()
    assert "<li>visible teeth</li>" in page
    assert "left and right apart by more than 0.2 (the reason on file: I look ill)" in page


@pytest.mark.parametrize(
    ("effect", "said"),
    [(None, "may stay"), ("stop-use", "must no longer be used."), ("delete", "must be deleted")],
)
def test_what_a_withdrawal_does(effect, said):
    told = Revocability(effect=effect, terms="Within a week.") if effect else None
    page = made(a_release().model_copy(update={"revocability": told})).decode()
    assert said in page
    assert ("Within a week." in page) is (effect is not None)


def test_every_digest_is_on_it():
    page = made(sheets=(SHEET,)).decode()
    for digest in (a_release().digest(), a_release().text_digest, SHEET.showing.sheet_digest, of_file(b"cell")):
        assert digest in page


def test_the_form_can_be_used_without_a_mouse_or_eyes():
    tags = Tags(form_of(action="/p/", once="o", pictures=True).encode())
    labelled = {attributes.get("for") for tag, attributes in tags.seen if tag == "label"}
    shown = {attributes["id"] for tag, attributes in tags.seen if tag == "input" and attributes.get("type") != "hidden"}
    assert labelled == shown == {"name", "read"}


def test_the_last_page():
    page = done_page("Signed", ["Done & <over>"], key="cw1_x")
    assert b"Done &amp; &lt;over&gt;" in page
    assert b"cw1_x" in page
    assert b"Your key" not in done_page("Not signed", [])
