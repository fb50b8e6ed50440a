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


def test_whom_it_is_for_and_what_it_touches_come_along() -> None:
    named = {
        "advertiser": "Acme",
        "product_line": "Shoes",
        "campaign": "Spring",
        "platform": "shop",
        "client": "A. Smith",
    }
    request = received(order(**named, sensitive_uses=("religion", "health", "health"), targets={"AU12": 600}))
    assert {name: getattr(request, name) for name in named} == named
    assert request.sensitive_uses == ("health", "religion")  # type: ignore[attr-defined]
    assert request.targets == {"AU12": 600}  # type: ignore[attr-defined]


def test_what_is_not_said_is_absent() -> None:
    assert not {"advertiser", "client", "sensitive_uses", "targets"} & set(received(order()).to_json())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sensitive_uses": ("golf",)}, "`golf` is not a known sensitive use"),
        ({"campaign": ""}, "`` is not a known campaign"),
    ],
)
def test_what_no_release_could_grant_is_not_asked(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        received(order(**changes))
    assert refused.value.hint
