import json
import subprocess
import sys
from pathlib import Path

import pytest

from countenance.cli.main import run


@pytest.mark.parametrize("words", [["--help"], ["verify", "--help"], ["edit", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    script = (
        "import sys\nfrom countenance.cli.main import run\nrun(sys.argv[1:])\n"
        "heavy = {'torch', 'cv2', 'sqlmodel', 'sqlalchemy', 'c2pa', 'cedarpy', 'cryptography', 'pydantic_settings'}\n"
        "loaded = heavy & set(sys.modules)\nassert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nonsense"], 2),
        (["edit"], 2),
        (["verify", "no-such-file.jpg"], 2),
        (["edit", "--no-such-option"], 2),
        (["operator", "add", "A", "--role", "king"], 2),
    ],
)
def test_wrong_usage_is_one_plain_line(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    assert run(["--home", str(tmp_path), *words]) == code
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.startswith("error: ")
    assert "Traceback" not in heard.err


def test_json_and_home_may_stand_anywhere(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    assert run(["operator", "list", "--json", f"--home={tmp_path}"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "countenance.error/1"
    assert answer["exit_code"] == 2
    assert "not initialised" in answer["error"]


def test_a_bug_is_a_line_and_exit_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("countenance.settings.Settings.load", broken)
    assert run(["config", "show"]) == 1
    heard = capsys.readouterr()
    assert "unforeseen: RuntimeError" in heard.err
    assert "secret detail" not in heard.err


def test_nothing_asked_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    run([])
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--home"], ["--home="], ["--home", "--json"]])
def test_a_home_needs_a_name(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "operator", "list"] if words != ["--home"] else ["operator", "list", *words]) == 2
    heard = capsys.readouterr()
    assert "--home" in heard.out + heard.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [["config", "show"], ["--json", "config", "show"], ["--json", "nonsense"]])
def test_an_answer_that_cannot_be_written_is_one_plain_line(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from countenance.cli.main import main; main()", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode in {2, 8}
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_terminal_without_a_sign_still_gets_the_answer() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from countenance.cli.main import main; main()", "policy", "show"],
        env={"PYTHONIOENCODING": "ascii", "PATH": ""}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
