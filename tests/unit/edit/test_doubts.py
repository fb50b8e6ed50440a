import pytest

from countenance.edit.doubts import doubts


@pytest.mark.parametrize(
    ("plan", "teeth", "word"),
    [({"AU27": 700}, False, "chin"), ({"AU10R": 300}, False, "strip"), ({"AU12": -500}, True, "open")],
)
def test_what_often_fails_is_said(plan: dict[str, int], word: str, *, teeth: bool) -> None:
    (said,) = doubts(plan, teeth_visible=teeth)
    assert word in said


def test_what_passes_is_not_doubted() -> None:
    assert doubts({"AU12": 600, "AU25": 500, "AU26": 300, "AU27": 400}, teeth_visible=False) == ()
    assert doubts({"AU12": -500}, teeth_visible=False) == ()
    assert doubts({"AU10": 500}, teeth_visible=True) == ()
