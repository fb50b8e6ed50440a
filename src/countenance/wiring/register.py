"""The register: everything in the books as tables, and as one page to search, for the rights department."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from countenance.core.clock import last_day
from countenance.wiring.cards import (
    Card,
    person_card,
    release_card,
    signed_how,
    state_of_release_now,
    state_of_title,
    title_card,
)
from countenance.wiring.paper import page

Row = Mapping[str, Any]
MOST_CARDS = 5_000
"""More things than this are listed, but not told one by one: a browser would not open the page."""


def persons(books: Any, at: str) -> list[Row]:
    """One row a depicted person."""
    del at
    counts = Counter(one.person_id for one in books.releases())
    return [
        {
            "id": one.id,
            "alias": one.alias,
            "age": "adult" if one.adult else "minor",
            "releases": counts[one.id],
            "added_at": one.added_at,
        }
        for one in books.persons()
    ]


def releases(books: Any, at: str) -> list[Row]:
    """One row a model release, as its newest version stands."""
    aliases = {one.id: one.alias for one in books.persons()}
    return [
        {
            "id": one.id,
            "person": aliases.get(one.person_id, "erased"),
            "state": state_of_release_now(one, books, at),
            "signed": signed_how(one),
            "version": one.version,
            "purposes": ", ".join(one.grant.purposes),
            "valid_until": one.grant.valid_until,
        }
        for one in books.releases()
    ]


def titles(books: Any, at: str) -> list[Row]:
    """One row a title."""
    return [
        {
            "id": one.id,
            "name": one.name or "",
            "owner": one.owner,
            "state": state_of_title(one, books, at),
            "basis": one.basis,
            "alteration": one.alteration,
            "faces": len(one.faces),
            "picture": one.asset.digest_of_file,
        }
        for one in books.titles()
    ]


def edits(books: Any, at: str) -> list[Row]:
    """One row a published edit, with how its consent stands now."""
    releases_now = {one.id: state_of_release_now(one, books, at) for one in books.releases()}
    clients = books.clients()
    return [
        {
            "id": one.edit_id,
            "published_at": one.at,
            "units": ", ".join(f"{name} {value / 1000:+.2f}" for name, value in sorted(one.recipe.units.items())),
            "release": one.release_id,
            "consent": releases_now.get(one.release_id, "erased"),
            "client": clients.get(one.edit_id, ""),
            "watermark": one.watermark_id,
            "manifest": one.manifest_id,
        }
        for one, *_ in books.published()
    ]


LISTS = {"persons": persons, "releases": releases, "titles": titles, "edits": edits}


def write_register(path: Path, books: Any, *, organisation: str, at: str) -> Path:
    """One page that opens without a network: tables to search, and a card for each person, release and title.

    It names people: it is written for its owner only.
    """
    with books.reading():
        tables = {name: rows(books, at) for name, rows in LISTS.items()}
        cards = _cards(books, tables, at)
    return page(
        path,
        "register.html",
        organisation=organisation,
        at=at,
        tables={name: [_as_read(row) for row in rows] for name, rows in tables.items()},
        cards=cards,
        card_ids={card.id for card in cards},
    )


def _as_read(row: Row) -> Row:
    """With the last day on which it counts, where the row has the instant of its end."""
    return {**row, "valid_until": last_day(row["valid_until"])} if "valid_until" in row else row


def _cards(books: Any, tables: Mapping[str, Sequence[Row]], at: str) -> list[Card]:
    if sum(len(tables[name]) for name in ("persons", "releases", "titles")) > MOST_CARDS:
        return []
    makers = {"persons": person_card, "releases": release_card, "titles": title_card}
    return [make(row["id"], books, at) for name, make in makers.items() for row in tables[name]]
