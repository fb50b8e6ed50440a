"""`registry import`: facts of another registry, each registered as an act of an operator of this one.

Ids are kept, so that what names a person or a release goes on naming it; an id that is taken here, or was erased here,
refuses. A fact is taken with everything that limits it (later versions, withdrawal, disputes), or not at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from countenance.core import digest
from countenance.core.records.audit import StatementKind
from countenance.core.records.base import Record
from countenance.core.records.consent import DepictedPerson, FaceTie, ModelRelease, Revocation, Title
from countenance.core.records.oversight import Dispute
from countenance.core.records.transfer import ExportManifest, Imported
from countenance.errors import ConfigError
from countenance.toolkit.act import act
from countenance.toolkit.pen import Pen
from countenance.wiring.transfer.opening import Line
from countenance.wiring.transfer.rows import Row

_LOGGED: dict[type[Record], StatementKind] = {
    DepictedPerson: "person",
    ModelRelease: "model-release",
    Title: "title",
    FaceTie: "face-tie",
    Revocation: "revocation",
    Dispute: "dispute",
}
_REASON_MAX = 1000


@dataclass(slots=True)
class _Fact:
    """One person, release or title with its versions and with what limits it."""

    of_id: str
    lines: list[Line] = field(default_factory=list)

    def all(self, kind: type[Record]) -> list[Any]:
        """Its records of a kind, in order."""
        return [line.record for line in self.lines if isinstance(line.record, kind)]


def take_in(pen: Pen, lines: Sequence[Line], manifest: ExportManifest, *, dry: bool) -> Iterator[Row]:
    """Take fact by fact, and say of each line what became of it. A dry run writes nothing.

    Raises:
        DeniedError: the operator may not register facts.
        StoreError: the books cannot be written.
    """
    yield from (_row(line, line.problem) for line in lines if line.problem)
    facts = _gathered([line for line in lines if not line.problem])
    arriving = set(facts) if dry else set()
    for fact in facts.values():
        try:
            if dry:
                _check(fact, pen.books, arriving)
            else:
                _take(pen, fact, manifest)
        except ConfigError as error:
            yield from (_row(line, error.message) for line in fact.lines)
            continue
        yield from (_row(line, _left(line.record, pen.books, arriving)) for line in fact.lines)


def _gathered(lines: Sequence[Line]) -> dict[str, _Fact]:
    """In the order in which they may be taken: persons before releases before titles."""
    facts: dict[str, _Fact] = {}
    for line in lines:
        of_id = _of(line.record)
        facts.setdefault(of_id, _Fact(of_id)).lines.append(line)
    order = {"person": 0, "release": 1, "title": 2}
    return {one.of_id: one for one in sorted(facts.values(), key=lambda one: order.get(one.of_id.partition("_")[0], 3))}


def _of(record: Any) -> str:
    """The person, release or title that a record is about."""
    if isinstance(record, (Revocation, Dispute)):
        return record.of_id
    return str(record.title_id if isinstance(record, FaceTie) else record.id)


def _check(fact: _Fact, books: Any, arriving: set[str]) -> None:
    """Whether the fact may be taken. Raises ConfigError, which says why not."""
    if books.erased(fact.of_id):
        raise ConfigError("it was erased here, and is not brought back by an import")
    if any(find(fact.of_id) is not None for find in (books.person, books.release, books.title)):
        raise ConfigError("this home has one with this id already")
    first = fact.lines[0].record
    if not isinstance(first, (DepictedPerson, ModelRelease, Title)):
        raise ConfigError("what it is about is not in the export")
    versions = [getattr(one, "version", None) or 1 for one in fact.all(type(first))]
    if versions != list(range(1, len(versions) + 1)):
        raise ConfigError("its versions are not whole")
    if isinstance(first, ModelRelease):
        _check_release(fact, books, arriving)
    if isinstance(first, Title) and books.title_of(first.asset.digest_of_file) is not None:
        raise ConfigError("this home has a title to the same picture already")


def _check_release(fact: _Fact, books: Any, arriving: set[str]) -> None:
    for one in fact.all(ModelRelease):
        if one.text_digest != digest.of_file(one.text.encode()):
            raise ConfigError("its text is not the one that was agreed to")
        if one.person_id not in arriving and books.person(one.person_id) is None:
            raise ConfigError("the person is not known here")


def _left(record: Any, books: Any, arriving: set[str]) -> str:
    """Why a line of a fact that was taken was left out: a tie to a release that is not here. The face has none then."""
    if not isinstance(record, FaceTie) or record.release_id is None or record.release_id in arriving:
        return ""
    return "" if books.release(record.release_id) is not None else "the release of this face is not known here"


def _take(pen: Pen, fact: _Fact, manifest: ExportManifest) -> None:
    with act(pen):
        _check(fact, pen.books, set())
        at = pen.clock.now()
        for line in fact.lines:
            if _left(line.record, pen.books, set()):
                continue
            record = _as_ours(line.record, pen.actor.id, at)
            pen.books.add(record)
            pen.write(_LOGGED[type(record)], record, subject=fact.of_id, at=at)
        said = Imported(
            of_id=fact.of_id, organisation_id=manifest.organisation_id, manifest_digest=manifest.digest(), at=at
        )
        pen.write("import", said, subject=fact.of_id, at=at)


def _as_ours(record: Any, actor: str, at: str) -> Any:
    """The record as it is registered here: of now, and by whoever takes it in."""
    if isinstance(record, Revocation):
        said = f"withdrawn {record.at} by the {record.by} where it came from. {record.reason}".strip()
        return record.model_copy(update={"at": at, "by": "operator", "reason": said[:_REASON_MAX]})
    if isinstance(record, Dispute):
        return record.model_copy(update={"at": at, "by": actor})
    registered = {"registered_by": actor} if isinstance(record, (ModelRelease, Title)) else {}
    return record.model_copy(update={"added_at": at, **registered})


def _row(line: Line, problem: str) -> Row:
    return Row(
        line=line.line,
        kind=line.file.removesuffix(".jsonl"),
        id=getattr(line.record, "id", None),
        refused=problem or None,
    )
