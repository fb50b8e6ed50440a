"""The tables. Facts are kept as the canonical bytes of their records, beside the columns by which they are found.

Nothing is ever updated: triggers abort it. What has to be erasable (statements with their salts, receipt salts,
manifests, and what is known of persons, releases and titles) may be deleted; nothing else may.
"""

from typing import Any

from sqlmodel import SQLModel

from countenance.adapters.books import fact_rows, kept_rows

FACTS: tuple[type[fact_rows.FactRow], ...] = (
    fact_rows.OrganisationRow,
    fact_rows.OperatorRow,
    fact_rows.PersonRow,
    fact_rows.ReleaseRow,
    fact_rows.TitleRow,
    fact_rows.FaceTieRow,
    fact_rows.RevocationRow,
    fact_rows.DecisionRow,
    fact_rows.WithdrawalLinkRow,
    fact_rows.StatusIssueRow,
    fact_rows.KeyChangeRow,
    fact_rows.ClearanceRow,
    fact_rows.ApprovalRow,
    fact_rows.DisputeRow,
    fact_rows.TitleReviewRow,
    fact_rows.HouseRulesRow,
    fact_rows.ErasureRow,
    fact_rows.InvitationRow,
    fact_rows.SigningRow,
)
"""Facts that `Books.add` takes, by the type of their record."""
VERSIONS: tuple[type[fact_rows.VersionRow], ...] = (fact_rows.PersonVersionRow, fact_rows.ReleaseVersionRow)
"""Where later versions of a fact are kept."""
SINCE: dict[type[SQLModel], int] = {
    fact_rows.KeyChangeRow: 3,
    fact_rows.ClearanceRow: 4,
    **dict.fromkeys(
        (
            *VERSIONS,
            fact_rows.ApprovalRow,
            fact_rows.DisputeRow,
            fact_rows.TitleReviewRow,
            fact_rows.HouseRulesRow,
            fact_rows.ErasureRow,
            kept_rows.PersonKeyRow,
        ),
        5,
    ),
    **dict.fromkeys((fact_rows.InvitationRow, fact_rows.SigningRow, fact_rows.MarkingRow), 5),
}
"""The schema that a table came with: older books, which are only read, have none."""

_FOR_GOOD: tuple[type[SQLModel], ...] = (
    fact_rows.OrganisationRow,
    fact_rows.OperatorRow,
    fact_rows.PublicationRow,
    fact_rows.MarkingRow,
    kept_rows.LeafRow,
    kept_rows.NodeRow,
    kept_rows.CheckpointRow,
    kept_rows.PermitRow,
    kept_rows.MarkRow,
    fact_rows.StatusIssueRow,
    kept_rows.StatusEntryRow,
    fact_rows.KeyChangeRow,
    fact_rows.TitleReviewRow,
    fact_rows.HouseRulesRow,
    fact_rows.ErasureRow,
)
_ERASABLE: tuple[type[SQLModel], ...] = (
    fact_rows.PersonRow,
    fact_rows.ReleaseRow,
    fact_rows.TitleRow,
    fact_rows.FaceTieRow,
    kept_rows.ManifestRow,
    kept_rows.ReceiptSaltRow,
    kept_rows.StatementRow,
    fact_rows.WithdrawalLinkRow,
    kept_rows.DeliveryRow,
    fact_rows.ClearanceRow,
    fact_rows.PersonVersionRow,
    fact_rows.ReleaseVersionRow,
    fact_rows.ApprovalRow,
    fact_rows.RevocationRow,
    fact_rows.DecisionRow,
    fact_rows.DisputeRow,
    kept_rows.PersonKeyRow,
    fact_rows.InvitationRow,
    fact_rows.SigningRow,
)


def tables() -> list[Any]:
    """The SQLAlchemy tables, of these rows only."""
    return [table_of(row) for row in (*_FOR_GOOD, *_ERASABLE)]


def table_of(row: type[SQLModel]) -> Any:
    """The SQLAlchemy table of a row."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


def refused() -> list[tuple[str, str]]:
    """Tables and the acts ("update", "delete") that the database itself refuses on them."""
    every = [(str(row.__tablename__), "update") for row in (*_FOR_GOOD, *_ERASABLE)]
    return [*every, *((str(row.__tablename__), "delete") for row in _FOR_GOOD)]
