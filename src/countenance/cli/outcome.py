"""A published edit and a decision, as people and machines read them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from countenance.cli.duties import duties_json, duties_text
from countenance.cli.state import measured_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countenance.core.records.decision import Decision
    from countenance.toolkit.turnstiles import Outcome


def outcome_json(done: "Outcome", out: Path) -> dict[str, Any]:
    """The JSON of a published edit."""
    return {
        "schema": "countenance.edit/1",
        "edit_id": done.request.edit_id,
        "output": str(out),
        "decision": done.decision.effect,
        "reasons": reasons_json(done.decision),
        "duties": duties_json(done.decision),
        "labels": [label.model_dump(mode="json") for label in done.publication.recipe.labels or ()],
        "requested": decimals(done.request.units),
        "measured": measured_json(done.measured),
        "unchecked": list(done.measured.unchecked),
        "teeth_visible": done.measured.teeth_visible_after,
        "changed_outside_before_marks": done.measured.changed_outside_before_marks_px,
        "watermark_id": done.publication.watermark_id,
        "watermark": done.publication.watermark,
        "manifest_id": done.publication.manifest_id,
        "log_index": done.receipt.index,
    }


def decimals(units: "Mapping[str, int]") -> dict[str, float]:
    """Permille as people write them."""
    return {name: value / 1000 for name, value in units.items()}


def outcome_text(done: "Outcome", out: Path) -> str:
    """What people read of a published edit."""
    asked, units = done.request.units, done.measured.units
    moved = {name.rstrip("LR") for name in asked}
    others = {name: unit for name, unit in units.items() if name[-1].isdigit() and name not in moved}
    seen = {name: unit for name, unit in others.items() if abs(unit.value_permille) > unit.error_permille}
    shown = {name: unit for name, unit in units.items() if name in asked} | seen
    lines = [f"published {out}", "", f"  {'unit':<7}{'asked':>8}{'measured':>11}"]
    for name, unit in sorted(shown.items(), key=lambda item: (int(item[0].strip("AULR")), item[0])):
        wish = f"{asked[name] / 1000:+.2f}" if name in asked else "-"
        lines.append(f"  {name:<7}{wish:>8}{unit.value_permille / 1000:>+11.2f} ± {unit.error_permille / 1000:.2f}")
    outside = done.measured.changed_outside_before_marks_px
    lines += [
        f"  {len(others) - len(seen)} other units: no change beyond the measuring error",
        "",
        f"  changed outside the face's region, before marks: {outside} pixels",
        f"  watermark {done.publication.watermark_id} ({done.publication.watermark})",
        f"  manifest {done.publication.manifest_id}",
        f"  log entry {done.receipt.index}",
        *duties_text(done.decision),
    ]
    return "\n".join(lines)


def reasons_json(decision: "Decision") -> list[dict[str, str]]:
    """A decision's reasons."""
    return [reason.model_dump() for reason in decision.reasons]
