"""The rules: `policy show`, `markets`, `test`, `explain`, `diff`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.duties import duties_json, duties_text
from countenance.cli.state import state_of

if TYPE_CHECKING:
    from countenance.core.records.decision import Decision
    from countenance.wiring.policy_diff import Compared

policy = typer.Typer(help="The rules that decide.", no_args_is_help=True)
Market = Annotated[list[str] | None, typer.Option(metavar="ID", help="With this market's pack; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(policy, name="policy")


@policy.command("show")
def policy_show(context: typer.Context, market: Market = None) -> None:
    """List the rules in force, with their reasons."""
    from countenance.wiring.plugins import policy_engine  # noqa: PLC0415

    state = state_of(context)
    engine = policy_engine(state.settings).for_markets(tuple(market or ()))
    rules = [
        {"id": rule.id, "effect": rule.effect, "reason": rule.reason, "law": rule.law, "since": rule.since}
        for rule in engine.rules()
    ]
    width = max(len(rule["id"]) for rule in rules)
    lines = [
        f"{rule['id']:<{width}}  {rule['effect']:<7} {rule['reason']}"
        + (f" ({rule['law']}; since {rule['since']})" if rule["law"] else "")
        for rule in rules
    ]
    state.answer(
        {"schema": "countenance.policy/1", "digest": engine.digest, "rules": rules}, "\n".join([engine.digest, *lines])
    )


@policy.command("markets")
def policy_markets(context: typer.Context) -> None:
    """List the markets whose law can be asked, with every duty, its law, date, source and status."""
    from countenance.wiring.plugins import policy_engine  # noqa: PLC0415

    state = state_of(context)
    packs = policy_engine(state.settings).packs
    lines = []
    for pack in packs.values():
        lines.append(f"{pack.id}: {pack.name}, version {pack.version}, {pack.status}")
        for duty in pack.duty:
            lines += [
                f"  {duty.id}{' (bars)' if duty.bars else ''}: {duty.text}",
                f"    {duty.citation}; since {duty.in_force_from.isoformat()}; {duty.status}: {duty.source}",
            ]
    state.answer(
        {"schema": "countenance.markets/1", "markets": [pack.model_dump(mode="json") for pack in packs.values()]},
        "\n".join(lines),
    )


@policy.command("test")
def policy_test(context: typer.Context) -> None:
    """Run the tables of cases in policies/tests."""
    from countenance.wiring.plugins import policy_engine  # noqa: PLC0415

    state = state_of(context)
    results = policy_engine(state.settings).run_cases()
    failed = [_failed_case(result) for result in results if not result.passed]
    state.answer(
        {
            "schema": "countenance.policy-test/1",
            "cases": len(results),
            "failed": failed,
        },
        "\n".join(
            [*(f"FAILS {one['case']}: {one['got']}" for one in failed), f"{len(results)} cases, {len(failed)} failed"]
        ),
    )
    if failed:
        raise typer.Exit(4)


@policy.command("explain")
def policy_explain(
    context: typer.Context, edit: Annotated[str, typer.Argument(metavar="EDIT", help="An edit's id, refused or not.")]
) -> None:
    """Print what was decided on an edit, as it was logged: each rule, its reason, its law and the law's date."""
    from countenance.wiring.explain import decisions_on  # noqa: PLC0415

    state = state_of(context)
    decisions = decisions_on(edit, state.settings)
    told = [_explained(one) for one in decisions]
    state.answer(
        {"schema": "countenance.policy-explain/1", "edit_id": edit, "decisions": told},
        "\n".join(line for one in decisions for line in _explained_text(one)),
    )


@policy.command("diff")
def policy_diff(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(metavar="A", help="A folder of rules, or one of a market's pack.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    market: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="As if this market had been named; repeatable.")
    ] = None,
) -> None:
    """Take every logged decision again under two sets of rules, and show where they differ.

    Request and facts are rebuilt from the books as they stood; what cannot be rebuilt exactly is listed, not guessed.
    """
    from countenance.wiring.policy_diff import compare_rules  # noqa: PLC0415

    state = state_of(context)
    compared, lost = compare_rules(state.settings, old, new, markets=tuple(market or ()))
    changed = [one for one in compared if one.differs]
    state.answer(
        {
            "schema": "countenance.policy-diff/1",
            "compared": len(compared),
            "changed": [_changed(one) for one in changed],
            "not_rebuilt": [
                {"edit_id": one.edit_id, "stage": one.stage, "at": one.at, "why": why} for one, why in lost
            ],
        },
        "\n".join(
            [
                *(line for one in changed for line in _changed_text(one)),
                *(f"{one.at} {one.edit_id} ({one.stage}): not compared: {why}" for one, why in lost),
                f"{len(compared)} decisions compared, {len(changed)} would change, {len(lost)} could not be rebuilt",
            ]
        ),
    )


def _failed_case(result: Any) -> dict[str, str]:
    reasons = ", ".join(reason.policy for reason in result.answer.reasons)
    return {"case": f"{result.case.table}: {result.case.name}", "got": f"{result.answer.effect} ({reasons})"}


def _explained(decision: "Decision") -> dict[str, Any]:
    return {
        "id": decision.id,
        "stage": decision.stage,
        "at": decision.at,
        "effect": decision.effect,
        "policy_digest": decision.policy_digest,
        "reasons": [
            {"rule": one.policy, "reason": one.reason, "law": one.law, "since": one.since} for one in decision.reasons
        ],
        "duties": duties_json(decision),
    }


def _explained_text(decision: "Decision") -> list[str]:
    lines = [f"{decision.at} {decision.stage}: {decision.effect}"]
    for reason in decision.reasons:
        law = f"{reason.law}; since {reason.since}" if reason.law else "rule of the house"
        lines += [f"  {reason.policy}: {reason.reason}", f"    {law}"]
    return [*lines, *duties_text(decision)]


def _changed(one: "Compared") -> dict[str, Any]:
    return {
        "edit_id": one.logged.edit_id,
        "stage": one.logged.stage,
        "at": one.logged.at,
        "logged": one.logged.effect,
        "a": {"effect": one.old.effect, "rules": [reason.policy for reason in one.old.reasons]},
        "b": {"effect": one.new.effect, "rules": [reason.policy for reason in one.new.reasons]},
    }


def _changed_text(one: "Compared") -> list[str]:
    lines = [f"{one.logged.at} {one.logged.edit_id} ({one.logged.stage}), logged as {one.logged.effect}:"]
    for name, said in (("A", one.old), ("B", one.new)):
        lines.append(f"  {name}: {said.effect} ({', '.join(reason.policy for reason in said.reasons)})")
    return lines
