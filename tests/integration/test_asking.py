"""The ways of asking for an expression, through the command line: targets, words, likeness, and what faces show."""

import json
from pathlib import Path

import pytest
from agency import EXAMPLES, PORTRAIT, Agency, make_agency

from countenance.request.presets import PRESETS

pytestmark = pytest.mark.slow
OTHER, GROUP = EXAMPLES / "portrait-2.jpg", EXAMPLES / "group.jpg"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    return make_agency(tmp_path_factory.mktemp("wide"), "release-wide.yaml")


@pytest.fixture(scope="module")
def present(wide: Agency) -> dict[str, float]:
    return wide.ok("faces", PORTRAIT, "--out", wide.folder / "f.png")["faces"][0]["units"]


def plan(agency: Agency, *words: object, code: int = 0):
    answer = agency.edit(agency.folder / "out.jpg", "--dry-run", *words)
    assert answer.code == code, answer.out + answer.err
    return answer.json


def test_faces_says_what_each_shows(wide: Agency) -> None:
    found = wide.ok("faces", GROUP, "--out", wide.folder / "g.png")["faces"]
    assert [face["number"] for face in found] == [0, 1]
    for face in found:
        assert face["problem"] is None
        assert "AU12" in face["units"]
        assert all(0 <= value <= 2 for value in face["units"].values())
        assert face["eye_distance_px"] > 60
    answer = wide.run("faces", GROUP, "--out", wide.folder / "t.png", as_json=False)
    assert "px between the eyes" in answer.out
    assert "AU12 0." in answer.out


def test_presets_are_listed(wide: Agency) -> None:
    listed = {one["name"]: one for one in wide.ok("presets")["presets"]}
    assert set(listed) == set(PRESETS)
    assert listed["open-smile"]["units"] == {"AU6": 0.3, "AU12": 0.6, "AU25": 0.5}
    assert "smile" in listed["closed-mouth-smile"]["also"]
    assert "AU6 +0.3, AU12 +0.6" in wide.run("presets", as_json=False).out


def test_a_target_becomes_a_change(wide: Agency, present: dict[str, float]) -> None:
    told = plan(wide, "--smile", "0.7", "--target")
    step = told["targets"]["AU12"]
    assert (step["present"], step["target"]) == (present["AU12"], 0.7)
    assert told["plan"] == {"AU12": round(0.7 - present["AU12"], 3)} == {"AU12": step["change"]}


def test_the_published_file_says_the_change(wide: Agency, present: dict[str, float]) -> None:
    out = wide.folder / "target.jpg"
    answer = wide.edit(out, "--au", "AU12=0.6", "--target")
    assert answer.code == 0, answer.out
    assert answer.json["requested"] == {"AU12": round(0.6 - present["AU12"], 3)}
    assert answer.json["targets"]["AU12"]["target"] == 0.6
    assert wide.ok("verify", out)["edit"]["au"] == answer.json["requested"]


def test_a_target_that_cannot_be_read_is_refused(wide: Agency) -> None:
    answer = wide.edit(wide.folder / "x.jpg", "--au", "AU9=0.5", "--target")
    assert answer.code == 2
    assert "AU9 cannot be read in one picture" in answer.json["error"]
    assert "AU12" in answer.json["hint"]


def test_a_target_that_is_reached_already(wide: Agency) -> None:
    answer = wide.edit(wide.folder / "x.jpg", "--au", "AU15=0", "--target")
    assert (answer.code, answer.json["error"]) == (2, "the face shows that already, as far as can be read")


def test_words(wide: Agency) -> None:
    told = plan(wide, "--prompt", "A slight smile, and raise her left eyebrow")
    assert told["plan"] == {"AU1L": 0.4, "AU2L": 0.4, "AU12": 0.25}
    assert told["understood"] == ["closed-mouth-smile: AU12 +0.25", "raise brows: AU1L +0.40, AU2L +0.40"]
    answer = wide.edit(wide.folder / "x.jpg", "--prompt", "make her gurn")
    assert (answer.code, answer.json["error"]) == (2, "not understood: `gurn`")


def test_a_likeness_is_numbers(wide: Agency, present: dict[str, float]) -> None:
    other = wide.ok("faces", OTHER, "--out", wide.folder / "o.png")["faces"][0]["units"]
    told = plan(
        wide, "--like", OTHER, "--intensity", "0.5", code=plan_code(wide, "--like", OTHER, "--intensity", "0.5")
    )
    for name, change in told["plan"].items():
        assert change == pytest.approx(0.5 * (min(other[name], 1) - present[name]), abs=0.001)
    kept = b"".join(path.read_bytes() for path in (wide.home).rglob("*") if path.is_file())
    assert OTHER.read_bytes()[:4000] not in kept


def test_a_likeness_of_one_face_among_several(wide: Agency) -> None:
    answer = wide.edit(wide.folder / "x.jpg", "--like", GROUP)
    assert answer.code == 2
    assert "--like-face N" in answer.json["hint"]
    answer = wide.edit(wide.folder / "x.jpg", "--like", GROUP, "--like-face", "7")
    assert (answer.code, "no face 7" in answer.json["error"]) == (2, True)


def test_a_likeness_of_itself_is_nothing(wide: Agency) -> None:
    answer = wide.edit(wide.folder / "x.jpg", "--like", PORTRAIT)
    assert (answer.code, "show the same" in answer.json["error"]) == (2, True)


def plan_code(agency: Agency, *words: object) -> int:
    """0, or 7 where the engine cannot do one of the units."""
    code = agency.edit(agency.folder / "out.jpg", "--dry-run", *words).code
    assert code in (0, 7)
    return code


def test_a_dry_run_opens_the_engine_only_where_it_is_permitted(wide: Agency, tmp_path: Path) -> None:
    answer = wide.run(
        "edit", PORTRAIT, "--out", tmp_path / "x.jpg", "--smile", "0.3", "--dry-run",
        "--purpose", "film", "--medium", "web", "--territory", "DE",
    )  # fmt: skip
    assert (answer.code, answer.json["plan"], answer.json["problems"]) == (3, {}, [])
    assert json.loads(answer.out)["decision"] == "deny"
