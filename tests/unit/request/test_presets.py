import pytest

from countenance.core import facs
from countenance.errors import ConfigError
from countenance.request.presets import PRESETS, brows, combine, frown, preset, smile


def test_every_preset_is_made_of_known_units_within_the_scale():
    for units in PRESETS.values():
        assert units
        assert set(units) <= set(facs.UNITS)
        assert all(-1000 <= change <= 1000 for change in units.values())


@pytest.mark.parametrize("amount", [-1000, -300, 0, 250, 1000])
def test_the_short_ways(amount):
    assert smile(amount) == {"AU12": amount}
    assert brows(amount) == {"AU1": amount, "AU2": amount}
    assert frown(amount) == {"AU4": amount}


@pytest.mark.parametrize("wish", [smile, brows, frown])
def test_beyond_the_scale_is_refused(wish):
    with pytest.raises(ConfigError):
        wish(1001)


def test_a_preset_is_a_copy_and_an_unknown_one_is_refused():
    preset("smile")["AU12"] = 0
    assert PRESETS["smile"] == {"AU12": 500}
    with pytest.raises(ConfigError, match="grimace"):
        preset("grimace")


def test_wishes_add_up_but_never_twice():
    assert combine(smile(300), brows(200)) == {"AU12": 300, "AU1": 200, "AU2": 200}
    with pytest.raises(ConfigError, match="AU12"):
        combine(smile(300), preset("smile"))
