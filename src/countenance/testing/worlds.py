"""A small permitted world of records: one picture, its people and a request. Tests change it and see what follows."""

from dataclasses import dataclass, replace
from datetime import date

from countenance.core.digest import of_file
from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.consent import (
    ConsentEvidence,
    DepictedPerson,
    EarlierEdit,
    FaceTie,
    Grant,
    ModelRelease,
    Operator,
    Revocation,
    Title,
)
from countenance.core.records.decision import EditRequest
from countenance.core.records.oversight import Approval
from countenance.core.records.recipe import Measured, MeasuredUnit
from countenance.core.records.terms import Limit

AT = "2027-03-01T12:00:00.000Z"
BEFORE = "2027-02-01T12:00:00.000Z"


def an_id(kind: str, number: int = 1) -> str:
    """A readable id."""
    return f"{kind}_{number:032x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is asked, what is on file and what was measured, at an instant."""

    request: EditRequest
    evidence: ConsentEvidence
    measured: Measured
    at: str = AT

    def asking(self, **changes: object) -> "World":
        """The world with another request."""
        return replace(self, request=self.request.model_copy(update=changes))

    def knowing(self, **changes: object) -> "World":
        """The world with other evidence."""
        return replace(self, evidence=self.evidence.model_copy(update=changes))

    def measuring(self, **changes: object) -> "World":
        """The world with another measurement."""
        return replace(self, measured=self.measured.model_copy(update=changes))

    def granting(self, **changes: object) -> "World":
        """The world with another grant in every model release."""
        releases = [one.model_copy(update={"grant": one.grant.model_copy(update=changes)}) for one in self.releases]
        return self.knowing(releases=tuple(releases))

    @property
    def releases(self) -> tuple[ModelRelease, ...]:
        """The model releases on file."""
        return self.evidence.releases


def a_world(*, faces: int = 1) -> World:
    """A permitted edit of face 0; any other face is marked untouched."""
    asset = Asset(
        digest_of_file=of_file(b"a picture"), media_type="image/jpeg", width_px=900, height_px=600, size_bytes=9
    )
    request = EditRequest(
        edit_id=an_id("edit"),
        asset=asset,
        operator_id=an_id("operator"),
        purpose="advertising",
        medium="web",
        territory="DE",
        face=0,
        units={"AU12": 400},
        requested_at=AT,
    )
    return World(request=request, evidence=_evidence(asset, faces), measured=_measured())


def _evidence(asset: Asset, faces: int) -> ConsentEvidence:
    return ConsentEvidence(
        as_of=AT,
        operator=Operator(
            id=an_id("operator"),
            name="Ada",
            role="retoucher",
            pseudonym="op-1",
            certificate_pem="",
            passphrase="own",
            added_at=BEFORE,
        ),
        operator_revoked_at=None,
        title=a_title(asset, faces),
        ties=tuple(a_tie(face, an_id("release") if face == 0 else None) for face in range(faces)),
        releases=(a_release(),),
        persons=(DepictedPerson(id=an_id("person"), alias="P", adult=True, added_at=BEFORE),),
        revocations=(),
        earlier=(),
        last_entry_at=BEFORE,
        disputes=(),
        near=(),
    )


def a_title(asset: Asset, faces: int) -> Title:
    """A title that allows alteration, with that many faces side by side."""
    boxes = [FaceBox(number=n, x0_px=200 * n, y0_px=100, x1_px=200 * n + 150, y1_px=300) for n in range(faces)]
    return Title(
        id=an_id("title"),
        asset=asset,
        fingerprint="phash:0",
        owner="Studio",
        basis="own-work",
        alteration="yes",
        faces=tuple(boxes),
        added_at=BEFORE,
    )


def a_tie(face: int, release_id: str | None, *, number: int = 0, at: str = BEFORE) -> FaceTie:
    """A face tied to a model release, or marked untouched."""
    return FaceTie(
        id=an_id("tie", 100 * number + face), title_id=an_id("title"), face=face, release_id=release_id, added_at=at
    )


def a_release(number: int = 1, *, person: int = 1) -> ModelRelease:
    """A closed-mouth smile for advertising on the web, in Germany and France."""
    return ModelRelease(
        id=an_id("release", number),
        person_id=an_id("person", person),
        grant=Grant(
            purposes=("advertising",),
            media=("web", "print"),
            territories=("DE", "FR"),
            units={"AU12": Limit(min_permille=-600, max_permille=500), "AU4": Limit(max_permille=300)},
            valid_from="2027-01-01T00:00:00.000Z",
            valid_until="2028-01-01T00:00:00.000Z",
        ),
        signed_on=date(2027, 1, 1),
        text="I agree.",
        text_digest=of_file(b"I agree."),
        added_at=BEFORE,
    )


def a_revocation(of_id: str, *, at: str = BEFORE) -> Revocation:
    """The end of a model release, or of an operator's right."""
    return Revocation(id=an_id("revocation"), of_id=of_id, at=at)


def an_earlier_edit(number: int = 1, *, face: int = 0, **units: int) -> EarlierEdit:
    """A published edit by which the picture came to be, of the face with that number."""
    left = 200 * face + 20
    corners = ((left, 120), (left + 110, 120), (left + 110, 280), (left, 280))
    return EarlierEdit(edit_id=an_id("edit", 100 + number), units=units, region_px=corners)


def an_approval(world: World, *, number: int = 1, **units: int) -> Approval:
    """The depicted person's yes to these changes of the world's picture, by their own key."""
    return Approval(
        id=an_id("approval", number),
        of="picture",
        asset_digest=world.request.asset.digest_of_file,
        by=an_id("link"),
        by_person=True,
        reason="looked at it",
        valid_until="2027-04-01T00:00:00.000Z",
        at=BEFORE,
        release_id=an_id("release"),
        units=units,
    )


def _measured() -> Measured:
    return Measured(
        edit_id=an_id("edit"),
        units={"AU12": MeasuredUnit(value_permille=420, error_permille=60)},
        unchecked=(),
        teeth_visible_before=False,
        teeth_visible_after=False,
        rigid_drift_permille=4,
        changed_outside_before_marks_px=0,
    )
