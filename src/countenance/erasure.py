"""Erasure: what is known of a person leaves the books whole, and the log says how much, why, and what was kept.

A statement is theirs where its record is, or its actor or subject, or where it names one that is. References only ever
point back, so one pass over the log, in order, finds them all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from countenance.core import retention
from countenance.core.records.consent import DepictedPerson, FaceTie, ModelRelease, Revocation, Title
from countenance.core.records.erasure import STAYS, EndedRelease, Erasure, ErasureGround, ErasureScope, Kept
from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.act import act
from countenance.toolkit.pen import Pen

_ABOUT_PICTURE = frozenset({"screening", "approval"})
_FOREVER = "9999-12-31T23:59:59.999Z"
_EVIDENCE = "evidence of what was let out and how it was marked; names nobody (GDPR art. 17(3) b and e)"
_TITLE = "the owner's right to the picture; the face stays untouched from now on"
_LEAVES = "commitments that nothing opens any more; without them the log could not be checked"


class ErasableBooks(Protocol):
    """What erasure asks of the books."""

    def opened_statements(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Index, kind and statement of every entry that was not erased, in order."""
        ...

    def made_under(self, release_ids: Sequence[str]) -> Sequence[Any]:
        """Published edits under the releases, and those that borrowed from them."""
        ...

    def ties_to(self, release_ids: Sequence[str]) -> Sequence[FaceTie]:
        """Every tie that ever was to one of the releases."""
        ...

    def title(self, title_id: str) -> Title | None:
        """The title."""
        ...

    def ties(self, title_id: str) -> Sequence[FaceTie]:
        """The newest tie of each face."""
        ...

    def person(self, person_id: str) -> DepictedPerson | None:
        """The person."""
        ...

    def releases_of(self, person_id: str) -> Sequence[ModelRelease]:
        """The first version of each of their releases."""
        ...

    def release(self, release_id: str) -> ModelRelease | None:
        """The newest version of a release."""
        ...

    def revocations(self, of_id: str) -> Sequence[Revocation]:
        """Its withdrawals."""
        ...

    def erase(self, *, entries: Any, facts: Any, made: Any, person_id: str | None) -> dict[str, int]:
        """Delete them; how many, by table."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty to keep a release: until when, and why, as the release says."""

    release_id: str
    until: str
    why: str


@dataclass(slots=True, kw_only=True)
class Plan:
    """What would be erased."""

    scope: ErasureScope
    person_id: str | None = None
    releases: tuple[ModelRelease, ...] = ()
    entries: list[int] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)
    facts: list[tuple[str, str]] = field(default_factory=list)
    made: Sequence[Any] = ()
    faces: tuple[tuple[str, int], ...] = ()
    """Title and number of the faces that are tied to the releases now."""

    def take(self, index: int, kind: str, body: Mapping[str, Any]) -> None:
        """Add a statement, and the fact that it states."""
        self.entries.append(index)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        name, version = body.get("id"), body.get("version") or 1
        if isinstance(name, str):
            self.facts.append((str(body.get("schema")), name if version == 1 else f"{name}.{version}"))


def plan_person(books: ErasableBooks, person_id: str) -> Plan:
    """Everything about a person.

    Raises:
        ConfigError: the books do not know them.
    """
    if books.person(person_id) is None:
        raise ConfigError(f"`{person_id}` is no depicted person here", hint="`countenance person list` shows them")
    releases = [books.release(one.id) for one in books.releases_of(person_id)]
    return _plan("person", books, person_id, tuple(one for one in releases if one is not None))


def plan_releases(books: ErasableBooks, releases: Sequence[ModelRelease]) -> Plan:
    """Some releases of a person, of whom others are kept."""
    return _plan("releases", books, None, tuple(releases))


def plan_refusals(books: ErasableBooks, before: str) -> Plan:
    """Decisions that did not permit, taken before an instant."""
    plan = Plan(scope="decisions")
    for index, kind, statement in books.opened_statements():
        body = statement["body"]
        if kind == "decision" and body.get("effect") != "permit" and str(body.get("at", _FOREVER)) < before:
            plan.take(index, kind, body)
    return plan


def duties(plan: Plan, books: ErasableBooks, at: str) -> tuple[Duty, ...]:
    """The retention duties of the releases that run at an instant; one that is still in force ends with the erasure."""
    found = []
    for release in plan.releases:
        if release.retention is not None:
            end = min(at, retention.ended_at(release, books.revocations(release.id)))
            until = retention.kept_until(end, release.retention.years_after_end)
            if at < until:
                found.append(Duty(release_id=release.id, until=until, why=release.retention.why))
    return tuple(found)


def kept(plan: Plan) -> tuple[Kept, ...]:
    """What stays, how much and why."""
    titles = {title_id for title_id, _ in plan.faces}
    told = (
        ("published edit", len(plan.made), _EVIDENCE),
        ("title", len(titles), _TITLE),
        ("log entry", len(plan.entries), _LEAVES),
    )
    return tuple(Kept(what=what, count=count, why=why) for what, count, why in told if count)


