"""A release signed by the person themselves: invited by an operator, signed with a key of their own, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from countenance.audit.record import Actor
from countenance.core import digest
from countenance.core.clock import is_adult, later, parse_instant
from countenance.core.records.consent import DepictedPerson, ModelRelease, Revocation
from countenance.core.records.oversight import Approval
from countenance.core.records.signing import Invitation, Signing
from countenance.core.records.status import WithdrawalLink
from countenance.core.records.terms import Signature, SignerRole
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.act import act, encoded
from countenance.toolkit.pen import Books, Pen
from countenance.toolkit.person_key import SEED_BYTES, PersonKey, read_token, token_of

MOST_DAYS = 90
"""How long a key to sign with may count."""
Way = Literal["page", "command-line"]
_PREFIX = "cs1"
_DAY_S = 86_400
_ANEW = "ask whoever invited you for a new page and key"


class SigningBooks(Protocol):
    """What the acts here ask of the books besides what `Books` says."""

    def invitation(self, invitation_id: str) -> Invitation | None:
        """What a person was invited to sign."""
        ...

    def signing_of(self, invitation_id: str) -> Signing | None:
        """What they signed by it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Digests of what the person is shown: the page as a file, the sheets on it, each picture on those."""

    page: str
    sheets: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


def draft_for(
    pen: Pen, person: DepictedPerson, said: ModelRelease, *, before: ModelRelease | None = None
) -> tuple[ModelRelease, SignerRole]:
    """The release as it will stand once it is signed, and who has to sign it.

    It is under an id of its own, or the next version of the one `before`.

    Raises:
        ConfigError: it has ended, it claims a signature or a document already, or the person cannot sign; or the one
            before is another person's.
        DeniedError: the one before was withdrawn.
    """
    at = pen.clock.now()
    if said.signatures or said.document:
        raise ConfigError("the draft claims signatures or a document already", hint="take `signatures` out of it")
    if at >= said.grant.valid_until:
        raise ConfigError("the release would have ended already", hint="see `valid` in the draft")
    role = signer_of(person, said, at)
    if before is not None:
        _require_superseded(pen.books, person, before)
    fixed = {
        "id": before.id if before else pen.ids.new("release"),
        "version": before.version + 1 if before else 1,
        "person_id": person.id,
        "registered_by": pen.actor.id,
        "added_at": at,
    }
    return said.model_copy(update=fixed), role


def _require_superseded(books: Books, person: DepictedPerson, before: ModelRelease) -> None:
    if before.person_id != person.id:
        raise ConfigError("the release that it supersedes is another person's", hint="invite that person")
    if books.revocations(before.id):
        raise DeniedError(
            "refused: the release was withdrawn, and no version brings it back [release-withdrawn]",
            hint="what the person agrees to now is a release of its own: leave --supersedes out",
        )


def signer_of(person: DepictedPerson, draft: ModelRelease, at: str) -> SignerRole:
    """Who signs: the person, or the guardian of a minor.

    Raises:
        ConfigError: the person died, or is a minor for whom the draft names no guardian.
    """
    if person.deceased_on is not None:
        raise ConfigError("the person has died: nobody signs for them here", hint="a signed document can be added")
    grown = person.adult if person.born is None else is_adult(person.born, at)
    if grown:
        return "person"
    if draft.guardian is None:
        raise ConfigError("the person is a minor, and the draft names no guardian", hint="add `guardian` to it")
    return "guardian"


def invite(pen: Pen, *, draft: ModelRelease, role: SignerRole, shown: Shown, days: int) -> tuple[Invitation, str]:
    """Fix what is to be signed, and make the key to sign it with, which is shown once.

    Raises:
        ConfigError: no such person, or more days than may be.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError(f"an invitation counts for 1 to {MOST_DAYS} days", hint="see --days")
    with act(pen):
        if pen.books.person(draft.person_id) is None:
            raise ConfigError(f"`{draft.person_id}` is no depicted person here")
        at, seed = pen.clock.now(), pen.ids.secret(SEED_BYTES)
        invitation = Invitation(
            id=pen.ids.new("invitation"),
            person_id=draft.person_id,
            role=role,
            draft=draft,
            draft_digest=draft.digest(),
            text_digest=draft.text_digest,
            page_digest=shown.page,
            sheet_digests=shown.sheets,
            cell_digests=shown.cells,
            public_pem=PersonKey.of_seed(seed).public_pem,
            by=pen.actor.id,
            at=at,
            expires_at=later(at, seconds=days * _DAY_S),
        )
        pen.books.add(invitation)
        pen.write("invitation", invitation, subject=draft.id, at=at)
    return invitation, token_of(_PREFIX, invitation.id, seed)


