"""What every record shares: frozen, closed, strict, canonical bytes, a schema name."""

import json
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    model_serializer,
)

from countenance.core import canon, digest
from countenance.core.clock import INSTANT_PATTERN, parse_instant
from countenance.core.ids import ID_PATTERN
from countenance.errors import CountenanceError, UncheckedError


def _real(instant: str) -> str:
    parse_instant(instant)
    return instant


Instant = Annotated[str, StringConstraints(pattern=INSTANT_PATTERN), AfterValidator(_real)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Commitment = Annotated[str, StringConstraints(pattern=r"^hmac-sha256:[0-9a-f]{64}$")]
UnitName = Annotated[str, StringConstraints(pattern=r"^AU[0-9]{1,2}[LR]?$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class Part(BaseModel):
    """A piece of a record: strict and frozen, without a schema of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Grown(Part):
    """A piece of a record to which fields were added later.

    Those are not written where absent, so that a record of an earlier version keeps its bytes and its digest.
    """

    LATER: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _what_is_there(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None or name not in self.LATER}


class Record(Part):
    """A record: hashed, signed, logged or sent. JSON in, JSON out."""

    KIND: ClassVar[str]
    VERSION: ClassVar[int] = 1

    @classmethod
    def schema_name(cls) -> str:
        """The value of the JSON key `schema`."""
        return f"countenance.{cls.KIND}/{cls.VERSION}"

    @classmethod
    def payload_type(cls) -> str:
        """The DSSE payload type under which the record is hashed and signed."""
        return f"application/vnd.countenance.{cls.KIND}+json"

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values, with its schema."""
        return {"schema": self.schema_name(), **self.model_dump(mode="json")}

    def canonical(self) -> bytes:
        """The record's bytes (RFC 8785)."""
        return canon.canonical(self.to_json())

    def digest(self) -> str:
        """The record's domain-separated digest."""
        return digest.of_record(self.payload_type(), self.canonical())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Parse canonical or any JSON bytes.

        Raises:
            UncheckedError: another kind, or a newer version than this program knows.
            CountenanceError: not such a record.
        """
        return _parse(cls, data)


R = TypeVar("R", bound=Record)


def _parse(cls: type[R], data: bytes) -> R:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CountenanceError(f"not a {cls.KIND} record: not JSON") from error
    if not isinstance(value, dict) or "schema" not in value:
        raise CountenanceError(f"not a {cls.KIND} record: no schema")
    if value.pop("schema") != cls.schema_name():
        raise UncheckedError(f"not a {cls.schema_name()} record", hint="a newer version of countenance may know it")
    try:
        record = cls.model_validate_json(json.dumps(value))
        record.canonical()  # a whole number beyond what JSON holds everywhere is no record
    except ValidationError as error:
        raise CountenanceError(f"not a {cls.KIND} record: {error.errors()[0]['msg'].lower()}") from error
    return record
