"""The gate of screening: `screening show`, `screening clear`."""

from typing import Annotated

import typer

from countenance.cli.state import state_of

screening = typer.Typer(help="What was declared of a picture, and who looked at it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(screening, name="screening")


@screening.command("show")
def screening_show(context: typer.Context, photo: Annotated[str, typer.Argument(metavar="PHOTO")]) -> None:
    """Show the flags that the screener of the settings knows of a picture, and every clearance."""
    from countenance.wiring.screening import screening_of  # noqa: PLC0415

    state = state_of(context)
    flags, clearances = screening_of(state.settings, state.office, state.read(photo))
    state.answer(
        {
            "schema": "countenance.screening/1",
            "screener": state.settings.screener,
            "flags": None if flags is None else flags.model_dump(),
            "clearances": [one.model_dump(mode="json") for one in clearances],
        },
        "\n".join(
            [
                "no screener is set up" if flags is None else f"minor: {flags.minor}, intimate: {flags.intimate}",
                *(f"cleared {one.at} by {one.by}: {one.reason}" for one in clearances),
            ]
        ),
    )


@screening.command("clear")
def screening_clear(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What you saw, in a sentence.")],
    operator: Annotated[str | None, typer.Option(metavar="ID", help="Who looked: an approver.")] = None,
) -> None:
    """Say that you, an approver, looked at a picture: no minor whom the release does not name, nothing intimate."""
    from countenance.wiring.screening import clear  # noqa: PLC0415

    state = state_of(context)
    clearance = clear(state.settings, state.office, state.read(photo), operator_id=operator, reason=reason)
    state.answer(clearance.to_json(), clearance.id)
