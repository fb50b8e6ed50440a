import getpass
import io
import json
import sys
from pathlib import Path

import pytest
import typer

from countenance import errors
from countenance.cli.state import State, ask_new_passphrase, ask_passphrase, failure, read_file, state_of
from countenance.core.digest import of_file
from countenance.core.records.decision import Decision, Reason
from countenance.testing.worlds import AT, an_id

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.CountenanceError)]
DECISION = Decision(
    id=an_id("decision"),
    edit_id=an_id("edit"),
    stage="requested",
    face=0,
    effect="indeterminate",
    reasons=(Reason(policy="policy-error", reason="a rule failed"),),
    request_digest=of_file(b""),
    evidence_digest=of_file(b""),
    policy_digest=of_file(b""),
    at=AT,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_its_json(kind):
    data = failure(kind("what and why", hint="what to do"))
    assert json.loads(json.dumps(data)) == data
    assert (data["error"], data["hint"], data["exit_code"]) == ("what and why", "what to do", kind.exit_code)
    assert data["schema"] == ("countenance.edit/1" if kind is errors.DeniedError else "countenance.error/1")


def test_the_exit_codes_are_those_of_the_table():
    assert {kind.__name__: kind.exit_code for kind in KINDS} == {
        "CountenanceError": 1,
        "ConfigError": 2,
        "DeniedError": 3,
        "EvidenceError": 4,
        "UncheckedError": 5,
        "AuditError": 6,
        "TamperedLogError": 6,
        "InputError": 7,
        "NoFaceError": 7,
        "UnsupportedMediaError": 7,
        "TooLargeError": 7,
        "BackendError": 8,
        "EngineError": 8,
        "MarkUnreadableError": 8,
        "SealError": 8,
        "StoreError": 8,
        "LogUnavailableError": 8,
    }


def test_a_refusal_comes_with_its_last_decision():
    earlier = DECISION.model_copy(update={"effect": "permit"})
    data = failure(errors.DeniedError("refused", decisions=(earlier, DECISION), log_index=7))
    assert (data["edit_id"], data["decision"], data["log_index"]) == (an_id("edit"), "indeterminate", 7)
    assert data["reasons"] == [{"policy": "policy-error", "reason": "a rule failed"}]
    assert data["output"] is None


def test_a_refusal_without_a_decision_is_a_denial():
    data = failure(errors.DeniedError("refused"))
    assert (data["edit_id"], data["decision"], data["reasons"], data["log_index"]) == (None, "deny", [], None)


def test_a_failure_is_one_line_and_what_to_do(capsys):
    State().fail(errors.ConfigError("wrong", hint="do this"))
    State().fail(errors.ConfigError("wrong again"))
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err == "error: wrong\n  what to do: do this\nerror: wrong again\n"


def test_a_machine_reads_stdout_alone(capsys):
    state = State(json=True)
    state.say("not said")
    state.fail(errors.ConfigError("wr\u00f6ng"))
    heard = capsys.readouterr()
    assert json.loads(heard.out)["error"] == "wr\u00f6ng"
    assert heard.err == ""
    assert heard.out.count("\n") == 1


def test_an_answer_is_json_or_text(capsys):
    State(json=True).answer({"schema": "x/1"}, "text")
    assert json.loads(capsys.readouterr().out) == {"schema": "x/1"}
    State().answer({"schema": "x/1"}, "text")
    State().answer({"schema": "x/1"})
    assert capsys.readouterr().out == "text\n"


def test_progress_is_counted_on_stderr(capsys):
    with State().progress(2) as step:
        step("decide")
        step("render")
    heard = capsys.readouterr()
    assert (heard.out, heard.err) == ("", "[1/2] decide\n[2/2] render\n")


def test_a_file(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"\x00\xff")
    assert read_file(str(tmp_path / "a")) == b"\x00\xff"


def test_a_dash_is_stdin(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\x00\xff")))
    assert read_file("-") == b"\x00\xff"


def test_a_folder_is_called_one(tmp_path):
    with pytest.raises(errors.ConfigError, match="is a folder") as refused:
        read_file(str(tmp_path))
    assert "name a file" in refused.value.hint


@pytest.mark.parametrize("path", ["none.jpg", "", "a/b.jpg"])
def test_no_such_file(tmp_path, monkeypatch, path):
    (tmp_path / "a").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.ConfigError, match="there is no file"):
        read_file(path)


@pytest.mark.parametrize("name", ["x" * 300, "loop"])
def test_a_file_that_cannot_be_read(tmp_path, name):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(errors.StoreError, match="cannot be read: "):
        read_file(str(tmp_path / name))


def test_settings_are_those_of_the_home(tmp_path):
    state = State(home=str(tmp_path), flags={"threads": 1, "tsa_url": None})
    assert (state.settings.home, state.settings.threads) == (tmp_path, 1)
    assert state.settings is state.settings


def test_without_a_terminal_no_passphrase_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("typed\n"))
    with pytest.raises(errors.ConfigError, match="passphrase of the organisation is needed") as refused:
        _ = State(home=str(tmp_path)).secrets.organisation
    assert "COUNTENANCE_PASSPHRASE" in refused.value.hint


def test_a_person_is_asked_on_stderr(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    asked = {}
    monkeypatch.setattr(typer, "prompt", lambda text, **how: asked.update(how, text=text) or "typed")
    assert ask_passphrase("the operator") == "typed"
    assert asked == {"text": "Passphrase of the operator", "hide_input": True, "err": True}


def test_a_context_without_a_state_is_a_bug():
    command = typer.main.get_command(typer.Typer(callback=lambda: None))
    context = typer.Context(command)
    with pytest.raises(errors.CountenanceError, match="no command line state"):
        state_of(context)
    state = State()
    assert state_of(typer.Context(command, obj=state)) is state


def test_no_more_is_read_than_may_be(tmp_path):
    (tmp_path / "large").write_bytes(bytes(100))
    assert len(read_file(str(tmp_path / "large"), max_bytes=100)) == 100
    with pytest.raises(errors.TooLargeError):
        read_file(str(tmp_path / "large"), max_bytes=99)


def test_without_a_terminal_the_hint_names_whose_passphrase_it_is(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(errors.ConfigError, match="passphrase of the operator is needed") as refused:
        ask_passphrase("the operator")
    assert "COUNTENANCE_OPERATOR_PASSPHRASE" in refused.value.hint


@pytest.mark.parametrize(
    ("typed", "shared", "taken"),
    [
        (["short", "long enough", "long enough"], False, "long enough"),
        (["long enough", "long enouhg", "once again", "once again"], False, "once again"),
        (["", ""], True, ""),
        (["", "long enough", "long enough"], False, "long enough"),
    ],
)
def test_a_new_passphrase_is_long_and_typed_twice(monkeypatch, typed, shared, taken):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    answers = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _: next(answers))
    assert ask_new_passphrase("the organisation", shared=shared) == taken
    assert next(answers, None) is None
