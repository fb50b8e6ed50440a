"""The acts on the books: each a signed, logged statement with its actor, and a record never updated in place."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

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
from countenance.request.forms.versions import Changes, changes, lost_evidence
from countenance.request.release_record import release_record
from countenance.toolkit.act import REVOKED, act, check_active, encoded
from countenance.toolkit.naming import operator_named
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


def add_person(
    pen: Pen, *, alias: str, adult: bool, born: date | None, details: Mapping[str, Any] | None = None
) -> DepictedPerson:
    """A depicted person: declared adult, or with a day of birth. `details`: later fields of the record, by name.

    Raises:
        ConfigError: the day of birth lies in the future, or the alias will not do.
    """
    with act(pen):
        at = pen.clock.now()
        person = DepictedPerson(
            id=pen.ids.new("person"),
            alias=alias,
            adult=_grown(adult, born, at),
            born=born,
            added_at=at,
            **(details or {}),
        )
        pen.books.add(person)
        pen.write("person", person, subject=person.id, at=at)
    return person


def change_person(pen: Pen, *, person_id: str, said: Mapping[str, Any]) -> DepictedPerson:
    """The next version of what is known of a person: `said` by name of the field, all else as it was.

    Raises:
        ConfigError: the person is unknown, nothing changes, or a value will not do.
    """
    with act(pen):
        known = _person(pen.books, person_id)
        at = pen.clock.now()
        now = {**dict(known), **said}
        fresh = {"adult": _grown(now["adult"], now["born"], at), "version": (known.version or 1) + 1, "added_at": at}
        person = DepictedPerson.model_validate(now | fresh)
        if all(getattr(person, name) == getattr(known, name) for name in (*said, "adult")):
            raise ConfigError("nothing of this changes what is known of the person", hint="name what is new")
        pen.books.add(person)
        pen.write("person", person, subject=person.id, at=at)
    return person


def add_release(
    pen: Pen, *, person_id: str, grant: Grant, signed_on: date, text: str, terms: Mapping[str, Any] | None = None
) -> ModelRelease:
    """A depicted person's model release. `terms`: later fields of the record, by name.

    Raises:
        ConfigError: the person is unknown, or a day lies in the future.
    """
    with act(pen):
        _person(pen.books, person_id)
        release = _release(
            pen, terms, release_id=pen.ids.new("release"), person_id=person_id, grant=grant, signed_on=signed_on,
            text=text,
        )  # fmt: skip
        pen.books.add(release)
        pen.write("model-release", release, subject=release.id, at=release.added_at)
    return release


def supersede_release(
    pen: Pen,
    *,
    release_id: str,
    person_id: str | None,
    grant: Grant,
    signed_on: date,
    text: str,
    terms: Mapping[str, Any] | None = None,
) -> tuple[ModelRelease, Changes]:
    """The next version of a release, under the same id, and in what it differs from the one before.

    Raises:
        ConfigError: no such release, another person's, a day in the future, it permits more without having been signed
            anew, or less stands behind it and it does not only take away.
        DeniedError: the release was withdrawn.
    """
    with act(pen):
        before = pen.books.release(release_id)
        if before is None:
            raise ConfigError(f"`{release_id}` is no model release here", hint="`release add` printed its id")
        if person_id not in (None, before.person_id):
            raise ConfigError(
                "the release that it supersedes is another person's", hint="add it as a release of its own"
            )
        if pen.books.revocations(release_id):
            raise DeniedError(
                "refused: the release was withdrawn, and no version brings it back [release-withdrawn]",
                hint="what the person agreed to since is a release of its own",
            )
        release = _release(
            pen, terms, version=before.version + 1, release_id=release_id, person_id=before.person_id, grant=grant,
            signed_on=signed_on, text=text,
        )  # fmt: skip
        found = changes(before, release)
        if found.adds and signed_on <= before.signed_on and text == before.text:
            raise ConfigError(
                f"it permits more ({found.adds[0]}), but text and day of signing are those of the version before",
                hint="what is new needs the person's signature: give `text` and `signed_on` as they signed them",
            )
        lost = lost_evidence(before, release)
        if lost and (found.adds or not found.takes):
            raise ConfigError(
                f"the version before has {', '.join(lost)} behind it, and this one does not",
                hint="only a version that takes away may have less; give the signed --document, `signatures` or "
                "`examples_shown`, or have the person sign a release of its own (`release invite`)",
            )
        pen.books.add(release)
        pen.write("model-release", release, subject=release.id, at=release.added_at)
    return release, found


def add_title(
    pen: Pen,
    *,
    asset: Asset,
    fingerprint: str,
    owner: str,
    basis: Basis,
    alteration: Alteration,
    faces: tuple[FaceBox, ...],
    details: Mapping[str, Any] | None = None,
) -> Title:
    """The title to a picture. A later title to the same picture takes the place of an earlier one.

    `details`: later fields of the record, by name.

    Raises:
        ConfigError: a licence on another basis, or a day of capture that lies in the future.
    """
    said = dict(details or {})
    if said.get("licence") is not None and basis != "licence":
        raise ConfigError("the terms of a licence are given, and the basis is another", hint="say --basis licence")
    with act(pen):
        at = pen.clock.now()
        if said.get("captured_on") is not None:
            _check_past("the day of capture", said["captured_on"], at)
        title = Title(
            id=pen.ids.new("title"),
            asset=asset,
            fingerprint=fingerprint,
            owner=owner,
            basis=basis,
            alteration=alteration,
            faces=faces,
            added_at=at,
            registered_by=pen.actor.id,
            **said,
        )
        pen.books.add(title)
        pen.write("title", title, subject=title.id, at=at)
    return title


def tie_face(
    pen: Pen, *, asset_digest: str, face: int, release_id: str | None, not_identifiable: str | None = None
) -> FaceTie:
    """Tie a face to a release, or say that it must remain untouched. The newest tie of a face counts.

    `not_identifiable`: why nobody could be recognised by it; such a face stays untouched too.

    Raises:
        ConfigError: no such title, face or release, or both a release and a reason.
    """
    if release_id is not None and not_identifiable is not None:
        raise ConfigError("a face that is tied to a release shows somebody", hint="say one or the other")
    with act(pen):
        title = pen.books.title_of(asset_digest)
        if title is None:
            raise ConfigError("this picture has no title", hint="add it with `countenance title add`")
        if face not in [box.number for box in title.faces]:
            raise ConfigError(f"the picture has no face {face}", hint="`countenance faces PHOTO` shows their numbers")
        if release_id is not None and pen.books.release(release_id) is None:
            raise ConfigError(f"`{release_id}` is no model release here", hint="add it with `countenance release add`")
        at = pen.clock.now()
        tie = FaceTie(
            id=pen.ids.new("tie"),
            title_id=title.id,
            face=face,
            release_id=release_id,
            added_at=at,
            not_identifiable=not_identifiable,
        )
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
    """The operator with this id, revoked or not; or the only one of this name who is not revoked.

    Raises:
        ConfigError: unknown, or several have that name.
    """
    operators = books.operators()
    for operator in operators:
        if operator.id == wanted:
            return operator
    return operator_named([one for one in operators if not books.revocations(one.id)], wanted)


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


def _person(books: Books, person_id: str) -> DepictedPerson:
    known = books.person(person_id)
    if known is None:
        raise ConfigError(f"`{person_id}` is no depicted person here", hint="add them with `countenance person add`")
    return known


def _grown(adult: bool, born: date | None, at: str) -> bool:  # noqa: FBT001 - as the record has it
    """Full age as declared, or by the day of birth, which outweighs it."""
    if born is None:
        return adult
    _check_past("the day of birth", born, at)
    return is_adult(born, at)


def _release(pen: Pen, terms: Mapping[str, Any] | None, *, version: int = 1, **said: Any) -> ModelRelease:
    """The record, of now, with who registered it."""
    whole = {**(terms or {}), "registered_by": pen.actor.id}
    return release_record(**said, version=version, terms=whole, at=pen.clock.now())


def _check_past(what: str, day: date, at: str) -> None:
    if day > parse_instant(at).date():
        raise ConfigError(f"{what} lies in the future", hint="days are those of UTC")
