"""What a market's law asks of an edit, as it is written into decisions."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from countenance.core.records.base import Code, Part

MarketId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]{2})?$")]
LabelKind = Literal["eu", "cn"]
Mark = Literal["metadata", "time-stamp", "watermark", "log", "aigc-metadata"]
DutyState = Literal["met", "missing", "due", "coming"]
"""`met`: nothing is missing. `missing`: something is. `due`: for people to see to, no record shows it. `coming`: not
in force yet."""
Status = Literal["verified", "secondary", "draft"]
"""`verified`: read in the official text. `secondary`: in copies that agree. `draft`: not law yet, or not yet sure."""


class DutyNote(Part):
    """One duty at the instant of a decision: what it asks for and what is missing, with the law and its date."""

    market: MarketId
    duty: Code
    state: DutyState
    bars: bool
    """Whether what is missing bars publication; else it is a warning."""
    text: str
    marks: tuple[Mark, ...] = ()
    labels: tuple[LabelKind, ...] = ()
    missing: tuple[str, ...] = Field(default=(), description="in words")
    law: str
    since: str
    status: Status
