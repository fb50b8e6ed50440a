"""The log: `log check`; and what it hands out for somebody outside: `log key`, `receipt`, `consistency`, `verify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.state import State, checkpoint_note, printable, read_file, state_of
from countenance.cli.writing import require_new, write_new
from countenance.core.canon import canonical
from countenance.errors import ConfigError, UncheckedError

if TYPE_CHECKING:
    from countenance.audit.checkpoint import PublicKey
    from countenance.audit.proofs import LogExtension, LogReceipt

log = typer.Typer(help="The audit log.", no_args_is_help=True)
_MOST_BYTES = 8_000_000
_ACCEPTING = (
    "warning: no checkpoint was held outside the database. If it is an older copy, what came after it is lost and "
    "withdrawals may be missing; nobody can tell from here. From now on its own checkpoint is held, and the log says so"
)
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A new file for it.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(log, name="log")


@log.command("check")
def log_check(
    context: typer.Context,
    held: Annotated[
        list[Path] | None,
        typer.Option(metavar="CHECKPOINT", help="A checkpoint that was kept elsewhere, or a home; may be repeated."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take the database's own checkpoint for the held one, which is lost.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why it is accepted; stays in this home.")] = "",
) -> None:
    """Recompute the whole log, and compare it with the checkpoint that was held outside the database."""
    from countenance.wiring.accept import accept as accept_own  # noqa: PLC0415

    state = state_of(context)
    notes = tuple(checkpoint_note(path) for path in held or ())
    if accept:
        report = accept_own(state.office, reason, held=notes)
        state.say(_ACCEPTING)
    else:
        report = state.office.books.check(state.settings.log_folder, state.office.keys.log_public, held=notes)
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
            "held": report.held - accept,
            "accepted": accept,
        }
        | ({"warning": _ACCEPTING} if accept else {}),
        f"the log holds: {report.size} entries, {report.opened} statements opened, {report.erased} erased",
    )


@log.command("key")
def log_key(context: typer.Context, out: OutOption = None) -> None:
    """Print the log's public key, as C2SP tools take it: hand it to whoever is to check receipts.

    Where the key was changed, a line for each, with the sizes of the checkpoints that it may sign.
    """
    from countenance.audit.proofs import read_keys, write_keys  # noqa: PLC0415

    state = state_of(context)
    text = write_keys(state.office.origin, _keys(state))
    _, spans = read_keys(text)
    if out is not None:
        write_new(out, text.encode())
    rows = [
        {"verifier_key": line.split(" ")[0], "first": span.first, "last": span.last}
        for line, span in zip(text.splitlines(), spans, strict=True)
    ]
    answer = {"schema": "countenance.log-key/1", "origin": state.office.origin, "keys": rows}
    state.answer(answer | ({"file": str(out)} if out else {}), str(out) if out else text.rstrip("\n"))


@log.command("receipt")
def log_receipt(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="FILE|ID|N", help="A published file, an id, or an entry's number.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A new file for the receipt.")],
    opened: Annotated[
        bool, typer.Option("--open", help="With what the entry says and who signed it; it may name people.")
    ] = False,
) -> None:
    """Write the proof that an entry is in the log, for somebody who has the log's key and nothing else."""
    from countenance.audit.proofs import prove_entry  # noqa: PLC0415
    from countenance.core.records.audit import LogEntry  # noqa: PLC0415
    from countenance.wiring.log_proofs import index_of  # noqa: PLC0415

    state = state_of(context)
    require_new(out)
    data = state.read(wanted) if Path(wanted).is_file() else None
    books = state.office.books
    with books.reading():
        made = prove_entry(index_of(wanted, books, data), books, _keys(state), opened=opened)
    write_new(out, canonical(made.to_json()))
    entry = LogEntry.from_bytes(made.receipt.leaf.encode())
    state.answer(
        {
            "schema": "countenance.log-receipt-made/1",
            "file": str(out),
            "index": made.receipt.index,
            "kind": entry.kind,
            "at": entry.at,
            "size": made.receipt.checkpoint.size,
            "opened": opened,
        },
        f"{out}\nentry {made.receipt.index}: {entry.kind}, {entry.at}; under a checkpoint of "
        f"{made.receipt.checkpoint.size} entries",
    )
    if opened:
        state.say("it holds what was signed, in full, and may name people: for whom it is meant only")


