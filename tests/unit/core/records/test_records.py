"""Every record: its bytes are one spelling of it, and nothing else is taken for it."""

import importlib
import json
import pkgutil
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import countenance.core.records
from countenance.core.digest import commit, of_file
from countenance.core.records.audit import Checkpoint, LogEntry, Publication, Receipt, Statement
from countenance.core.records.backup import Acceptance, BackupFile, BackupManifest, Restoring
from countenance.core.records.base import Record
from countenance.core.records.consent import DepictedPerson, Grant, Organisation
from countenance.core.records.decision import Decision, Permit, Reason
from countenance.core.records.erasure import EndedRelease, Erasure, Kept
from countenance.core.records.keys import KeyChange, ReadKeyExport
from countenance.core.records.marks import ConsentReceipt, InputMark, Marking, MarkingDecision
from countenance.core.records.oversight import Approval, Dispute, HouseRules, TitleReview
from countenance.core.records.recipe import EditRecipe
from countenance.core.records.report import ConsentFacts, EditFacts, Finding, VerificationReport
from countenance.core.records.screening import Clearance
from countenance.core.records.showing import Showing, ShownCell
from countenance.core.records.signing import Invitation, Signing
from countenance.core.records.status import StatusEntry, StatusIssue, WithdrawalLink
from countenance.core.records.stored import StoreEntry
from countenance.core.records.terms import Limit
from countenance.core.records.transfer import Exported, ExportedFile, ExportManifest, Imported
from countenance.errors import CountenanceError, UncheckedError
from countenance.testing.worlds import AT, a_revocation, a_world, an_id

