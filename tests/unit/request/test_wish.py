import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core import facs
from countenance.errors import ConfigError
from countenance.request.presets import preset
from countenance.request.wish import NOISE_PERMILLE, Wish, apart, as_targets, changes_of, combine, likeness, steps

PRESENT = {"AU1": 60, "AU2": 0, "AU4": 300, "AU12": 400, "AU12L": 600, "AU12R": 200, "AU26": 1300}
UNITS = st.dictionaries(st.sampled_from(facs.NAMES), st.integers(0, 1000), max_size=8)


def test_wishes_add_up_but_never_twice():
    both = combine(Wish(changes={"AU12": 300}), Wish(targets={"AU1": 0}))
    assert both == Wish(changes={"AU12": 300}, targets={"AU1": 0})
    for other in (Wish(changes={"AU12": 1}), Wish(targets={"AU12": 0})):
        with pytest.raises(ConfigError, match="`AU12` is asked for twice"):
            combine(Wish(changes={"AU12": 300}), other)


def test_nothing_at_all():
    assert combine() == Wish()
    assert not combine().needs_reading


def test_beside_neutral_everything_is_a_target():
    whole = combine(Wish(changes={"AU12": 300}), preset("neutral"))
    assert whole == Wish(targets={"AU12": 300}, rest_to_zero=True)


def test_a_target_below_nothing():
    with pytest.raises(ConfigError, match=r"AU12 -0\.30 is no target"):
        as_targets(preset("less-smile"))


def test_a_change_is_the_target_less_what_shows():
    wish = as_targets(Wish(changes={"AU12": 500, "AU4": 100}))
    assert changes_of(wish, PRESENT) == {"AU12": 100, "AU4": -200}


def test_what_shows_is_held_within_the_scale():
    assert changes_of(Wish(targets={"AU26": 500}), PRESENT) == {"AU26": -500}
    assert changes_of(Wish(targets={"AU4": 1000}), {"AU4": -200}) == {"AU4": 1000}


def test_a_target_that_cannot_be_read_names_those_that_can():
    with pytest.raises(ConfigError, match=r"^AU6, AU9 cannot be read in one picture") as refused:
        changes_of(Wish(targets={"AU9": 100, "AU12": 100, "AU6": 1}), PRESENT)
    assert refused.value.hint.startswith("targets: AU1, AU2, AU4, AU12, AU12L, AU12R, AU26;")


def test_neutral_takes_away_what_shows_and_nothing_else():
    assert {unit: change for unit, change in changes_of(preset("neutral"), PRESENT).items() if change} == {
        "AU4": -300,
        "AU12L": -600,
        "AU12R": -200,
        "AU26": -1000,
    }


def test_neutral_with_a_smile():
    wish = combine(preset("neutral"), Wish(changes={"AU12": 500}))
    changes = changes_of(wish, PRESENT)
    assert changes["AU12"] == 100
    assert not {"AU12L", "AU12R"} & set(changes)


def test_steps_show_the_way():
    (step,) = steps(Wish(targets={"AU12": 500}), PRESENT)
    assert (step.unit, step.present, step.target, step.change) == ("AU12", 400, 500, 100)


@given(UNITS, st.data())
def test_every_change_stays_in_the_scale_and_leads_to_the_target(present, data):
    wanted = data.draw(st.dictionaries(st.sampled_from(sorted(present) or ["AU1"]), st.integers(0, 1000)))
    known = present | dict.fromkeys(wanted, 0) | present
    for step in steps(Wish(targets=wanted), known):
        assert -1000 <= step.change <= 1000
        reached = step.present + step.change
        assert reached == step.target or (step.target == 0 and reached <= NOISE_PERMILLE)


def test_only_numbers_make_a_likeness():
    wish = likeness({"AU12": 800, "AU1": 100, "AU9": 900}, {"AU12": 200, "AU1": 0}, intensity_permille=500)
    assert wish == Wish(changes={"AU12": 300})


def test_a_likeness_keeps_its_sides():
    wish = likeness(
        {"AU12": 500, "AU12L": 900, "AU12R": 100}, {"AU12": 0, "AU12L": 0, "AU12R": 0}, intensity_permille=1000
    )
    assert wish == Wish(changes={"AU12L": 900})


def test_faces_that_are_alike():
    with pytest.raises(ConfigError, match="show the same"):
        likeness({"AU12": 200}, {"AU12": 200 + NOISE_PERMILLE}, intensity_permille=1000)


@pytest.mark.parametrize("intensity", [0, -1, 1001])
def test_an_intensity_out_of_range(intensity):
    with pytest.raises(ConfigError, match="intensity"):
        likeness({"AU12": 900}, {"AU12": 0}, intensity_permille=intensity)


@given(UNITS, UNITS, st.integers(1, 1000))
def test_any_likeness_stays_in_the_scale_and_names_no_movement_twice(shown, present, intensity):
    try:
        changes = likeness(shown, present, intensity_permille=intensity).changes
    except ConfigError:
        return
    assert all(-1000 <= value <= 1000 for value in changes.values())
    assert not any(facs.plain(name) in changes for name in changes if name != facs.plain(name))


@given(UNITS)
def test_apart_loses_no_movement(units):
    chosen = apart(units)
    assert set(chosen.items()) <= set(units.items())
    assert {facs.plain(name) for name in chosen} == {facs.plain(name) for name in units}
