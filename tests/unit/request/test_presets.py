import pytest

from countenance.core import facs
from countenance.errors import ConfigError
from countenance.request.presets import ALIASES, PRESETS, brows, frown, preset, smile
from countenance.request.wish import Wish

IN_WORDS = {
    *("closed-mouth-smile", "open-smile", "joy", "surprise", "brows-up", "brows-together", "frown", "sad", "angry"),
    *("disgust", "wink-left", "wink-right", "eyes-closed", "eyes-wide", "neutral", "relaxed-brow"),
    *("soft-smile", "less-smile"),
}


def test_the_expressions_that_people_ask_for():
    assert set(PRESETS) == IN_WORDS


def test_every_preset_is_made_of_known_units_within_the_scale():
    for one in PRESETS.values():
        assert one.units or one.rest_to_zero
        assert set(one.units) <= set(facs.NAMES)
        assert all(-1000 <= change <= 1000 for change in one.units.values())
        assert one.says
        assert not one.name.strip("abcdefghijklmnopqrstuvwxyz-")


def test_aliases_lead_to_presets_and_hide_none():
    assert set(ALIASES.values()) <= set(PRESETS)
    assert not set(ALIASES) & set(PRESETS)


@pytest.mark.parametrize("amount", [-1000, -300, 0, 250, 1000])
def test_the_short_ways(amount):
    assert smile(amount) == Wish(changes={"AU12": amount})
    assert brows(amount) == Wish(changes={"AU1": amount, "AU2": amount})
    assert frown(amount) == Wish(changes={"AU4": amount})


@pytest.mark.parametrize("wish", [smile, brows, frown])
def test_beyond_the_scale_is_refused(wish):
    with pytest.raises(ConfigError):
        wish(1001)


@pytest.mark.parametrize("name", ["closed-mouth-smile", "smile", "Closed Mouth Smile", "closed_mouth_smile "])
def test_names_may_be_written_in_many_ways(name):
    assert preset(name) == Wish(changes={"AU12": 500})


def test_winks_are_mirror_images():
    left, right = PRESETS["wink-left"].units, PRESETS["wink-right"].units
    assert {name.replace("L", "R"): value for name, value in left.items()} == right


def test_targets():
    assert preset("neutral") == Wish(rest_to_zero=True)
    assert preset("relaxed-brow") == Wish(targets={"AU1": 0, "AU2": 0, "AU4": 0})


def test_an_unknown_one_is_refused_and_the_known_are_named():
    with pytest.raises(ConfigError, match="grimace") as refused:
        preset("grimace")
    assert all(name in refused.value.hint for name in (*PRESETS, *ALIASES))
