"""What a new version of a release adds to the one before, and what it takes away. It never widens silently."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from countenance.core.clock import last_day
from countenance.core.records.consent import Grant, ModelRelease
from countenance.core.records.terms import Limit
from countenance.request.forms.words import denied_words, limit_words, unit_words

_NOTHING = Limit()
_ONLY = ("advertiser", "product_line", "campaign")
_SETS = ("purposes", "media", "sensitive_uses")
_BOUNDS = ("platforms", "pictures")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """`adds`: it permits more. `takes`: it permits less. `other`: fields that say something else, by name."""

    adds: tuple[str, ...]
    takes: tuple[str, ...]
    other: tuple[str, ...]


def changes(old: ModelRelease, new: ModelRelease) -> Changes:
    """Everything in which two versions differ."""
    found = [*_lists(old.grant, new.grant), *_faces(old.grant, new.grant), *_counts(old.grant, new.grant)]
    return Changes(
        adds=tuple(words for more, words in found if more),
        takes=tuple(words for more, words in found if not more),
        other=tuple(sorted(_other(old, new))),
    )


def lost_evidence(old: ModelRelease, new: ModelRelease) -> tuple[str, ...]:
    """What stood behind the one before that it was signed, or understood, and no longer stands behind the new one."""
    had = (
        ("signed document", _signed_document),
        ("e-signature", _e_signed),
        ("signatures", _named),
        ("sheets", _shown),
    )
    lost = {name for name, there in had if there(old) and not there(new)}
    if _signed_document(new):
        lost -= {"e-signature", "signatures"}
    words = {"sheets": "the contact sheets that they saw"}
    return tuple(words.get(name, f"the {name}") for name, _ in had if name in lost)


def _signed_document(release: ModelRelease) -> bool:
    return release.document is not None and release.document.check.result == "signed"


def _e_signed(release: ModelRelease) -> bool:
    return any(one.method == "e-signature" for one in release.signatures or ())


def _named(release: ModelRelease) -> bool:
    return bool(release.signatures) or release.document is not None


def _shown(release: ModelRelease) -> bool:
    return bool(release.grant.examples_shown)


Difference = tuple[bool, str]


def _lists(old: Grant, new: Grant) -> Iterator[Difference]:
    for name in _SETS:
        yield from _members(name, getattr(old, name) or (), getattr(new, name) or ())
    yield from _bounded("territories", _places(old.territories), _places(new.territories))
    for name in _BOUNDS:
        yield from _bounded(name, getattr(old, name), getattr(new, name))
    for name in _ONLY:
        before, now = getattr(old, name), getattr(new, name)
        yield from _bounded(name, before and (before,), now and (now,))
    if new.valid_until != old.valid_until:
        yield (
            new.valid_until > old.valid_until,
            f"valid until {last_day(new.valid_until)}, was {last_day(old.valid_until)}",
        )
    if new.valid_from != old.valid_from:
        yield new.valid_from < old.valid_from, f"valid from {new.valid_from[:10]}, was {old.valid_from[:10]}"


def _places(codes: tuple[str, ...]) -> tuple[str, ...] | None:
    return None if "*" in codes else codes


def _members(name: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    yield from ((True, f"{name}: {one}") for one in sorted(set(new) - set(old)))
    yield from ((False, f"{name}: {one}") for one in sorted(set(old) - set(new)))


def _bounded(name: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Iterator[Difference]:
    """Lists of which the absence means: no limit."""
    if old is None or new is None:
        if old is not new:
            yield new is None, f"{name}: {'no limit any more' if new is None else 'only ' + ', '.join(new)}"
        return
    yield from _members(name, old, new)


def _faces(old: Grant, new: Grant) -> Iterator[Difference]:
    for name in sorted(set(old.units) | set(new.units)):
        was, limit = _limit(old, name), _limit(new, name)
        said = f"{unit_words(name)}: {limit_words(limit)}, was {limit_words(was)}"
        yield from ((more, said) for more, a, b in ((True, limit, was), (False, was, limit)) if _wider(a, b))
    for switch, words in (("teeth_visible", "visible teeth"), ("keep_landmarks", "keeping the face's geometry")):
        if getattr(old, switch) != getattr(new, switch):
            yield getattr(new, switch), words
    before, now = (sorted(denied_words(one) for one in grant.denied or ()) for grant in (old, new))
    yield from ((True, f"no longer denied: {words}") for words in before if words not in now)
    yield from ((False, f"denied: {words}") for words in now if words not in before)


def _limit(grant: Grant, name: str) -> Limit:
    """A side without an entry of its own takes the plain unit's."""
    return grant.units.get(name) or grant.units.get(name.rstrip("LR")) or _NOTHING


def _wider(one: Limit, other: Limit) -> bool:
    cap, bound = one.absolute_max_permille, other.absolute_max_permille
    unbound = bound is not None and (cap is None or cap > bound) and (one.min_permille or one.max_permille)
    return one.min_permille < other.min_permille or one.max_permille > other.max_permille or bool(unbound)


def _counts(old: Grant, new: Grant) -> Iterator[Difference]:
    most, before = (1_001 if grant.most_edits is None else grant.most_edits for grant in (new, old))
    if most != before:
        yield most > before, f"edits of one picture: {new.most_edits or 'no limit'}, was {old.most_edits or 'no limit'}"
    now, then = new.generations or 1, old.generations or 1
    if now != then:
        yield now > then, f"edits upon edits: {now}, was {then}"
    asks, asked = (grant.approval == "per-picture" for grant in (new, old))
    if asks != asked:
        yield asked, "approval of each picture is no longer asked for" if asked else "approval of each picture"


def _other(old: ModelRelease, new: ModelRelease) -> Iterator[str]:
    told = {"id", "person_id", "version", "grant", "added_at", "registered_by", "text_digest"}
    yield from (name for name in set(ModelRelease.model_fields) - told if getattr(old, name) != getattr(new, name))
    words = ("description", "exclusive", "bases", "examples_shown")
    yield from (name for name in words if getattr(old.grant, name) != getattr(new.grant, name))
