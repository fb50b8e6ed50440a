"""`edit --dry-run`: what would be decided, and whether the engine could do it. Nothing is logged, nothing rendered."""

from typing import TYPE_CHECKING, Any

import typer

from countenance.cli.duties import duties_json, duties_text, duty_warnings
from countenance.cli.outcome import decimals, reasons_json
from countenance.cli.state import State
from countenance.decision.refuse import hints, in_their_words
from countenance.errors import CountenanceError, DeniedError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from countenance.core.records.decision import Decision, EditRequest
    from countenance.request.receive import EditOrder


def show_plan(state: State, order: "EditOrder", shown: "Mapping[str, Any]") -> None:
    """Answer with decision and plan; exit as the edit would: 3 where it is refused, 7 where it cannot be done."""
    from countenance.wiring.dry_run import decide_only  # noqa: PLC0415

    request, decision, reference, said, unread = decide_only(state.settings, state.office, order)
    decisions = {"": decision} if reference is None else {"": decision, "reference: ": reference}
    permitted = all(one.effect == "permit" for one in decisions.values())
    stops, warnings = _at_the_engine(state, order, request, unread) if permitted else ([], ())
    problems = [f"{error.message}; {error.hint}" if error.hint else error.message for error in stops]
    warnings = (*warnings, *duty_warnings(decision))
    state.answer(
        {
            "schema": "countenance.dry-run/1",
            "decision": decision.effect,
            "reasons": reasons_json(decision),
            "said": list(said),
            "duties": duties_json(decision),
            "reference": None if reference is None else _reference_json(reference),
            "face": request.face,
            "plan": decimals(request.units) if permitted else {},
            "problems": problems,
            "warnings": list(warnings),
            **shown,
        },
        _text(request, decisions, [*problems, *(f"warning: {warning}" for warning in warnings)], said),
    )
    if not permitted:
        raise typer.Exit(DeniedError.exit_code)
    if stops:
        raise typer.Exit(stops[0].exit_code)


def _at_the_engine(
    state: State, order: "EditOrder", request: "EditRequest", unread: tuple[str, ...]
) -> tuple[list[CountenanceError], tuple[str, ...]]:
    """What would stop the edit in the render room, and what the engine warns of."""
    from countenance.decision.reading import require_read  # noqa: PLC0415
    from countenance.edit.measure import readable  # noqa: PLC0415
    from countenance.edit.photo import require_renders, require_unblocked  # noqa: PLC0415
    from countenance.wiring.faces import see_face  # noqa: PLC0415

    stops: list[CountenanceError] = []
    warnings: tuple[str, ...] = ()
    engine = state.room.engine
    checks: tuple[Callable[[], None], ...] = (
        lambda: require_renders(request.units, engine),
        lambda: require_read(unread, readable(engine), engine.name),
    )
    for check in checks:
        try:
            check()
        except (InputError, DeniedError) as error:
            stops.append(error)
    try:
        face = see_face(order.data, state.room, state.settings, number=request.face, option="--face")
        warnings = face.warnings
        require_unblocked(request.units, face.blocked)
    except InputError as error:
        stops.append(error)
    return stops, warnings


def _reference_json(decision: "Decision") -> dict[str, Any]:
    return {"decision": decision.effect, "reasons": reasons_json(decision)}


def _text(request: "EditRequest", decisions: "Mapping[str, Decision]", notes: list[str], said: tuple[str, ...]) -> str:
    lines = []
    for of, decision in decisions.items():
        lines.append(f"{of}{decision.effect}")
        lines += [f"  {reason.policy}: {reason.reason}" for reason in decision.reasons]
        lines += duties_text(decision)
        lines += [f"what to do: {hint}" for hint in hints(decision)]
    lines += [in_their_words(said).removeprefix("; ")] if said else []
    plan = ", ".join(f"{name} {value / 1000:+.2f}" for name, value in request.units.items())
    return "\n".join([*lines, f"face {request.face}: {plan}", *notes, "nothing was rendered or logged"])
