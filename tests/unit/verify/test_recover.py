from dataclasses import dataclass, replace

import pytest
from evidence import KNOWN, MARK, OTHER_MARK, PRINT, READING, Books, Marks, Readers, spoilt, tools

from countenance.core.digest import of_file
from countenance.core.records.marks import MarkRead
from countenance.errors import EvidenceError, StoreError, TamperedLogError, UncheckedError, UnsupportedMediaError
from countenance.manifest.labels import INPUT_MARK
from countenance.testing.worlds import an_id
from countenance.verify.findings import SAME_PICTURE_BITS
from countenance.verify.recover import Seen, look, recover

JPEG = "image/jpeg"
WHOLE, FOUND = MarkRead(mark_id=MARK, whole=True), MarkRead(mark_id=MARK, whole=False)
FAR = spoilt(PRINT, SAME_PICTURE_BITS + 1)


def found(mark=WHOLE, print_=PRINT, *, manifests=None, shelf=None, **marks):
    seen = Seen(mark=mark, fingerprint=print_)
    given = tools(manifests, Marks(mark=mark, print_=print_, **marks), Books() if shelf is None else shelf)
    return recover(b"", JPEG, seen, given)


def results(recovered):
    return {finding.check: finding.result for finding in recovered.findings}


def details(recovered):
    return {finding.check: finding.detail for finding in recovered.findings}


def test_without_a_reader_nothing_is_seen(png):
    assert look(png, "image/png", tools()) == Seen()


def test_mark_and_fingerprint_are_seen(png):
    seen = look(png, "image/png", tools(marks=Marks()))
    assert (seen.mark_id, seen.fingerprint, seen.problem) == (MARK, PRINT, None)
    assert look(png, "image/png", tools(marks=Marks(mark=None))).mark_id is None


def test_a_damaged_file_is_not_shown_to_a_decoder(png):
    for data in (png[:-20], b"", b"GIF89a"):
        seen = look(data, "image/png", tools(marks=Marks(mark=AssertionError("decoded"))))
        assert seen.problem
        assert (seen.mark, seen.fingerprint) == (None, None)


def test_a_bomb_is_not_shown_to_a_decoder(png):
    seen = look(png, "image/png", tools(marks=Marks(mark=AssertionError("decoded")), max_pixels=10))
    assert "pixels" in seen.problem


def test_a_picture_that_cannot_be_decoded_is_told(png):
    marks = Marks(mark=UnsupportedMediaError("the picture is damaged"))
    seen = look(png, "image/png", tools(marks=marks))
    assert (seen.mark, seen.problem) == (None, "the picture is damaged (8 x 8 px)")


def test_where_no_mark_can_be_read_likenesses_are_still_looked_for(png):
    marks = Marks(mark=UnsupportedMediaError("the picture is too small", hint="give a larger one"))
    given = tools(marks=marks, shelf=Books())
    recovered = recover(png, "image/png", look(png, "image/png", given), given)
    assert details(recovered)["watermark"] == "the picture is too small (8 x 8 px): give a larger one"
    assert [one.lead.known for one in recovered.candidates] == [KNOWN]


@pytest.mark.parametrize(("lent", "said"), [(False, "need their read key"), (True, "with the keys at hand")])
def test_whose_marks_were_looked_for_is_said(lent, said):
    recovered = recover(b"", JPEG, Seen(fingerprint=PRINT), tools(marks=Marks(mark=None), keys_lent=lent))
    assert said in details(recovered)["watermark"]


@pytest.mark.parametrize(
    ("seen", "said"), [(Seen(), "no mark reader"), (Seen(problem="it is damaged"), "it is damaged")]
)
def test_what_was_not_looked_at_is_unknown(seen, said):
    recovered = recover(b"", JPEG, seen, tools(shelf=Books()))
    assert recovered.verdict == "unknown"
    assert results(recovered) == {"watermark": "unchecked"}
    assert details(recovered)["watermark"] == said


