from dataclasses import replace

import pytest
from evidence import (
    FOREIGN,
    IDENTITY,
    KNOWN,
    MARK,
    OTHER_MARK,
    OWN_ROOT,
    PRINT,
    READING,
    SOURCE,
    Books,
    Marks,
    Readers,
    spoilt,
    tools,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.adapters.fingerprints.phash import build as phash
from countenance.adapters.images.vips import build as vips
from countenance.adapters.manifests.c2pa import build as c2pa
from countenance.core.digest import of_file
from countenance.core.records.marks import MarkRead
from countenance.core.records.report import VerificationReport
from countenance.errors import (
    BackendError,
    ConfigError,
    EvidenceError,
    StoreError,
    TamperedLogError,
    UncheckedError,
    UnsupportedMediaError,
)
from countenance.manifest.labels import FINGERPRINT_PREFIX, WATERMARK_PREFIX
from countenance.manifest.ports import Trust
from countenance.testing.worlds import AT, an_id
from countenance.verify.findings import SAME_PICTURE_BITS
from countenance.verify.inspect import embedded_failures, inspect

FAR = spoilt(PRINT, SAME_PICTURE_BITS + 1)


@pytest.fixture
def look_at(png):
    """The report on a picture file of which these things are told."""

    def look_at(embedded=READING, marks=None, shelf=None, **how):
        given = tools(Readers(embedded=embedded), marks or Marks(), shelf or Books(), own_root=OWN_ROOT)
        return inspect(png, given, at=AT, **how)

    return look_at


def results(report):
    return {finding.check: finding.result for finding in report.findings}


def failed(report):
    return {finding.check for finding in report.findings if finding.result == "fails"}


def test_everything_holds(look_at):
    report = look_at(original=SOURCE)
    assert report.verdict == "trusted"
    assert results(report) == {
        "parse": "holds",
        "manifest": "holds",
        "hard-binding": "holds",
        "signature": "holds",
        "trust": "holds",
        "timestamp": "absent",
        "actions": "holds",
        "operator": "holds",
        "watermark": "holds",
        "fingerprint": "holds",
        "log": "holds",
        "source": "holds",
        "proof": "unchecked",
        "outside": "unchecked",
    }
    assert (report.edit.au, report.edit.operator, report.edit.purpose) == ({"AU12": 400}, "op-1", "advertising")
    assert (report.consent.then, report.consent.now, report.consent.as_of) == ("active", "active", AT)
    assert (report.watermark_id, report.manifest_id, report.edit_id) == (MARK, "urn:c2pa:1", an_id("edit"))
    assert VerificationReport.from_bytes(report.canonical()) == report


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8", b"%PDF-1.7", b"\0" * 100])
def test_neither_jpeg_nor_png(data):
    report = inspect(data, tools(marks=Marks(), shelf=Books()), at=AT)
    assert (report.verdict, results(report)) == ("unknown", {"parse": "unchecked"})
    assert (report.edit, report.watermark_id, report.manifest_id, report.edit_id) == (None, None, None, None)


def test_bytes_that_pretend_to_be_a_manifest(look_at):
    report = look_at(EvidenceError("the file's manifest cannot be read"))
    assert (report.verdict, failed(report)) == ("invalid", {"manifest"})
    assert report.findings[-1].detail == "the file's manifest cannot be read"


def test_roots_that_cannot_be_read_are_no_fault_of_the_file(look_at):
    with pytest.raises(ConfigError):
        look_at(ConfigError("the trust anchors are no certificates"))


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"data_hash_matches": False}, "hard-binding"),
        ({"signature_valid": False}, "signature"),
        ({"claim_version": 1}, "actions"),
        ({"identity": replace(IDENTITY, trusted=False)}, "operator"),
        ({"soft_bindings": {**READING.soft_bindings, f"{WATERMARK_PREFIX}x": OTHER_MARK}}, "watermark"),
        ({"soft_bindings": {**READING.soft_bindings, f"{FINGERPRINT_PREFIX}x": FAR}}, "fingerprint"),
        ({"manifest_id": "urn:c2pa:2"}, "log"),
    ],
)
def test_one_thing_that_fails_is_enough(look_at, changes, check):
    report = look_at(replace(READING, **changes))
    assert (report.verdict, failed(report)) == ("invalid", {check})


