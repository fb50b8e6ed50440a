"""Consent over time, for those who know no names: an entry in a published list, and the person's own key to turn it."""

from typing import Literal

from pydantic import Field

from countenance.core.records.base import Digest, Id, Instant, Part, Record

LIST_ID_PATTERN = r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class StatusEntry(Part):
    """Where a published file's consent stands: one of its own for each file, at random, so that it links no two files.

    In the words of Bitstring Status List v1.0: `index` is statusListIndex, `purpose` statusPurpose, and `url`, where
    the list is published on a site, statusListCredential. `list_id` is the id of the list's subject, which stays when
    the site moves. `issuer` is the key id of the root under which the list has to be signed.
    """

    list_id: str = Field(pattern=LIST_ID_PATTERN)
    index: int = Field(ge=0, lt=2**27)
    issuer: Digest
    purpose: Literal["revocation"] = "revocation"
    url: str = Field(default="", max_length=2000)


class WithdrawalLink(Record):
    """What was handed to a depicted person to withdraw a release by themselves: the public half of a key.

    The private half is in their hands only. What they do with it is signed by it, and nobody else can sign it.
    """

    KIND = "withdrawal-link"
    id: Id
    release_id: Id
    public_pem: str
    added_at: Instant


class StatusIssue(Record):
    """A status list was signed: which one, its digest, and from when until when it counts."""

    KIND = "status-issue"
    id: Id
    list_id: str = Field(pattern=LIST_ID_PATTERN)
    credential_digest: Digest
    valid_from: Instant
    valid_until: Instant
