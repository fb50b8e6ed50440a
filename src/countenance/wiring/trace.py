"""The graph of one thing: person, releases, titles, edits, and what came of those."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from countenance.core import digest
from countenance.core.ids import ID_PATTERN
from countenance.core.lineage import Descendant
from countenance.core.records.audit import Publication
from countenance.core.records.consent import ModelRelease
from countenance.core.records.marks import MARK_ID, Marking
from countenance.errors import ConfigError

_MARK = re.compile(MARK_ID)


def trace(wanted: str, books: Any, *, at: str, read: Callable[[str], bytes]) -> dict[str, Any]:
    """What hangs together with a person, release, title, edit, marking, manifest id, watermark id or file.

    Of a person or a release everything is told; of the others what lies between them and the person, and what came of
    them. Nothing is written.

    Raises:
        ConfigError: the books do not know it.
    """
    with books.reading():
        kind, found, releases = _resolve(wanted, books, read)
        marked = books.markings(id=found) if kind == "marking" else []
        thing = marked[0][0].title_id if marked else found
        on_way = _on_way(thing, books) if kind in {"edit", "title", "marking"} else None
        people: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for release in releases:
            people[release.person_id].append(_release(release, books, at, on_way))
        return {
            "schema": "countenance.trace/1",
            "asked": {"kind": kind, "id": found},
            "markings": [_told_marking(one) for one, _ in marked or _markings_of(kind, found, books)],
            "persons": [_person(person_id, books, told) for person_id, told in people.items()],
        }


def state_of_release(release: ModelRelease, books: Any, at: str) -> str:
    """`withdrawn`, `expired`, `not yet valid` or `active`."""
    if books.revocations(release.id):
        return "withdrawn"
    if at >= release.grant.valid_until:
        return "expired"
    return "not yet valid" if at < release.grant.valid_from else "active"


def _resolve(wanted: str, books: Any, read: Callable[[str], bytes]) -> tuple[str, str, Sequence[ModelRelease]]:
    kind = wanted.partition("_")[0] if re.fullmatch(ID_PATTERN, wanted) else ""
    if kind == "person" and books.person(wanted) is not None:
        return kind, wanted, books.releases_of(wanted)
    if kind == "release" and (release := books.release(wanted)) is not None:
        return kind, wanted, [release]
    if kind == "title" and (title := books.title(wanted)) is not None:
        return kind, wanted, _releases_of_title(title.id, title.asset.digest_of_file, books)
    if kind:
        publication, marked = books.publication(wanted) if kind == "edit" else None, {"id": wanted}
    elif _MARK.fullmatch(wanted):
        publication, marked = books.publication_where(watermark_id=wanted), {"watermark_id": wanted}
    elif wanted.startswith("urn:"):
        publication, marked = books.publication_where(manifest_id=wanted), {"manifest_id": wanted}
    else:
        return _resolve_file(digest.of_file(read(wanted)), books)
    if publication is None:
        found = books.markings(**marked)
        if found:
            return _resolve_marking(found[0][0], books)
        raise ConfigError(f"these books do not know `{wanted}`", hint="give an id of this home, or a file")
    return "edit", publication.edit_id, _releases_of_edit(publication, books)


def _resolve_file(of_file: str, books: Any) -> tuple[str, str, Sequence[ModelRelease]]:
    publication, title = books.publication_where(output_digest=of_file), books.title_of(of_file)
    if publication is not None:
        return "edit", publication.edit_id, _releases_of_edit(publication, books)
    if title is not None:
        return "title", title.id, _releases_of_title(title.id, of_file, books)
    marked = books.markings(output_digest=of_file)
    if marked:
        return _resolve_marking(marked[0][0], books)
    raise ConfigError("these books do not know the file", hint="a copy is found by `countenance recover`")


def _resolve_marking(marking: Marking, books: Any) -> tuple[str, str, Sequence[ModelRelease]]:
    return "marking", marking.id, _releases_of_title(marking.title_id, marking.source_digest, books)


def _markings_of(kind: str, found: str, books: Any) -> list[tuple[Marking, int]]:
    """What was made of a titled picture by marking it."""
    title = books.title(found) if kind == "title" else None
    return [] if title is None else list(books.markings(source_digest=title.asset.digest_of_file))


def _told_marking(one: Marking) -> dict[str, Any]:
    return {
        "marking_id": one.id,
        "title_id": one.title_id,
        "published_at": one.at,
        "watermark_id": one.watermark_id,
        "manifest_id": one.manifest_id,
        "output_digest": one.output_digest,
    }


def _releases_of_edit(publication: Publication, books: Any) -> list[ModelRelease]:
    return _known(books, (release_id for one in _ancestors(publication, books) for release_id in books.under(one)))


def _releases_of_title(title_id: str, asset_digest: str, books: Any) -> list[ModelRelease]:
    """Of every face that is tied now, and of every edit that was made of the picture."""
    tied = [tie.release_id for tie in books.ties(title_id) if tie.release_id]
    made = [publication.release_id for publication, *_ in books.published(source_digest=asset_digest)]
    return _known(books, (*tied, *made))


def _known(books: Any, release_ids: Iterable[str]) -> list[ModelRelease]:
    found = (books.release(release_id) for release_id in dict.fromkeys(release_ids))
    return [release for release in found if release is not None]


def _ancestors(publication: Publication, books: Any) -> list[Publication]:
    """The edit, and the edits of whose outputs it was made, the newest first."""
    found, waiting = {publication.edit_id: publication}, [publication]
    while waiting:
        one = waiting.pop()
        for made_of in (one.source_digest, one.recipe.reference_digest):
            before = books.publication_where(output_digest=made_of) if made_of else None
            if before is not None and before.edit_id not in found:
                found[before.edit_id] = before
                waiting.append(before)
    return list(found.values())


def _on_way(found: str, books: Any) -> set[str]:
    """Ids of the thing, and of the edits that lead to it."""
    title = books.title(found)
    if title is None:
        return {one.edit_id for one in _ancestors(books.publication(found), books)}
    made_by = books.publication_where(output_digest=title.asset.digest_of_file)
    return {found} | ({one.edit_id for one in _ancestors(made_by, books)} if made_by else set())


def _person(person_id: str, books: Any, releases: list[dict[str, Any]]) -> dict[str, Any]:
    person = books.person(person_id)
    return {"id": person_id, "alias": person.alias if person else None, "releases": releases}


def _release(release: ModelRelease, books: Any, at: str, on_way: set[str] | None) -> dict[str, Any]:
    ends = books.revocations(release.id)
    children: dict[str | None, list[Descendant]] = defaultdict(list)
    for one in books.descendants(release.id):
        children[one.parent_id].append(one)
    titled: dict[str, list[dict[str, Any]]] = {title.id: [] for title in books.titles_tied(release.id)}
    for top in children[None]:
        title = books.title_of(top.source_digest)
        titled.setdefault(title.id if title else "", []).append(_node(top, children))
    titles = [{"id": title_id or None, "edits": edits} for title_id, edits in titled.items()]
    return {
        "id": release.id,
        "state": state_of_release(release, books, at),
        "valid_until": release.grant.valid_until,
        "withdrawn_at": ends[0].at if ends else None,
        "withdrawn_by": ends[0].by if ends else None,
        "titles": titles if on_way is None else [one for one in map(_pruned(on_way), titles) if one],
    }


def _node(one: Descendant, children: Mapping[str | None, list[Descendant]]) -> dict[str, Any]:
    """An edit with everything below it; without recursion, however long the chain."""
    top = {**one._asdict(), "derivatives": []}
    waiting = [top]
    while waiting:
        node = waiting.pop()
        node["derivatives"] = [{**child._asdict(), "derivatives": []} for child in children.get(node["edit_id"], [])]
        waiting += node["derivatives"]
    return top


def _pruned(on_way: set[str]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    """A title with the branches that lead to the thing, each whole below its last edit on the way."""

    def pruned(title: dict[str, Any]) -> dict[str, Any] | None:
        if title["id"] in on_way:
            return title
        edits = [edit for edit in title["edits"] if edit["edit_id"] in on_way]
        waiting = list(edits)
        while waiting:
            node = waiting.pop()
            kept = [child for child in node["derivatives"] if child["edit_id"] in on_way]
            node["derivatives"] = kept or node["derivatives"]
            waiting += kept
        return {**title, "edits": edits} if edits else None

    return pruned
