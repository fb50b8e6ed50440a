"""What becomes of each row that is to be taken into a registry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: where it stood, what it became, or why it was refused. `id` is absent in a dry run of a table."""

    line: int
    kind: str
    id: str | None = None
    refused: str | None = None

    @property
    def taken(self) -> bool:
        """Whether it is in the books now; in a dry run, whether it would be."""
        return self.refused is None
