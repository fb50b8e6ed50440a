"""From what the caller hands in to a bounded, hashed request with explicit action units."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from countenance.core import digest, facs
from countenance.core.clock import Clock
from countenance.core.ids import IdSource
from countenance.core.records.asset import Asset
from countenance.core.records.decision import EditRequest
from countenance.errors import ConfigError, TooLargeError
from countenance.request.sniff import sniff
from countenance.request.territories import TERRITORIES

_WORDS = {"markets": "market", "labels": "label", "sensitive_uses": "sensitive use", "product_line": "product line"}
_NAMES = ("advertiser", "product_line", "campaign", "platform", "client")
_HINTS = {
    "operator_id": "`countenance operator list` shows the ids",
    "purpose": "advertising, e-commerce, editorial, film or training",
    "medium": "web, print, social, broadcast, cinema or out-of-home",
    "face": "a number, as `countenance faces PHOTO` shows it",
    "units": "whole permille, such as 500",
    "markets": "such as eu or us-ca; `countenance policy markets` lists them",
    "labels": "eu or cn",
    "sensitive_uses": "politics, health, sexuality, religion, alcohol, tobacco, crime or ridicule",
    **dict.fromkeys(_NAMES, "a name of up to 200 letters"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another picture of the same person, to borrow from: the file's bytes, and which face."""

    data: bytes
    face: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOrder:
    """An edit as the caller hands it in: the file's bytes, and changes in permille by action unit."""

    data: bytes
    operator_id: str
    purpose: str
    medium: str
    territory: str
    face: int | None
    units: Mapping[str, int]
    reference: Reference | None = None
    markets: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    advertiser: str | None = None
    product_line: str | None = None
    campaign: str | None = None
    platform: str | None = None
    client: str | None = None
    sensitive_uses: tuple[str, ...] = ()
    targets: Mapping[str, int] = field(default_factory=dict)
    """What the face is to show in the end, of units among those that change."""
    time_stamp: bool = False
    """Whether a server for trusted time-stamps is named, without whose answer no file is let out."""


def receive_asset(data: bytes, *, max_bytes: int, max_pixels: int) -> Asset:
    """The bounded, sniffed, hashed picture file.

    Raises:
        TooLargeError, UnsupportedMediaError: as the file is.
    """
    if len(data) > max_bytes:
        raise TooLargeError(f"the file is larger than {max_bytes} bytes", hint="raise max_bytes in the settings")
    seen = sniff(data, max_pixels=max_pixels)
    return Asset(
        digest_of_file=digest.of_file(data),
        media_type=seen.media_type,
        width_px=seen.width_px,
        height_px=seen.height_px,
        size_bytes=len(data),
    )


def asked(units: Mapping[str, int]) -> dict[str, int]:
    """The changes that are asked for, without those of zero.

    Raises:
        ConfigError: none is left.
    """
    changes = {name: value for name, value in units.items() if value != 0}
    if not changes:
        raise ConfigError("nothing is asked for", hint="ask for a change, such as --smile 0.3 or --au AU12=0.3")
    return changes


def receive(order: EditOrder, *, clock: Clock, ids: IdSource, max_bytes: int, max_pixels: int) -> EditRequest:
    """The request behind an order.

    Raises:
        ConfigError: an unknown purpose, medium, territory or action unit, or no change at all.
        TooLargeError, UnsupportedMediaError: as the file is.
    """
    unknown = [name for name in order.units if name not in facs.NAMES]
    if unknown:
        raise ConfigError(f"`{unknown[0]}` is not an action unit", hint=f"known: {', '.join(facs.UNITS)}")
    if order.territory not in TERRITORIES:
        raise ConfigError(
            f"`{order.territory}` is not a country code", hint="two capital letters of ISO 3166-1, such as DE"
        )
    units = asked(order.units)
    asset = receive_asset(order.data, max_bytes=max_bytes, max_pixels=max_pixels)
    try:
        return EditRequest.model_validate(
            {
                "edit_id": ids.new("edit"),
                "asset": asset,
                "operator_id": order.operator_id,
                "purpose": order.purpose,
                "medium": order.medium,
                "territory": order.territory,
                "face": order.face,
                "units": units,
                "requested_at": clock.now(),
                "markets": tuple(sorted(set(order.markets))) or None,
                "labels": tuple(sorted(set(order.labels))) or None,
                **{name: getattr(order, name) for name in _NAMES},
                "sensitive_uses": tuple(sorted(set(order.sensitive_uses))) or None,
                "targets": dict(order.targets) or None,
                "time_stamp": True if order.time_stamp else None,
            }
        )
    except ValidationError as error:
        problem = error.errors()[0]
        field = str(problem["loc"][0]) if problem["loc"] else "request"
        word = _WORDS.get(field, field.removesuffix("_id"))
        raise ConfigError(f"`{problem['input']}` is not a known {word}", hint=_HINTS.get(field, "")) from error


def receive_reference(reference: Reference, request: EditRequest, *, max_bytes: int, max_pixels: int) -> EditRequest:
    """The same request, put about the picture to borrow from: same edit, operator, use and units.

    Raises:
        ConfigError: it is the picture that is edited.
        TooLargeError, UnsupportedMediaError: as the file is.
    """
    asset = receive_asset(reference.data, max_bytes=max_bytes, max_pixels=max_pixels)
    if asset.digest_of_file == request.asset.digest_of_file:
        raise ConfigError("the reference is the picture that is edited", hint="give another picture of the same person")
    return request.model_copy(update={"asset": asset, "face": reference.face})