@pytest.mark.parametrize(
    ("pixels", "said"), [(KNOWN.pixels_digest, "pixels identical"), (of_file(b"re-saved"), "pixels not identical")]
)
def test_the_mark_leads_back_to_the_manifest(pixels, said):
    manifests = Readers()
    recovered = found(manifests=manifests, pixels=pixels)
    assert recovered.verdict == "recovered"
    assert manifests.given == [b"manifest"]
    assert (recovered.reading, recovered.known) == (READING, KNOWN)
    assert set(results(recovered).values()) == {"holds"}
    assert list(results(recovered)) == [
        "watermark",
        "fingerprint",
        "recovery",
        "signature",
        "trust",
        "actions",
        "operator",
        "log",
    ]
    assert details(recovered)["recovery"] == f"recovered, {said}"


def test_a_searched_mark_leads_back_too_where_the_picture_looks_the_same():
    assert found(FOUND).verdict == "recovered"


@pytest.mark.parametrize("shelf", [Books(edits=()), Books(edits=(replace(KNOWN, watermark_id=OTHER_MARK),))])
def test_a_mark_that_no_store_knows(shelf):
    recovered = found(shelf=shelf)
    assert recovered.verdict == "unknown"
    assert results(recovered).items() >= {"watermark": "holds", "recovery": "unchecked"}.items()
    assert results(recovered)["fingerprint"] == ("unchecked" if recovered.candidates else "absent")


def test_no_store_at_hand():
    recovered = recover(b"", JPEG, Seen(mark=WHOLE, fingerprint=PRINT), tools(marks=Marks()))
    assert (recovered.verdict, results(recovered)["recovery"]) == ("unknown", "unchecked")


def test_a_mark_copied_to_another_picture_recovers_nothing():
    manifests = Readers()
    recovered = found(WHOLE, FAR, manifests=manifests)
    assert recovered.verdict == "invalid"
    assert results(recovered) == {"watermark": "holds", "fingerprint": "fails"}
    assert (recovered.reading, recovered.known) == (None, None)


def test_a_crop_names_a_candidate_and_no_more():
    manifests = Readers()
    recovered = found(FOUND, FAR, manifests=manifests)
    assert recovered.verdict == "unknown"
    assert results(recovered) == {"watermark": "holds", "fingerprint": "unchecked", "recovery": "unchecked"}
    assert [(one.lead.known, one.alike.phash_bits) for one in recovered.candidates] == [(KNOWN, SAME_PICTURE_BITS + 1)]
    assert (recovered.reading, recovered.known) == (None, None)


@pytest.mark.parametrize(
    ("shelf", "manifests"), [(Books(manifests={}), Readers()), (Books(), Readers(stored=None))], ids=["gone", "empty"]
)
def test_a_manifest_that_is_gone(shelf, manifests):
    recovered = found(shelf=shelf, manifests=manifests)
    assert recovered.verdict == "unknown"
    assert results(recovered)["recovery"] == "absent"


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"signature_valid": False}, "signature"),
        ({"claim_trusted": False}, "trust"),
        ({"thumbnails": True}, "actions"),
        ({"identity": None}, "operator"),
        ({"manifest_id": "urn:c2pa:2"}, "log"),
    ],
)
def test_a_stored_manifest_that_does_not_hold(changes, failed):
    recovered = found(manifests=Readers(stored=replace(READING, **changes)))
    assert recovered.verdict == "invalid"
    assert [check for check, result in results(recovered).items() if result == "fails"] == [failed]


def test_the_data_hash_of_a_stored_manifest_is_not_asked():
    """It is about bytes that a stripped copy no longer has."""
    assert found(manifests=Readers(stored=replace(READING, data_hash_matches=False))).verdict == "recovered"


@pytest.mark.parametrize(
    ("shelf", "manifests", "compare_fails"),
    [
        (Books(fails=TamperedLogError("the log was cut")), None, None),
        (None, Readers(stored=EvidenceError("cannot be read")), None),
        (None, None, EvidenceError("not a fingerprint")),
    ],
)
def test_what_does_not_hold_on_the_way_is_invalid(shelf, manifests, compare_fails):
    recovered = found(shelf=shelf, manifests=manifests, compare_fails=compare_fails)
    assert recovered.verdict == "invalid"
    assert results(recovered) == {"watermark": "holds", "recovery": "fails"}
    assert (recovered.lead is None) is (shelf is not None)


