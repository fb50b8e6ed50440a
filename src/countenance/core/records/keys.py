"""What is logged when a key or a passphrase changes."""

from typing import Literal

from pydantic import Field

from countenance.core import digest
from countenance.core.records.base import Digest, Id, Instant, Record

KeyRole = Literal["claim", "operator", "log", "mark", "organisation"]


class KeyChange(Record):
    """A key that took the place of another, or a passphrase that did (`organisation`: of all keys that it guards).

    `of_id` is the organisation or the operator. `entries`, of the log's key: the last size of the log for which the
    old key vouches; the entry of this very change comes next, under a checkpoint of the new key. `signatures_hex`: by
    the old key and by the new one over the record without them; none where no key that signs has changed.
    """

    KIND = "key-change"
    id: Id
    act: Literal["rotation", "passphrase"]
    role: KeyRole
    of_id: Id
    old_key_id: Digest | None = None
    new_key_id: Digest | None = None
    public_pem: str | None = None
    certificate_pem: str | None = None
    passphrase: Literal["own", "shared"] | None = None
    entries: int | None = Field(default=None, ge=0)
    signatures_hex: tuple[str, ...] = ()
    at: Instant

    def signed_bytes(self) -> bytes:
        """What both keys sign."""
        bare = self.model_copy(update={"signatures_hex": ()})
        return digest.pae(self.payload_type(), bare.canonical())


class ReadKeyExport(Record):
    """That the read keys of these mark keys were handed out: others may now read such marks, and remove them."""

    KIND = "read-key-export"
    key_ids: tuple[Digest, ...] = Field(min_length=1)
    at: Instant
