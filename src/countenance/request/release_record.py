"""The record that a release becomes, with the days in it checked against the instant at which it is added."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from countenance.core import digest
from countenance.core.clock import parse_instant
from countenance.core.records.consent import Grant, ModelRelease
from countenance.errors import ConfigError


def release_record(
    *,
    release_id: str,
    person_id: str,
    version: int,
    grant: Grant,
    signed_on: date,
    text: str,
    terms: Mapping[str, Any],
    at: str,
) -> ModelRelease:
    """The record. `terms`: its later fields, by name.

    Raises:
        ConfigError: a day of signing or the notice lies in the future.
        ValidationError: a value will not do.
    """
    _past("the day of signing", signed_on, at)
    release = ModelRelease(
        id=release_id,
        person_id=person_id,
        version=version,
        grant=grant,
        signed_on=signed_on,
        text=text,
        text_digest=digest.of_file(text.encode(errors="surrogatepass")),  # what is no text, the record refuses
        added_at=at,
        **terms,
    )
    for signature in release.signatures or ():
        _past("the day of a signature", signature.on, at)
    if release.notice_given_at is not None and release.notice_given_at > at:
        raise ConfigError("the notice was given in the future", hint="see `notice_given_at`; times are UTC")
    return release


def _past(what: str, day: date, at: str) -> None:
    if day > parse_instant(at).date():
        raise ConfigError(f"{what} lies in the future", hint="days are those of UTC")
