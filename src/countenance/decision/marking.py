"""Whether a titled picture may be marked without being edited. Pure.

Nothing that a person shows changes, so no release is asked for; and a title that bars alteration does not bar a mark,
which alters no content. What is asked: a title that nobody contests, an operator who may act, and that the picture is
no edit: `marked, not edited` would be untrue of it.
"""

from countenance.core.records.consent import ConsentEvidence, Role, Title
from countenance.core.records.decision import Reason
from countenance.decision.picture import disputed, unreviewed

_ROLES: frozenset[Role] = frozenset({"retoucher", "rights"})


def against_marking(evidence: ConsentEvidence, *, operator_id: str, at: str, edited_before: bool) -> tuple[Reason, ...]:
    """Every reason against it; none means that the picture may be marked.

    Args:
        evidence: title, disputes, look-alikes and operator, as they stand.
        operator_id: who asks.
        at: the instant.
        edited_before: whether the picture carries the mark of a published edit.
    """
    checks = (*_operator(evidence, operator_id, at), *_picture(evidence, evidence.title, at))
    edited = edited_before or bool(evidence.earlier)
    last = evidence.last_entry_at
    more = (
        (edited, "edited-already", "the picture is a published edit, or a copy of one"),
        (last is None or at < last, "log-ahead-of-clock", "the log's last entry is later than this instant"),
    )
    return tuple(Reason(policy=policy, reason=reason) for applies, policy, reason in (*checks, *more) if applies)


def _operator(evidence: ConsentEvidence, operator_id: str, at: str) -> tuple[tuple[bool, str, str], ...]:
    operator, ended = evidence.operator, evidence.operator_revoked_at
    known = operator is not None and operator.id == operator_id
    return (
        (not known, "operator-unknown", "the operator who asks is not registered here"),
        (ended is not None and ended <= at, "operator-revoked", "the operator's right to act has been revoked"),
        (
            operator is not None and operator.role not in _ROLES,
            "operator-role",
            "only an operator with the role retoucher or rights may mark",
        ),
    )


def _picture(evidence: ConsentEvidence, title: Title | None, at: str) -> tuple[tuple[bool, str, str], ...]:
    if title is None:
        return ((True, "title-missing", "no title to this picture is on file: register the right to it first"),)
    contested = any(disputed(evidence, one.of_id, at) for one in evidence.disputes or ())
    return (
        (contested or evidence.disputes is None, "title-disputed", "the title to this picture is contested"),
        (
            evidence.near is None or bool(unreviewed(evidence, title, at)),
            "near-unreviewed",
            "a picture of another owner looks like it, and nobody has compared them",
        ),
    )
