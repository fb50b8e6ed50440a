"""The way of one published photo, from its manifest and the books."""

from typing import Any

from countenance.audit.entry import stated
from countenance.core import digest
from countenance.core.records.audit import Publication
from countenance.core.records.decision import Decision
from countenance.core.records.marks import Marking
from countenance.core.records.report import Verdict
from countenance.errors import ConfigError, EvidenceError, UncheckedError
from countenance.settings import Settings
from countenance.verify.inspect import inspect
from countenance.wiring.verify_tools import books_at_hand, verify_tools


def explain_file(data: bytes, settings: Settings) -> tuple[Verdict, list[dict[str, Any]]]:
    """The verdict on the file, and one row a stage: when, and what. The home is only read.

    Raises:
        UncheckedError: these books do not know the file, or cannot be read.
        EvidenceError: they do not know it, and it does not hold.
    """
    tools, at = verify_tools(settings)
    books, problem = books_at_hand(settings)
    report = inspect(data, tools, at=at)
    marking = _marking(report.edit_id, books)
    if marking is not None:
        return report.verdict, _marked_way(data, *marking, decided_at=_decided_at(marking[0], books))
    publication = books.publication(report.edit_id) if books is not None and report.edit_id else None
    if publication is None:
        unknown = EvidenceError if report.verdict == "invalid" else UncheckedError
        raise unknown(problem or "these books do not know the file", hint="`countenance verify` says what it is")
    return report.verdict, _way(data, publication, books)


def decisions_on(edit_id: str, settings: Settings) -> tuple[Decision, ...]:
    """Every decision on an edit, as it was logged, in order. The home is only read.

    Raises:
        ConfigError: the books know no such edit.
        UncheckedError: the books cannot be read.
    """
    books, problem = books_at_hand(settings)
    if books is None:
        raise UncheckedError(problem or "there are no books here", hint="name the home with --home DIR")
    found: tuple[Decision, ...] = books.decisions_of(edit_id)
    if not found:
        raise ConfigError(f"`{edit_id}` is no edit in these books", hint="`edit --json` prints the id, refused or not")
    return found


def _way(data: bytes, publication: Publication, books: Any) -> list[dict[str, Any]]:
    of_edit = books.decisions_of(publication.edit_id)
    decisions = {one.stage: one for one in of_edit if one.request_digest == publication.request_digest}
    recipe, measured = publication.recipe, publication.measured
    units = ", ".join(f"{name} {value / 1000:+.2f}" for name, value in recipe.units.items())
    now = ", ".join(
        f"{name} {unit.value_permille / 1000:+.2f} ± {unit.error_permille / 1000:.2f}"
        for name, unit in measured.units.items()
        if name in recipe.units
    )
    return [
        _step("request", _when(decisions.get("requested")), f"{units}, of picture {publication.source_digest}"),
        _step("decision", _when(decisions.get("requested")), _why(decisions.get("requested"))),
        *(
            _step("decision", one.at, f"of the reference {recipe.reference_digest}: {_why(one)}")
            for one in of_edit
            if one.stage == "requested" and one.request_digest != publication.request_digest
        ),
        _step("edit", None, f"engine {recipe.engine} {recipe.engine_version}, seed {recipe.seed}; measured {now}"),
        _step("marks", None, _marks(publication)),
        _step("manifest", None, f"{publication.manifest_id}, {publication.manifest_digest}"),
        _step("audit", _when(decisions.get("measured")), f"{_why(decisions.get('measured'))}; publication logged"),
        _step("publish", publication.at, f"{publication.output_digest}; {_same(data, publication.output_digest)}"),
    ]


def _marking(marking_id: str | None, books: Any) -> tuple[Marking, int] | None:
    """A marking with its log index, where the file was marked and not edited."""
    found = books.markings(id=marking_id) if books is not None and marking_id else []
    return found[0] if found else None


def _decided_at(marking: Marking, books: Any) -> str | None:
    """When it was permitted: the decision stands in the log only. None where it can be read no longer."""
    for entry in books.statements("marking"):
        if entry.envelope is not None and (said := stated(entry.envelope)).body.get("id") == marking.decision_id:
            return said.at
    return None


def _marked_way(data: bytes, marking: Marking, log_index: int, *, decided_at: str | None) -> list[dict[str, Any]]:
    return [
        _step("request", decided_at, f"mark, and change nothing else, of picture {marking.source_digest}"),
        _step("decision", decided_at, f"permit, under title {marking.title_id}; no release is asked for"),
        _step("edit", None, "none"),
        _step("marks", None, _marks(marking)),
        _step("manifest", None, f"{marking.manifest_id}, {marking.manifest_digest}"),
        _step("audit", marking.at, f"log entry {log_index}, by {marking.operator_id}"),
        _step("publish", marking.at, f"{marking.output_digest}; {_same(data, marking.output_digest)}"),
    ]


def _marks(one: Publication | Marking) -> str:
    kind = f" ({one.watermark})" if one.watermark else ""
    before = one.input_mark.each if one.input_mark else ()
    carried = "".join(
        f"; the original carried {each.mark_id}{f' ({each.algorithm})' if each.algorithm else ''}, "
        f"{'still' if each.still_readable else 'no longer'} readable"
        for each in before
    )
    return f"watermark {one.watermark_id}{kind}, fingerprint {one.fingerprint}{carried}"


def _same(data: bytes, output_digest: str) -> str:
    return "the given file is that one" if digest.of_file(data) == output_digest else "not byte-identical"


def _when(decision: Decision | None) -> str | None:
    return None if decision is None else decision.at


def _why(decision: Decision | None) -> str:
    if decision is None:
        return "the decision was erased, and the person with it"
    return f"{decision.effect} ({', '.join(reason.policy for reason in decision.reasons) or 'all rules agree'})"


def _step(stage: str, at: str | None, what: str) -> dict[str, Any]:
    return {"stage": stage, "at": at, "what": what}
