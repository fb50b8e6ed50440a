"""The public, nameless part of a consent receipt."""

from countenance.core import canon, digest
from countenance.core.records.audit import Receipt
from countenance.core.records.decision import EditRequest, Permit
from countenance.core.records.marks import ConsentReceipt
from countenance.core.records.status import StatusEntry


def consent_receipt(
    permit: Permit,
    request: EditRequest,
    decided: Receipt,
    *,
    receipt_id: str,
    salt: bytes,
    status: StatusEntry | None = None,
) -> ConsentReceipt:
    """A receipt that commits to the release and the decision without naming anyone.

    The commitment is HMAC-SHA256 under a salt that only the registry keeps: without it the receipt says nothing of the
    release, and once it is erased nobody can link the two.
    """
    opened = opening(
        receipt_id,
        release_id=permit.release_id,
        decision_id=permit.decision_id,
        request_digest=permit.request_digest,
    )
    return ConsentReceipt(
        receipt_id=receipt_id,
        commitment=digest.commit(salt, opened),
        purpose=request.purpose,
        medium=request.medium,
        territory=request.territory,
        state="active",
        decision_log_index=decided.index,
        log_origin=decided.checkpoint.origin,
        status=status,
    )


def opening(receipt_id: str, *, release_id: str, decision_id: str, request_digest: str) -> bytes:
    """What a receipt commits to: with the salt that the registry keeps, it opens the commitment."""
    return canon.canonical(
        {"receipt": receipt_id, "release": release_id, "decision": decision_id, "request": request_digest}
    )
