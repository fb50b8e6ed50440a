"""An approver looks at a picture, and says that it may be worked on: the answer to a screener that cannot say."""

from countenance.core.records.consent import Operator
from countenance.core.records.screening import Clearance
from countenance.errors import DeniedError
from countenance.toolkit.act import act, encoded
from countenance.toolkit.pen import Pen


def clear_screening(pen: Pen, *, operator: Operator, asset_digest: str, reason: str) -> Clearance:
    """Record that the approver looked at the picture themselves. It does not lift a declaration of intimate content.

    Raises:
        DeniedError: the operator is no approver, or has been revoked.
        ConfigError: there is no reason.
    """
    if operator.role != "approver":
        raise DeniedError(
            "refused: only an operator with the role approver may clear a picture [operator-role]",
            hint="add one with `countenance operator add NAME --role approver`, and name them with --operator",
        )
    encoded("reason", reason)
    with act(pen):
        at = pen.clock.now()
        clearance = Clearance(
            id=pen.ids.new("clearance"), asset_digest=asset_digest, by=operator.id, reason=reason, at=at
        )
        pen.books.add(clearance)
        pen.write("screening", clearance, subject=asset_digest, at=at)
    return clearance
