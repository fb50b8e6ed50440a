"""The keys: `keys list`, `keys passphrase`, `keys rotate`, `keys lost`, `keys read-key export`."""

import contextlib
from pathlib import Path
from typing import Annotated, Literal

import typer

from countenance.cli.state import State, ask_new_passphrase, state_of
from countenance.errors import ConfigError, StoreError

keys = typer.Typer(help="Keys over time: list, passphrase, rotate, lost, read-key.", no_args_is_help=True)
read_key = typer.Typer(help="What may be published, so that others read this house's marks.", no_args_is_help=True)
keys.add_typer(read_key, name="read-key")

_LENDS = (
    "whoever has this file can read the marks of this house, put a mark's number on other pictures, and "
    "remove marks; it cannot be taken back, only followed by `countenance keys rotate mark`. "
    "It makes no number that this house takes for its own."
)

_LOST = {
    "passphrase": (
        "Nothing opens the keys without the organisation's passphrase, and nobody can reset it.\n"
        "1. Look for a backup whose passphrase you know: `countenance restore FILE --home NEW` "
        "(it refuses where a later checkpoint is at hand).\n"
        "2. Without one, this home can be read and no longer acts: `verify` and `recover` still work in it, and "
        "files that it published stay verifiable under `trust.pem`. Keep it.\n"
        "3. `countenance init` in a new folder makes new keys and a new log. "
        "Hand out its `trust.pem` beside the old one."
    ),
    "claim": (
        "If the claim signer's file is lost or damaged: restore the folder `keys` from a backup.\n"
        "If someone else may have it with its passphrase: `countenance keys rotate claim`, and tell those who verify "
        "the instant: a certificate cannot be called back here (no revocation list is published), so a file signed "
        "after that instant with the old certificate is told apart by this home's log only, which does not know it."
    ),
    "log": (
        "If the log key's file is lost: restore the folder `keys` from a backup; "
        "the key cannot be rotated without it.\n"
        "If someone else may have it with its passphrase: `countenance keys rotate log`. Checkpoints of the old key "
        "count up to the size at which it was changed, and no further."
    ),
    "mark": (
        "If `mark.json` is lost: restore the folder `keys` from a backup; "
        "without it no mark of this home can be read.\n"
        "If someone else may have it, they can read and copy marks: `countenance keys rotate mark`. "
        "A mark is a look-up key and never a proof, so no file becomes doubtful by it."
    ),
}


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(keys, name="keys")


@keys.command("list")
def keys_list(context: typer.Context) -> None:
    """List every key: kind, id, since when, state. Nothing secret."""
    from countenance.wiring.keys import listed  # noqa: PLC0415

    state = state_of(context)
    rows = [
        {
            "kind": one.kind,
            "id": one.key_id,
            "created_at": one.created_at,
            "state": one.state,
            "ended_at": one.ended_at,
            "expires_at": one.expires_at,
            "operator": one.operator,
        }
        for one in listed(state.office)
    ]
    lines = [
        f"{r['kind']:<15}{str(r['id'])[7:23]}  {r['created_at']}  {r['state']:<8} {r['operator'] or ''}".rstrip()
        for r in rows
    ]
    state.answer({"schema": "countenance.keys/1", "keys": rows}, "\n".join(lines))


@keys.command("passphrase")
def keys_passphrase(
    context: typer.Context,
    operator_id: Annotated[
        str | None, typer.Option("--operator", metavar="ID", help="Of this operator; else of the organisation.")
    ] = None,
) -> None:
    """Change a passphrase. The new one is asked for, or comes from COUNTENANCE_NEW_PASSPHRASE or ..._FILE."""
    from countenance.wiring.keys import change_passphrase  # noqa: PLC0415

    state = state_of(context)
    whose = "the operator" if operator_id else "the organisation"
    change = change_passphrase(state.office, _new_passphrase(state, whose), operator_id)
    state.answer(
        {
            "schema": "countenance.key-change/1",
            "act": change.act,
            "role": change.role,
            "of": change.of_id,
            "at": change.at,
        },
        f"the passphrase of {whose} was changed at {change.at}",
    )
    if operator_id is None:
        state.say("backups made before still open with the old passphrase only")


