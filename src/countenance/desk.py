"""The acts on the books: each a signed, logged statement with its actor, and a record never updated in place."""

import re
from datetime import date
from typing import Literal

from countenance.core import digest
from countenance.core.clock import is_adult, parse_instant
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
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.act import REVOKED, act, check_active, encoded
from countenance.toolkit.pen import Books, Pen

_DOMAIN = re.compile(r"[A-Za-z0-9.-]{0,253}")
_NAME_MAX = 200


def add_organisation(pen: Pen, *, name: str, domain: str, public_pem: str, log_public_pem: str) -> Organisation:
    """The first act in the books, signed by the organisation's own claim key."""
    with act(pen):
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
    with act(pen):
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
    """A depicted person: declared adult, or with a day of birth.

    Raises:
        ConfigError: the day of birth lies in the future, or the alias will not do.
    """
    with act(pen):
        at = pen.clock.now()
        if born is not None:
            _check_past("the day of birth", born, at)
        grown = adult if born is None else is_adult(born, at)
        person = DepictedPerson(id=pen.ids.new("person"), alias=alias, adult=grown, born=born, added_at=at)
        pen.books.add(person)
        pen.write("person", person, subject=person.id, at=at)
    return person


def add_release(pen: Pen, *, person_id: str, grant: Grant, signed_on: date, text: str) -> ModelRelease:
    """A depicted person's model release.

    Raises:
        ConfigError: the person is unknown, or the day lies in the future.
    """
    with act(pen):
        if pen.books.person(person_id) is None:
            raise ConfigError(
                f"`{person_id}` is no depicted person here", hint="add them with `countenance person add`"
            )
        at = pen.clock.now()
        _check_past("the day of signing", signed_on, at)
        release = ModelRelease(
            id=pen.ids.new("release"),
            person_id=person_id,
            grant=grant,
            signed_on=signed_on,
            text=text,
            text_digest=digest.of_file(encoded("text", text)),
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
    with act(pen):
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
    with act(pen):
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


def withdraw(pen: Pen, *, release_id: str, reason: str, by: Literal["operator", "person"] = "operator") -> Revocation:
    """Withdraw a model release, from now on; by the person themselves where the pen is that of their own key.

    Raises:
        ConfigError: no such release, or withdrawn already.
    """
    if pen.books.release(release_id) is None:
        raise ConfigError(f"`{release_id}` is no model release here", hint="`release add` printed its id")
    return _revoke(pen, of_id=release_id, reason=reason, by=by)


def revoke_operator(pen: Pen, *, operator_id: str, reason: str) -> Revocation:
    """End an operator's right to act, from now on.

    Raises:
        ConfigError: no such operator, or revoked already.
    """
    if operator_id not in [operator.id for operator in pen.books.operators()]:
        raise ConfigError(f"`{operator_id}` is no operator here", hint="`countenance operator list` shows them")
    return _revoke(pen, of_id=operator_id, reason=reason)


def _revoke(pen: Pen, *, of_id: str, reason: str, by: Literal["operator", "person"] = "operator") -> Revocation:
    with act(pen):
        if pen.books.revocations(of_id):
            raise ConfigError(f"`{of_id}` is withdrawn or revoked already")
        at = pen.clock.now()
        revocation = Revocation(id=pen.ids.new("revocation"), of_id=of_id, reason=reason, by=by, at=at)
        pen.books.add(revocation)
        pen.write("revocation", revocation, subject=of_id, at=at)
    return revocation


def find_operator(books: Books, wanted: str) -> Operator:
    """The operator with this id, revoked or not.

    Raises:
        ConfigError: unknown.
    """
    for operator in books.operators():
        if operator.id == wanted:
            return operator
    raise ConfigError(f"`{wanted}` is no operator here", hint="`countenance operator list` shows them")


def default_operator(books: Books, wanted: str | None) -> Operator:
    """The operator who acts: the one named, or the only one who is not revoked.

    Raises:
        ConfigError: none, several and no choice, or unknown.
        DeniedError: revoked.
    """
    if wanted is not None:
        chosen = find_operator(books, wanted)
        check_active(books, chosen.id)
        return chosen
    operators = books.operators()
    active = [operator for operator in operators if not books.revocations(operator.id)]
    if len(active) == 1:
        return active[0]
    add = "add one with `countenance operator add NAME --role retoucher`"
    if not operators:
        raise ConfigError("there is no operator", hint=add)
    if not active:
        raise DeniedError(f"refused: the right of every operator to act has been revoked [{REVOKED}]", hint=add)
    raise ConfigError(f"there are {len(active)} operators", hint="name one with --operator ID")


def check_name(name: str) -> None:
    """A name that the books will take, asked before keys are made for it.

    Raises:
        ConfigError: empty, too long or not text.
    """
    encoded("name", name)
    if not name.strip() or len(name) > _NAME_MAX:
        raise ConfigError(f"`name` is empty or longer than {_NAME_MAX} characters")


def check_domain(domain: str) -> None:
    """A domain that can name a log; an empty one is none.

    Raises:
        ConfigError: it holds more than letters, digits, dots and hyphens, or is too long.
    """
    if not _DOMAIN.fullmatch(domain):
        raise ConfigError(
            "`domain` is not a domain", hint="letters, digits, dots and hyphens, at most 253; such as studio.example"
        )


def _check_past(what: str, day: date, at: str) -> None:
    if day > parse_instant(at).date():
        raise ConfigError(f"{what} lies in the future", hint="days are those of UTC")
