import pytest
from raw_sql import run

from countenance.audit.append import append
from countenance.core import digest
from countenance.core.records.asset import Asset
from countenance.core.records.decision import Decision, Reason
from countenance.errors import ConfigError, StoreError
from countenance.testing.log_keys import log_key, statement_key


def test_facts_come_back_as_they_went_in(books, filled):
    assert books.organisation() == filled["organisation"]
    assert books.operators() == (filled["operator"],)
    assert books.operator(filled["operator"].id) == filled["operator"]
    assert books.persons() == (filled["person"],)
    assert books.person(filled["person"].id) == filled["person"]
    assert books.releases() == (filled["release"],)
    assert books.release(filled["release"].id) == filled["release"]
    assert books.title(filled["title"].id) == filled["title"]
    assert books.title_of(filled["title"].asset.digest_of_file) == filled["title"]
    assert books.ties(filled["title"].id) == (filled["tie"],)
    assert books.revocations(filled["release"].id) == ()


def test_what_is_not_there_is_none(books, facts):
    assert books.organisation() is None
    assert books.operator("operator_" + "0" * 32) is None
    assert books.title_of("sha256:" + "0" * 64) is None
    evidence = books.evidence_for(facts.request(facts.ids.new("operator")), at="2026-01-02T03:04:05.000Z")
    assert (evidence.operator, evidence.title, evidence.ties, evidence.last_entry_at) == (None, None, (), None)


def test_the_newest_title_and_the_newest_tie_count(books, facts, filled):
    newer = facts.title()
    ties = [facts.tie(newer.id, filled["release"].id, 1), facts.tie(newer.id, None, 0), facts.tie(newer.id, None, 1)]
    with books.transaction():
        books.add(newer)
        for tie in ties:
            books.add(tie)
    assert books.title_of(newer.asset.digest_of_file) == newer
    assert books.ties(newer.id) == (ties[1], ties[2])


def test_evidence_is_what_stands_in_the_books(books, facts, filled):
    ends = [facts.revocation(filled["release"].id), facts.revocation(filled["operator"].id, "2026-03-01T00:00:00.000Z")]
    ends.append(facts.revocation(filled["operator"].id, "2026-02-01T00:00:00.000Z"))
    with books.transaction():
        for end in ends:
            books.add(end)
    evidence = books.evidence_for(facts.request(filled["operator"].id), at="2026-01-02T03:04:05.000Z")
    assert (evidence.operator, evidence.title) == (filled["operator"], filled["title"])
    assert (evidence.ties, evidence.releases, evidence.persons) == (
        (filled["tie"],),
        (filled["release"],),
        (filled["person"],),
    )
    assert evidence.operator_revoked_at == "2026-02-01T00:00:00.000Z"
    assert set(evidence.revocations) == set(ends)


def test_a_face_left_untouched_needs_no_release(books, facts, filled):
    with books.transaction():
        books.add(facts.tie(filled["title"].id, None))
    evidence = books.evidence_for(facts.request(filled["operator"].id), at="2026-01-02T03:04:05.000Z")
    assert (evidence.ties[0].release_id, evidence.releases, evidence.persons) == (None, (), ())


def let_out(books, scribe, publication, manifest, operator):
    with books.transaction():
        append(*scribe.write("publication", at=publication.at), books, log_key())
        books.add_publication(publication, manifest, b"s" * 32, operator.id)


def test_the_edits_on_the_way_to_a_picture_are_evidence(books, facts, filled, scribe):
    operator = filled["operator"]
    first = facts.publication(filled["release"].id, b"one", mark="000000001")
    second = facts.publication(filled["release"].id, b"two", mark="000000002").model_copy(
        update={"source_digest": first.output_digest, "output_digest": digest.of_file(b"twice")}
    )
    let_out(books, scribe, first, b"one", operator)
    let_out(books, scribe, second, b"two", operator)

    def earlier(data):
        evidence = books.evidence_for(facts.request(operator.id, data), at="2026-01-02T03:04:05.000Z")
        return [(edit.edit_id, edit.units, edit.region_px) for edit in evidence.earlier]

    once = (first.edit_id, first.recipe.units, first.recipe.region_px)
    assert earlier(b"picture") == []
    assert earlier(b"output") == [once]
    assert earlier(b"twice") == [(second.edit_id, second.recipe.units, second.recipe.region_px), once]


def test_edits_of_the_same_original_are_counted_where_a_release_limits_them(books, facts, filled, scribe):
    release, operator = filled["release"], filled["operator"]
    published = facts.publication(release.id, b"one", mark="000000001")
    let_out(books, scribe, published, b"one", operator)
    request = facts.request(operator.id)
    at = "2026-01-02T03:04:05.000Z"
    assert books.evidence_for(request, at=at).siblings is None
    grant = release.grant.model_copy(update={"most_edits": 2})
    with books.transaction():
        books.add(release.model_copy(update={"version": 2, "grant": grant}))
    (sibling,) = books.evidence_for(request, at=at).siblings
    assert (sibling.edit_id, sibling.release_id) == (published.edit_id, release.id)
    assert sibling.region_px == published.recipe.region_px


def test_decisions_are_kept_by_edit(books, facts):
    decision = Decision(
        id=facts.ids.new("decision"),
        edit_id=facts.ids.new("edit"),
        stage="requested",
        face=0,
        effect="deny",
        reasons=(Reason(policy="p1", reason="no"),),
        request_digest="sha256:" + "0" * 64,
        evidence_digest="sha256:" + "0" * 64,
        policy_digest="sha256:" + "0" * 64,
        at="2026-01-02T03:04:05.000Z",
    )
    with books.transaction():
        books.add_decision(decision)
    assert books.decision(decision.id) == decision
    assert books.decisions_of(decision.edit_id) == (decision,)
    assert books.decisions_of("edit_" + "0" * 32) == ()


def test_an_actor_s_key_is_the_certificate_s_or_the_organisation_s(books, filled):
    assert books.actor_key(filled["operator"].id) == statement_key().public_pem
    assert books.actor_key(filled["organisation"].id) == statement_key("claim").public_pem
    assert books.actor_key("operator_" + "0" * 32) is None


def test_a_fact_must_name_facts_that_are_there(books, facts, filled):
    stranger = facts.ids.new("release")
    for orphan in (
        facts.release(facts.ids.new("person")),
        facts.tie(filled["title"].id, stranger),
        facts.revocation(stranger),
    ):
        with pytest.raises(ConfigError), books.transaction():
            books.add(orphan)
    with pytest.raises(ConfigError, match="organisation already"), books.transaction():
        books.add(facts.organisation())
    assert len(books.releases()) == 1


def test_an_id_serves_once(books, filled):
    with pytest.raises(StoreError, match="already"), books.transaction():
        books.add(filled["person"])


def test_the_books_take_facts_only(books):
    asset = Asset(digest_of_file="sha256:" + "0" * 64, media_type="image/png", width_px=1, height_px=1, size_bytes=1)
    with pytest.raises(StoreError, match="keep no asset"), books.transaction():
        books.add(asset)


def test_a_damaged_fact_is_a_plain_line(books, filled):
    with books.transaction(), books.writing() as connection:
        run(connection, "INSERT INTO person (id, record) VALUES ('person_x', x'ff')")
    with pytest.raises(StoreError, match="person in the books cannot be read"):
        books.persons()
