from dataclasses import dataclass, field, replace

import pytest
from evidence import CODE, KNOWN, MARK, OTHER_MARK, PRINT, READING, Books, Marks, Readers, spoilt, tools
from statuses import AT, make_issuer

from countenance.core import store_entry
from countenance.core.digest import of_file
from countenance.core.records.marks import CONTENT_CODE, MarkRead
from countenance.core.records.stored import StoreEntry
from countenance.errors import EvidenceError
from countenance.manifest.labels import GRID_PRINT
from countenance.manifest.ports import Trust
from countenance.verify.found import find
from countenance.verify.recover import Seen, recover

JPEG = "image/jpeg"
WHOLE = MarkRead(mark_id=MARK, whole=True, words_tried=3)
FOUND = MarkRead(mark_id=MARK, whole=False)
ENTRY = StoreEntry(
    manifest_id=READING.manifest_id, manifest_digest=of_file(b"manifest"), output_digest=of_file(b"output"),
    pixels_digest=KNOWN.pixels_digest, watermark_id=MARK, fingerprint=PRINT, content_code=CODE, how="edited",
    organisation="Agency", published_at=AT, signed_at=AT,
)  # fmt: skip
STORED = replace(READING, soft_bindings={**READING.soft_bindings, CONTENT_CODE: CODE}, identity=None)


@dataclass
class Shelf:
    """`ManifestStore`: what is filed, under whatever name."""

    filed: list[bytes]
    manifests: dict[str, bytes] = field(default_factory=lambda: {ENTRY.manifest_digest: b"manifest"})

    def by_mark(self, watermark_id):
        return self.filed

    def near(self, fingerprint, *, within_bits):
        return [(one, 0) for one in self.filed]

    def manifest(self, manifest_digest):
        return self.manifests.get(manifest_digest)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return make_issuer(tmp_path_factory.mktemp("agency"))


@pytest.fixture(scope="module")
def signed(issuer):
    return lambda **changes: store_entry.sign(ENTRY.model_copy(update=changes), issuer.keys.unlock_claim("words"))


@pytest.fixture
def follow(issuer):
    def _follow(*filed, mark=WHOLE, print_=PRINT, stored=STORED, marks=None):
        given = tools(Readers(embedded=None, stored=stored), marks or Marks(mark=mark, print_=print_))
        given = replace(given, trust=Trust(claim_pem=issuer.root), store=Shelf(list(filed)))
        return recover(b"", JPEG, Seen(mark=mark, fingerprint=print_), given)

    return _follow


def results(recovered):
    return {one.check: one.result for one in recovered.findings}


def test_a_store_alone_leads_back(follow, signed):
    recovered = follow(signed(), stored=replace(STORED, identity=READING.identity and replace(
        READING.identity, referenced=(*READING.identity.referenced, "c2pa.soft-binding__2"))))  # fmt: skip
    assert recovered.verdict == "recovered"
    assert set(results(recovered).values()) == {"holds"}
    assert list(results(recovered))[:4] == ["watermark", "store", "fingerprint", "recovery"]
    assert (recovered.lead.organisation, recovered.known) == ("Agency", None)


def test_an_entry_of_a_stranger_is_not_believed(follow, tmp_path):
    stranger = make_issuer(tmp_path).keys.unlock_claim("words")
    recovered = follow(store_entry.sign(ENTRY, stranger))
    assert recovered.verdict == "unknown"
    assert (results(recovered)["store"], recovered.lead) == ("unchecked", None)


@pytest.mark.parametrize("filed", [b"", b"{}", b'{"envelope":{},"certificate":""}'])
def test_what_is_no_entry_is_not_believed(follow, filed):
    recovered = follow(filed)
    assert (recovered.verdict, results(recovered)["store"]) == ("unknown", "unchecked")


def test_an_entry_filed_under_a_mark_that_is_not_its_own(follow, signed):
    recovered = follow(signed(watermark_id=OTHER_MARK))
    assert recovered.verdict == "unknown"
    assert "filed under a mark that is not its own" in str(recovered.findings)


@pytest.mark.parametrize(
    "changes",
    [
        {"manifest_id": "urn:c2pa:2"},
        {"fingerprint": spoilt(PRINT, 3)},
        {"content_code": None},
    ],
)
def test_an_entry_that_leads_to_another_manifest(follow, signed, changes):
    recovered = follow(signed(**changes))
    assert recovered.verdict == "unknown"
    assert "do not agree" in str(recovered.findings)


def test_a_manifest_of_nobody_who_is_trusted(follow, signed):
    recovered = follow(signed(), stored=replace(STORED, claim_trusted=False))
    assert (recovered.verdict, recovered.reading) == ("unknown", None)
    assert "nobody who is trusted" in str(recovered.findings)


def test_a_forged_entry_does_not_hide_a_real_one(follow, signed, tmp_path):
    stranger = make_issuer(tmp_path).keys.unlock_claim("words")
    recovered = follow(store_entry.sign(ENTRY, stranger), signed())
    assert recovered.lead is not None
    assert recovered.lead.organisation == "Agency"


