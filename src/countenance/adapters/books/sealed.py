"""Records of one person lie in the tables under that person's key; callers above see them plain.

Person keys lie in the books, wrapped under the registry key, which lies in the key folder: a copy of the database
alone says nothing of anyone. Books that were never given a registry key keep what they are given as it is.
"""

import secrets

from sqlalchemy import Connection, insert, select

from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.database import Database
from countenance.core import sealing
from countenance.core.records.consent import DepictedPerson
from countenance.errors import EvidenceError, StoreError, UncheckedError

_KEY = rows.table_of(kept_rows.PersonKeyRow)
_RELEASE = rows.table_of(fact_rows.ReleaseRow)
_KEY_PLACE = "person_key"


class Sealed(Database):
    """Seals on the way in, opens on the way out."""

    _registry_key: bytes | None = None
    _person_keys: dict[str, bytes] | None = None

    def unseal_with(self, registry_key: bytes) -> None:
        """The registry key, of 32 bytes: from now on what is known of persons is sealed and opened with it."""
        self._registry_key, self._person_keys = registry_key, {}

    @property
    def holds_keys(self) -> bool:
        """Whether anything was ever sealed here, so that a new registry key would open none of it."""
        if self.schema_version < rows.SINCE[kept_rows.PersonKeyRow]:
            return False
        with self.reading() as connection:
            return connection.execute(select(_KEY.c.person_id).limit(1)).first() is not None

    def sealed(self, connection: Connection, data: bytes, *, place: str, of: str | None) -> bytes:
        """What is written for a record or a statement that is `of` a person, or of one of their releases.

        Raises:
            UncheckedError: it has to be sealed, and the registry key is not at hand.
        """
        person_id = self._person_of(connection, of)
        if person_id is None:
            return data
        if self._registry_key is None:
            if connection.execute(select(_KEY.c.person_id).limit(1)).first() is None:
                return data
            raise _no_key()
        key = self._kept_key(connection, person_id) or self._new_key(connection, person_id)
        return sealing.seal(data, key, secrets.token_bytes(sealing.NONCE_BYTES), place=place, of=person_id)

    def opened(self, connection: Connection, data: bytes, *, place: str) -> bytes:
        """What was written there, plain.

        Raises:
            UncheckedError: the registry key is not at hand, or is not the one of these books.
            StoreError: the person's key is gone, or the record is not the one that was written there.
        """
        if not sealing.is_sealed(data):
            return data
        if self._person_keys is None:
            raise _no_key()
        try:
            person_id = sealing.owner(data)
            known = self._person_keys.get(person_id)
            if known is not None:
                try:
                    return sealing.unseal(data, known, place=place)
                except EvidenceError:
                    del self._person_keys[person_id]  # made in a transaction that came to nothing
            key = self._kept_key(connection, person_id)
            if key is None:
                raise StoreError("the person's key is gone", hint="restore the home folder from a backup")
            self._person_keys[person_id] = key
            return sealing.unseal(data, key, place=place)
        except EvidenceError as error:
            raise StoreError(error.message, hint="restore the home folder from a backup") from error

    def forget_key(self, person_id: str) -> None:
        """What this process remembers of a key that was destroyed."""
        if self._person_keys is not None:
            self._person_keys.pop(person_id, None)

    @staticmethod
    def _person_of(connection: Connection, named: str | None) -> str | None:
        """The person with this id, or of the release with it."""
        if named is None or named.startswith(f"{DepictedPerson.KIND}_"):
            return named
        if not named.startswith("release_"):
            return None
        found = connection.execute(select(_RELEASE.c.person_id).where(_RELEASE.c.id == named)).scalar_one_or_none()
        return None if found is None else str(found)

    def _kept_key(self, connection: Connection, person_id: str) -> bytes | None:
        query = select(_KEY.c.wrapped).where(_KEY.c.person_id == person_id)
        wrapped: bytes | None = connection.execute(query).scalar_one_or_none()
        if wrapped is None or self._registry_key is None:
            return None
        try:
            return sealing.unseal(wrapped, self._registry_key, place=_KEY_PLACE)
        except EvidenceError as error:
            raise UncheckedError(
                "the key of the personal records is not the one of these books",
                hint="restore `registry.json` of the key folder from a backup of this home",
            ) from error

    def _new_key(self, connection: Connection, person_id: str) -> bytes:
        key, nonce = secrets.token_bytes(sealing.KEY_BYTES), secrets.token_bytes(sealing.NONCE_BYTES)
        wrapped = sealing.seal(key, self._registry_key or b"", nonce, place=_KEY_PLACE, of=person_id)
        connection.execute(insert(_KEY), {"person_id": person_id, "wrapped": wrapped})
        return key


def _no_key() -> UncheckedError:
    return UncheckedError(
        "the key of the personal records is not at hand", hint="it is `registry.json` in the key folder of the home"
    )
