"""Withdrawal that travels: a person's own key to withdraw with, the status lists, and what to tell whom."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from countenance.audit.record import Actor
from countenance.core import digest, envelope, status_credential, status_list
from countenance.core.lineage import Descendant
from countenance.core.records.consent import Revocation
from countenance.core.records.status import StatusIssue, WithdrawalLink
from countenance.desk import withdraw
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.act import act
from countenance.toolkit.pen import Pen

_TOKEN = re.compile(r"cw1_(?P<link>[0-9a-f]{32})_(?P<seed>[A-Za-z0-9_-]{43})")
_SEED_BYTES = 32
_WRONG = "refused: the withdrawal key is not one that was handed out here [withdrawal-key-unknown]"


class StatusBooks(Protocol):
    """What the acts here ask of the books besides what `Books` says."""

    entries_per_list: int

    def withdrawal_link(self, link_id: str) -> WithdrawalLink | None:
        """What was handed out under this id."""
        ...

    def withdrawn_places(self, number: int) -> list[int]:
        """Entries of a list that are to be set."""
        ...


@dataclass(frozen=True, slots=True)
class _PersonKey:
    """An Ed25519 key that follows from what the person holds."""

    private: ed25519.Ed25519PrivateKey

    @property
    def public_pem(self) -> str:
        """The half that the books keep."""
        public = self.private.public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def key_id(self) -> str:
        """Names the key."""
        return envelope.key_id(self.public_pem)

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes."""
        return self.private.sign(message)


def issue_link(pen: Pen, *, release_id: str) -> tuple[WithdrawalLink, str]:
    """Make a key for the person of a release, and the text of it that is shown once; only its public half is kept.

    Raises:
        ConfigError: no such release, or it is withdrawn already.
    """
    with act(pen):
        if pen.books.release(release_id) is None:
            raise ConfigError(f"`{release_id}` is no model release here", hint="`release add` printed its id")
        if pen.books.revocations(release_id):
            raise ConfigError(f"`{release_id}` is withdrawn or revoked already")
        at, seed = pen.clock.now(), pen.ids.secret(_SEED_BYTES)
        key = _PersonKey(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
        link = WithdrawalLink(id=pen.ids.new("link"), release_id=release_id, public_pem=key.public_pem, added_at=at)
        pen.books.add(link)
        pen.write("withdrawal-link", link, subject=release_id, at=at)
    return link, f"cw1_{link.id.partition('_')[2]}_{base64.urlsafe_b64encode(seed).decode().rstrip('=')}"


def open_link(text: str, books: StatusBooks) -> tuple[WithdrawalLink, Actor]:
    """What a withdrawal key was handed out for, and the person who acts with it: the last line that holds one counts.

    Raises:
        ConfigError: the text holds no withdrawal key.
        DeniedError: it is none of those that were handed out here. Which part of it is wrong is not told.
    """
    found = list(_TOKEN.finditer(text))
    if not found:
        raise ConfigError(
            "there is no withdrawal key in it", hint="it begins with cw1_; give the file as it was handed out"
        )
    link = books.withdrawal_link(f"link_{found[-1]['link']}")
    seed = base64.urlsafe_b64decode(found[-1]["seed"] + "=")
    key = _PersonKey(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
    if link is None or not digest.same(link.public_pem, key.public_pem):
        raise DeniedError(_WRONG, hint="ask who handed it out for a new one")
    return link, Actor(id=link.id, key=key)


def withdraw_as_person(pen: Pen, link: WithdrawalLink) -> Revocation:
    """Withdraw a release with the person's own key, which signs the act. No reason is asked for.

    Raises:
        ConfigError: it is withdrawn already: a key serves once.
    """
    return withdraw(pen, release_id=link.release_id, reason="", by="person")


def issue_status(
    pen: Pen,
    key: status_credential.CertifiedKey,
    *,
    number: int,
    list_id: str,
    url: str,
    organisation: str,
    valid_until: str,
) -> tuple[StatusIssue, bytes]:
    """Sign a status list as the books stand, and log that it was signed, in one transaction."""
    books: Any = pen.books
    with act(pen):
        at = pen.clock.now()
        bits = status_list.bits_of(books.withdrawn_places(number), entries=books.entries_per_list)
        token = status_credential.issue(
            bits, key, subject=list_id, url=url, organisation=organisation, valid_from=at, valid_until=valid_until
        )
        issue = StatusIssue(
            id=pen.ids.new("status"),
            list_id=list_id,
            credential_digest=digest.of_file(token),
            valid_from=at,
            valid_until=valid_until,
        )
        pen.books.add(issue)
        pen.write("status-list", issue, subject=list_id, at=at)
    return issue, token


def handed_out(token: str, *, organisation: str, release_id: str, valid_until: str) -> str:
    """The text of the file that a person is given."""
    return "\n".join(
        (
            f"# Your key to withdraw your consent, given by {organisation}.",
            f"# It is for the release {release_id}, which is otherwise valid until {valid_until}.",
            "#",
            "# Keep this file as you keep a password: whoever has the last line can withdraw in your name.",
            "# To withdraw, send this file to the organisation, or run there:",
            "#",
            "#     countenance consent withdraw --token-file FILE",
            "#",
            "# No reason is asked for. New edits are refused from that moment on. It works once.",
            token,
            "",
        )
    )


def notices(revocation: Revocation, listed: Sequence[Descendant], *, organisation: str) -> dict[str, str]:
    """Drafts of letters, one for each use that is known, by file name. They name files, and nobody.

    To whom they go is not in the books: whoever sends them fills that in.
    """
    grouped: dict[str, list[Descendant]] = {}
    for one in listed:
        use = f"{one.medium}-{one.purpose}-{one.territory}" if one.medium and one.purpose and one.territory else ""
        grouped.setdefault(use or "use-unknown", []).append(one)
    return {
        f"notice-{use}.txt": _notice(use, revocation, files, organisation) for use, files in sorted(grouped.items())
    }


def _notice(use: str, revocation: Revocation, files: Sequence[Descendant], organisation: str) -> str:
    lines = [
        "DRAFT - to: ____________________",
        "",
        f"Consent withdrawn on {revocation.at}; use: {use}",
        "",
        f"{organisation} published the pictures below. The consent of a person shown in them was withdrawn.",
        "Please stop using them, remove them where you can, and tell us when that is done: ____________________",
        "What was published before and may stay is a matter of the agreement, on which this draft says nothing.",
        "",
        f"{len(files)} file(s), each by its C2PA manifest, its watermark and the SHA-256 of its bytes:",
        "",
    ]
    for one in files:
        name = one.path.replace("\\", "/").rpartition("/")[2] if one.path else "file name not kept"
        lines += [
            f"- {name}, published {one.published_at}",
            f"  manifest  {one.manifest_id}",
            f"  watermark {one.watermark_id}",
            f"  {one.output_digest}",
        ]
    return "\n".join([*lines, ""])