def test_a_manifest_that_is_gone_from_the_store(follow, signed):
    gone = signed(manifest_digest=of_file(b"gone"))
    assert results(follow(gone))["recovery"] == "absent"


def test_a_copied_mark_is_called_out_from_a_store_too(follow, signed):
    far = spoilt(PRINT, 90)
    assert results(follow(signed(), print_=far))["fingerprint"] == "fails"
    assert follow(signed(), print_=far).verdict == "invalid"


def test_a_crop_is_told_by_the_grid_that_the_manifest_binds(follow, signed):
    far = spoilt(PRINT, 90)
    bound = replace(STORED, soft_bindings={**STORED.soft_bindings, GRID_PRINT: "00"})
    seen = Marks(mark=FOUND, print_=far, likeness=940, area=700)
    crop = follow(signed(), mark=FOUND, print_=far, stored=bound, marks=seen)
    assert results(crop)["fingerprint"] == "holds"
    other = follow(signed(), mark=FOUND, print_=far, stored=bound, marks=replace(seen, likeness=500))
    assert (other.verdict, results(other)["fingerprint"]) == ("unknown", "unchecked")
    assert len(other.candidates) == 1


def test_likenesses_of_books_and_store_are_named_once_and_never_certain(issuer, signed, png):
    books = Books(edits=(replace(KNOWN, organisation="Agency", content_code=CODE),))
    more = signed(manifest_id="urn:c2pa:9", fingerprint=spoilt(PRINT, 5))
    given = tools(Readers(embedded=None), Marks(mark=None), books)
    given = replace(given, trust=Trust(claim_pem=issuer.root), store=Shelf([signed(), more]))
    found = find(png, given, at=AT)
    assert found.verdict == "candidates"
    named = [one.candidate.lead.manifest_id for one in found.told]
    assert named == [READING.manifest_id, "urn:c2pa:9"]
    assert [one.candidate.alike.iscc_bits for one in found.told] == [0, 0]
    assert found.told[0].consent.state == "active"
    assert found.told[1].consent.state == "unknown"


def test_the_answer_tells_the_organisation_the_consent_and_the_certainty(png):
    books = Books(edits=(replace(KNOWN, organisation="Agency", consent_now="withdrawn"),))
    found = find(png, tools(Readers(embedded=None), Marks(mark=WHOLE), books), at=AT)
    assert (found.verdict, found.mark.words_tried) == ("recovered", 3)
    (told,) = found.told
    assert (told.candidate.lead.organisation, told.consent.state, told.consent.by) == ("Agency", "withdrawn", "books")


def test_a_copied_mark_is_a_verdict_of_its_own(png):
    marks = Marks(mark=WHOLE, print_=spoilt(PRINT, 90))
    found = find(png, tools(Readers(embedded=None), marks, Books()), at=AT)
    assert found.verdict == "mark-of-another-picture"
    assert found.told[0].candidate.alike.phash_bits == 90


def test_a_file_whose_own_manifest_does_not_hold_is_not_recovered(png):
    embedded = replace(READING, data_hash_matches=False)
    found = find(png, tools(Readers(embedded=embedded), Marks(mark=WHOLE), Books()), at=AT)
    assert (found.verdict, found.why) == ("unknown", "file-fails")
    assert found.lead is not None
    by_result = {one.result for one in found.findings if "the manifest in the file" in one.detail}
    assert by_result == {"fails"}
    assert not any(one.check == "recovery" for one in found.findings)


class Damaged(Shelf):
    """A store whose manifests, or whose entries, are not what their names say."""

    def manifest(self, manifest_digest):
        raise EvidenceError("the manifest in the store is not the one of its name")


def test_a_damaged_store_is_no_fault_of_the_picture(issuer, signed, png):
    given = replace(
        tools(Readers(embedded=None), Marks(mark=WHOLE)),
        trust=Trust(claim_pem=issuer.root),
        store=Damaged([signed()]),
    )
    found = find(png, given, at=AT)
    assert (found.verdict, found.why, found.lead.manifest_id) == ("unknown", "damaged-store", ENTRY.manifest_id)
    said = {one.check: one for one in found.findings}
    assert (said["watermark"].result, said["store"].result) == ("holds", "unchecked")
    assert "--repair" in said["store"].detail


def test_without_a_root_nothing_of_a_store_is_believed(signed, png):
    given = replace(
        tools(Readers(embedded=None), Marks(mark=WHOLE)), trust=Trust(claim_pem=""), store=Shelf([signed()])
    )
    found = find(png, given, at=AT)
    assert (found.verdict, found.lead) == ("unknown", None)
    doubts = [one.detail for one in found.findings if one.check in {"store", "trust"}]
    assert len(doubts) == 2
    assert all("--trust" in one for one in doubts)
