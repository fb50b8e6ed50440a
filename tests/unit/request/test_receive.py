import io

import pytest
from PIL import Image

from countenance.core import digest
from countenance.errors import ConfigError, TooLargeError
from countenance.request.receive import EditOrder, receive, receive_asset
from countenance.testing.fixed_clock import FixedClock, SeededIds


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    return out.getvalue()


def order(**changes: object) -> EditOrder:
    given = {
        "data": picture(),
        "operator_id": SeededIds().new("operator"),
        "purpose": "advertising",
        "medium": "web",
        "territory": "DE",
        "face": None,
        "units": {"AU12": 500},
    }
    return EditOrder(**{**given, **changes})  # type: ignore[arg-type]


def received(of: EditOrder) -> object:
    return receive(of, clock=FixedClock(), ids=SeededIds(), max_bytes=10_000, max_pixels=10_000)


def test_hashes_the_file_plainly() -> None:
    asset = receive_asset(picture(), max_bytes=10_000, max_pixels=10_000)
    assert asset.digest_of_file == digest.of_file(picture())
    assert (asset.width_px, asset.height_px) == (40, 30)


def test_bounds_the_bytes() -> None:
    with pytest.raises(TooLargeError):
        receive_asset(picture(), max_bytes=10, max_pixels=10_000)


def test_changes_of_zero_are_not_asked_for() -> None:
    assert received(order(units={"AU12": 0, "AU4": -200})).units == {"AU4": -200}  # type: ignore[attr-defined]


@pytest.mark.parametrize("units", [{}, {"AU12": 0}, {"AU12": 0, "AU1": 0}])
def test_a_request_for_nothing(units: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="nothing is asked for"):
        received(order(units=units))


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "propaganda"},
        {"medium": "telepathy"},
        {"territory": "Germany"},
        {"territory": "de"},
        {"territory": "ZZ"},
        {"territory": "*"},
        {"territory": ""},
        {"units": {"AU99": 100}},
        {"units": {"AU12": 100.5}},
        {"operator_id": "someone"},
    ],
)
def test_unknown_words_are_wrong_usage(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as refused:
        received(order(**changes))
    assert "\n" not in refused.value.message
    assert refused.value.hint
    assert "^" not in refused.value.hint
