import pytest

from countenance.cli.state import State
from countenance.cli.verify import _show, report_json
from countenance.core.records.report import ConsentFacts, EditFacts, Finding, VerificationReport
from countenance.testing.worlds import AT


def report(*, purpose="advertising", detail="signed by op-1", edit=True):
    return VerificationReport(
        verdict="invalid",
        findings=(Finding(check="operator", result="holds", detail=detail),),
        edit=EditFacts(au={"AU12": 450, "AU4": -200}, operator="op-1", purpose=purpose) if edit else None,
        consent=ConsentFacts(then="active", now="withdrawn", as_of=AT),
        watermark_id=None,
    )


def test_units_are_shown_as_people_write_them():
    assert report_json(report())["edit"]["au"] == {"AU12": 0.45, "AU4": -0.2}
    assert report_json(report())["schema"] == "countenance.verification/1"
    assert report_json(report(edit=False))["edit"] is None


def test_a_report_for_people(capsys):
    _show(State(), report())
    shown = capsys.readouterr().out
    assert shown.startswith("invalid\n")
    assert "changed: AU12 +0.45, AU4 -0.20; by op-1; for advertising" in shown
    assert f"consent: active when it was made, withdrawn as of {AT}" in shown
    _show(State(), report(edit=False))
    assert "changed" not in capsys.readouterr().out


def test_square_brackets_are_text(capsys):
    _show(State(), report(purpose="[red]x[/red] [/nothing]", detail="[bold]y"))
    shown = capsys.readouterr().out
    assert "[red]x[/red] [/nothing]" in shown
    assert "[bold]y" in shown


@pytest.mark.parametrize("where", ["purpose", "detail"])
def test_what_a_file_says_cannot_steer_the_terminal(capsys, where):
    """Both come from the manifest, which anyone can write."""
    _show(State(), report(**{where: "film\x1b[2J\x1b[Htrusted"}))
    assert "\x1b" not in capsys.readouterr().out


def test_what_a_file_says_stays_on_its_line(capsys):
    _show(State(), report(purpose="film\ntrusted"))
    assert "\ntrusted" not in capsys.readouterr().out
