from dataclasses import replace

import pytest
from evidence import KNOWN, PRINT, READING, SOURCE, Books, Marks, Readers, a_picture, spoilt, tools
from statuses import AT, NOW, make_issuer

from countenance.core.digest import of_file
from countenance.core.records.marks import MarkRead
from countenance.manifest.ports import Trust
from countenance.verify.consent_status import CHECK
from countenance.verify.found import NOT_ASKED, STAGES, find

WHOLE = MarkRead(mark_id=KNOWN.watermark_id, whole=True)
FOUND = MarkRead(mark_id=KNOWN.watermark_id, whole=False)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return make_issuer(tmp_path_factory.mktemp("agency"))


def with_list(issuer, png, token, *, consent_now, at=NOW):
    stored = replace(READING, receipt={**READING.receipt, "status": issuer.entry})
    books = Books(edits=(replace(KNOWN, consent_now=consent_now),))
    given = tools(Readers(embedded=None, stored=stored), Marks(mark=WHOLE), books, status_list=token)
    return find(png, replace(given, trust=Trust(claim_pem=issuer.root)), at=at)


def listed(found):
    return [one.result for one in found.findings if one.check == CHECK]


@pytest.mark.parametrize(
    ("places", "consent_now", "state", "by", "result"),
    [
        ((7,), "active", "withdrawn", "status list", "absent"),
        ((), "active", "active", "books", "holds"),
        ((), "unknown", "active", "status list", "holds"),
        ((), "withdrawn", "withdrawn", "books", "holds"),
    ],
)
def test_a_given_list_is_asked_beside_the_books(issuer, png, places, consent_now, state, by, result):
    found = with_list(issuer, png, issuer.listed(*places), consent_now=consent_now)
    assert (found.told[0].consent.state, found.told[0].consent.by) == (state, by)
    assert listed(found) == [result]


@pytest.mark.parametrize(("token", "result"), [(b"hello", "unchecked"), (None, None)])
def test_a_list_that_says_nothing_is_told(issuer, png, token, result):
    found = with_list(issuer, png, token, consent_now="unknown")
    assert found.told[0].consent.state == "unknown"
    assert listed(found) == ([] if result is None else [result])


def test_a_list_for_which_no_picture_was_found(png):
    given = tools(Readers(embedded=None), Marks(mark=None), Books(edits=()), status_list=b"hello")
    assert listed(find(png, given, at=AT)) == ["unchecked"]


def test_of_a_marked_picture_no_consent_is_asked(png):
    books = Books(edits=(replace(KNOWN, marked_only=True, consent_now="unknown"),))
    found = find(png, tools(Readers(embedded=None), Marks(mark=WHOLE), books), at=AT)
    assert found.told[0].consent == NOT_ASKED


def test_an_original_is_told_from_a_copy(png):
    books = Books(edits=(replace(KNOWN, source_digest=of_file(png)),))
    found = find(png, tools(Readers(embedded=None), Marks(mark=None), books), at=AT)
    assert (found.verdict, found.told[0].original) == ("candidates", True)
    other = a_picture("TIFF")
    assert not find(other, tools(Readers(embedded=None), Marks(mark=None), books), at=AT).told[0].original
    assert of_file(SOURCE) == KNOWN.source_digest


def test_the_mark_leads_somewhere_though_the_picture_is_another_one(png):
    copied = find(png, tools(Readers(embedded=None), Marks(mark=WHOLE, print_=spoilt(PRINT, 90)), Books()), at=AT)
    assert (copied.verdict, copied.lead.manifest_id) == ("mark-of-another-picture", KNOWN.manifest_id)
    maybe = find(png, tools(Readers(embedded=None), Marks(mark=FOUND, print_=spoilt(PRINT, 90)), Books()), at=AT)
    assert (maybe.verdict, maybe.lead.manifest_id) == ("candidates", KNOWN.manifest_id)


def test_what_the_manifest_says_is_told_as_its_words(png):
    found = find(png, tools(Readers(embedded=None), Marks(mark=WHOLE), Books()), at=AT)
    said = {one.check: one.detail for one in found.findings}
    assert said["actions"] == "the manifest says: opened, edited, marked, and nothing else"


def test_a_manifest_of_a_stranger_in_the_file(png):
    embedded = replace(READING, claim_trusted=False, identity=replace(READING.identity, trusted=False))
    found = find(png, tools(Readers(embedded=embedded), Marks(mark=None), Books(edits=())), at=AT)
    assert (found.verdict, found.why) == ("unknown", "untrusted")


def test_each_stage_is_told(png):
    steps = []
    find(png, tools(Readers(embedded=None), Marks(mark=None), Books()), at=AT, step=steps.append)
    assert tuple(steps) == STAGES