def test_valid_is_not_trusted(look_at):
    report = look_at(replace(READING, claim_trusted=False))
    assert (report.verdict, failed(report)) == ("valid", {"trust"})


def test_a_mark_of_another_picture(look_at):
    assert failed(look_at(marks=Marks(mark=MarkRead(mark_id=OTHER_MARK, whole=True)))) == {"watermark"}
    assert failed(look_at(marks=Marks(mark=None))) == {"watermark"}
    assert failed(look_at(marks=Marks(print_=FAR))) == {"fingerprint"}


@pytest.mark.parametrize("original", [b"", b"another picture"])
def test_another_original(look_at, original):
    report = look_at(original=original)
    assert (report.verdict, failed(report)) == ("invalid", {"source"})


def test_a_camera_file_is_not_asked_for_an_edit(look_at):
    report = look_at(FOREIGN, shelf=Books(edits=()))
    assert report.verdict == "valid"
    assert results(report)["actions"] == "absent"
    assert not {"operator", "watermark", "fingerprint"} & set(results(report))
    assert (report.edit, report.consent.then, report.consent.now) == (None, "unknown", "unknown")


def test_a_foreign_file_is_never_the_original_of_an_edit_it_does_not_tell(look_at):
    assert failed(look_at(FOREIGN, shelf=Books(edits=()), original=SOURCE)) == {"trust", "source"}


def test_a_manifest_laundered_by_a_trusted_signer(look_at):
    """The edit is left out and signed anew with our own key: whoever signs for us has to say what was edited."""
    report = look_at(replace(FOREIGN, claim_trusted=True), shelf=Books(edits=()))
    assert report.verdict == "invalid"
    assert failed(report) == {"actions", "operator", "log"}


@pytest.mark.parametrize("kept", ["edit", "receipt"])
def test_a_manifest_laundered_by_halves(look_at, kept):
    report = look_at(replace(FOREIGN, **{kept: getattr(READING, kept)}), shelf=Books(edits=()))
    assert report.verdict == "invalid"
    assert failed(report) >= {"actions", "operator", "watermark", "fingerprint"}


def test_a_manifest_of_another_published_edit(look_at):
    """Signed and whole, but moved to a picture that was published with another one."""
    other = replace(KNOWN, manifest_id="urn:c2pa:2", recipe_digest=of_file(b"other recipe"))
    report = look_at(shelf=Books(edits=(other,)))
    assert (report.verdict, failed(report)) == ("invalid", {"log"})


@pytest.mark.parametrize("now", ["active", "withdrawn", "expired", "unknown"])
def test_consent_then_is_the_files_and_now_is_the_registrys(look_at, now):
    report = look_at(shelf=Books(edits=(replace(KNOWN, consent_now=now),)))
    assert (report.consent.then, report.consent.now, report.verdict) == ("active", now, "trusted")


def test_a_receipt_that_says_nothing_of_consent(look_at):
    report = look_at(replace(READING, receipt={**READING.receipt, "state": "whatever"}))
    assert report.verdict == "trusted"
    assert report.consent.then == "unknown"


def test_what_we_signed_and_never_logged(look_at):
    report = look_at(shelf=Books(edits=()))
    assert (report.verdict, failed(report), report.edit_id) == ("invalid", {"log"}, None)
    assert look_at(replace(FOREIGN, receipt={})).edit_id is None


def test_what_we_signed_is_never_trusted_without_our_log(look_at, png):
    report = look_at(shelf=Books(fails=StoreError("the books are damaged")))
    assert (report.verdict, failed(report), results(report)["log"]) == ("unknown", set(), "unchecked")
    assert report.consent.now == "unknown"
    without = tools(marks=Marks(), own_root=OWN_ROOT, shelf_problem="the books of this home are missing")
    report = inspect(png, without, at=AT)
    assert (report.verdict, results(report)["log"]) == ("unknown", "unchecked")
    assert report.findings[-1].detail == "the books of this home are missing"