def open_invitation(text: str, books: SigningBooks) -> tuple[Invitation, Actor]:
    """What a key was handed out to sign, and the person who acts with it: the last line that holds one counts.

    Raises:
        ConfigError: the text holds no key to sign with.
        DeniedError: it is none of those that were handed out here. Which part of it is wrong is not told.
    """
    found = read_token(_PREFIX, "invitation", text)
    if found is None:
        raise ConfigError(
            "there is no key to sign with in it", hint="it begins with cs1_; give the file as it was handed out"
        )
    invitation, key = books.invitation(found[0]), found[1]
    if invitation is None or not digest.same(invitation.public_pem, key.public_pem):
        raise _refused("the key is not one that was handed out here", "signing-key-unknown")
    return invitation, Actor(id=invitation.id, key=key)


def require_open(books: Any, invitation: Invitation, *, page: bytes, at: str) -> None:
    """What can be said before the person is asked for anything; said again, in the transaction, when they sign.

    Raises:
        DeniedError: signed already, too late, or what is shown is not what the invitation fixed.
    """
    draft = invitation.draft
    person: DepictedPerson | None = books.person(invitation.person_id)
    newest: ModelRelease | None = books.release(draft.id)
    checks = (
        (books.signing_of(invitation.id) is not None, "signed-already", "it was signed already: a key serves once"),
        (bool(books.revocations(invitation.id)), "invitation-cancelled", "the invitation was cancelled"),
        (at >= invitation.expires_at, "invitation-expired", "the time to sign is over"),
        (at >= draft.grant.valid_until, "release-expired", "the release has ended"),
        (bool(books.revocations(draft.id)), "release-withdrawn", "the release that it supersedes was withdrawn"),
        (
            (newest.version if newest else 0) != draft.version - 1,
            "version-differs",
            "another version of the release came since",
        ),
        (person is None, "person-unknown", "the person is not on file"),
        (draft.person_id != invitation.person_id, "person-differs", "the release is another person's"),
        (draft.digest() != invitation.draft_digest, "draft-changed", "the release is not the one that was fixed"),
        (
            digest.of_file(encoded("text", draft.text)) != invitation.text_digest,
            "text-changed",
            "the text is not the one that was fixed",
        ),
        (
            digest.of_file(page) != invitation.page_digest,
            "page-changed",
            "the page is not the one that was made for this key",
        ),
        (
            person is not None and signer_of(person, draft, at) != invitation.role,
            "signer-differs",
            "somebody else has to sign it now: the person came of age",
        ),
    )
    for applies, code, why in checks:
        if applies:
            raise _refused(why, code)


def sign(pen: Pen, invitation: Invitation, *, name: str, page: bytes, way: Way) -> tuple[Signing, ModelRelease]:
    """The person's signature, and the release that it makes, both signed by the person's own key, in one transaction.

    Raises:
        ConfigError: no name, or not the one on file.
        DeniedError: see `require_open`.
    """
    books: Any = pen.books
    with act(pen):
        at = pen.clock.now()
        require_open(books, invitation, page=page, at=at)
        require_name(books, invitation, name)
        draft = invitation.draft
        signing = Signing(
            id=pen.ids.new("signing"),
            invitation_id=invitation.id,
            person_id=invitation.person_id,
            release_id=draft.id,
            role=invitation.role,
            name=name.strip(),
            way=way,
            draft_digest=invitation.draft_digest,
            text_digest=invitation.text_digest,
            page_digest=invitation.page_digest,
            sheet_digests=invitation.sheet_digests,
            cell_digests=invitation.cell_digests,
            at=at,
        )
        release = signed_release(invitation, signing)
        books.add(release)
        books.add(signing)
        pen.write("signing", signing, subject=release.id, at=at)
        pen.write("model-release", release, subject=release.id, at=at)
    return signing, release


