"""The acts on the books: each a signed, logged statement with its actor, and a record never updated in place."""

from datetime import date

from countenance.core import digest
from countenance.core.clock import is_adult
from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.consent import (
    Alteration,
    Basis,
    DepictedPerson,
    FaceTie,
    Grant,
    ModelRelease,
    Operator,
    Organisation,
    Revocation,
    Role,
    Title,
)
from countenance.errors import ConfigError
from countenance.toolkit.pen import Books, Pen


def add_organisation(pen: Pen, *, name: str, domain: str, public_pem: str, log_public_pem: str) -> Organisation:
    """The first act in the books, signed by the organisation's own claim key."""
    with pen.books.transaction():
        at = pen.clock.now()
        organisation = Organisation(
            id=pen.actor.id,
            name=name,
            domain=domain,
            public_pem=public_pem,
            log_public_pem=log_public_pem,
            created_at=at,
        )
        pen.books.add(organisation)
        pen.write("organisation", organisation, subject=organisation.id, at=at)
    return organisation


def add_operator(
    pen: Pen, *, operator_id: str, name: str, role: Role, pseudonym: str, certificate_pem: str, own_passphrase: bool
) -> Operator:
    """An operator, with the certificate that was made for them."""
    with pen.books.transaction():
        at = pen.clock.now()
        operator = Operator(
            id=operator_id,
            name=name,
            role=role,
            pseudonym=pseudonym,
            certificate_pem=certificate_pem,
            passphrase="own" if own_passphrase else "shared",
            added_at=at,
        )
        pen.books.add(operator)
        pen.write("operator", operator, subject=operator.id, at=at)
    return operator


def add_person(pen: Pen, *, alias: str, adult: bool, born: date | None) -> DepictedPerson:
    """A depicted person: declared adult, or with a day of birth."""
    with pen.books.transaction():
        at = pen.clock.now()
        grown = adult if born is None else is_adult(born, at)
        person = DepictedPerson(id=pen.ids.new("person"), alias=alias, adult=grown, born=born, added_at=at)
        pen.books.add(person)
        pen.write("person", person, subject=person.id, at=at)
    return person


def add_release(pen: Pen, *, person_id: str, grant: Grant, signed_on: date, text: str) -> ModelRelease:
    """A depicted person's model release.

    Raises:
        ConfigError: the person is unknown.
    """
    with pen.books.transaction():
        if pen.books.person(person_id) is None:
            raise ConfigError(
                f"`{person_id}` is no depicted person here", hint="add them with `countenance person add`"
            )
        at = pen.clock.now()
        release = ModelRelease(
            id=pen.ids.new("release"),
            person_id=person_id,
            grant=grant,
            signed_on=signed_on,
            text=text,
            text_digest=digest.of_file(text.encode()),
            added_at=at,
        )
        pen.books.add(release)
        pen.write("model-release", release, subject=release.id, at=at)
    return release


def add_title(
    pen: Pen,
    *,
    asset: Asset,
    fingerprint: str,
    owner: str,
    basis: Basis,
    alteration: Alteration,
    faces: tuple[FaceBox, ...],
) -> Title:
    """The title to a picture. A later title to the same picture takes the place of an earlier one."""
    with pen.books.transaction():
        at = pen.clock.now()
        title = Title(
            id=pen.ids.new("title"),
            asset=asset,
            fingerprint=fingerprint,
            owner=owner,
            basis=basis,
            alteration=alteration,
            faces=faces,
            added_at=at,
        )
        pen.books.add(title)
        pen.write("title", title, subject=title.id, at=at)
    return title


def tie_face(pen: Pen, *, asset_digest: str, face: int, release_id: str | None) -> FaceTie:
    """Tie a face to a release, or say that it must remain untouched. The newest tie of a face counts.

    Raises:
        ConfigError: no such title, face or release.
    """
    with pen.books.transaction():
        title = pen.books.title_of(asset_digest)
        if title is None:
            raise ConfigError("this picture has no title", hint="add it with `countenance title add`")
        if face not in [box.number for box in title.faces]:
            raise ConfigError(f"the picture has no face {face}", hint="`countenance faces PHOTO` shows their numbers")
        if release_id is not None and pen.books.release(release_id) is None:
            raise ConfigError(f"`{release_id}` is no model release here", hint="add it with `countenance release add`")
        at = pen.clock.now()
        tie = FaceTie(id=pen.ids.new("tie"), title_id=title.id, face=face, release_id=release_id, added_at=at)
        pen.books.add(tie)
        pen.write("face-tie", tie, subject=title.id, at=at)
    return tie


def withdraw(pen: Pen, *, release_id: str, reason: str) -> Revocation:
    """Withdraw a model release, from now on.

    Raises:
        ConfigError: no such release, or withdrawn already.
    """
    if pen.books.release(release_id) is None:
        raise ConfigError(f"`{release_id}` is no model release here", hint="`release add` printed its id")
    return _revoke(pen, of_id=release_id, reason=reason)


def revoke_operator(pen: Pen, *, operator_id: str, reason: str) -> Revocation:
    """End an operator's right to act, from now on.

    Raises:
        ConfigError: no such operator, or revoked already.
    """
    if operator_id not in [operator.id for operator in pen.books.operators()]:
        raise ConfigError(f"`{operator_id}` is no operator here", hint="`countenance operator list` shows them")
    return _revoke(pen, of_id=operator_id, reason=reason)


def _revoke(pen: Pen, *, of_id: str, reason: str) -> Revocation:
    with pen.books.transaction():
        if pen.books.revocations(of_id):
            raise ConfigError(f"`{of_id}` is withdrawn or revoked already")
        at = pen.clock.now()
        revocation = Revocation(id=pen.ids.new("revocation"), of_id=of_id, reason=reason, at=at)
        pen.books.add(revocation)
        pen.write("revocation", revocation, subject=of_id, at=at)
    return revocation


def default_operator(books: Books, wanted: str | None) -> Operator:
    """The operator who acts: the one named, or the only one who is not revoked.

    Raises:
        ConfigError: none, several and no choice, or unknown.
    """
    active = [operator for operator in books.operators() if not books.revocations(operator.id)]
    if wanted is not None:
        chosen = [operator for operator in books.operators() if operator.id == wanted]
        if not chosen:
            raise ConfigError(f"`{wanted}` is no operator here", hint="`countenance operator list` shows them")
        return chosen[0]
    if len(active) == 1:
        return active[0]
    if not active:
        raise ConfigError("there is no operator", hint="add one with `countenance operator add NAME --role retoucher`")
    raise ConfigError(f"there are {len(active)} operators", hint="name one with --operator ID")
