"""The second pair of eyes: approvals, disputes, reviews of look-alikes, and the rules of the house.

Acts on the books as in `desk`: each signed, logged and kept in one transaction.
"""

from collections.abc import Mapping
from typing import Literal

from countenance.core.clock import later
from countenance.core.records.base import Record
from countenance.core.records.consent import Operator, Role
from countenance.core.records.oversight import Approval, Approved, Dispute, HouseRules, TitleReview
from countenance.decision.roles import REVIEWERS, asks_four_eyes
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.act import act, encoded
from countenance.toolkit.pen import Pen

APPROVAL_DAYS = 30
"""How long an approval counts where nothing else is said."""
_MOST_DAYS = 366
_SECONDS_A_DAY = 86_400
Verdict = Literal["distinct", "same-right", "conflict"]


def approve(
    pen: Pen,
    *,
    operator: Operator,
    of: Approved,
    asset_digest: str,
    reason: str,
    document: str,
    until: str | None = None,
    release_id: str | None = None,
    units: Mapping[str, int] | None = None,
) -> Approval:
    """A second operator says yes, for one picture. It never counts for an edit that they ask for themselves.

    Args:
        pen: the operator's.
        operator: who approves: an approver.
        of: what is approved.
        asset_digest: of which picture.
        reason: in their words.
        document: digest of the file that it rests on.
        until: the instant at which it ends; 30 days from now where absent.
        release_id: under which model release only.
        units: of `picture`: the changes that the person approved, in permille.

    Raises:
        DeniedError: the operator is no approver, or has been revoked.
        ConfigError: no such title or release, no reason, or an end that lies in the past or more than a year away.
    """
    _require_role(operator, frozenset({"approver"}), "approve")
    encoded("reason", reason)
    with act(pen):
        at = pen.clock.now()
        release_id = _release_of(pen, of, asset_digest, release_id)
        approval = Approval(
            id=pen.ids.new("approval"),
            of=of,
            asset_digest=asset_digest,
            by=operator.id,
            reason=reason,
            document=document,
            valid_until=_end(until, at),
            release_id=release_id,
            units=dict(units) if units else None,
            at=at,
        )
        _keep(pen, "approval", approval, subject=asset_digest, at=at)
    return approval


def _release_of(pen: Pen, of: Approved, asset_digest: str, release_id: str | None) -> str | None:
    """The release that is meant: a person's yes is under one, and where the picture has only one, under that."""
    title = pen.books.title_of(asset_digest)
    if title is None:
        raise ConfigError("this picture has no title", hint="add it with `countenance title add`")
    if release_id is not None and pen.books.release(release_id) is None:
        raise ConfigError(f"`{release_id}` is no model release here", hint="`release add` printed its id")
    if of != "picture" or release_id is not None:
        return release_id
    tied = {tie.release_id for tie in pen.books.ties(title.id) if tie.release_id}
    if len(tied) != 1:
        raise ConfigError("under which release did the person say yes?", hint="name it with --release ID")
    return tied.pop()


def dispute(pen: Pen, *, of_id: str, reason: str, document: str | None = None) -> Dispute:
    """Somebody contests a title or a model release: from now on it is frozen. Anyone who may act may say so.

    Raises:
        ConfigError: no such title or release, or no reason.
    """
    encoded("reason", reason)
    with act(pen):
        if pen.books.title(of_id) is None and pen.books.release(of_id) is None:
            raise ConfigError(f"`{of_id}` is neither a title nor a model release here", hint="check the id")
        at = pen.clock.now()
        made = Dispute(id=pen.ids.new("dispute"), of_id=of_id, reason=reason, by=pen.actor.id, at=at, document=document)
        _keep(pen, "dispute", made, subject=of_id, at=at)
    return made