WORLD = a_world(faces=2)
DIGEST = of_file(b"")
LIST_ID = "urn:uuid:4667bd63-d371-8285-b9a5-ed5378e430f1"
RECIPE = EditRecipe(
    edit_id=an_id("edit"),
    toolkit_version="0.1.0",
    engine="warp",
    engine_version="1",
    digital_source_type="compositeSynthetic",
    weights={"mesh": DIGEST},
    units={"AU12": -400},
    seed=2**40,
    device="cpu",
    region_px=((0, 0), (5, 0), (5, 5)),
    changed_px=9,
)
RECEIPT = Receipt(
    index=0,
    leaf="{}",
    proof_hex=("00" * 32,),
    checkpoint=Checkpoint(origin="log.example", size=1, root_hex="00" * 32, note="note \u2014 \u00e9"),
)
DECISION = Decision(
    id=an_id("decision"),
    edit_id=an_id("edit"),
    stage="requested",
    face=None,
    effect="deny",
    reasons=(Reason(policy="default-deny", reason="no rule permits this"),),
    request_digest=DIGEST,
    evidence_digest=DIGEST,
    policy_digest=DIGEST,
    at=AT,
)
EXAMPLES = (
    WORLD.request,
    WORLD.request.asset,
    WORLD.evidence,
    WORLD.measured,
    WORLD.evidence.operator,
    WORLD.evidence.title,
    WORLD.evidence.ties[0],
    WORLD.evidence.ties[1],
    WORLD.releases[0],
    a_revocation(an_id("release")),
    DepictedPerson(id=an_id("person"), alias="A", adult=True, born=date(2000, 2, 29), added_at=AT),
    Organisation(id=an_id("organisation"), name="\u00c5", domain="", public_pem="", log_public_pem="", created_at=AT),
    RECIPE,
    DECISION,
    Permit(
        nonce="0" * 32,
        edit_id=an_id("edit"),
        decision_id=an_id("decision"),
        request_digest=DIGEST,
        asset=WORLD.request.asset,
        face=WORLD.evidence.title.faces[0],
        others=WORLD.evidence.title.faces[1:],
        units={"AU12": 1},
        limits={"AU12": Limit(min_permille=-1, max_permille=1)},
        release_id=an_id("release"),
        issued_at=AT,
        expires_at=AT,
    ),
    ConsentReceipt(
        receipt_id=an_id("receipt"),
        commitment=commit(b"", b""),
        purpose="film",
        medium="cinema",
        territory="DE",
        state="active",
        decision_log_index=0,
        log_origin="log.example",
        status=StatusEntry(list_id=LIST_ID, index=7, issuer=DIGEST),
    ),
    Invitation(
        id=an_id("invitation"),
        person_id=an_id("person"),
        role="person",
        draft=WORLD.releases[0],
        draft_digest=DIGEST,
        text_digest=DIGEST,
        page_digest=DIGEST,
        sheet_digests=(DIGEST,),
        cell_digests=(),
        public_pem="pem",
        by=an_id("operator"),
        at=AT,
        expires_at=AT,
    ),
    Signing(
        id=an_id("signing"),
        invitation_id=an_id("invitation"),
        person_id=an_id("person"),
        release_id=an_id("release"),
        role="guardian",
        name="\u00c9va",
        way="page",
        draft_digest=DIGEST,
        text_digest=DIGEST,
        page_digest=DIGEST,
        sheet_digests=(),
        cell_digests=(DIGEST,),
        at=AT,
    ),
    WithdrawalLink(id=an_id("link"), release_id=an_id("release"), public_pem="pem", added_at=AT),
    StatusIssue(
        id=an_id("status"),
        list_id=LIST_ID,
        credential_digest=DIGEST,
        valid_from=AT,
        valid_until="2027-01-01T00:00:00.000Z",
    ),
    LogEntry(kind="decision", at=AT, commitment=commit(b"", b"")),
    Statement(kind="decision", actor=an_id("operator"), subject="s", at=AT, body={"a": [1, None, {"b": "\n"}]}),
    RECEIPT,
    Publication(
        edit_id=an_id("edit"),
        request_digest=DIGEST,
        decision_ids=(an_id("decision"), an_id("decision", 2)),
        nonce="0" * 32,
        release_id=an_id("release"),
        receipt_id=an_id("receipt"),
        source_digest=DIGEST,
        output_digest=DIGEST,
        pixels_digest=DIGEST,
        manifest_id="urn:c2pa:1",
        manifest_digest=DIGEST,
        watermark_id="000000001",
        fingerprint="0" * 64,
        recipe=RECIPE,
        recipe_digest=RECIPE.digest(),
        measured=WORLD.measured,
        measured_digest=WORLD.measured.digest(),
        at=AT,
    ),
    BackupManifest(
        created_at=AT,
        origin="log.example",
        entries=2,
        root_hex="00" * 32,
        files=(BackupFile(path="log/checkpoint", size_bytes=0, digest=DIGEST, mode=0o600),),
    ),
    ExportManifest(
        organisation_id=an_id("organisation"),
        organisation="Studio",
        origin="log.example",
        entries=2,
        exported_at=AT,
        chosen=(an_id("release"),),
        nonce="0" * 32,
        files=(ExportedFile(path="persons.jsonl", size_bytes=0, rows=0, digest=DIGEST),),
    ),
    Exported(manifest_digest=DIGEST, chosen=(), rows=0, at=AT),
    Imported(of_id=an_id("release"), organisation_id=an_id("organisation"), manifest_digest=DIGEST, at=AT),
    Restoring(backup_digest=DIGEST, backed_up_at=AT, entries=2, evidence="none", at=AT),
    Acceptance(entries=2, root_hex="00" * 32, reason="a new disk", at=AT),
    ReadKeyExport(key_ids=("sha256:" + "a" * 64,), at=AT),
    KeyChange(
        id=an_id("keychange"),
        act="rotation",
        role="log",
        of_id=an_id("organisation"),
        old_key_id=DIGEST,
        new_key_id=DIGEST,
        public_pem="pem",
        entries=2,
        signatures_hex=("00", "11"),
        at=AT,
    ),
    Showing(
        id=an_id("sheet"),
        shows="limits",
        operator_id=an_id("operator"),
        asset_digest=DIGEST,
        face=0,
        release_id=an_id("release"),
        effect="permit",
        reasons=(),
        sheet_digest=DIGEST,
        cells=(
            ShownCell(
                label="smile", units={"AU12": 500}, x_px=0, y_px=0, width_px=9, height_px=9, pixels_digest=DIGEST
            ),
        ),
        at=AT,
    ),
    Clearance(id=an_id("clearance"), asset_digest=DIGEST, by=an_id("operator"), reason="seen", at=AT),
    Approval(
        id=an_id("approval"),
        of="alteration",
        asset_digest=DIGEST,
        by=an_id("operator"),
        reason="by letter",
        valid_until=AT,
        at=AT,
        document=DIGEST,
    ),
    Dispute(id=an_id("dispute"), of_id=an_id("title"), reason="another owner", by=an_id("operator"), at=AT),
    TitleReview(
        id=an_id("review"),
        title_id=an_id("title"),
        other_id=an_id("title", 2),
        verdict="distinct",
        reason="two pictures of one series",
        by=an_id("operator"),
        at=AT,
    ),
    Erasure(
        id=an_id("erasure"),
        scope="person",
        ground="request",
        releases=(EndedRelease(release_id=an_id("release"), withdrawn_at=AT),),
        entries=(3, 5),
        counts={"person": 1},
        kept=(Kept(what="publications", count=1, why="evidence"),),
        by=an_id("operator"),
        at=AT,
        person_id=an_id("person"),
    ),
    MarkingDecision(
        id=an_id("decision"),
        marking_id=an_id("marking"),
        operator_id=an_id("operator"),
        asset_digest=DIGEST,
        title_id=an_id("title"),
        effect="permit",
        reasons=(),
        at=AT,
    ),
    Marking(
        id=an_id("marking"),
        decision_id=an_id("decision"),
        title_id=an_id("title"),
        operator_id=an_id("operator"),
        source_digest=DIGEST,
        output_digest=DIGEST,
        pixels_digest=DIGEST,
        manifest_id="urn:c2pa:1",
        manifest_digest=DIGEST,
        watermark_id="0123456ab",
        watermark="org.countenance.mark.spread1",
        fingerprint="00ff" * 16,
        at=AT,
        content_code="2107" + "00" * 32,
        input_mark=InputMark(mark_id="0123456abcde", still_readable=False),
    ),
    StoreEntry(
        manifest_id="urn:c2pa:1",
        manifest_digest=DIGEST,
        output_digest=DIGEST,
        pixels_digest=DIGEST,
        watermark_id="0123456ab",
        fingerprint="00ff" * 16,
        how="edited",
        organisation="Studio",
        published_at=AT,
        signed_at=AT,
    ),
    HouseRules(id=an_id("house"), four_eyes=True, by=an_id("operator"), at=AT),
    VerificationReport(
        verdict="trusted",
        findings=(Finding(check="parse", result="holds", detail="image/jpeg"),),
        edit=EditFacts(au={"AU12": 400}, operator="op-1", purpose="film"),
        consent=ConsentFacts(then="active", now="withdrawn", as_of=AT),
        watermark_id=None,
    ),
)
EACH = pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: record.KIND)


