import pytest

from countenance.audit.append import append
from countenance.audit.check import verify_receipt
from countenance.core import digest
from countenance.core.records.marks import InputMark, Marking
from countenance.errors import EvidenceError, LogUnavailableError, StoreError
from countenance.testing.log_keys import log_key

KEY = log_key()
AT = "2026-01-02T03:04:05.000Z"


@pytest.fixture
def marking(filled, facts):
    def _marking(manifest=b"manifest", mark="00000000000a", **changes):
        said = {
            "id": facts.ids.new("marking"), "decision_id": facts.ids.new("decision"), "title_id": filled["title"].id,
            "operator_id": filled["operator"].id, "source_digest": digest.of_file(b"picture"),
            "output_digest": digest.of_file(b"output of " + manifest), "pixels_digest": digest.of_file(b"pixels"),
            "manifest_id": f"urn:c2pa:{manifest.decode()}", "manifest_digest": digest.of_file(manifest),
            "watermark_id": mark, "watermark": "org.countenance.mark.spread1", "fingerprint": "0f" * 32, "at": AT,
            "input_mark": InputMark(mark_id="fedcba987", still_readable=False),
        }  # fmt: skip
        return Marking(**said | changes)

    return _marking


@pytest.fixture
def keep(books, scribe):
    def _keep(one, manifest=b"manifest", *, kind="marking"):
        with books.transaction():
            append(*scribe.write(kind, at=one.at), books, KEY)
            books.add_marking(one, manifest)
        return one

    return _keep


def test_a_marking_is_found_again(books, marking, keep):
    made, other = keep(marking()), keep(marking(b"other", mark="00000000000b"), b"other")
    assert [one for one, _ in books.markings()] == [made, other]
    assert books.markings(watermark_id=made.watermark_id) == [(made, 0)]
    assert books.markings(id="marking_" + "0" * 32) == []
    assert books.manifest(made.manifest_digest) == b"manifest"


def test_the_shelf_tells_of_it_as_marked_only(books, marking, keep, filled):
    made = keep(marking())
    known = books.shelf(AT).by_mark(made.watermark_id)
    assert (known.marked_only, known.edit_id, known.units, known.receipt_id) == (True, made.id, {}, "")
    assert (known.organisation, known.consent_now) == (filled["organisation"].name, "unknown")
    assert verify_receipt(known.receipt, KEY.public_pem, books.origin).size == 1
    ((near, bits),) = books.shelf(AT).near("0f" * 31 + "0e", within_bits=4)
    assert (near, bits) == (known, 1)


def test_a_mark_is_used_once(books, marking, keep):
    keep(marking())
    with pytest.raises(StoreError):
        keep(marking(b"other"), b"other")
    assert len(books.markings()) == 1


def test_it_is_kept_with_its_own_manifest_and_right_after_it_was_logged(books, marking, keep):
    with pytest.raises(EvidenceError, match="not the one"):
        keep(marking(), b"another manifest")
    with pytest.raises(LogUnavailableError, match="right after"):
        keep(marking(), kind="title")
    assert books.markings() == []


def test_whether_a_mark_was_taken_for_it(books, marking):
    made = marking()
    assert not books.asked_to_mark(made.id)
    books.reserve_mark(made.watermark_id, made.id)
    assert books.asked_to_mark(made.id)


def test_the_facts_about_a_picture_to_be_marked(books, filled):
    found = books.marking_evidence(filled["title"].asset.digest_of_file, filled["operator"].id, at=AT)
    assert (found.title, found.operator) == (filled["title"], filled["operator"])
    assert (found.disputes, found.earlier, found.releases) == ((), (), ())
    nothing = books.marking_evidence(digest.of_file(b"unknown"), "operator_" + "0" * 32, at=AT)
    assert (nothing.title, nothing.operator) == (None, None)
