"""What goes back to a release, however many edits lie between; and the entries of the status lists."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Row, and_, func, insert, null, select

from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.shelf import Publications
from countenance.core.lineage import Descendant
from countenance.core.records.audit import Publication
from countenance.core.records.consent import FaceTie, ModelRelease, Title
from countenance.core.records.signing import Invitation, Signing
from countenance.core.records.status import WithdrawalLink

_PUBLICATION = rows.table_of(fact_rows.PublicationRow)
_ENTRY = rows.table_of(kept_rows.StatusEntryRow)
_DELIVERY = rows.table_of(kept_rows.DeliveryRow)
_REVOCATION = rows.table_of(fact_rows.RevocationRow)
_TITLE = rows.table_of(fact_rows.TitleRow)

LIST_ENTRIES = 2**20
"""Entries of one list: 128 KiB of bits. Half of it is ever taken, then the next list begins."""
_PLACE_BYTES = 3
_MOST_DECOYS = 4
_CLIENTS_SINCE = 5


class Travel(Publications):
    """Where a withdrawal has to arrive."""

    entries_per_list = LIST_ENTRIES

    def withdrawal_link(self, link_id: str) -> WithdrawalLink | None:
        """What was handed out under this id."""
        return self._one(WithdrawalLink, id=link_id)

    def withdrawal_links(self, release_id: str) -> tuple[WithdrawalLink, ...]:
        """Everything that was handed out for a release, in order. Each counts until one of them was used."""
        return self._all(WithdrawalLink, release_id=release_id)

    def invitation(self, invitation_id: str) -> Invitation | None:
        """What a person was invited to sign."""
        return self._one(Invitation, id=invitation_id)

    def invitations(self) -> tuple[Invitation, ...]:
        """Everything that persons were invited to sign, in order of arrival."""
        return self._all(Invitation)

    def signings(self, release_id: str) -> tuple[Signing, ...]:
        """Every signature by which a release came to be, version by version."""
        return self._all(Signing, release_id=release_id)

    def signing_of(self, invitation_id: str) -> Signing | None:
        """What the person signed by that invitation."""
        return self._one(Signing, invitation_id=invitation_id)

    def releases_of(self, person_id: str) -> tuple[ModelRelease, ...]:
        """The newest version of every model release of a person."""
        found = (self.release(one.id) for one in self._all(ModelRelease, person_id=person_id))
        return tuple(release for release in found if release is not None)

    def titles_tied(self, release_id: str) -> tuple[Title, ...]:
        """Titles of which a face was ever tied to the release, in order of arrival."""
        tied = dict.fromkeys(tie.title_id for tie in self._all(FaceTie, release_id=release_id))
        found = (self.title(title_id) for title_id in tied)
        return tuple(title for title in found if title is not None)

    def publication_where(self, **where: str) -> Publication | None:
        """The published edit with this id, watermark_id, manifest_id or output_digest."""
        found = self.published(**where)
        return found[0][0] if found else None

    def under(self, publication: Publication) -> tuple[str, ...]:
        """The releases under which an edit was made: of its face, and of what it borrowed."""
        query = select(_PUBLICATION.c.release_id, _PUBLICATION.c.reference_release_id)
        with self.reading() as connection:
            found = connection.execute(query.where(_PUBLICATION.c.id == publication.edit_id)).first()
        return tuple(one for one in found or () if one)

    def note_delivery(
        self, edit_id: str, *, path: str, purpose: str, medium: str, territory: str, client: str | None = None
    ) -> None:
        """Keep where a published file was put, for whom and for what. It is not logged, and may be erased."""
        use = {"purpose": purpose, "medium": medium, "territory": territory}
        row = {"edit_id": edit_id, "path": path, **use, "client": client}
        with self.transaction():
            self._take(_DELIVERY, row)

    def clients(self) -> dict[str, str]:
        """Who got each published edit, where that was said and is still kept."""
        if self.schema_version < _CLIENTS_SINCE:
            return {}
        query = select(_DELIVERY.c.edit_id, _DELIVERY.c.client).where(_DELIVERY.c.client.is_not(None))
        with self.reading() as connection:
            return {str(edit_id): str(client) for edit_id, client in connection.execute(query).all()}

    def descendants(self, release_id: str) -> tuple[Descendant, ...]:
        """Every published edit that goes back to the release, in order of publication."""
        with self.reading():
            found = self._lineage_of(self._back_to([release_id]))
            outputs = {row.output_digest: row.id for row in found}
            titles = self._titles_to(outputs)
            deep: dict[str, int] = {}
            return tuple(_descendant(row, release_id, outputs, titles, deep) for row in found)

    def take_status(self, edit_id: str, secret: Callable[[int], bytes]) -> tuple[int, int]:
        """Take an entry for an edit, at once and for good: number of the list, and place in it.

        With it go 1 to 4 decoys. All of them are drawn alike, uniformly among what is free, and will turn together:
        exchange the file's own with any of its decoys, and the published lists are as likely as before.
        """
        with nullcontext() if self.in_transaction else self.transaction():
            number = self._open_list()
            places: dict[int, None] = {}
            wanted = 2 + secret(1)[0] % _MOST_DECOYS
            while len(places) < wanted:
                place = int.from_bytes(secret(_PLACE_BYTES)) % self.entries_per_list
                if not self._taken(number, place):
                    places[place] = None
            own, *decoys = places
            taken = [(own, False), *((place, True) for place in decoys)]
            with self.writing() as connection:
                connection.execute(
                    insert(_ENTRY),
                    [
                        {"number": number, "place": at, "edit_id": edit_id, "decoy": decoy}
                        for at, decoy in sorted(taken)
                    ],
                )
        return number, own

    def status_of(self, edit_id: str) -> tuple[int, int] | None:
        """Number of the list and place in it that were taken for an edit, its decoys aside."""
        query = select(_ENTRY.c.number, _ENTRY.c.place)
        with self.reading() as connection:
            found = connection.execute(query.where(_ENTRY.c.edit_id == edit_id, _ENTRY.c.decoy.is_(False))).first()
        return None if found is None else (found.number, found.place)

    def status_numbers(self) -> range:
        """The numbers of the lists that there are; the first is there before any entry is."""
        with self.reading() as connection:
            last = connection.execute(select(func.max(_ENTRY.c.number))).scalar_one()
        return range(1, (last or 1) + 1)

    def withdrawn_places(self, number: int) -> list[int]:
        """Entries of a list to be set: of every file that goes back to a withdrawn release, and of its decoys."""
        with self.reading() as connection:
            withdrawn = select(_REVOCATION.c.of_id)  # of operators too, under whose ids nothing was published
            edits = self._back_to(connection.execute(withdrawn).scalars().all())
            query = select(_ENTRY.c.number, _ENTRY.c.place)  # by edit, never by number: half a million have the same
            taken = connection.execute(query.where(self._dialect.among(_ENTRY.c.edit_id, edits))).all()
            return [place for of_list, place in taken if of_list == number]

    def _back_to(self, release_ids: Iterable[str]) -> set[str]:
        """Ids of all edits that go back to the releases: those under them, then what was made of their outputs."""
        found: dict[str, str] = {}
        frontier = self._outputs(("release_id", "reference_release_id"), dict.fromkeys(release_ids))
        while frontier:
            fresh = {edit_id: output for edit_id, output in frontier.items() if edit_id not in found}
            found |= fresh
            frontier = self._outputs(("source_digest", "reference_digest"), fresh.values())
        return set(found)

    def _outputs(self, names: Sequence[str], values: Iterable[str]) -> dict[str, str]:
        """Ids and outputs of the edits that have one of the values in one of the columns."""
        query, wanted, found = select(_PUBLICATION.c.id, _PUBLICATION.c.output_digest), list(values), dict[str, str]()
        with self.reading() as connection:
            for name in names:
                rows_found = connection.execute(query.where(self._dialect.among(_PUBLICATION.c[name], wanted))).all()
                found |= {str(edit_id): str(output) for edit_id, output in rows_found}
        return found

    def _lineage_of(self, edits: Iterable[str]) -> list[Row[Any]]:
        """What is told of these edits, in order of publication."""
        with self.reading() as connection:
            found = connection.execute(
                _lineage(clients=self.schema_version >= _CLIENTS_SINCE)
                .where(self._dialect.among(_PUBLICATION.c.id, edits))
                .order_by(_PUBLICATION.c.seq)
            )
            return list(found.all())

    def _titles_to(self, outputs: Iterable[str]) -> dict[str, str]:
        query = select(_TITLE.c.asset_digest, _TITLE.c.id).order_by(_TITLE.c.seq)
        with self.reading() as connection:
            found = connection.execute(query.where(self._dialect.among(_TITLE.c.asset_digest, outputs))).all()
        return {str(asset): str(title_id) for asset, title_id in found}

    def _open_list(self) -> int:
        number = self.status_numbers()[-1]
        with self.reading() as connection:
            query = select(func.count()).select_from(_ENTRY).where(_ENTRY.c.number == number)
            taken = int(connection.execute(query).scalar_one())
        return number + (taken > self.entries_per_list // 2)

    def _taken(self, number: int, place: int) -> bool:
        query = select(_ENTRY.c.edit_id).where(_ENTRY.c.number == number, _ENTRY.c.place == place)
        with self.reading() as connection:
            return connection.execute(query).first() is not None


def _lineage(*, clients: bool) -> Any:
    """`clients`: whether the books are of a version that keeps them."""
    own = and_(_ENTRY.c.edit_id == _PUBLICATION.c.id, _ENTRY.c.decoy.is_(False))
    joined = _PUBLICATION.outerjoin(_ENTRY, own).outerjoin(_DELIVERY, _DELIVERY.c.edit_id == _PUBLICATION.c.id)
    by = ("release_id", "reference_digest", "id", "source_digest", "output_digest", "manifest_id", "watermark_id")
    columns = (
        *(_PUBLICATION.c[name] for name in (*by, "published_at", "log_index")),
        *(_ENTRY.c.number, _ENTRY.c.place),
        *(_DELIVERY.c.path, _DELIVERY.c.purpose, _DELIVERY.c.medium, _DELIVERY.c.territory),
        _DELIVERY.c.client if clients else null().label("client"),
    )
    return select(*columns).select_from(joined)


def _descendant(
    row: Sequence[Any], release_id: str, outputs: dict[str, str], titles: dict[str, str], deep: dict[str, int]
) -> Descendant:
    """`deep` holds the generations of those published before, and gets this one's."""
    under, reference, edit_id, source, output, *told = row
    parent = outputs.get(source)
    borrowed = parent is None and under != release_id
    if borrowed:
        parent = outputs.get(reference or "")
    deep[edit_id] = generation = 1 + deep.get(parent or "", 0)
    how = "borrowed" if borrowed else "edited"
    return Descendant._make((edit_id, parent, how, generation, under, source, output, *told, titles.get(output)))
