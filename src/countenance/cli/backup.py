"""The home in one file, and back: `backup`, `restore`."""

from pathlib import Path
from typing import Annotated

import typer

from countenance.cli.state import ask_passphrase, checkpoint_note, state_of
from countenance.errors import ConfigError

_UNKNOWN = (
    "warning: no checkpoint was compared, so it cannot be known whether the home went on after this backup; "
    "if it did, do not act in both: look for a later checkpoint (the file log/checkpoint of the old home)"
)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The backup; it must not exist yet.")],
) -> None:
    """Write the whole home into one file, encrypted under the organisation's passphrase, and read it back."""
    from countenance.wiring.backup import back_up  # noqa: PLC0415

    state = state_of(context)
    made = back_up(state.office, out)
    state.answer(
        {
            "schema": "countenance.backup/1",
            "file": str(out),
            "digest": made.digest,
            "bytes": made.size_bytes,
            "files": len(made.manifest.files),
            "entries": made.manifest.entries,
            "created_at": made.manifest.created_at,
        },
        f"{out}: {len(made.manifest.files)} files, the log of {made.manifest.entries} entries, read back",
    )
    state.say("it opens with the organisation's passphrase of today; keep both, apart from each other")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    held: Annotated[
        list[Path] | None,
        typer.Option(metavar="CHECKPOINT", help="A checkpoint that was kept elsewhere, or a home; may be repeated."),
    ] = None,
) -> None:
    """Make a new home (`--home NEW`) of a backup. A later checkpoint, where one is at hand, stops it."""
    from countenance.wiring.backup import restore as put_back  # noqa: PLC0415

    state = state_of(context)
    if state.home is None:
        raise ConfigError("`restore` needs a new home", hint="write --home NEW")
    if not file.is_file():
        raise ConfigError(f"there is no file `{file}`", hint="check the path")
    notes = tuple(checkpoint_note(path) for path in held or ())
    made = put_back(file, Path(state.home), flags=state.flags, ask=ask_passphrase, held=notes)
    state.answer(
        {
            "schema": "countenance.restored/1",
            "home": state.home,
            "backed_up_at": made.manifest.created_at,
            "entries": made.manifest.entries,
            "evidence": "held-checkpoint" if made.compared else "none",
            "log_index": made.log_index,
            "warning": None if made.compared else _UNKNOWN,
        },
        f"restored to {state.home}: the log of {made.manifest.entries} entries of {made.manifest.created_at}",
    )
    if not made.compared:
        state.say(_UNKNOWN)
