"""Two runs, one output; an output that is a link; a folder that is closed: nothing is logged that cannot be let out."""

import dataclasses
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency, Answer, edit_tools_of, order_of

from countenance.errors import ConfigError, StoreError
from countenance.pipeline import edit_photo
from countenance.toolkit.render import RenderTools
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow


def log_size(agency: Agency) -> int:
    return int(agency.ok("log", "check")["size"])


@pytest.mark.parametrize("force", [False, True])
def test_the_second_run_for_a_name_is_refused_before_it_decides(agency: Agency, *, force: bool) -> None:
    """It comes while the first one renders."""
    tools, out = edit_tools_of(agency), agency.folder / "same" / "same.jpg"
    out.parent.mkdir()
    if force:
        out.write_bytes(b"older")
    before, answers = log_size(agency), []

    def room() -> RenderTools:
        answers.append(agency.edit(out, "--smile", "0.2", *(["--force"] if force else [])))
        return tools.render()

    target = Target(path=out, media_type="image/jpeg", replace=force)
    edit_photo(order_of(agency, {"AU12": 300}), target, dataclasses.replace(tools, render=room))
    tools.pen.books.close()  # type: ignore[attr-defined]
    assert [answer.code for answer in answers] == [2]
    assert "another run" in answers[0].json["error"]
    assert log_size(agency) == before + 3
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert agency.ok("verify", out)["edit"]["au"] == {"AU12": 0.3}


@pytest.mark.parametrize("words", [(), ("--force",)])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_no_output(agency: Agency, words: tuple[str, ...], *, there: bool) -> None:
    folder = agency.folder / "links"
    folder.mkdir()
    elsewhere, out = agency.folder / "elsewhere.jpg", folder / "link.jpg"
    if there:
        elsewhere.write_bytes(b"elsewhere")
    out.symlink_to(elsewhere)
    before = log_size(agency)
    answer = agency.edit(out, "--smile", "0.2", *words)
    assert answer.code == 2
    assert "is a link" in answer.json["error"]
    with pytest.raises(ConfigError, match="is a link"):
        edit_photo(
            order_of(agency, {"AU12": 200}),
            Target(path=out, media_type="image/jpeg", replace=bool(words)),
            edit_tools_of(agency),
        )
    assert log_size(agency) == before
    assert list(folder.iterdir()) == [out]
    assert elsewhere.exists() is there


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that is closed to everybody")
def test_a_closed_folder_is_found_out_before_anything_is_decided(agency: Agency) -> None:
    before = log_size(agency)
    answer: Answer = agency.edit(Path("/proc/out.jpg"), "--smile", "0.2")
    assert answer.code == StoreError.exit_code
    assert "cannot be written to" in answer.json["error"]
    assert log_size(agency) == before


def test_what_appears_while_the_edit_runs_stays_and_nothing_is_published(agency: Agency) -> None:
    tools, out = edit_tools_of(agency), agency.folder / "same" / "same.jpg"
    out.parent.mkdir()
    before = log_size(agency)

    def room() -> RenderTools:
        out.write_bytes(b"something else")
        return tools.render()

    target = Target(path=out, media_type="image/jpeg")
    with pytest.raises(ConfigError, match="exists already"):
        edit_photo(order_of(agency, {"AU12": 300}), target, dataclasses.replace(tools, render=room))
    assert log_size(agency) == before + 1
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert out.read_bytes() == b"something else"


def test_the_picture_read_from_stdin_is_not_replaced(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = agency.folder / "photo.jpg"
    photo.write_bytes(PORTRAIT.read_bytes())
    with photo.open("rb") as stdin:
        monkeypatch.setattr("sys.stdin", type("Piped", (), {"buffer": stdin}))
        answer = agency.edit(photo, "--smile", "0.2", "--force", photo=Path("-"))
    assert answer.code == 2
    assert "the picture itself" in answer.json["error"]
    assert photo.read_bytes() == PORTRAIT.read_bytes()


@pytest.mark.parametrize("words", [("--au", "AU12=0"), ("--smile", "0"), (), ("--smile", "0", "--dry-run")])
def test_nothing_asked_nothing_decided(agency: Agency, words: tuple[str, ...]) -> None:
    before = log_size(agency)
    answer = agency.edit(agency.folder / "no.jpg", *words)
    assert answer.code == 2
    assert "nothing is asked for" in answer.json["error"]
    assert log_size(agency) == before
