import pytest

from countenance.cli.recovered import recovered_json
from countenance.core.records.marks import MarkRead, chance_of_accident
from countenance.verify.found import Found

MARK = MarkRead(mark_id="0123456789ab", whole=True, words_tried=440)


def told(mark, verdict="unknown"):
    return recovered_json(Found(verdict=verdict, mark=mark, told=(), findings=()))


def test_certainty_is_what_counting_leaves():
    found = told(MARK)
    assert found["chance_of_accident"] == pytest.approx(8.2e-7, rel=0.01)
    assert found["certainty"] == 1 - 440 / 2**29
    assert (found["found"], found["checked"]) == (True, True)


@pytest.mark.parametrize("mark", [None, MARK.model_copy(update={"checked": False})])
def test_without_a_check_there_is_no_figure(mark):
    found = told(mark, "candidates")
    assert (found["certainty"], found["chance_of_accident"]) == (None, None)
    assert found["checked"] is (None if mark is None else False)


def test_a_mark_that_nobody_counted_has_none():
    assert chance_of_accident(MARK.model_copy(update={"words_tried": None})) is None