@keys.command("rotate")
def keys_rotate(
    context: typer.Context,
    role: Annotated[Literal["claim", "operator", "log", "mark"], typer.Argument(metavar="claim|operator|log|mark")],
    operator_id: Annotated[str | None, typer.Argument(metavar="ID", help="Of an operator.")] = None,
) -> None:
    """Put a new key in the place of one. Files that the old one signed or marked still verify."""
    from countenance.wiring.keys import rotate  # noqa: PLC0415

    state = state_of(context)
    if (operator_id is not None) != (role == "operator"):
        raise ConfigError("only `rotate operator` takes an id, and needs one", hint="keys rotate operator ID")
    change = rotate(state.office, role, operator_id)
    state.answer(
        {
            "schema": "countenance.key-change/1",
            "act": change.act,
            "role": change.role,
            "of": change.of_id,
            "old": change.old_key_id,
            "new": change.new_key_id,
            "at": change.at,
        },
        f"the {role} key is now {str(change.new_key_id)[7:23]}, since {change.at}",
    )


@keys.command("lost")
def keys_lost(
    context: typer.Context,
    what: Annotated[
        Literal["operator", "passphrase", "claim", "log", "mark"],
        typer.Argument(metavar="operator|passphrase|claim|log|mark", help="What is lost."),
    ],
    operator_id: Annotated[str | None, typer.Argument(metavar="ID", help="Of an operator.")] = None,
    reason: Annotated[str, typer.Option(help="Why; stays in this home.")] = "key lost",
) -> None:
    """Do what can honestly be done: a lost operator is revoked and added anew; for the rest, say what to do."""
    from countenance.wiring.keys import replace_lost  # noqa: PLC0415

    state = state_of(context)
    if (operator_id is not None) != (what == "operator"):
        raise ConfigError("only `lost operator` takes an id, and needs one", hint="keys lost operator ID")
    if operator_id is None:
        state.answer({"schema": "countenance.keys-lost/1", "done": False, "advice": _LOST[what]}, _LOST[what])
        return
    revocation, new = replace_lost(state.office, operator_id, reason)
    state.answer(
        {
            "schema": "countenance.keys-lost/1",
            "done": True,
            "revoked": operator_id,
            "at": revocation.at,
            "operator": new.id,
            "pseudonym": new.pseudonym,
        },
        new.id,
    )
    state.say(f"{operator_id} may act no more, since {revocation.at}; the line on stdout is the new operator")


@read_key.command("export")
def read_key_export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file, readable by everyone.")],
    key: Annotated[
        str | None, typer.Option(metavar="ID", help="Of this mark key only, see `keys list`; default: of all.")
    ] = None,
) -> None:
    """Write what lets others read this house's marks, with `recover --read-key`, and remove them. It is logged."""
    from countenance.wiring.read_key import publish  # noqa: PLC0415

    state = state_of(context)
    if file.exists() or file.is_symlink():
        raise ConfigError("the file exists already", hint="name a new one")
    if not file.parent.is_dir():
        raise ConfigError("the output's folder does not exist", hint="make it first")
    said, lent = publish(state.office, key)
    _write_new(file, lent)
    state.say(f"warning: {_LENDS}")
    organisation_id, key_ids = state.office.organisation().id, list(said.key_ids)
    answer = {
        "schema": "countenance.read-key-export/1",
        "file": str(file),
        "organisation_id": organisation_id,
        "key_ids": key_ids,
        "at": said.at,
        "warnings": [_LENDS],
    }
    state.answer(answer, f"{file}: {len(key_ids)} read key{'s' if len(key_ids) > 1 else ''} of {organisation_id}")


def _write_new(file: Path, data: bytes) -> None:
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_bytes(data)
        fresh.chmod(0o644)
        fresh.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise StoreError(f"the read key cannot be written: {error.strerror}", hint="check the folder") from error


def _new_passphrase(state: State, whose: str) -> str:
    from countenance.settings import read_passphrase  # noqa: PLC0415

    settings = state.settings
    found = read_passphrase(settings.new_passphrase, settings.new_passphrase_file)
    return found if found is not None else ask_new_passphrase(whose)