def test_a_log_that_does_not_hold(look_at):
    report = look_at(shelf=Books(fails=TamperedLogError("the log was cut")))
    assert (report.verdict, failed(report)) == ("invalid", {"log"})


def test_a_genuine_file_of_another_house(png):
    """Its own root is given; this home has other mark keys, and another log."""
    given = tools(marks=Marks(mark=None), shelf=Books(edits=()), own_root="another root")
    elsewhere = replace(given, manifests=OfAnotherRoot())
    report = inspect(png, elsewhere, at=AT)
    assert (report.verdict, failed(report)) == ("trusted", set())
    assert (results(report)["watermark"], results(report)["log"]) == ("unchecked", "unchecked")
    readable = replace(elsewhere, marks=Marks(mark=MarkRead(mark_id=OTHER_MARK, whole=True)))
    assert failed(inspect(png, readable, at=AT)) == {"watermark"}


def test_a_root_given_for_another_house_does_not_hide_our_own_signer(png):
    given = tools(marks=Marks(mark=None), shelf=Books(edits=()), own_root="another root")
    assert failed(inspect(png, given, at=AT)) == {"watermark", "log"}


class OfAnotherRoot(Readers):
    """The claim signer chains to the given root, and to no other."""

    def read(self, data, media_type, trust, *, manifest=None):
        return replace(READING, claim_trusted=trust.claim_pem == OWN_ROOT)


@pytest.mark.parametrize("trusted", [True, False])
def test_our_mark_under_a_manifest_that_calls_it_created(look_at, trusted):
    report = look_at(replace(FOREIGN, claim_trusted=trusted))
    assert report.verdict == "invalid"
    assert "watermark" in failed(report)


def test_a_mark_that_no_book_knows_says_nothing(look_at):
    assert look_at(FOREIGN, shelf=Books(edits=())).verdict == "valid"
    report = look_at(FOREIGN, shelf=Books(fails=StoreError("the books are damaged")))
    assert (report.verdict, results(report)["watermark"]) == ("valid", "unchecked")


def test_one_byte_more_than_the_published_file(png):
    """The manifest reads as it did: the log alone tells that these are not the published bytes."""
    given = tools(Readers(), Marks(), Books(), own_root=OWN_ROOT)
    report = inspect(png + b"\0", given, at=AT)
    assert (report.verdict, failed(report)) == ("invalid", {"log"})
    assert "bytes that C2PA covers" in next(one.detail for one in report.findings if one.check == "hard-binding")


@pytest.mark.parametrize(
    "changes", [{"signature_valid": False}, {"failures": ("assertion.hashedURI.mismatch",)}, {"claim_version": 1}]
)
def test_a_receipt_counts_only_where_the_signature_holds(look_at, changes):
    assert look_at().consent.then == "active"
    assert look_at(replace(READING, **changes)).consent.then == "unknown"


def test_what_fails_in_an_embedded_manifest(png):
    given = tools(Readers(), Marks(), Books(), own_root=OWN_ROOT)
    assert embedded_failures(png, given, at=AT) == ()
    assert [one.check for one in embedded_failures(png + b"\0", given, at=AT)] == ["log"]
    assert embedded_failures(png, replace(given, manifests=Readers(embedded=None)), at=AT) == ()


def test_without_books_and_without_a_reader(png):
    report = inspect(png, tools(), at=AT)
    assert report.verdict == "trusted"
    assert {check for check, result in results(report).items() if result == "unchecked"} == {"watermark", "log"}
    assert report.watermark_id is None
    why = inspect(png, tools(marks_problem="the keys are damaged"), at=AT)
    assert next(one.detail for one in why.findings if one.check == "watermark") == "the keys are damaged"


def test_pixels_that_cannot_be_read(look_at):
    report = look_at(marks=Marks(mark=BackendError("the picture is damaged")))
    assert results(report)["watermark"] == "unchecked"
    assert "fingerprint" not in results(report)


def test_an_edit_without_a_known_operator(look_at):
    edit = look_at(replace(READING, identity=None)).edit
    assert (edit.operator, edit.purpose) == ("unknown", "advertising")


