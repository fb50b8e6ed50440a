"""The machine: `models`, `config`, `demo`."""

from pathlib import Path
from typing import Annotated

import typer

from countenance.cli.state import state_of

models = typer.Typer(help="The networks' weights.", no_args_is_help=True)
config = typer.Typer(help="Settings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(models, name="models")
    app.add_typer(config, name="config")
    app.command("demo")(demo)


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