def test_there_is_an_example_of_every_record():
    for found in pkgutil.iter_modules(countenance.core.records.__path__):
        importlib.import_module(f"countenance.core.records.{found.name}")
    known = {one for one in Record.__subclasses__() if one.__module__.startswith("countenance.core.records.")}
    assert known == {type(example) for example in EXAMPLES}
    assert len({one.KIND for one in known}) == len(known)


@EACH
def test_parse_after_print_is_a_fixed_point(record):
    printed = record.canonical()
    again = type(record).from_bytes(printed)
    assert again == record
    assert again.canonical() == printed
    assert again.digest() == record.digest()


@EACH
def test_any_spelling_is_the_same_record(record):
    loose = json.dumps(record.to_json(), indent=2, sort_keys=False).encode()
    assert type(record).from_bytes(loose) == record


@EACH
def test_the_schema_stands_in_the_bytes(record):
    assert json.loads(record.canonical())["schema"] == f"countenance.{record.KIND}/1"
    assert record.payload_type() == f"application/vnd.countenance.{record.KIND}+json"


@EACH
def test_a_newer_schema_is_unchecked(record):
    newer = {**record.to_json(), "schema": f"countenance.{record.KIND}/2"}
    with pytest.raises(UncheckedError) as unchecked:
        type(record).from_bytes(json.dumps(newer).encode())
    assert "newer version" in unchecked.value.hint


@EACH
def test_a_further_field_is_refused(record):
    more = {**record.to_json(), "more": 1}
    with pytest.raises(CountenanceError, match=f"not a {record.KIND} record: extra inputs"):
        type(record).from_bytes(json.dumps(more).encode())


@EACH
def test_records_are_frozen(record):
    name = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(record, name, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{",
        b"\xff\xfe",
        b'{"schema": "countenance.decision/1"}',
        b"[" * 100_000,
        b'{"schema":"countenance.decision/1","x":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"schema":"countenance.decision/1","id":"\\ud800"}',
        b'{"schema":"countenance.decision/1","id":' + b"9" * 5000 + b"}",
    ],
)
def test_garbage_is_a_plain_error(data):
    with pytest.raises(CountenanceError, match="not a decision record") as refused:
        Decision.from_bytes(data)
    assert type(refused.value) is CountenanceError


def test_another_record_is_not_taken_for_this_one():
    with pytest.raises(UncheckedError):
        Permit.from_bytes(DECISION.canonical())


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_give_a_record_or_a_plain_error(data):
    with pytest.raises(CountenanceError):
        Receipt.from_bytes(data)


JSONS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)


@given(st.sampled_from(sorted(DECISION.to_json())), JSONS)
def test_a_field_of_another_type_is_refused_or_the_record_is_still_one_value(name, value):
    changed = {**DECISION.to_json(), name: value}
    try:
        parsed = Decision.from_bytes(json.dumps(changed).encode())
    except CountenanceError:
        return
    assert Decision.from_bytes(parsed.canonical()) == parsed


def test_strict_means_no_quiet_conversion():
    for name, value in (("size_bytes", "9"), ("size_bytes", 9.0), ("size_bytes", True), ("width_px", 0)):
        changed = {**WORLD.request.asset.to_json(), name: value}
        with pytest.raises(CountenanceError):
            type(WORLD.request.asset).from_bytes(json.dumps(changed).encode())


@pytest.mark.parametrize("until", ["2027-01-01T00:00:00.000Z", "2026-12-31T23:59:59.999Z"])
def test_a_grant_ends_after_it_begins(until):
    with pytest.raises(ValidationError, match="ends before it begins"):
        Grant(
            purposes=("film",),
            media=("web",),
            territories=("*",),
            units={},
            valid_from="2027-01-01T00:00:00.000Z",
            valid_until=until,
        )
