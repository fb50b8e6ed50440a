"""Withdrawal that travels: a person's own key to withdraw with, the status lists, and what to tell whom."""

from collections.abc import Sequence
from typing import Any, Protocol

from countenance.audit.record import Actor
from countenance.core import digest, status_credential, status_list
from countenance.core.clock import last_day
from countenance.core.lineage import Descendant
from countenance.core.records.consent import Revocation
from countenance.core.records.status import StatusIssue, WithdrawalLink
from countenance.desk import withdraw
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.act import act
from countenance.toolkit.pen import Pen
from countenance.toolkit.person_key import SEED_BYTES, PersonKey, read_token, token_of

_PREFIX = "cw1"
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
        at, seed = pen.clock.now(), pen.ids.secret(SEED_BYTES)
        key = PersonKey.of_seed(seed)
        link = WithdrawalLink(id=pen.ids.new("link"), release_id=release_id, public_pem=key.public_pem, added_at=at)
        pen.books.add(link)
        pen.write("withdrawal-link", link, subject=release_id, at=at)
    return link, token_of(_PREFIX, link.id, seed)


def open_link(text: str, books: StatusBooks) -> tuple[WithdrawalLink, Actor]:
    """What a withdrawal key was handed out for, and the person who acts with it: the last line that holds one counts.

    Raises:
        ConfigError: the text holds no withdrawal key.
        DeniedError: it is none of those that were handed out here. Which part of it is wrong is not told.
    """
    found = read_token(_PREFIX, "link", text)
    if found is None:
        raise ConfigError(
            "there is no withdrawal key in it", hint="it begins with cw1_; give the file as it was handed out"
        )
    link_id, key = found
    link = books.withdrawal_link(link_id)
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
            f"# It is for the release {release_id}, which otherwise ends after {last_day(valid_until)} (UTC).",
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


_PLEASE = {
    "delete": "Please stop using them, delete every copy that you have, and tell us when that is done:",
    "stop-use": "Please stop using them, and tell us when that is done:",
    "future": "Please put them to no new use. By the agreement, uses that were published before may go on.",
    None: "Please put them to no new use. What becomes of uses that were published before:",
}
"""By what the release says that a withdrawal does (`revocability`); None where it does not say."""
_BLANK = "____________________"


def notices(
    revocation: Revocation, listed: Sequence[Descendant], *, organisation: str, effect: str | None
) -> dict[str, str]:
    """Drafts of letters by file name, one for each client and use that is known.

    They name files and the client, and nobody else; file names name nobody. Addresses are not in the books: whoever
    sends a letter fills them in. `effect`: what the release says that a withdrawal does.
    """
    clients = sorted({one.client for one in listed if one.client})
    grouped: dict[tuple[str, str | None, str], list[Descendant]] = {}
    for one in listed:
        use = f"{one.medium}-{one.purpose}-{one.territory}" if one.medium and one.purpose and one.territory else ""
        to = f"client-{clients.index(one.client) + 1}-" if one.client else ""
        grouped.setdefault((to, one.client, use or "use-unknown"), []).append(one)
    return {
        f"notice-{to}{use}.txt": _notice(use, client, revocation, files, organisation, _PLEASE[effect])
        for (to, client, use), files in sorted(grouped.items(), key=lambda found: (found[0][0], found[0][2]))
    }


def _notice(
    use: str, client: str | None, revocation: Revocation, files: Sequence[Descendant], organisation: str, please: str
) -> str:
    lines = [
        f"DRAFT - to: {client or _BLANK}",
        "",
        f"Consent withdrawn on {revocation.at}; use: {use}",
        "",
        f"{organisation} published the pictures below. The consent of a person shown in them was withdrawn.",
        f"{please} {_BLANK}" if please.endswith(":") else please,
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
