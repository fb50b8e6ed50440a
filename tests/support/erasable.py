"""A home in which one person left traces everywhere, and another one, too: written as the acts of the product write."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from studio import Home

from countenance.core import digest
from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.audit import Publication
from countenance.core.records.consent import DepictedPerson, FaceTie, Grant, ModelRelease, Revocation, Title
from countenance.core.records.decision import Decision, EditRequest, Reason
from countenance.core.records.oversight import Approval, Dispute
from countenance.core.records.recipe import EditRecipe, Measured, MeasuredUnit
from countenance.core.records.screening import Clearance
from countenance.core.records.signing import Invitation, Signing
from countenance.core.records.terms import Guardian, Limit, Retention
from countenance.settings import Settings
from countenance.toolkit.act import act
from countenance.toolkit.pen import Pen
from countenance.wiring.office import Office, Secrets
from countenance.withdrawal import issue_link, open_link, withdraw_as_person

PERSONAL = (
    "Zebediah",
    "Quillfeather",
    "zeb@quill.example",
    "1991-07-13",
    "Ottoline",
    "hereby agree to be altered",
    "rang in tears",
    "looked at Zeb",
    "quill-campaign.jpg",
)
"""What must be found nowhere afterwards."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """Ids of what one person left."""

    person: str
    releases: tuple[str, ...]
    title: str
    edits: tuple[str, ...]
    receipt: str
    output: str
    token: str
    link_pem: str


def office_of(home: Home) -> Office:
    secrets = {"passphrase": home.organisation, "operator_passphrase": home.operator}
    settings = Settings.load({**secrets, "home": home.path})
    return Office(settings, Secrets(settings, ask=lambda what: what))


class Desk:
    """Writes records as they are, each in a transaction with its statement."""

    def __init__(self, office: Office, operator: str) -> None:
        self.office, self.pen = office, office.pen(operator)

    def add(self, kind: Any, record: Any, subject: str) -> Any:
        with act(self.pen):
            self.pen.books.add(record)
            self.pen.write(kind, record, subject=subject, at=self.pen.clock.now())
        return record

    def new(self, kind: str) -> str:
        return self.pen.ids.new(kind)

    def now(self) -> str:
        return self.pen.clock.now()


def grant(**changes: Any) -> Grant:
    said = {
        "purposes": ("advertising",),
        "media": ("web",),
        "territories": ("*",),
        "units": {"AU12": Limit(max_permille=500)},
        "valid_from": "2020-01-01T00:00:00.000Z",
        "valid_until": "2060-01-01T00:00:00.000Z",
    }
    return Grant(**said | changes)


def a_person(desk: Desk, **changes: Any) -> DepictedPerson:
    said = {
        "id": desk.new("person"),
        "alias": "Zebediah",
        "adult": True,
        "born": date(1991, 7, 13),
        "added_at": desk.now(),
        "legal_name": "Zebediah Alphonse Quillfeather",
        "contact": "zeb@quill.example",
        "guardian": Guardian(name="Ottoline Quillfeather", relation="mother"),
    }
    record = DepictedPerson(**said | changes)
    return desk.add("person", record, record.id)


def a_release(desk: Desk, person_id: str, **changes: Any) -> ModelRelease:
    text = "I, Zebediah Quillfeather, hereby agree to be altered"
    said = {
        "id": desk.new("release"),
        "person_id": person_id,
        "grant": grant(),
        "signed_on": date(2020, 1, 1),
        "text": text,
        "text_digest": digest.of_file(text.encode()),
        "added_at": desk.now(),
    }
    record = ModelRelease(**said | changes)
    return desk.add("model-release", record, record.id)


def a_title(desk: Desk, picture: bytes, faces: int = 1) -> Title:
    asset = Asset(
        digest_of_file=digest.of_file(picture), media_type="image/jpeg", width_px=9, height_px=9, size_bytes=9
    )
    boxes = tuple(FaceBox(number=n, x0_px=n, y0_px=0, x1_px=n + 1, y1_px=1) for n in range(faces))
    record = Title(
        id=desk.new("title"),
        asset=asset,
        fingerprint="0" * 64,
        owner="Studio",
        basis="own-work",
        alteration="yes",
        faces=boxes,
        added_at=desk.now(),
    )
    return desk.add("title", record, record.id)


def a_tie(desk: Desk, title: Title, face: int, release_id: str | None) -> FaceTie:
    tie = FaceTie(id=desk.new("tie"), title_id=title.id, face=face, release_id=release_id, added_at=desk.now())
    return desk.add("face-tie", tie, title.id)


def an_edit(desk: Desk, title: Title, release_id: str, *, name: str, effect: Any = "permit", face: int = 0) -> Any:
    """A decision, and where it permits a publication with everything that goes with one."""
    pen, edit_id, at = desk.pen, desk.new("edit"), desk.now()
    request = EditRequest(
        edit_id=edit_id,
        asset=title.asset,
        operator_id=pen.actor.id,
        purpose="advertising",
        medium="web",
        territory="DE",
        face=face,
        units={"AU12": 300},
        requested_at=at,
    )
    decision = Decision(
        id=desk.new("decision"),
        edit_id=edit_id,
        stage="requested",
        face=face,
        effect=effect,
        reasons=(Reason(policy="p", reason="because"),),
        request_digest=request.digest(),
        evidence_digest=request.digest(),
        policy_digest=request.digest(),
        at=at,
        request=request,
    )
    with act(pen):
        pen.log_decision(decision)
    if effect != "permit":
        return decision
    publication = _publication(desk, decision, title, release_id, name)
    with act(pen):
        pen.write("publication", publication, subject=edit_id, at=publication.at)
        pen.books.add_publication(publication, edit_id.encode(), b"s" * 32, pen.actor.id)
    desk.office.books.take_status(edit_id, pen.ids.secret)
    desk.office.books.note_delivery(edit_id, path=f"/jobs/{name}", purpose="advertising", medium="web", territory="DE")
    return publication


def leave_traces(home: Home, operator: str) -> Left:
    """One person: three versions of things, two releases, a link that was used, edits, approvals, a dispute."""
    office = office_of(home)
    desk = Desk(office, operator)
    person = a_person(desk)
    later = person.model_copy(update={"version": 2, "country": "DE"})
    desk.add("person", later, person.id)
    first, second = a_release(desk, person.id), a_release(desk, person.id)
    desk.add("model-release", first.model_copy(update={"version": 2}), first.id)
    other = a_release(
        desk, a_person(desk, alias="Kept", born=None, legal_name=None, contact=None, guardian=None).id, text="mine"
    )
    title = a_title(desk, f"group of {person.id}".encode(), faces=2)
    a_tie(desk, title, 0, other.id)
    a_tie(desk, title, 0, first.id)
    a_tie(desk, title, 1, other.id)
    said = {"asset_digest": title.asset.digest_of_file, "by": operator}
    until = "2060-01-01T00:00:00.000Z"
    desk.add("screening", Clearance(id=desk.new("clearance"), reason="looked at Zeb", at=desk.now(), **said), "x")
    for release_id in (first.id, None):
        desk.add(
            "approval",
            Approval(
                id=desk.new("approval"),
                of="picture",
                reason="looked at Zeb",
                valid_until=until,
                at=desk.now(),
                release_id=release_id,
                **said,
            ),
            title.id,
        )
    desk.add(
        "dispute",
        Dispute(id=desk.new("dispute"), of_id=second.id, reason="Zebediah rang in tears", by=operator, at=desk.now()),
        second.id,
    )
    _sign(desk, person, first)
    made = an_edit(desk, title, first.id, name=f"{person.id}-quill-campaign.jpg")
    an_edit(desk, title, other.id, name=f"{person.id}-other.jpg", face=1)
    an_edit(desk, title, first.id, name="", effect="deny")
    link, token = issue_link(desk.pen, release_id=first.id)
    _, actor = open_link(token, office.books)
    withdraw_as_person(office.pen_for(actor), link)
    revocation = Revocation(id=desk.new("revocation"), of_id=second.id, reason="Zebediah rang in tears", at=desk.now())
    desk.add("revocation", revocation, second.id)
    office.write_log()
    office.books.close()
    return Left(
        person=person.id,
        releases=(first.id, second.id),
        title=title.id,
        edits=(made.edit_id,),
        receipt=made.receipt_id,
        output=made.output_digest,
        token=token,
        link_pem=link.public_pem,
    )


def a_release_that_must_be_kept(home: Home, operator: str, *, years: int = 10, ended: bool = True) -> tuple[str, str]:
    """A person with one release that has a duty of its own; their ids."""
    office = office_of(home)
    desk = Desk(office, operator)
    person = a_person(desk)
    period = {"valid_from": "2010-01-01T00:00:00.000Z", "valid_until": "2020-06-01T00:00:00.000Z"} if ended else {}
    kept = Retention(years_after_end=years, why="claims become time-barred")
    release = a_release(desk, person.id, grant=grant(**period), retention=kept)
    office.write_log()
    office.books.close()
    return person.id, release.id


def _sign(desk: Desk, person: DepictedPerson, draft: ModelRelease) -> None:
    shown = {
        "draft_digest": draft.digest(),
        "text_digest": draft.text_digest,
        "page_digest": draft.text_digest,
        "sheet_digests": (),
        "cell_digests": (),
        "role": "person",
    }
    invitation = Invitation(
        id=desk.new("invitation"),
        person_id=person.id,
        draft=draft,
        public_pem="pem",
        by=desk.pen.actor.id,
        at=desk.now(),
        expires_at="2060-01-01T00:00:00.000Z",
        **shown,
    )
    desk.add("invitation", invitation, draft.id)
    signing = Signing(
        id=desk.new("signing"),
        invitation_id=invitation.id,
        person_id=person.id,
        release_id=draft.id,
        name="Zebediah Quillfeather",
        way="page",
        at=desk.now(),
        **shown,
    )
    desk.add("signing", signing, draft.id)


def _publication(desk: Desk, decision: Decision, title: Title, release_id: str, name: str) -> Publication:
    recipe = EditRecipe(
        edit_id=decision.edit_id,
        toolkit_version="0.1.0",
        engine="warp",
        engine_version="1",
        digital_source_type="compositeSynthetic",
        weights={},
        units={"AU12": 300},
        seed=1,
        device="cpu",
        region_px=((0, 0), (5, 0), (5, 5)),
        changed_px=9,
    )
    measured = Measured(
        edit_id=decision.edit_id,
        units={"AU12": MeasuredUnit(value_permille=290, error_permille=30)},
        unchecked=(),
        teeth_visible_before=False,
        teeth_visible_after=False,
        rigid_drift_permille=0,
        changed_outside_before_marks_px=0,
    )
    pen: Pen = desk.pen
    return Publication(
        edit_id=decision.edit_id,
        request_digest=decision.request_digest,
        decision_ids=(decision.id,),
        nonce=pen.ids.secret(16).hex(),
        release_id=release_id,
        receipt_id=desk.new("receipt"),
        source_digest=title.asset.digest_of_file,
        output_digest=digest.of_file(name.encode()),
        pixels_digest=digest.of_file(b"pixels"),
        manifest_id=f"urn:c2pa:{decision.edit_id}",
        manifest_digest=digest.of_file(decision.edit_id.encode()),
        watermark_id=pen.ids.secret(6).hex()[:9],
        fingerprint="00ff" * 16,
        recipe=recipe,
        recipe_digest=recipe.digest(),
        measured=measured,
        measured_digest=measured.digest(),
        at=desk.now(),
    )
