import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core import facs
from countenance.core.records.decision import EditRequest
from countenance.errors import ConfigError
from countenance.testing.worlds import a_world


def test_every_name_is_a_name_of_the_records():
    request = a_world().request
    everything = dict.fromkeys(facs.NAMES, 1)
    again = EditRequest.from_bytes(request.model_copy(update={"units": everything}).canonical())
    assert again.units == everything


def test_sides_only_where_they_can_differ():
    assert {"AU12", "AU12L", "AU12R", "AU25"} <= set(facs.NAMES)
    assert not {"AU25L", "AU25R", "AU3", "AU0"} & set(facs.NAMES)
    assert len(set(facs.NAMES)) == len(facs.NAMES)


@pytest.mark.parametrize(("name", "plain"), [("AU12", "AU12"), ("AU12L", "AU12"), ("AU1R", "AU1")])
def test_plain(name, plain):
    assert facs.plain(name) == plain


def test_units_as_people_write_them():
    assert facs.parse_units(" au12=0.5 , AU4L = -0.25,AU25=1") == {"AU12": 500, "AU4L": -250, "AU25": 1000}


@given(st.dictionaries(st.sampled_from(facs.NAMES), st.integers(-1000, 1000), min_size=1))
def test_parse_after_print_is_a_fixed_point(units):
    written = ",".join(f"{name}={value / 1000}" for name, value in units.items())
    assert facs.parse_units(written) == units


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not an action unit"),
        ("AU12", "not an action unit"),
        ("AU12=0.5,", "not an action unit"),
        ("AU99=0.5", "not an action unit"),
        ("AU25L=0.5", "not an action unit"),
        ("smile=0.5", "not an action unit"),
        ("AU12=0.5,au12=0.4", "asked for twice"),
        ("AU12=", "not a change"),
        ("AU12=much", "not a change"),
        ("AU12=1.001", "not a change"),
        ("AU12=-2", "not a change"),
        ("AU12=nan", "not a change"),
        ("AU12=inf", "not a change"),
    ],
)
def test_anything_else_is_refused(text, said):
    with pytest.raises(ConfigError, match=said) as refused:
        facs.parse_units(text)
    assert refused.value.hint


@given(st.text(max_size=20))
def test_any_text_gives_units_or_a_plain_error(text):
    try:
        units = facs.parse_units(text)
    except ConfigError:
        return
    assert all(name in facs.NAMES and -1000 <= value <= 1000 for name, value in units.items())


@pytest.mark.parametrize(("given_", "permille"), [("0.3", 300), (-1, -1000), ("1e-1", 100), ("0.0004", 0), (0.29, 290)])
def test_permille(given_, permille):
    assert facs.permille(given_, of="--smile") == permille


def test_every_unit_moves_one_part_of_the_face():
    named = [unit for units in facs.PARTS.values() for unit in units]
    assert sorted(named) == sorted(facs.UNITS)
