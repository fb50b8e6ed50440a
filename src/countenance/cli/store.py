"""The manifest store: `store check`, `store export`, `store import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countenance.cli.state import printable, state_of

if TYPE_CHECKING:
    from countenance.wiring.manifest_store import Checked, Imported

store = typer.Typer(help="Where stripped copies find their manifests again.", no_args_is_help=True)
StoreOption = Annotated[
    str | None, typer.Option("--store", metavar="URL", help="file:///FOLDER, s3://BUCKET/PREFIX; default: the setting.")
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(store, name="store")


@store.command("check")
def store_check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Put there what is missing or damaged.")] = False,
    url: StoreOption = None,
) -> None:
    """Check that everything these books published is in the store, intact and signed."""
    from countenance.wiring.manifest_store import check, require_store  # noqa: PLC0415

    state = state_of(context)
    found = check(state.office, require_store(state.settings, url, new=repair), repair=repair)
    holds = not (found.missing or found.damaged)
    state.answer(
        {
            "schema": "countenance.store-check/1",
            "holds": holds,
            "whole": found.whole,
            "missing": found.missing,
            "damaged": found.damaged,
            "repaired": found.repaired,
            "erased": found.erased,
            "others": found.others,
        },
        _checked_text(found),
    )
    raise typer.Exit(0 if holds else 4)


@store.command("export")
def store_export(context: typer.Context, target: Annotated[Path, typer.Argument(metavar="DIR|FILE.zip")]) -> None:
    """Write every published manifest with its signed entry into a new folder or .zip: a store of its own."""
    from countenance.wiring.manifest_store import export  # noqa: PLC0415

    state = state_of(context)
    count = export(state.office, target)
    state.answer({"schema": "countenance.store-export/1", "exported": count}, f"exported {count} manifest(s)")


@store.command("import")
def store_import(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="DIR|FILE.zip")],
    url: StoreOption = None,
    trust: Annotated[
        Path | None, typer.Option(metavar="PEM", help="Root of who signed them; default: this home's trust.pem.")
    ] = None,
) -> None:
    """Add what another store exported: digests and signatures are checked, and nothing is overwritten."""
    from countenance.wiring.manifest_store import import_into, require_store  # noqa: PLC0415
    from countenance.wiring.verify_tools import roots  # noqa: PLC0415

    state = state_of(context)
    done = import_into(require_store(state.settings, url), source, roots(state.settings, trust))
    state.answer(
        {
            "schema": "countenance.store-import/1",
            "added": done.added,
            "present": done.present,
            "refused": done.refused,
        },
        _imported_text(done),
    )
    raise typer.Exit(4 if done.refused else 0)


def _checked_text(found: "Checked") -> str:
    whole = found.whole + found.repaired
    lines = [f"{whole} whole, {len(found.missing)} missing, {len(found.damaged)} damaged"]
    lines += [f"{found.repaired} of them put there now"] if found.repaired else []
    lines += [f"{found.erased} erased from the books"] if found.erased else []
    lines += [f"{found.others} of others"] if found.others else []
    lines += [f"  missing {manifest_id}" for manifest_id in found.missing]
    lines += [f"  damaged {manifest_id}" for manifest_id in found.damaged]
    lines += ["what to do: run it again with --repair"] if found.missing or found.damaged else []
    return "\n".join(lines)


def _imported_text(done: "Imported") -> str:
    refused = [f"  refused {printable(one)}" for one in done.refused]
    if any("roots" in one for one in done.refused):
        refused.append("what to do: give the root of who signed them, --trust PEM, if you trust them")
    return "\n".join([f"{done.added} added, {done.present} there already, {len(done.refused)} refused", *refused])
