import pytest
from raw_sql import run

from countenance.audit.append import append
from countenance.audit.check import verify_receipt
from countenance.core import digest
from countenance.errors import ConfigError, DeniedError, EvidenceError, LogUnavailableError, StoreError
from countenance.manifest.receipt import opening
from countenance.testing.log_keys import log_key

KEY = log_key()
AT = "2026-01-02T03:04:05.000Z"


@pytest.fixture
def publish(books, facts, filled, scribe):
    def _publish(manifest=b"manifest", operator_id=None, **changes):
        publication = facts.publication(filled["release"].id, manifest, **changes)
        with books.transaction():
            append(*scribe.write("publication", at=publication.at), books, KEY)
            books.add_publication(publication, manifest, b"s" * 32, operator_id or filled["operator"].id)
        return publication

    return _publish


def test_a_publication_is_found_by_its_mark_and_its_receipt(books, publish):
    publication = publish()
    publish(b"other", mark="000000002")
    known = books.shelf(AT).by_mark("000000001")
    assert known == books.shelf(AT).by_receipt(publication.receipt_id)
    assert (known.edit_id, known.manifest_digest) == (publication.edit_id, publication.manifest_digest)
    assert (known.passphrase_shared, known.consent_now) == (False, "active")
    assert verify_receipt(known.receipt, KEY.public_pem, books.origin).size == 2
    assert known.receipt.index == 0
    assert books.shelf(AT).by_mark("00000000f") is None
    assert books.publication(publication.edit_id) == publication
    assert books.publication("edit_" + "0" * 32) is None
    assert books.receipt_salt(publication.receipt_id) == b"s" * 32
    assert books.receipt_salt("receipt_x") is None


def test_what_was_published_is_told(books, publish, filled):
    publication = publish()
    known = books.shelf(AT).by_mark("000000001")
    assert (known.units, known.purposes) == (publication.recipe.units, filled["release"].grant.purposes)
    assert known.output_digest == publication.output_digest


def test_a_receipt_opens_to_the_decision_behind_the_edit(books, publish):
    publication = publish()
    said = opening(
        publication.receipt_id,
        release_id=publication.release_id,
        decision_id=publication.decision_ids[0],
        request_digest=publication.request_digest,
    )
    shelf, commitment = books.shelf(AT), digest.commit(b"s" * 32, said)
    assert shelf.opens(publication.receipt_id, commitment) is True
    assert shelf.opens(publication.receipt_id, digest.commit(b"t" * 32, said)) is False
    assert shelf.opens(publication.receipt_id, "None") is False
    assert shelf.opens("receipt_x", commitment) is None
    with books.transaction(), books.writing() as connection:
        run(connection, "DELETE FROM receipt_salt")
    assert shelf.opens(publication.receipt_id, commitment) is None


def test_a_damaged_publication_is_a_matter_of_the_books(books, publish):
    publish()
    with books.transaction(), books.writing() as connection:
        run(connection, "DROP TRIGGER publication_no_update")
        run(connection, "UPDATE publication SET record = x'7b7d'")
    with pytest.raises(StoreError, match="publication in the books cannot be read"):
        books.shelf(AT).by_mark("000000001")


def test_the_manifest_is_kept_whole(books, publish):
    publication = publish(b"the manifest store")
    assert books.shelf(AT).manifest(publication.manifest_digest) == b"the manifest store"
    assert books.shelf(AT).manifest("sha256:" + "0" * 64) is None


def test_a_damaged_manifest_is_not_given_out(books):
    with books.transaction(), books.writing() as connection:
        run(connection, f"INSERT INTO manifest VALUES ('sha256:{'0' * 64}', x'00')")  # noqa: S608
    with pytest.raises(EvidenceError, match="damaged"):
        books.shelf(AT).manifest("sha256:" + "0" * 64)


def test_near_fingerprints_come_nearest_first(books, publish):
    publish(b"1", mark="000000001", fingerprint="00000000000000ff")
    publish(b"2", mark="000000002", fingerprint="000000000000000f")
    publish(b"3", mark="000000003", fingerprint="ffffffffffffffff")
    publish(b"4", mark="000000004", fingerprint="ff")
    publish(b"5", mark="000000005", fingerprint="zzzzzzzzzzzzzzzz")
    found = books.shelf(AT).near("0000000000000007", within_bits=8)
    assert [(known.watermark_id, bits) for known, bits in found] == [("000000002", 1), ("000000001", 5)]
    assert books.shelf(AT).near("0000000000000007", within_bits=0) == ()


def test_consent_is_that_of_the_instant_asked_about(books, facts, filled, publish):
    publish()
    with books.transaction():
        books.add(facts.revocation(filled["release"].id, "2026-06-01T00:00:00.000Z"))

    def state(at):
        return books.shelf(at).by_mark("000000001").consent_now

    assert state("2025-12-31T00:00:00.000Z") == "unknown"
    assert state("2026-05-31T23:59:59.999Z") == "active"
    assert state("2026-06-01T00:00:00.000Z") == "withdrawn"
    assert state("2027-06-01T00:00:00.000Z") == "withdrawn"


def test_a_release_expires(books, publish):
    publish()
    assert books.shelf("2026-12-31T23:59:59.999Z").by_mark("000000001").consent_now == "active"
    assert books.shelf("2027-01-01T00:00:00.000Z").by_mark("000000001").consent_now == "expired"


def test_a_publication_follows_its_log_entry(books, facts, filled, scribe):
    publication = facts.publication(filled["release"].id, b"m")

    def add(*kinds, manifest=b"m", operator_id=filled["operator"].id):
        with books.transaction():
            for kind in kinds:
                append(*scribe.write(kind, at=AT), books, KEY)
            books.add_publication(publication, manifest, b"s" * 32, operator_id)

    with pytest.raises(LogUnavailableError, match="right after"):
        add()
    with pytest.raises(LogUnavailableError, match="right after"):
        add("publication", "decision")
    with pytest.raises(EvidenceError, match="manifest"):
        add("publication", manifest=b"another")
    with pytest.raises(ConfigError):
        add("publication", operator_id="operator_" + "0" * 32)
    assert books.size() == 0


def test_a_mark_a_receipt_and_an_edit_are_published_once(books, publish):
    publish()
    with pytest.raises(StoreError, match="already"):
        publish(b"other")
    assert len(books.published()) == 1


def test_a_mark_id_is_taken_once(books):
    assert books.reserve_mark("000000001", "edit_a")
    assert not books.reserve_mark("000000001", "edit_b")
    with books.transaction():
        assert books.reserve_mark("000000002", "edit_b")
        assert not books.reserve_mark("000000002", "edit_b")


def test_a_permit_serves_once(books):
    with books.transaction():
        books.use_permit("0" * 32, "edit_a")
        with pytest.raises(DeniedError, match="used already"):
            books.use_permit("0" * 32, "edit_a")
    with pytest.raises(DeniedError, match="used already"), books.transaction():
        books.use_permit("0" * 32, "edit_b")


def test_a_published_edit_without_its_organisation_is_said(books, facts, scribe):
    person, operator = facts.person(), facts.operator()
    release = facts.release(person.id)
    publication = facts.publication(release.id, b"m")
    with books.transaction():
        for fact in (person, operator, release):
            books.add(fact)
        append(*scribe.write("publication", at=AT), books, KEY)
        books.add_publication(publication, b"m", b"s" * 32, operator.id)
    with pytest.raises(StoreError, match="organisation"):
        books.shelf(AT).by_mark(publication.watermark_id)
