"""What somebody should look at before they rely on a release. Warnings only: nothing here refuses."""

from datetime import date, timedelta

from countenance.core.clock import is_adult
from countenance.core.records.consent import DepictedPerson, ModelRelease
from countenance.request.forms.days import years_later

YEARS = 10


def doubts(release: ModelRelease, person: DepictedPerson | None, *, at: str) -> tuple[str, ...]:
    """One line each; `person` is None where the books do not know them."""
    return (*_time(release, at), *_scope(release), *_signing(release), *_age(release, person))


def _time(release: ModelRelease, at: str) -> list[str]:
    grant = release.grant
    begins, last = (date.fromisoformat(day[:10]) for day in (grant.valid_from, grant.valid_until))
    said = []
    if last - timedelta(days=1) > years_later(begins, YEARS):
        said.append(f"it lasts longer than {YEARS} years; some laws and drafts end a licence of a likeness there")
    if grant.valid_until <= at:
        said.append("it has ended already")
    if release.retention is None:
        said.append("no end of retention: say how long the record is kept (`retention`)")
    return said


def _scope(release: ModelRelease) -> list[str]:
    grant = release.grant
    said = []
    if not any(one.min_permille or one.max_permille for one in grant.units.values()):
        said.append("no change of the face is granted: every edit will be refused (`parts`, `units`)")
    if any(one.absolute_max_permille is not None for one in grant.units.values()):
        said.append("`at_most`: where the engine cannot read that, each edit needs the person's yes to the picture")
    if "training" in grant.purposes:
        said.append("training of machines is granted; it needs a choice of its own")
    if grant.description is None:
        said.append("the intended uses are not described (`description`)")
    if not grant.examples_shown:
        said.append("no contact sheet of their own face was shown (`examples_shown`; `countenance sheet` makes it)")
    return said


def _signing(release: ModelRelease) -> list[str]:
    signatures = release.signatures or ()
    roles = {one.role for one in signatures}
    said = []
    if not roles & {"person", "guardian"}:
        said.append("no signature of the person or a guardian is recorded (`signatures`)")
    if any(one.method == "scan" for one in signatures):
        said.append("a scan is evidence of lower rank than a signed document")
    if any(one.method == "pdf" for one in signatures) and release.document is None:
        said.append("a signature on a PDF is named, but no document is registered (`release add --document FILE`)")
    if release.guardian is not None and "guardian" not in roles:
        said.append("a guardian is named, but no signature of theirs is recorded")
    return said


def lacks_guardian(release: ModelRelease, person: DepictedPerson | None) -> bool:
    """Whether a minor signed and no guardian is named: every edit under it is refused."""
    return person is not None and release.guardian is None and not _adult(release, person)


def _age(release: ModelRelease, person: DepictedPerson | None) -> list[str]:
    if lacks_guardian(release, person):
        return ["the person was a minor when signing, and no guardian is named (`guardian`)"]
    if person is not None and release.guardian is not None and _adult(release, person):
        return ["a guardian is named, but the person was of age when signing"]
    return []


def _adult(release: ModelRelease, person: DepictedPerson) -> bool:
    signed_at = f"{release.signed_on.isoformat()}T00:00:00.000Z"
    return person.adult if person.born is None else is_adult(person.born, signed_at)
