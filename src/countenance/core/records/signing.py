"""A release signed by the person themselves: what they were invited to sign, and that they did."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Id, Instant, Record
from countenance.core.records.consent import ModelRelease
from countenance.core.records.terms import SignerRole


class Invitation(Record):
    """The exact release that a person is asked to sign, what they are shown, and the public half of their key for it.

    `draft` is the release as it will stand, but for the day, the instant and the signature itself. The private half of
    the key is in the person's hands, or in the memory of the page that they sign on; it is kept nowhere.
    """

    KIND = "invitation"
    id: Id
    person_id: Id
    role: SignerRole
    draft: ModelRelease
    draft_digest: Digest
    text_digest: Digest
    page_digest: Digest
    """Of the page, as a file, that shows all of it."""
    sheet_digests: tuple[Digest, ...]
    """Of the contact sheets of their own face at the limits; none where only the list was shown."""
    cell_digests: tuple[Digest, ...]
    """Of the pixels of each picture on those sheets."""
    public_pem: str
    by: Id
    """The operator who asked."""
    at: Instant
    expires_at: Instant


class Signing(Record):
    """The person typed their name and said yes, with their key. The digests say to what."""

    KIND = "signing"
    id: Id
    invitation_id: Id
    person_id: Id
    release_id: Id
    role: SignerRole
    name: str = Field(min_length=1, max_length=200)
    """As they typed it."""
    way: Literal["page", "command-line"]
    draft_digest: Digest
    text_digest: Digest
    page_digest: Digest
    sheet_digests: tuple[Digest, ...]
    cell_digests: tuple[Digest, ...]
    at: Instant
