from countenance.edit.measure import measure
from countenance.edit.render import render


def test_a_smile_is_measured_as_a_smile(sitter, engine) -> None:
    edited = render(sitter.pixels, sitter.reading, {"AU12": 500}, engine, seed=0)
    result = measure(sitter.pixels, sitter.reading, edited, engine, known=["AU12", "AU43"])
    value, error = result.units["AU12"]
    assert abs(value - 500) <= error
    assert value > 250
    assert set(result.units) == set(engine.errors)
    assert result.unchecked == ("AU43",)
    assert result.teeth_visible == (False, False)
    assert result.rigid_drift_permille < 20
    assert result.changed_outside_px == 0


def test_no_change_is_measured_as_none(sitter, engine) -> None:
    edited = render(sitter.pixels, sitter.reading, {}, engine, seed=0)
    result = measure(sitter.pixels, sitter.reading, edited, engine)
    assert {value for value, _ in result.units.values()} == {0}
    assert result.rigid_drift_permille == 0
