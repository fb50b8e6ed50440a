"""What the markets asked for want, as people and machines read it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countenance.core.records.decision import Decision
    from countenance.core.records.market import DutyNote


def duties_json(decision: "Decision") -> list[dict[str, Any]]:
    """Every duty noted, with law and date."""
    return [note.model_dump(mode="json") for note in decision.duties or ()]


def duties_text(decision: "Decision") -> list[str]:
    """One line a duty, and one a law, where any market was named."""
    return [line for note in decision.duties or () for line in _lines(note)]


def duty_warnings(decision: "Decision") -> tuple[str, ...]:
    """What is missing although it does not bar."""
    lacking = [note for note in decision.duties or () if note.state == "missing" and not note.bars]
    return tuple(f"{note.duty}: missing {', '.join(note.missing)}{_server(note)}" for note in lacking)


def _server(note: "DutyNote") -> str:
    """What to do about a time-stamp that is missing."""
    asked = note.state == "missing" and "time-stamp" in note.marks
    return "; no server for it is named (--tsa-url)" if asked else ""


def _lines(note: "DutyNote") -> tuple[str, str]:
    wants = [*note.marks, *(f"label `{kind}`" for kind in note.labels)]
    due = f" [{', '.join(wants)}]" if wants else ""
    missing = f" (missing: {', '.join(note.missing)})" if note.missing else ""
    barred = ", bars" if note.bars else ""
    draft = ", draft" if note.status == "draft" else ""
    return (
        f"  {note.market} {note.duty}: {note.state}{barred}{due}{missing}",
        f"    {note.law}; since {note.since}{draft}",
    )
