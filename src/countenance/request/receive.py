"""From what the caller hands in to a bounded, hashed request with explicit action units."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from countenance.core import digest, facs
from countenance.core.clock import Clock
from countenance.core.ids import IdSource
from countenance.core.records.asset import Asset
from countenance.core.records.decision import EditRequest
from countenance.errors import ConfigError, TooLargeError
from countenance.request.sniff import sniff


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


def receive(order: EditOrder, *, clock: Clock, ids: IdSource, max_bytes: int, max_pixels: int) -> EditRequest:
    """The request behind an order.

    Raises:
        ConfigError: an unknown purpose, medium, territory or action unit.
        TooLargeError, UnsupportedMediaError: as the file is.
    """
    unknown = [name for name in order.units if name not in facs.NAMES]
    if unknown:
        raise ConfigError(f"`{unknown[0]}` is not an action unit", hint=f"known: {', '.join(facs.UNITS)}")
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
                "units": dict(order.units),
                "requested_at": clock.now(),
            }
        )
    except ValidationError as error:
        problem = error.errors()[0]
        field = problem["loc"][0] if problem["loc"] else "request"
        raise ConfigError(f"`{problem['input']}` is not a known {field}", hint=problem["msg"].lower()) from error