def signed_release(invitation: Invitation, signing: Signing) -> ModelRelease:
    """The release that a signature makes of the draft: nothing but the day, the instant and the signature is new."""
    day = parse_instant(signing.at).date()
    signature = Signature(
        role=signing.role, name=signing.name, method="e-signature", on=day, document=signing.page_digest
    )
    made = {"signed_on": day, "added_at": signing.at, "signatures": (signature,)}
    return invitation.draft.model_copy(update=made)


def cancel(pen: Pen, invitation_id: str) -> Revocation:
    """End an invitation that was not signed; its key counts no more. No reason is kept: it could name somebody.

    Raises:
        ConfigError: no such invitation, signed already, or cancelled already.
    """
    books: Any = pen.books
    with act(pen):
        if books.invitation(invitation_id) is None:
            raise ConfigError(f"`{invitation_id}` is no invitation here", hint="`release invitations` lists them")
        if books.signing_of(invitation_id) is not None:
            raise ConfigError("it was signed already", hint="`consent withdraw` ends the release itself")
        if books.revocations(invitation_id):
            raise ConfigError("it was cancelled already")
        at = pen.clock.now()
        made = Revocation(id=pen.ids.new("revocation"), of_id=invitation_id, at=at)
        books.add(made)
        pen.write("revocation", made, subject=invitation_id, at=at)
    return made


def state_of_invitation(books: Any, invitation: Invitation, at: str) -> str:
    """`signed`, `cancelled`, `expired` or `open`."""
    if books.signing_of(invitation.id) is not None:
        return "signed"
    if books.revocations(invitation.id):
        return "cancelled"
    return "expired" if at >= min(invitation.expires_at, invitation.draft.grant.valid_until) else "open"


def require_name(books: Books, invitation: Invitation, name: str) -> None:
    """The typed name: where one is on file, that one, whatever the case and the spaces.

    Raises:
        ConfigError: empty, or another one.
    """
    if not name.strip():
        raise ConfigError("no name was typed", hint="the name is the signature")
    person, guardian = books.person(invitation.person_id), invitation.draft.guardian
    on_file = guardian.name if invitation.role == "guardian" and guardian else person and person.legal_name
    if on_file and _plain(on_file) != _plain(name):
        raise ConfigError(
            "the name is not the one on file", hint="type it in full; if the one on file is wrong, have it put right"
        )


def approve_picture(
    pen: Pen, link: WithdrawalLink, *, asset_digest: str, units: Mapping[str, int], days: int
) -> Approval:
    """The person's own yes to these changes of one picture, by the key that they hold for the release.

    Raises:
        ConfigError: no such picture with a face of theirs, or no change named.
        DeniedError: the release was withdrawn or has ended.
    """
    with act(pen):
        at, release = pen.clock.now(), pen.books.release(link.release_id)
        title = pen.books.title_of(asset_digest)
        tied = title is not None and link.release_id in [tie.release_id for tie in pen.books.ties(title.id)]
        if not units or not tied:
            raise ConfigError(
                "there is nothing to approve: no change is named, or no face in the picture is tied to the release",
                hint="`countenance title face` ties a face",
            )
        if release is None or at >= release.grant.valid_until or pen.books.revocations(link.release_id):
            raise _refused("the release was withdrawn or has ended", "release-ended")
        until = min(later(at, seconds=days * _DAY_S), release.grant.valid_until)
        approval = Approval(
            id=pen.ids.new("approval"), of="picture", asset_digest=asset_digest, by=link.id, by_person=True,
            reason="the person's own yes", valid_until=until, at=at, release_id=link.release_id, units=dict(units),
        )  # fmt: skip
        pen.books.add(approval)
        pen.write("approval", approval, subject=link.release_id, at=at)
    return approval


def key_file(token: str, invitation: Invitation, *, organisation: str) -> str:
    """The text of the file that a person is given to sign with."""
    return "\n".join(
        (
            f"# Your key to sign a release, given by {organisation}.",
            "# It is for the page that came with it, and for nothing else.",
            "#",
            "# Read the page first. Keep this file as you keep a password: whoever has the last line can sign in your",
            f"# name, until {invitation.expires_at}. To sign, run at the organisation:",
            "#",
            "#     countenance release sign --token-file FILE --page page.html",
            "#",
            "# It works once. If you do not agree, do nothing: silence is no.",
            token,
            "",
        )
    )


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _refused(why: str, code: str) -> DeniedError:
    return DeniedError(f"refused: {why} [{code}]", hint=_ANEW)