@log.command("consistency")
def log_consistency(
    context: typer.Context,
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="One that was kept.")],
    out: OutOption = None,
) -> None:
    """Say whether the log as it stands extends a checkpoint that was kept, and write the proof of it.

    `log check --held CHECKPOINT` also recomputes every entry. Exit 6: it was cut or forked.
    """
    from countenance.audit.proofs import prove_extension  # noqa: PLC0415

    state = state_of(context)
    if out is not None:
        require_new(out)
    books = state.office.books
    with books.reading():
        made = prove_extension(checkpoint_note(checkpoint), books, _keys(state))
    if out is not None:
        write_new(out, canonical(made.to_json()))
    said = {"schema": "countenance.log-consistency/1", "extends": True, "old_size": made.old.size}
    state.answer(
        said | {"new_size": made.new.size, "file": str(out) if out else None},
        "\n".join([*([str(out)] if out else []), _extends_text(made)]),
    )


@log.command("verify")
def log_verify(
    context: typer.Context,
    proof: Annotated[Path, typer.Argument(metavar="PROOF", help="What `log receipt` or `log consistency` wrote.")],
    key: Annotated[str, typer.Option("--key", metavar="FILE|KEY", help="What `log key` printed, from who you trust.")],
    held: Annotated[
        Path | None, typer.Option("--held", metavar="CHECKPOINT", help="The checkpoint that you kept.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="With an opened receipt: that it is about this file.")
    ] = None,
) -> None:
    """Check a receipt or a proof of consistency with the log's key alone: no home, no log, no network."""
    from countenance.audit.proofs import LogReceipt, read_keys  # noqa: PLC0415
    from countenance.wiring.log_proofs import read_proof  # noqa: PLC0415

    state = state_of(context)
    origin, spans = read_keys(_key_text(key))
    given = read_proof(read_file(str(proof), max_bytes=_MOST_BYTES))
    note = checkpoint_note(held) if held is not None else None
    if isinstance(given, LogReceipt):
        _verify_receipt(state, given, origin, spans, note, file)
        return
    if file is not None:
        raise ConfigError("--file goes with a receipt", hint="this is a proof of consistency")
    _verify_extension(state, given, origin, spans, note)


def _verify_receipt(
    state: State, given: "LogReceipt", origin: str, key: "PublicKey", note: str | None, file: Path | None
) -> None:
    from countenance.audit.proofs import require_held, verify_entry  # noqa: PLC0415
    from countenance.wiring.log_proofs import about_file  # noqa: PLC0415

    found = verify_entry(given, origin, key)
    if note is not None:
        require_held(note, (found.checkpoint,), origin, key)
    if file is not None and found.statement is None:
        raise UncheckedError("the receipt does not say what was logged", hint="ask for one made with --open")
    said = found.statement
    named = about_file(said.body, state.read(str(file))) if file is not None and said is not None else None
    lines = [
        f"entry {found.index} of {origin}: {found.entry.kind}, {found.entry.at}",
        f"  under a signed checkpoint of {found.checkpoint.size} entries{'; the one that was kept' if note else ''}",
        *([f"  by {said.actor}, about {said.subject}; that actor's signature is not checked here"] if said else []),
        *([f"  the file is {named}"] if named else []),
    ]
    state.answer(
        {
            "schema": "countenance.log-verified/1",
            "proves": "entry",
            "holds": True,
            "origin": origin,
            "index": found.index,
            "kind": found.entry.kind,
            "at": found.entry.at,
            "size": found.checkpoint.size,
            "held": note is not None,
            "file": named,
            "statement": said.to_json() if said else None,
        },
        "\n".join(map(printable, lines)),
    )


def _verify_extension(state: State, given: "LogExtension", origin: str, key: "PublicKey", note: str | None) -> None:
    from countenance.audit.proofs import require_held, verify_extension  # noqa: PLC0415

    old, new = verify_extension(given, origin, key)
    if note is not None:
        require_held(note, (old, new), origin, key)
    data: dict[str, Any] = {"schema": "countenance.log-verified/1", "proves": "consistency", "holds": True}
    state.answer(
        data | {"origin": origin, "old_size": old.size, "new_size": new.size, "held": note is not None},
        f"{_extends_text(given)}{', and the one that was kept is one of the two' if note else ''}",
    )
    if note is None:
        state.say("give the checkpoint that you kept with --held: otherwise both are only what the log says today")


def _extends_text(made: "LogExtension") -> str:
    return f"the log of {made.new.size} entries extends the checkpoint of {made.old.size}"


def _keys(state: State) -> "PublicKey":
    found: PublicKey = state.office.books.log_keys(state.office.keys.log_public)
    return found


def _key_text(given: str) -> str:
    """The key itself, which has two `+` in it, or a file with keys."""
    if given.count("+") > 1 and not Path(given).is_file():
        return given
    return read_file(given, max_bytes=1_000_000).decode(errors="replace")
