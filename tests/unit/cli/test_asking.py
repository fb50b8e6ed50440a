import pytest

from countenance.cli.asking import Asked, meaning, wish_of
from countenance.cli.state import State
from countenance.errors import ConfigError
from countenance.request.wish import Wish


def changes(**asked):
    return wish_of(Asked(**asked)).changes


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ({}, {}),
        ({"au": "AU12=0.45,AU4=-0.2"}, {"AU12": 450, "AU4": -200}),
        ({"smile": "-1"}, {"AU12": -1000}),
        ({"brows": "0.3"}, {"AU1": 300, "AU2": 300}),
        ({"frown": "0.25"}, {"AU4": 250}),
        ({"preset": "soft-smile"}, {"AU12": 300}),
        ({"prompt": "a slight smile"}, {"AU12": 250}),
        ({"smile": "0.1", "brows": "0.2", "au": "AU6=0.3"}, {"AU6": 300, "AU12": 100, "AU1": 200, "AU2": 200}),
        ({"prompt": "raised brows", "smile": "0.1"}, {"AU1": 400, "AU2": 400, "AU12": 100}),
        ({"smile": "0"}, {"AU12": 0}),
    ],
)
def test_wishes_are_units(asked, meant):
    assert changes(**asked) == meant


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"au": ""}, "not an action unit"),
        ({"smile": ""}, "not a change for --smile"),
        ({"brows": "1.01"}, "not a change for --brows"),
        ({"frown": "nan"}, "not a change for --frown"),
        ({"preset": ""}, "not a known expression"),
        ({"prompt": ""}, "nothing is asked for in the prompt"),
        ({"smile": "0.1", "au": "AU12=0.2"}, "`AU12` is asked for twice"),
        ({"preset": "frown", "frown": "0.1"}, "`AU4` is asked for twice"),
        ({"prompt": "smile", "smile": "0.1"}, "`AU12` is asked for twice"),
        ({"preset": "less-smile", "target": True}, "is no target"),
        ({"prompt": "less of a smile", "target": True}, "changes, not targets"),
        ({"prompt": "more of a smile", "target": True}, "changes, not targets"),
        ({"smile": "0.1", "intensity": "0.5"}, "belong to --like"),
        ({"smile": "0.1", "like_face": 0}, "belong to --like"),
    ],
)
def test_what_is_meant_by_nobody(asked, said):
    with pytest.raises(ConfigError, match=said):
        wish_of(Asked(**asked))


def test_targets():
    assert wish_of(Asked(smile="0.5", target=True)) == Wish(targets={"AU12": 500})
    assert wish_of(Asked(preset="neutral", smile="0.5")) == Wish(targets={"AU12": 500}, rest_to_zero=True)


def units(**asked):
    one = Asked(**asked)
    return meaning(State(json=True), one, wish_of(one), b"", None).units


@pytest.mark.parametrize("asked", [{}, {"au": "AU12=0"}, {"smile": "0", "brows": "0.0001", "frown": "-0"}])
def test_nothing_is_asked_for(asked):
    with pytest.raises(ConfigError, match="nothing is asked for"):
        units(**asked)


def test_zeros_beside_a_change_are_left_out():
    assert units(au="AU12=0", brows="0.2") == {"AU1": 200, "AU2": 200}


def test_what_a_prompt_was_taken_for_is_said_before_anything_is_done(capsys):
    one = Asked(prompt="a slight smile, no teeth")
    meant = meaning(State(), one, wish_of(one), b"", None)
    assert "understood: closed-mouth-smile: AU12 +0.25" in capsys.readouterr().err
    assert meant.shown["understood"][0] == "closed-mouth-smile: AU12 +0.25"
