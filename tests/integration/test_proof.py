"""What was changed, shown to whoever asks: against the original, made again, and before it is done."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from agency import EXAMPLES, FOR, PORTRAIT, Agency, edit_tools_of, under
from PIL import Image

from countenance.core import digest
from countenance.errors import UncheckedError
from countenance.wiring.replay import require_same_engine


@pytest.mark.parametrize("name", ["published.jpg", "published.png"])
def test_against_the_original_only_the_region_changed(shared_agency: Agency, tmp_path: Path, name: str) -> None:
    heat = tmp_path / "heat.png"
    answer = shared_agency.ok("verify", shared_agency.folder / name, "--against", PORTRAIT, "--replay", "--heat", heat)
    results = {one["check"]: one["result"] for one in answer["findings"]}
    wanted = ("source", "proof", "outside", "inside", "units", "replay")
    assert {check: results[check] for check in wanted} == dict.fromkeys(wanted, "holds")
    with Image.open(heat) as drawn:
        assert drawn.width == 1350


def test_a_heat_map_is_never_overwritten_unasked(shared_agency: Agency, tmp_path: Path) -> None:
    heat = tmp_path / "heat.png"
    heat.write_bytes(b"mine")
    words = ("verify", shared_agency.folder / "published.jpg", "--against", PORTRAIT, "--heat", heat)
    assert shared_agency.run(*words).code == 2
    assert heat.read_bytes() == b"mine"
    assert shared_agency.run(*words, "--force").code == 0
    assert heat.read_bytes() != b"mine"


def test_heat_and_replay_need_the_original(shared_agency: Agency) -> None:
    assert shared_agency.run("verify", shared_agency.folder / "published.jpg", "--replay").code == 2


def test_replay_says_what_is_not_the_same(shared_agency: Agency) -> None:
    tools = edit_tools_of(shared_agency)
    report = shared_agency.ok("verify", shared_agency.folder / "published.jpg")
    recipe = tools.pen.books.publication(report["edit_id"]).recipe
    engine = tools.render().engine
    require_same_engine(recipe, engine)
    with pytest.raises(UncheckedError, match=f"made with engine warp 0, here is warp {engine.version}"):
        require_same_engine(recipe.model_copy(update={"engine_version": "0"}), engine)
    other = dataclasses.replace(engine, weights={**engine.weights, "face-mesh": digest.of_file(b"")})
    with pytest.raises(UncheckedError, match="not those of the recipe: face-mesh"):
        require_same_engine(recipe, other)


def test_replay_needs_the_books(shared_agency: Agency, tmp_path: Path) -> None:
    elsewhere = dataclasses.replace(shared_agency, home=tmp_path / "none")
    words = ("verify", shared_agency.folder / "published.jpg", "--trust", shared_agency.home / "trust.pem")
    answer = elsewhere.run(*words, "--against", PORTRAIT, "--replay", "--heat", tmp_path / "heat.png")
    assert (answer.code, "do not hold the recipe" in answer.json["error"]) == (5, True)


def test_anyone_can_look_at_what_changed(shared_agency: Agency, tmp_path: Path) -> None:
    """Without the books: the signed region, and the units as asked for, still speak."""
    elsewhere = dataclasses.replace(shared_agency, home=tmp_path / "none")
    words = ("verify", shared_agency.folder / "published.jpg", "--trust", shared_agency.home / "trust.pem")
    answer = elsewhere.ok(*words, "--against", PORTRAIT, "--heat", tmp_path / "heat.png")
    results = {one["check"]: one["result"] for one in answer["findings"]}
    assert (results["proof"], results["outside"], results["units"]) == ("unchecked", "holds", "holds")


def cells_of(answer: dict, path: Path) -> None:
    """Every cell can be cut out of the sheet and has the digest that was logged."""
    data = path.read_bytes()
    assert answer["sheet_digest"] == digest.of_file(data)
    with Image.open(io.BytesIO(data)) as page:
        for cell in answer["cells"]:
            x, y = cell["x_px"], cell["y_px"]
            cut = np.asarray(page.crop((x, y, x + cell["width_px"], y + cell["height_px"])))
            assert cell["pixels_digest"] == digest.of_pixels(cut.shape, cut.tobytes())


def test_a_sheet_before_there_is_a_tie(agency: Agency, tmp_path: Path) -> None:
    """Another release, which no face is tied to yet, of a picture that has no title."""
    photo, out = EXAMPLES / "portrait-2.jpg", tmp_path / "sheet.png"
    before = agency.ok("log", "check")["size"]
    answer = agency.ok("sheet", photo, "--release", agency.release, "--out", out)
    assert agency.ok("log", "check")["size"] == before + 2
    shown = [(cell["label"], cell["units"]) for cell in answer["cells"]]
    assert shown[0] == ("as photographed", {})
    assert ("smile", {"AU12": 0.5}) in shown
    assert ("less smile", {"AU12": -0.6}) in shown
    assert ("brows up", {"AU1": 0.4, "AU2": 0.4}) in shown
    assert all(max(cell["width_px"], cell["height_px"]) <= 320 for cell in answer["cells"])
    cells_of(answer, out)
    assert agency.run("sheet", photo, "--release", agency.release, "--out", out).code == 2


def test_a_sheet_says_where_an_edit_would_be_refused_for_teeth(agency: Agency, tmp_path: Path) -> None:
    agency = under(agency, smile="{max: 0.5}\n  AU25: {max: 0.8}")
    answer = agency.ok("sheet", PORTRAIT, "--release", agency.release, "--out", tmp_path / "sheet.png")
    labels = {cell["label"] for cell in answer["cells"]}
    assert {"smile", "lips apart (teeth: would be refused)"} <= labels


def test_no_sheet_of_a_withdrawn_release(agency: Agency, tmp_path: Path) -> None:
    agency.ok("consent", "withdraw", agency.release)
    before = agency.ok("log", "check")["size"]
    answer = agency.run("sheet", PORTRAIT, "--release", agency.release, "--out", tmp_path / "sheet.png")
    assert (answer.code, answer.json["reasons"][0]["policy"]) == (3, "release-withdrawn")
    assert agency.ok("log", "check")["size"] == before + 1
    assert list(tmp_path.glob("*.png")) == []


def test_no_sheet_by_a_revoked_operator(agency: Agency, tmp_path: Path) -> None:
    agency.ok("operator", "revoke", agency.operator)
    words = ("sheet", PORTRAIT, "--release", agency.release, "--operator", agency.operator, "--out", tmp_path / "s.png")
    answer = agency.run(*words)
    assert (answer.code, answer.json["reasons"][0]["policy"]) == (3, "operator-revoked")
    assert not (tmp_path / "s.png").exists()


def test_a_preview_is_decided_logged_and_small(agency: Agency, tmp_path: Path) -> None:
    out, before = tmp_path / "preview.png", agency.ok("log", "check")["size"]
    answer = agency.ok("edit", PORTRAIT, "--preview", out, "--operator", agency.operator, *FOR, "--au", "AU12=0.4")
    assert agency.ok("log", "check")["size"] == before + 2
    assert [cell["units"] for cell in answer["cells"]] == [{"AU12": value} for value in (0.1, 0.2, 0.3, 0.4)]
    assert all(max(cell["width_px"], cell["height_px"]) <= 640 for cell in answer["cells"])
    cells_of(answer, out)
    with Image.open(out) as page:
        assert page.text["Description"].startswith("preview, not for use")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".png") == ["preview.png"]


def test_a_denied_request_has_no_preview(agency: Agency, tmp_path: Path) -> None:
    out = tmp_path / "preview.png"
    answer = agency.run("edit", PORTRAIT, "--preview", out, "--operator", agency.operator, *FOR, "--smile", "0.9")
    assert (answer.code, answer.json["decision"]) == (3, "deny")
    assert not out.exists()


def test_a_preview_goes_where_nothing_is(agency: Agency, tmp_path: Path) -> None:
    out = tmp_path / "preview.png"
    out.write_bytes(b"mine")
    words = ("edit", PORTRAIT, "--operator", agency.operator, *FOR, "--smile", "0.2")
    assert agency.run(*words, "--preview", out).code == 2
    assert agency.run(*words, "--preview", tmp_path / "preview.jpg").code == 2
    assert agency.run(*words).code == 2
    assert agency.run(*words, "--preview", tmp_path / "p.png", "--out", tmp_path / "o.jpg").code == 2
    assert out.read_bytes() == b"mine"


def test_an_edit_that_borrowed_is_made_again_with_what_it_borrowed_from(agency: Agency, tmp_path: Path) -> None:
    lent, out, heat = EXAMPLES / "portrait-2.jpg", tmp_path / "borrowed.jpg", tmp_path / "heat.png"
    agency.ok("title", "add", lent, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", lent, "0", "--release", agency.release)
    assert agency.edit(out, "--au", "AU12=0.3", "--reference", lent).code == 0
    words = ("verify", out, "--against", PORTRAIT, "--replay", "--heat", heat, "--force")
    assert agency.run(*words).code == 5
    assert agency.run(*words, "--reference", PORTRAIT).code == 5
    found = agency.ok(*words, "--reference", lent)["findings"][-1]
    assert (found["check"], found["result"]) == ("replay", "holds")
