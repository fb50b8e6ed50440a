import pytest

from countenance.cli.recovered import exit_code, recovered_json, recovered_text
from countenance.core.records.marks import MarkRead, chance_of_accident
from countenance.verify.found import Found

MARK = MarkRead(mark_id="0123456789ab", whole=True, words_tried=440)


def told(mark, verdict="unknown"):
    return recovered_json(Found(verdict=verdict, mark=mark, told=(), findings=()))


def found_as(verdict, why="nothing", mark=MARK):
    return Found(verdict=verdict, why=why, mark=mark, told=(), findings=())


@pytest.mark.parametrize(
    ("verdict", "why", "code", "says"),
    [
        ("recovered", "nothing", 0, "not that it is untouched; --heat shows replaced parts"),
        ("mark-of-another-picture", "nothing", 4, "the watermark was copied"),
        ("candidates", "nothing", 5, "never certain"),
        ("unknown", "nothing", 5, "nothing at hand knows it"),
        ("unknown", "damaged-store", 5, "is damaged"),
        ("unknown", "untrusted", 4, "nobody who is trusted"),
        ("unknown", "file-fails", 4, "the manifest in the file does not hold"),
        ("unknown", "mark-fails", 4, "that its mark leads to does not hold"),
    ],
)
def test_text_json_and_exit_code_say_the_same(verdict, why, code, says):
    found = found_as(verdict, why)
    data, text = recovered_json(found), recovered_text(found)
    assert (data["verdict"], exit_code(found)) == (verdict, code)
    assert says in data["means"]
    assert data["means"] in text
    assert text.startswith(verdict) or verdict == "mark-of-another-picture"


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
