"""Whose a record is: the person under whose key it is sealed, and with whom it is erased."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from countenance.core.records.audit import Publication
from countenance.core.records.base import Record
from countenance.core.records.consent import DepictedPerson, Revocation
from countenance.core.records.erasure import Erasure
from countenance.core.records.oversight import Dispute

_NAMED_BY: dict[type[Record], tuple[str, ...]] = {
    DepictedPerson: ("id",),
    Revocation: ("of_id",),
    Dispute: ("of_id",),
    Publication: (),  # evidence of what was let out: it stays, and names nobody
    Erasure: (),
}
_FIELDS = {record.schema_name(): fields for record, fields in _NAMED_BY.items()}
_ELSE = ("person_id", "release_id")


def whose(said: Mapping[str, Any]) -> str | None:
    """The id in a record's JSON by which it is somebody's: a person's, or that of one of their releases."""
    for field in _FIELDS.get(str(said.get("schema")), _ELSE):
        if isinstance(said.get(field), str):
            return str(said[field])
    return None


def statement_in(envelope: bytes) -> dict[str, Any]:
    """The statement in an envelope whose signature is checked elsewhere; empty where there is none."""
    try:
        statement = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    except (ValueError, KeyError, TypeError):
        return {}
    return statement if isinstance(statement, dict) and isinstance(statement.get("body"), dict) else {}