def test_a_bound_fingerprint_that_is_none(look_at):
    report = look_at(marks=Marks(compare_fails=UncheckedError("a pHash is 64 hexadecimal digits")))
    assert results(report)["fingerprint"] in {"fails", "unchecked"}


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg"])
def test_a_stripped_file_is_recovered(png, jpeg, media_type):
    data = {"image/png": png, "image/jpeg": jpeg}[media_type]
    report = inspect(data, tools(Readers(embedded=None), Marks(), Books()), at=AT)
    assert (report.verdict, results(report)["manifest"]) == ("recovered", "absent")
    assert (report.edit.au, report.edit_id, report.watermark_id) == ({"AU12": 400}, an_id("edit"), MARK)
    assert (report.consent.then, report.consent.now) == ("active", "active")


@pytest.mark.parametrize(("original", "verdict"), [(SOURCE, "recovered"), (b"another picture", "invalid")])
def test_a_recovered_file_and_its_original(png, original, verdict):
    report = inspect(png, tools(Readers(embedded=None), Marks(), Books()), at=AT, original=original)
    assert report.verdict == verdict
    assert results(report)["source"] == ("holds" if verdict == "recovered" else "fails")


def test_an_original_of_a_file_that_leads_nowhere(png):
    report = inspect(png, tools(Readers(embedded=None)), at=AT, original=SOURCE)
    assert (report.verdict, results(report)["source"]) == ("unknown", "unchecked")


def test_a_stripped_file_that_leads_nowhere(png):
    report = inspect(png, tools(Readers(embedded=None)), at=AT)
    assert (report.verdict, report.edit, report.manifest_id) == ("unknown", None, None)


class Pixels(Marks):
    """Decodes what it is given, as the real reader does, but finds no mark."""

    def read(self, data, media_type):
        vips().decode(data, media_type)

    def fingerprint(self, data, media_type):
        return phash().fingerprint(vips().decode(data, media_type).pixels)


HEADS = (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xeb\x00\x20JP\x00\x01\x00\x00\x00\x01jumb")
REAL = replace(tools(c2pa(), Pixels(), Books(), max_pixels=10**6), trust=Trust(claim_pem=""))


@given(st.sampled_from(HEADS), st.binary(max_size=200))
def test_any_bytes_give_a_report(head, tail):
    report = inspect(head + tail, REAL, at=AT)
    assert report.verdict in {"unknown", "invalid"}


@settings(deadline=None)  # the first picture loads what decodes it
@given(st.data())
def test_any_damage_to_a_picture_gives_a_report(png, jpeg, data):
    picture = bytearray(data.draw(st.sampled_from([png, jpeg])))
    for _ in range(data.draw(st.integers(1, 4))):
        picture[data.draw(st.integers(0, len(picture) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(picture)) | st.just(len(picture)))
    assert inspect(bytes(picture[:cut]), REAL, at=AT).verdict in {"unknown", "invalid"}


UNDER = MarkRead(mark_id="0123456789", whole=False, algorithm="com.adobe.trustmark.Q")
BOUND = replace(READING, soft_bindings={"com.adobe.trustmark.Q": "0123456789", f"{FINGERPRINT_PREFIX}x": PRINT})


def test_the_mark_of_the_bound_kind_counts_not_one_beside_it(look_at):
    both = Marks(mark=MarkRead(mark_id=OTHER_MARK, whole=True), under={"com.adobe.trustmark.Q": UNDER})
    assert results(look_at(BOUND, marks=both))["watermark"] == "holds"
    only = Marks(mark=MarkRead(mark_id=OTHER_MARK, whole=True))
    assert failed(look_at(BOUND, marks=only)) == {"watermark"}
    assert failed(look_at(BOUND, marks=Marks(mark=None))) == {"watermark"}


@pytest.mark.parametrize("kind", [UncheckedError, UnsupportedMediaError, BackendError])
def test_a_kind_that_cannot_be_read_here_is_unchecked(look_at, kind):
    cannot = {"com.adobe.trustmark.Q": kind("marks of that kind cannot be read here")}
    report = look_at(BOUND, marks=Marks(mark=None, under=cannot))
    assert results(report)["watermark"] == "unchecked"
    assert (report.verdict, results(report)["fingerprint"]) == ("trusted", "holds")