@pytest.mark.parametrize("mark", [WHOLE, None])
@pytest.mark.parametrize(
    "shelf", [Books(fails=StoreError("the books are damaged")), Books(fails=UncheckedError("of a newer version"))]
)
def test_books_that_cannot_be_read_are_no_fault_of_the_file(mark, shelf):
    recovered = found(mark, shelf=shelf)
    assert recovered.verdict == "unknown"
    assert results(recovered) == {"watermark": "holds" if mark else "absent", "recovery": "unchecked"}


@pytest.mark.parametrize("mark", [WHOLE, None])
def test_why_there_are_no_books_is_said(mark):
    seen = Seen(mark=mark, fingerprint=PRINT)
    recovered = recover(b"", JPEG, seen, tools(marks=Marks(), shelf_problem="the books are missing"))
    assert (recovered.verdict, details(recovered)["recovery"]) == ("unknown", "the books are missing")


def test_without_a_mark_nothing_near():
    for shelf in (Books(edits=()), Books(edits=(replace(KNOWN, fingerprint=FAR),))):
        recovered = found(None, shelf=shelf)
        assert (recovered.verdict, recovered.candidates) == ("unknown", ())
        assert results(recovered) == {"watermark": "absent", "fingerprint": "absent"}
    seen = Seen(mark=None, fingerprint=PRINT)
    assert results(recover(b"", JPEG, seen, tools(marks=Marks())))["fingerprint"] == "absent"


def test_without_a_mark_likenesses_are_named_and_never_certain():
    edits = tuple(
        replace(KNOWN, edit_id=an_id("edit", n), manifest_id=f"urn:c2pa:{n}", fingerprint=spoilt(PRINT, n))
        for n in range(8)
    )
    recovered = found(None, shelf=Books(edits=edits))
    assert recovered.verdict == "unknown"
    assert [one.alike.phash_bits for one in recovered.candidates] == list(range(8))
    assert (recovered.reading, recovered.known) == (None, None)
    said = details(recovered)["fingerprint"]
    assert "never certain" in said
    assert said.count("urn:c2pa:") == 5
    assert said.index("urn:c2pa:0") < said.index("urn:c2pa:4")


def test_an_identical_fingerprint_alone_is_no_recovery():
    assert found(None, PRINT).verdict == "unknown"


OLDER = MarkRead(mark_id="0123456789", whole=False, algorithm="com.adobe.trustmark.Q")
PARENT = replace(
    KNOWN, edit_id=an_id("edit", 7), watermark_id="0123456789", manifest_id="urn:c2pa:7", manifest_digest=of_file(b"7")
)


def carrying(mark_id):
    marked = {"action": "c2pa.watermarked.bound", "parameters": {INPUT_MARK: mark_id}}
    return replace(READING, actions=(*READING.actions[:2], marked))


@dataclass
class ByDigest:
    """`ManifestReader` of stored manifests by their bytes."""

    stored: dict

    def read(self, data, media_type, trust, *, manifest=None):
        return self.stored.get(manifest)


@pytest.mark.parametrize("seen_first", [True, False])
def test_of_two_marks_the_one_whose_manifest_names_the_other_is_newer(seen_first):
    """Whichever was read first: the order in which codecs are asked says nothing."""
    child, parent = WHOLE, OLDER
    books = Books(edits=(KNOWN, PARENT), manifests={KNOWN.manifest_digest: b"child", PARENT.manifest_digest: b"parent"})
    parent_says = replace(READING, manifest_id="urn:c2pa:7", soft_bindings={"com.adobe.trustmark.Q": "0123456789"})
    manifests = ByDigest({b"child": carrying("0123456789"), b"parent": parent_says})
    first, second = (child, parent) if seen_first else (parent, child)
    followed = found(first, manifests=manifests, shelf=books, under={"other": second})
    assert (followed.lead.manifest_id, followed.mark) == ("urn:c2pa:1", child)
    assert MARK in details(followed)["watermark"]


def test_a_mark_beside_leads_where_the_first_leads_nowhere():
    followed = found(OLDER, under={"spread": WHOLE})
    assert (followed.verdict, followed.mark) == ("recovered", WHOLE)
