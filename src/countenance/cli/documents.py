"""Documents that a release rests on: `document check`, and what `release add` takes of one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.state import State, printable, state_of
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.core.records.terms import Signature, SignedDocument
    from countenance.request.documents import Findings

document = typer.Typer(help="Documents that a release rests on.", no_args_is_help=True)
Document = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The signed PDF that it rests on; checked, hashed, not kept.")
]
Scan = Annotated[bool, typer.Option("--scan", help="The document is a scan of paper: evidence of lower rank.")]
DocumentTrust = Annotated[
    list[Path] | None,
    typer.Option("--document-trust", metavar="PEM", help="A root for its signatures; beside home/document-roots."),
]
_NOT_SIGNED = 4
_COVERS = {
    "entire-file": "the whole file",
    "entire-revision": "the whole file as it was when it was signed",
    "from-start": "a part of the file, from its beginning",
    "unclear": "a part of the file",
}
_CHANGED = {
    "none": "nothing",
    "lta-updates": "validation data or time-stamps were added",
    "form-filling": "a signature was added, or fields were filled in",
    "annotations": "notes were added",
    "other": "something else",
}
_UNREVOKED = "nothing was fetched: whether a certificate was revoked is known only as far as the file itself embeds it"


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(document, name="document")


@document.command("check")
def document_check(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    trust: Annotated[
        list[Path] | None,
        typer.Option(metavar="PEM", help="A root for its signatures, beside home/document-roots; may be repeated."),
    ] = None,
) -> None:
    """Check every signature of a PDF: intact, trusted, how much of the file, and what was changed after.

    Exit 0: it counts as signed. Exit 4: it does not.
    """
    from countenance.core import digest  # noqa: PLC0415
    from countenance.wiring.plugins import load  # noqa: PLC0415
    from countenance.wiring.signing import findings_of  # noqa: PLC0415

    state = state_of(context)
    data, at = state.read(file), load("clocks", "system")().now()
    found = findings_of(data, settings=state.settings, trust=trust or (), at=at)
    state.answer(
        {
            "schema": "countenance.document-check/1",
            "digest": digest.of_file(data),
            "why": found.why,
            "check": found.check.model_dump(mode="json"),
            "signatures": [one.model_dump(mode="json") for one in found.signatures],
            "revocation": _UNREVOKED,
        }
    )
    if not state.json:
        _show(state, digest.of_file(data), found)
    if found.check.result != "signed":
        raise typer.Exit(_NOT_SIGNED)


def taken(
    state: State, document: Path | None, signatures: "Sequence[Signature]", *, scan: bool, trust: Sequence[Path] | None
) -> "SignedDocument | None":
    """The document of a release, which has to be signed or said to be a scan. `signatures`: as its file names them.

    Raises:
        ConfigError: the signatures claim what nobody can claim, or name another document.
        EvidenceError: it is neither.
    """
    from countenance.wiring.signing import check_document, require_named, require_usable  # noqa: PLC0415

    if document is None:
        require_named(signatures, None)
        if scan or trust:
            raise ConfigError("--scan and --document-trust go with --document FILE")
        return None
    at = state.office.clock.now()
    found = check_document(state.read(str(document)), settings=state.settings, trust=trust or (), scan=scan, at=at)
    require_usable(found)
    if not require_named(signatures, found):
        state.say("no signature in the release file names the document: that both say the same is your word")
    if found.check.result == "scan":
        state.say("the document is kept as a scan: evidence of lower rank, which does not count as signed")
    return found


def _show(state: State, hashed: str, found: "Findings") -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    good = found.check.result == "signed"
    state.page.print(Text(f"{found.check.result}: {found.why}", style="bold green" if good else "bold red"))
    for number, one in enumerate(found.signatures, 1):
        table = Table(title=f"Signature {number}", title_justify="left", show_header=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, said in _rows(one):
            table.add_row(name, Text(printable(said)))
        state.page.print(table, soft_wrap=False)
    state.page.print(Text(f"{hashed}\n{_UNREVOKED}"))


def _rows(one: Any) -> list[tuple[str, str]]:
    if not one.checked:
        return [("field", one.field), ("checked", f"no: {one.problem or 'its kind is not known here'}")]
    return [
        ("field", one.field),
        ("signer", one.signer),
        ("holds", "yes" if one.intact else "no"),
        ("trusted", "yes" if one.trusted else f"no: {one.problem}"),
        ("covers", _COVERS[one.coverage]),
        ("changed after it", f"{_CHANGED[one.modification]}{'' if one.permitted else ': not permitted'}"),
        ("signed at", f"{one.signed_at}, as the signer claims" if one.signed_at else "not said"),
        ("time-stamp", one.timestamped_at or "none that is trusted"),
    ]