def erase(
    pen: Pen, planned: Callable[[], Plan], *, ground: ErasureGround, override: str | None = None
) -> tuple[Erasure, Plan]:
    """Erase, in one transaction; what a database file still holds of it is scrubbed afterwards.

    The releases are withdrawn for good, and faces that were tied to them stay untouched from now on.

    Args:
        pen: who acts.
        planned: what is erased, asked for within the transaction.
        ground: why, as GDPR art. 17(1) has it.
        override: why it is erased although a retention duty runs. It is logged, and must name nobody.

    Raises:
        DeniedError: a retention duty runs, or the operator was revoked.
        ConfigError: the books do not know what is to be erased, or the override names the person.
    """
    books: Any = pen.books
    with act(pen):
        plan, at = planned(), pen.clock.now()
        running = duties(plan, books, at)
        until = max((one.until for one in running), default=None)
        if until is not None and override is None:
            raise DeniedError(
                f"refused: a duty to keep {_releases(running)} runs until {until} [retention-runs]",
                hint="wait, or have a lawyer decide: --override-retention REASON, which is logged",
            )
        _require_nameless(override, plan, books)
        ended = tuple(
            EndedRelease(release_id=one.id, withdrawn_at=min((end.at for end in books.revocations(one.id)), default=at))
            for one in plan.releases
        )
        counts = books.erase(entries=plan.entries, facts=plan.facts, made=plan.made, person_id=plan.person_id)
        erasure = Erasure(
            id=pen.ids.new("erasure"),
            scope=plan.scope,
            ground=ground,
            releases=ended,
            entries=tuple(plan.entries),
            counts=counts,
            kept=kept(plan),
            by=pen.actor.id,
            at=at,
            person_id=plan.person_id,
            override=override if until is not None else None,
            retention_until=until,
        )
        pen.books.add(erasure)
        pen.write("erasure", erasure, subject=plan.person_id or erasure.id, at=at)
        _leave_refusing(pen, plan, at)
    return erasure, plan


def _leave_refusing(pen: Pen, plan: Plan, at: str) -> None:
    """What keeps refusing afterwards: each release is withdrawn, each face stays untouched."""
    for release in plan.releases:
        ended = Revocation(id=pen.ids.new("revocation"), of_id=release.id, at=at)
        pen.books.add(ended)
        pen.write("revocation", ended, subject=release.id, at=at)
    for title_id, face in plan.faces:
        tie = FaceTie(id=pen.ids.new("tie"), title_id=title_id, face=face, release_id=None, added_at=at)
        pen.books.add(tie)
        pen.write("face-tie", tie, subject=title_id, at=at)


def _plan(scope: ErasureScope, books: ErasableBooks, person_id: str | None, releases: tuple[ModelRelease, ...]) -> Plan:
    ids = [one.id for one in releases]
    made = books.made_under(ids)
    pictures = _pictures(books, ids)
    names = {*ids, *([person_id] if person_id else ())}
    edits = {one.edit_id for one in made}
    plan = Plan(
        scope=scope,
        person_id=person_id,
        releases=releases,
        made=made,
        faces=tuple(_tied_now(books, pictures, set(ids))),
    )
    shown: dict[str, set[int]] = {}
    for asset, faces in pictures.values():
        shown.setdefault(asset, set()).update(faces)
    for index, kind, statement in books.opened_statements():
        body = statement["body"]
        if kind in STAYS:
            continue
        if names & _named(statement) or _about(kind, body, edits, shown):
            plan.take(index, kind, body)
            names |= {body["id"]} if isinstance(body.get("id"), str) else set()
    return plan


def _named(statement: Mapping[str, Any]) -> set[str]:
    """The ids in a statement: its actor, its subject, those of its record, and of a record within that."""
    body = statement["body"]
    within = [value.get("id") for value in body.values() if isinstance(value, Mapping)]
    values = (statement.get("actor"), statement.get("subject"), *body.values(), *within)
    return {value for value in values if isinstance(value, str)}


def _about(kind: str, body: Mapping[str, Any], edits: set[str], shown: Mapping[str, set[int]]) -> bool:
    """A decision on one of their edits or faces, or what was said of a picture that shows them."""
    if kind in _ABOUT_PICTURE:
        return body.get("asset_digest") in shown and body.get("release_id") is None
    if kind != "decision":
        return False
    asset = ((body.get("request") or {}).get("asset") or {}).get("digest_of_file")
    return body.get("edit_id") in edits or body.get("face") in shown.get(str(asset), ())


def _pictures(books: ErasableBooks, release_ids: Sequence[str]) -> dict[str, tuple[str, set[int]]]:
    """By title: the digest of the picture, and the numbers of the faces that were ever tied to the releases."""
    found: dict[str, tuple[str, set[int]]] = {}
    for tie in books.ties_to(release_ids):
        title = books.title(tie.title_id)
        if title is not None:
            found.setdefault(title.id, (title.asset.digest_of_file, set()))[1].add(tie.face)
    return found


def _tied_now(books: ErasableBooks, titles: Mapping[str, Any], release_ids: set[str]) -> Iterator[tuple[str, int]]:
    for title_id in titles:
        for tie in books.ties(title_id):
            if tie.release_id in release_ids:
                yield title_id, tie.face


def _require_nameless(text: str | None, plan: Plan, books: ErasableBooks) -> None:
    person = books.person(plan.person_id) if plan.person_id else None
    if text is None or person is None:
        return
    said = text.casefold()
    for name in (person.alias, person.legal_name or ""):
        if any(len(word) > 2 and word in said for word in name.casefold().split()):
            raise ConfigError("the reason names the person, and it stays in the log", hint="say it without a name")


def _releases(running: Sequence[Duty]) -> str:
    return running[0].release_id if len(running) == 1 else f"{len(running)} releases"
