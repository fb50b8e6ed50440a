"""The way of one published photo, from its manifest and the books."""

from typing import Any

from countenance.core import digest
from countenance.errors import UncheckedError
from countenance.settings import Settings
from countenance.verify.inspect import inspect
from countenance.wiring.office import Office
from countenance.wiring.verify_tools import verify_tools


def explain_file(data: bytes, settings: Settings, office: Office) -> list[dict[str, Any]]:
    """One row a stage: when, and what.

    Raises:
        UncheckedError: these books do not know the file.
    """
    tools, at = verify_tools(settings)
    report = inspect(data, tools, at=at)
    publication = office.books.publication(report.edit_id) if report.edit_id else None
    if publication is None:
        raise UncheckedError("these books do not know the file", hint="`countenance verify` says what it is")
    decisions = {decision.stage: decision for decision in office.books.decisions_of(publication.edit_id)}
    recipe, measured = publication.recipe, publication.measured
    units = ", ".join(f"{name} {value / 1000:+.2f}" for name, value in recipe.units.items())
    now = ", ".join(
        f"{name} {unit.value_permille / 1000:+.2f} ± {unit.error_permille / 1000:.2f}"
        for name, unit in measured.units.items()
        if name in recipe.units
    )
    identical = (
        "the given file is that one" if digest.of_file(data) == publication.output_digest else "not byte-identical"
    )
    return [
        _step("request", decisions["requested"].at, f"{units}, of picture {publication.source_digest}"),
        _step("decision", decisions["requested"].at, _why(decisions["requested"])),
        _step("edit", None, f"engine {recipe.engine} {recipe.engine_version}, seed {recipe.seed}; measured {now}"),
        _step("marks", None, f"watermark {publication.watermark_id}, fingerprint {publication.fingerprint}"),
        _step("manifest", None, f"{publication.manifest_id}, {publication.manifest_digest}"),
        _step("audit", decisions["measured"].at, f"{_why(decisions['measured'])}; publication logged"),
        _step("publish", publication.at, f"{publication.output_digest}; {identical}"),
    ]


def _why(decision: Any) -> str:
    return f"{decision.effect} ({', '.join(reason.policy for reason in decision.reasons) or 'all rules agree'})"


def _step(stage: str, at: str | None, what: str) -> dict[str, Any]:
    return {"stage": stage, "at": at, "what": what}
