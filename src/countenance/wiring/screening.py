"""The gate of screening: looking up what is declared, and recording that an approver looked."""

from countenance.core.records.asset import Asset
from countenance.core.records.screening import Clearance, Flags
from countenance.request.receive import receive_asset
from countenance.settings import Settings
from countenance.toolkit.clearing import clear_screening
from countenance.wiring.office import Office


def screening_of(settings: Settings, office: Office, data: bytes) -> tuple[Flags | None, tuple[Clearance, ...]]:
    """The declared flags of a picture, None where no screener is set up; and every clearance.

    Raises:
        ConfigError: the screener is not allowed, or not installed.
    """
    asset = _asset(settings, data)
    return office.books.declared(asset), office.books.clearances(asset.digest_of_file)


def clear(settings: Settings, office: Office, data: bytes, *, operator_id: str | None, reason: str) -> Clearance:
    """Record that an approver looked at the picture.

    Raises:
        DeniedError: the operator is no approver, or has been revoked.
        ConfigError: no such operator, or no reason.
    """
    operator = office.operator(operator_id)
    digest = _asset(settings, data).digest_of_file
    clearance = clear_screening(office.pen_of(operator), operator=operator, asset_digest=digest, reason=reason)
    office.write_log()
    return clearance


def _asset(settings: Settings, data: bytes) -> Asset:
    return receive_asset(data, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