def settle(pen: Pen, *, operator: Operator, dispute_id: str, reason: str, document: str | None = None) -> Dispute:
    """End a dispute. Where the house asks for four eyes, another operator than who opened it, and no retoucher.

    Raises:
        DeniedError: it must be another operator, or their role does not reach so far.
        ConfigError: no such dispute, settled already, or no reason.
    """
    encoded("reason", reason)
    with act(pen):
        opened = pen.books.dispute(dispute_id)
        if opened is None or opened.settles is not None:
            raise ConfigError(f"`{dispute_id}` is no dispute here", hint="`title dispute` printed its id")
        if any(one.settles == dispute_id for one in pen.books.disputes(opened.of_id)):
            raise ConfigError("this dispute is settled already")
        if asks_four_eyes(pen.books.house_rules()):
            _require_role(operator, REVIEWERS, "settle a dispute")
            _require_other(operator, (opened.by,), "whoever opened a dispute cannot settle it")
        at = pen.clock.now()
        made = Dispute(
            id=pen.ids.new("dispute"),
            of_id=opened.of_id,
            reason=reason,
            by=operator.id,
            at=at,
            settles=dispute_id,
            document=document,
        )
        _keep(pen, "dispute", made, subject=opened.of_id, at=at)
    return made


def review(pen: Pen, *, operator: Operator, title_id: str, other_id: str, verdict: Verdict, reason: str) -> TitleReview:
    """Somebody compared two pictures that look alike; the newest verdict counts. It gives no right to either.

    Raises:
        DeniedError: their role does not reach so far, or they registered one of the two titles, or may have.
        ConfigError: no such titles, one and the same, or no reason.
    """
    _require_role(operator, REVIEWERS, "review look-alikes")
    encoded("reason", reason)
    with act(pen):
        titles = [pen.books.title(one) for one in (title_id, other_id)]
        missing = next((one for one, found in zip((title_id, other_id), titles, strict=True) if found is None), None)
        if missing is not None:
            raise ConfigError(f"`{missing}` is no title here", hint="`title add` and `title near` print their ids")
        if title_id == other_id:
            raise ConfigError("a title is not compared with itself", hint="`title near PHOTO` lists the others")
        registrars = [found.registered_by for found in titles if found is not None]
        _require_other(operator, registrars, "whoever registered one of the titles cannot review them")
        at = pen.clock.now()
        made = TitleReview(
            id=pen.ids.new("review"),
            title_id=title_id,
            other_id=other_id,
            verdict=verdict,
            reason=reason,
            by=operator.id,
            at=at,
        )
        _keep(pen, "title-review", made, subject=title_id, at=at)
    return made


def set_house_rules(pen: Pen, *, four_eyes: bool) -> HouseRules:
    """What the organisation asks of itself from now on; the organisation's own act.

    Raises:
        DeniedError: the pen is an operator's.
    """
    if pen.actor.id in [operator.id for operator in pen.books.operators()]:
        raise DeniedError(
            "refused: the rules of the house are the organisation's [operator-role]", hint="`house rules`"
        )
    with act(pen):
        at = pen.clock.now()
        made = HouseRules(id=pen.ids.new("house"), four_eyes=four_eyes, by=pen.actor.id, at=at)
        _keep(pen, "house-rules", made, subject=pen.actor.id, at=at)
    return made


def _keep(
    pen: Pen,
    kind: Literal["approval", "dispute", "title-review", "house-rules"],
    made: Record,
    *,
    subject: str,
    at: str,
) -> None:
    pen.books.add(made)
    pen.write(kind, made, subject=subject, at=at)


def _end(until: str | None, at: str) -> str:
    end = until or later(at, seconds=APPROVAL_DAYS * _SECONDS_A_DAY)
    if not at < end <= later(at, seconds=_MOST_DAYS * _SECONDS_A_DAY):
        raise ConfigError("the approval would end in the past, or more than a year from now", hint="see --until")
    return end


def _require_role(operator: Operator, roles: frozenset[Role], what: str) -> None:
    if operator.role not in roles:
        named = " or ".join(sorted(roles))
        raise DeniedError(
            f"refused: only an operator with the role {named} may {what} [operator-role]",
            hint="add one with `countenance operator add NAME --role approver`, and name them with --operator",
        )


def _require_other(operator: Operator, others: list[str | None] | tuple[str, ...], why: str) -> None:
    """Another than each of these; where one of them is not on record it may be the same, and refuses."""
    if operator.id in others or None in others:
        raise DeniedError(f"refused: {why} [four-eyes]", hint="let another operator do it; name them with --operator")
