from typing import ClassVar

import pytest

from countenance.edit.measure import asymmetry_permille, measure
from countenance.edit.render import render


def test_a_smile_is_measured_as_a_smile(sitter, engine) -> None:
    edited = render(sitter.pixels, sitter.reading, {"AU12": 500}, engine, seed=0)
    result = measure(sitter.pixels, sitter.reading, edited, engine, known=["AU12", "AU99"])
    value, error = result.units["AU12"]
    assert abs(value - 500) <= error
    assert value > 250
    assert set(result.units) == set(engine.errors)
    assert result.unchecked == ("AU99",)
    assert result.teeth_visible == (False, False)
    assert max(result.eyes_closed_permille) < 200
    assert result.asymmetry_permille < 150
    assert result.rigid_drift_permille < 15
    assert result.changed_outside_px == 0


def test_no_change_is_measured_as_none(sitter, engine) -> None:
    edited = render(sitter.pixels, sitter.reading, {}, engine, seed=0)
    result = measure(sitter.pixels, sitter.reading, edited, engine)
    assert {value for value, _ in result.units.values()} == {0}
    assert result.rigid_drift_permille == 0


def test_asymmetry_is_the_largest_difference_of_sides() -> None:
    assert asymmetry_permille({"AU12": 100, "AU12L": 300, "AU12R": -100, "AU1L": 50, "AU1R": 40, "AU25": 900}) == 400
    assert asymmetry_permille({"AU25": 900, "AU9L": 100}) == 0


@pytest.mark.parametrize(
    "plan",
    [
        {"AU1": 700, "AU2": 700},
        {"AU4": 800},
        {"AU12": 500, "AU1": 200, "AU2": 200},
        {"AU4": 300, "AU15": 400},
        {"AU12L": 500},
    ],
)
def test_an_edit_asked_at_its_limit_stays_within_the_published_error(sitter, engine, plan: dict[str, int]) -> None:
    edited = render(sitter.pixels, sitter.reading, plan, engine, seed=0)
    result = measure(sitter.pixels, sitter.reading, edited, engine)
    for unit, (value, error) in result.units.items():
        sides = plan.get(f"{unit}L", 0) + plan.get(f"{unit}R", 0)
        limit = plan.get(unit, 0) + (plan.get(unit[:-1], 0) if unit[-1] in "LR" else sides / 2)
        assert min(limit, 0) - error <= value <= max(limit, 0) + error, unit
    assert result.rigid_drift_permille < 20


@pytest.mark.parametrize("unit", ["AU43L", "AU43R"])
def test_a_wink_counts_as_the_eye_that_is_closed(sitter, engine, unit: str) -> None:
    edited = render(sitter.pixels, sitter.reading, {unit: 1000}, engine, seed=0)
    result = measure(sitter.pixels, sitter.reading, edited, engine)
    before, after = result.eyes_closed_permille
    assert before < 200
    assert after > 700


class Publishes:
    """An engine that publishes an error for what it reads of a smile in one picture."""

    shown_errors: ClassVar = {"AU12": 90}

    def __init__(self, engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str):
        return getattr(self._engine, name)


def test_what_shows_is_read_only_where_its_error_is_published(sitter, engine) -> None:
    edited = render(sitter.pixels, sitter.reading, {"AU12": 500}, engine, seed=0)
    assert measure(sitter.pixels, sitter.reading, edited, engine, shown=["AU12", "AU1"]).shown == {}
    read = measure(sitter.pixels, sitter.reading, edited, Publishes(engine), shown=["AU12", "AU1"]).shown
    assert set(read) == {"AU12"}
    value, error = read["AU12"]
    assert error == 90
    assert value > sitter.reading.units["AU12"]
    assert measure(sitter.pixels, sitter.reading, edited, Publishes(engine)).shown == {}
