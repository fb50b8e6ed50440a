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
_UNASKED = (
    "no list of erasures was given: who was erased after the backup is in it again; give --erasures FILE to another "
    "restore, or erase them now"
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
    erasures: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="The list log/erasures.json of the old home: who is in it is erased again."),
    ] = None,
) -> None:
    """Make a new home (`--home NEW`) of a backup. A later checkpoint, where one is at hand, stops it."""
    from countenance.wiring.backup import restore as put_back  # noqa: PLC0415
    from countenance.wiring.erase import erased_in  # noqa: PLC0415

    state = state_of(context)
    if state.home is None:
        raise ConfigError("`restore` needs a new home", hint="write --home NEW")
    if not file.is_file():
        raise ConfigError(f"there is no file `{file}`", hint="check the path")
    notes = tuple(checkpoint_note(path) for path in held or ())
    lists = (*(erasures or ()), *(path for path in held or () if path.is_dir()))
    erased = tuple(one for path in lists for one in erased_in(path))
    made = put_back(file, Path(state.home), flags=state.flags, ask=ask_passphrase, held=notes, erased=erased)
    state.answer(
        {
            "schema": "countenance.restored/1",
            "home": state.home,
            "backed_up_at": made.manifest.created_at,
            "entries": made.manifest.entries,
            "evidence": "held-checkpoint" if made.compared else "none",
            "log_index": made.log_index,
            "erased_again": made.erased_again,
            "warning": None if made.compared else _UNKNOWN,
        },
        f"restored to {state.home}: the log of {made.manifest.entries} entries of {made.manifest.created_at}",
    )
    if made.erased_again:
        state.say(f"erased again: {made.erased_again} that were erased after the backup was made")
    if not lists:
        state.say(_UNASKED)
    if not made.compared:
        state.say(_UNKNOWN)
