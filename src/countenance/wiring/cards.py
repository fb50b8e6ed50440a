"""What the books say of one person, release or title, as headings with lines that people read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from countenance.core.clock import last_day
from countenance.core.records.base import Part
from countenance.core.records.consent import DepictedPerson, ModelRelease, Title
from countenance.core.records.oversight import Dispute, NearTitle
from countenance.decision.picture import uncleared
from countenance.errors import ConfigError
from countenance.wiring.trace import state_of_release

Line = tuple[str, str]
_UNSAID = ("id", "person_id", "faces", "fingerprint", "text")
_ENDS = ("valid_until", "expires_at")
"""Instants that begin the first day on which a thing no longer counts: people read the last one on which it does."""
_PERMILLE = re.compile(r"_permille$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its lines, each a name and what is said."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything about one thing. `state` in one word or two."""

    kind: str
    id: str
    name: str
    state: str
    sections: tuple[Section, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON for machines."""
        return {
            "schema": f"countenance.{self.kind}-card/1",
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "sections": [
                {"heading": one.heading, "lines": [list(line) for line in one.lines]} for one in self.sections
            ],
        }


def person_card(person_id: str, books: Any, at: str) -> Card:
    """A depicted person, and what they released.

    Raises:
        ConfigError: the books know no such person.
    """
    with books.reading():
        person: DepictedPerson | None = books.person(person_id)
        if person is None:
            raise _unknown(person_id, "depicted person", "person list")
        releases = [books.release(one.id) or one for one in books.releases_of(person_id)]
        return Card(
            kind="person",
            id=person.id,
            name=person.alias,
            state=_state_of_person(person),
            sections=(
                Section(heading="Person", lines=tuple(lines_of(person))),
                Section(
                    heading="Releases", lines=tuple((one.id, _said_of_release(one, books, at)) for one in releases)
                ),
            ),
        )


def release_card(release_id: str, books: Any, at: str) -> Card:
    """A model release: whose, what it permits, what came of it, its versions.

    Raises:
        ConfigError: the books know no such release.
    """
    with books.reading():
        release: ModelRelease | None = books.release(release_id)
        if release is None:
            raise _unknown(release_id, "model release", "release list")
        person = books.person(release.person_id)
        ends = books.revocations(release_id)
        made = books.descendants(release_id)
        return Card(
            kind="release",
            id=release.id,
            name=person.alias if person else "erased",
            state=state_of_release_now(release, books, at),
            sections=(
                Section(heading="Whose", lines=(("person", release.person_id),)),
                Section(heading="Agreement", lines=tuple(lines_of(release, but=("grant",)))),
                Section(heading="What it permits", lines=tuple(lines_of(release.grant))),
                Section(heading="The text", lines=(("", release.text),)),
                Section(heading="Versions", lines=tuple(_versions(books, release_id))),
                Section(heading="Withdrawn", lines=tuple((one.at, f"by the {one.by}") for one in ends)),
                Section(heading="Disputes", lines=tuple(_disputes(books, release_id))),
                Section(heading="Published under it", lines=tuple((one.edit_id, _use(one)) for one in made)),
            ),
        )


def title_card(wanted: str, books: Any, at: str) -> Card:
    """A title: whose picture, by what right, whose faces, what came of it. By id, or by the digest of its file.

    Raises:
        ConfigError: the books know no such title.
    """
    with books.reading():
        title: Title | None = books.title(wanted) or books.title_of(wanted)
        if title is None:
            raise _unknown(wanted, "title", "title list")
        made = books.published(source_digest=title.asset.digest_of_file)
        return Card(
            kind="title",
            id=title.id,
            name=title.owner,
            state=state_of_title(title, books, at),
            sections=(
                Section(heading="Picture", lines=tuple(lines_of(title.asset))),
                Section(heading="Right", lines=tuple(lines_of(title, but=("asset",)))),
                Section(heading="Faces", lines=tuple(_faces(title, books, at))),
                Section(heading="Disputes", lines=tuple(_disputes(books, title.id))),
                Section(heading="Look-alikes compared", lines=tuple(_reviews(title, books))),
                Section(
                    heading="Published of it", lines=tuple((one.edit_id, f"published {one.at}") for one, *_ in made)
                ),
            ),
        )


def lines_of(record: Part, *, but: Iterable[str] = ()) -> Iterable[Line]:
    """What a record says, a line a field; what is absent is not said, and tuples of parts get a line each."""
    for name, value in record:
        if name in _UNSAID or name in but or value is None or value == ():
            continue
        shown = f"{last_day(value)}, the last day (UTC)" if name in _ENDS else value
        shown = value[:10] if name == "valid_from" else shown
        yield from _said(_words(name), shown, permille=bool(_PERMILLE.search(name)))


def state_of_release_now(release: ModelRelease, books: Any, at: str) -> str:
    """`disputed`, or as its dates and withdrawals say."""
    state = state_of_release(release, books, at)
    return "disputed" if state == "active" and open_disputes(books, release.id) else state


def signed_how(release: ModelRelease) -> str:
    """How it was signed: what was checked here, else what its file claims, else `no`."""
    methods = {one.method for one in release.signatures or ()}
    if release.document is not None and release.document.check.result == "signed":
        return "document"
    if "e-signature" in methods:
        return "e-signature"
    if release.document is not None:
        return "scan"
    return f"{', '.join(sorted(methods))} (not checked)" if methods else "no"


def state_of_title(title: Title, books: Any, at: str) -> str:
    """`superseded`, `disputed`, `look-alike`, `licence expired`, `alteration barred`, or `active`."""
    newest = books.title_of(title.asset.digest_of_file)
    if newest is not None and newest.id != title.id:
        return "superseded"
    if open_disputes(books, title.id):
        return "disputed"
    if look_alikes(title, books, at):
        return "look-alike"
    if title.licence and title.licence.expires_at and title.licence.expires_at <= at:
        return "licence expired"
    return "alteration barred" if title.alteration == "no" else "active"


def look_alikes(title: Title, books: Any, at: str) -> tuple[NearTitle, ...]:
    """Pictures of other owners that look alike and that nobody has cleared: they bar every edit of this one."""
    near = books.near_titles(title)
    return uncleared(near, books.title_reviews(title.id), title, at) if near else ()


def look_alike_pairs(books: Any, at: str) -> list[tuple[Title, Title, int]]:
    """Every pair of titles that waits for a review, once, with the bits in which the two pictures differ."""
    found: dict[frozenset[str], tuple[Title, Title, int]] = {}
    for title in books.titles():
        newest = books.title_of(title.asset.digest_of_file)
        for near in look_alikes(title, books, at) if newest is not None and newest.id == title.id else ():
            other = books.title(near.other_id)
            found.setdefault(frozenset((title.id, other.id)), (title, other, near.distance_bits))
    return list(found.values())


def open_disputes(books: Any, of_id: str) -> list[Dispute]:
    """Disputes over it that no later record settles."""
    found: tuple[Dispute, ...] = books.disputes(of_id)
    settled = {one.settles for one in found if one.settles}
    return [one for one in found if one.settles is None and one.id not in settled]


def _said(name: str, value: Any, *, permille: bool) -> Iterable[Line]:
    if isinstance(value, Part):
        inner = dict(lines_of(value))
        yield name, ", ".join(f"{key} {said}" if key else said for key, said in inner.items())
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _said(f"{name} {key}", one, permille=permille)
    elif isinstance(value, tuple) and value and isinstance(value[0], Part):
        for one in value:
            yield from _said(name, one, permille=permille)
    elif isinstance(value, tuple):
        yield name, ", ".join(map(str, value))
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    elif permille and isinstance(value, int):
        yield _PERMILLE.sub("", name).removesuffix(" permille"), f"{value / 1000:+.2f}"
    else:
        yield name, str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _state_of_person(person: DepictedPerson) -> str:
    if person.deceased_on is not None:
        return "deceased"
    return "adult" if person.adult else "minor"


def _said_of_release(release: ModelRelease, books: Any, at: str) -> str:
    first, last = release.grant.valid_from[:10], last_day(release.grant.valid_until)
    return f"{state_of_release_now(release, books, at)}, {first} to {last}"


def _versions(books: Any, release_id: str) -> Iterable[Line]:
    for one in books.release_versions(release_id):
        yield f"version {one.version}", f"signed on {one.signed_on}, added {one.added_at}, text {one.text_digest}"


def _disputes(books: Any, of_id: str) -> Iterable[Line]:
    for one in books.disputes(of_id):
        yield one.id, f"settles {one.settles}: {one.reason}" if one.settles else f"opened {one.at}: {one.reason}"


def _reviews(title: Title, books: Any) -> Iterable[Line]:
    for one in books.title_reviews(title.id):
        other = one.other_id if one.title_id == title.id else one.title_id
        yield other, f"{one.verdict}: {one.reason}"


def _faces(title: Title, books: Any, at: str) -> Iterable[Line]:
    ties = {tie.face: tie for tie in books.ties(title.id)}
    for box in title.faces:
        yield f"face {box.number}", _said_of_face(ties.get(box.number), books, at)


def _said_of_face(tie: Any, books: Any, at: str) -> str:
    if tie is None:
        return "not decided: neither tied to a release nor marked untouched"
    if tie.not_identifiable:
        return f"not identifiable: {tie.not_identifiable}"
    if tie.release_id is None:
        return "must stay untouched"
    release = books.release(tie.release_id)
    state = state_of_release_now(release, books, at) if release else "not on file"
    return f"release {tie.release_id}, {state}"


def _use(one: Any) -> str:
    use = f"{one.purpose}, {one.medium}, {one.territory}" if one.purpose else "use not kept"
    return f"{one.published_at}, {use}"


def _unknown(wanted: str, what: str, command: str) -> ConfigError:
    return ConfigError(f"`{wanted}` is no {what} here", hint=f"`countenance {command}` shows them")
