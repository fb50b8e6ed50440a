from pathlib import Path

from countenance.request.forms.words import rows
from countenance.request.release_file import parse_release

EXAMPLES = Path(__file__).parents[4] / "examples"
AT = "2026-11-24T11:00:00.000Z"


def said(name):
    return dict(rows(parse_release((EXAMPLES / name).read_bytes(), at=AT).draft(at=AT)))


def test_everything_that_a_whole_release_says_is_said():
    words = said("release-whole.yaml")
    assert words["valid"] == "2026-11-23 to 2029-11-22, both included (UTC)"
    assert words["purposes"] == "advertising (consent), editorial (contract)"
    assert words["advertiser, product, campaign"] == "Example Cosmetics, Day cream, Spring 2027 only"
    assert "AU12L (lip corner puller, left): 0 to 0.2, shows at most 0.6" in words["changes of the face"]
    assert "AU10 (upper lip raiser), AU14 (dimpler)" in words["changes of the face"]
    assert "lids further down than 0.4 (\u201cI do not want to look tired.\u201d)" in words["denied besides"]
    assert words["pay"] == "450.00 EUR per day"
    assert words["kept"] == "3 years after its end, because: limitation of claims; then erase"
    assert "Mia Muster (person), in-person, 2026-11-23, apart from the rest" in words["signatures"]
    assert words["withdrawal"].startswith("no new edits, and files that are out are no longer used")


def test_what_a_short_release_leaves_open_is_said_to_be_open_or_denied():
    words = said("release.yaml")
    assert words["machine training"] == "denied"
    assert words["everything else of the face"] == "denied"
    assert words["sensitive uses"] == "all denied"
    assert words["kept"] == "not said"
    assert words["platforms"] == "no limit"
    assert said("release-wide.yaml")["territories"] == "everywhere"
