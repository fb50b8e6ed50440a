"""A second picture of the same person is lent to an edit: decided like the edit itself, placed in the manifest."""

import dataclasses
import io
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from agency import EXAMPLES, PORTRAIT, Agency, edit_tools_of, make_agency, order_of
from c2pa import Reader

from countenance.errors import DeniedError
from countenance.pipeline import edit_photo
from countenance.request.receive import Reference
from countenance.toolkit.render import RenderTools
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow
OTHER = EXAMPLES / "portrait-2.jpg"


@dataclass(frozen=True)
class Pair:
    """A home, and in it a portrait and a smiling picture of the same person: an output of ours with its own title."""

    agency: Agency
    smiling: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("pair")
    release = folder / "release.yaml"
    release.write_text((EXAMPLES / "release-wide.yaml").read_text() + "\ngenerations: 2\n")
    agency = make_agency(folder, str(release))
    smiling = agency.folder / "smiling.jpg"
    assert agency.edit(smiling, "--au", "AU12=0.7").code == 0
    return Pair(agency, smiling)


@pytest.fixture
def pair(built: Pair, tmp_path: Path) -> Pair:
    shutil.copytree(built.agency.folder, tmp_path / "agency")
    agency = replace(built.agency, home=tmp_path / "agency" / "home", folder=tmp_path / "agency")
    return Pair(agency, tmp_path / "agency" / "smiling.jpg")


def titled(pair: Pair, *, release: str | None = None, alteration: str = "yes") -> None:
    pair.agency.ok("title", "add", pair.smiling, "--owner", "Agency", "--basis", "own-work", "--alteration", alteration)
    pair.agency.ok("title", "face", pair.smiling, "0", "--release", release or pair.agency.release)


def edited(pair: Pair, *words: object):
    out = pair.agency.folder / "out.jpg"
    return out, pair.agency.edit(out, "--smile", "0.5", "--reference", pair.smiling, *words)


def refused_for(answer) -> set[str]:
    assert answer.code == 3, answer.out
    assert answer.json["error"].startswith("the reference: refused: ")
    return {reason["policy"] for reason in answer.json["reasons"]}


def test_it_is_placed_and_verified(pair: Pair) -> None:
    titled(pair)
    out, answer = edited(pair)
    assert answer.code == 0, answer.out + answer.err
    report = pair.agency.ok("verify", out)
    assert report["verdict"] == "trusted"
    with Reader("image/jpeg", io.BytesIO(out.read_bytes())) as reader:
        said = json.loads(reader.json())
    active = said["manifests"][said["active_manifest"]]
    assert [one["relationship"] for one in active["ingredients"]] == ["parentOf", "componentOf"]
    assert "thumbnail" not in json.dumps(active)
    actions = active["assertions"][0]["data"]["actions"]
    assert [one["action"] for one in actions] == [
        "c2pa.opened", "c2pa.placed", "c2pa.edited", "c2pa.watermarked.bound",
    ]  # fmt: skip
    assert pair.agency.ok("log", "check")["size"]
    assert pair.agency.run("explain", out).code == 0


def test_four_decisions_stand_in_the_log(pair: Pair) -> None:
    titled(pair)
    before = pair.agency.ok("log", "check")["size"]
    _, answer = edited(pair)
    assert answer.json["log_index"] == before + 4


def test_without_a_title_it_is_refused_and_logged(pair: Pair) -> None:
    before = pair.agency.ok("log", "check")["size"]
    out, answer = edited(pair)
    assert "title-missing" in refused_for(answer)
    assert answer.json["log_index"] == before + 1
    assert pair.agency.ok("log", "check")["size"] == before + 2
    assert not out.exists()


def test_its_title_must_allow_alteration(pair: Pair) -> None:
    titled(pair, alteration="no")
    assert refused_for(edited(pair)[1]) == {"alteration-barred"}


def test_a_withdrawn_release(pair: Pair) -> None:
    second = pair.agency.ok("release", "add", EXAMPLES / "release-wide.yaml", "--person", pair.agency.person)["id"]
    titled(pair, release=second)
    pair.agency.ok("consent", "withdraw", second)
    assert refused_for(edited(pair)[1]) == {"release-withdrawn"}


def test_another_persons_picture(pair: Pair) -> None:
    person = pair.agency.ok("person", "add", "--alias", "another", "--adult")["id"]
    release = pair.agency.ok("release", "add", EXAMPLES / "release-wide.yaml", "--person", person)["id"]
    titled(pair, release=release)
    assert refused_for(edited(pair)[1]) == {"reference-other-person"}


def test_a_minors_picture(pair: Pair) -> None:
    person = pair.agency.ok("person", "add", "--alias", "young", "--born", "2015-01-01")["id"]
    release = pair.agency.ok("release", "add", EXAMPLES / "release-wide.yaml", "--person", person)["id"]
    titled(pair, release=release)
    assert {"minor", "reference-other-person"} <= refused_for(edited(pair)[1])


def test_its_release_must_grant_the_change(pair: Pair) -> None:
    narrow = pair.agency.ok("release", "add", EXAMPLES / "release.yaml", "--person", pair.agency.person)["id"]
    titled(pair, release=narrow)
    out = pair.agency.folder / "out.jpg"
    answer = pair.agency.edit(out, "--smile", "0.6", "--reference", pair.smiling)
    assert refused_for(answer) == {"unit-beyond-limit"}


def test_withdrawn_mid_render(pair: Pair) -> None:
    second = pair.agency.ok("release", "add", EXAMPLES / "release-wide.yaml", "--person", pair.agency.person)["id"]
    titled(pair, release=second)
    tools = edit_tools_of(pair.agency)
    out = pair.agency.folder / "late.jpg"

    def room() -> RenderTools:
        pair.agency.ok("consent", "withdraw", second)
        return tools.render()

    order = replace(order_of(pair.agency, {"AU12": 500}), reference=Reference(data=pair.smiling.read_bytes()))
    with pytest.raises(DeniedError, match=r"^the reference: refused") as refused:
        edit_photo(order, Target(path=out, media_type="image/jpeg"), dataclasses.replace(tools, render=room))
    (decision,) = refused.value.decisions
    assert (decision.stage, {reason.policy for reason in decision.reasons}) == ("measured", {"release-withdrawn"})
    assert not out.exists()
    assert pair.agency.ok("log", "check")["size"] == refused.value.log_index + 1


def test_what_is_no_reference(pair: Pair) -> None:
    out = pair.agency.folder / "out.jpg"
    for words, said in (
        (("--reference", PORTRAIT), "the reference is the picture that is edited"),
        (("--reference-face", "0"), "belongs to --reference"),
    ):
        answer = pair.agency.edit(out, "--smile", "0.3", *words)
        assert (answer.code, said in answer.json["error"]) == (2, True), answer.out


def test_a_dry_run_tells_of_the_reference(pair: Pair) -> None:
    titled(pair)
    _, answer = edited(pair, "--dry-run")
    assert (answer.code, answer.json["reference"]["decision"], answer.json["problems"]) == (0, "permit", [])
    pair.agency.ok("consent", "withdraw", pair.agency.release)
    assert edited(pair, "--dry-run")[1].code == 3
