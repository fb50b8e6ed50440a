"""Whoever keeps a manifest store changes it: swapped manifests, forged entries, an index that points elsewhere."""

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from agency import Agency, Answer
from PIL import Image, ImageOps

pytestmark = pytest.mark.slow


def strip(source: Path, target: Path) -> Path:
    """A copy without a manifest, as a site saves it."""
    with Image.open(source) as picture:
        picture.convert("RGB").save(target, "JPEG", quality=60)
    return target


@pytest.fixture(scope="module")
def kept(shared_agency: Agency, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that the agency exports."""
    folder = tmp_path_factory.mktemp("kept") / "shelf"
    assert shared_agency.ok("store", "export", folder)["exported"] == 2
    return folder


@pytest.fixture
def shelf(kept: Path, tmp_path: Path) -> Path:
    """A copy of the store, in a stranger's hands."""
    return Path(shutil.copytree(kept, tmp_path / "shelf"))


@pytest.fixture
def copy(shared_agency: Agency, tmp_path: Path) -> Path:
    """A stripped copy of the published JPEG."""
    return strip(shared_agency.folder / "published.jpg", tmp_path / "copy.jpg")


@pytest.fixture
def keyed(agency: Agency) -> Agency:
    """Who can read the marks, and has no books: the store is all there is."""
    for path in agency.home.glob("books.sqlite3*"):
        path.unlink()
    return agency


def recover(agency: Agency, copy: Path, shelf: Path, *more: object) -> Answer:
    return agency.run("recover", copy, "--store", shelf.as_uri(), *more)


def digest_of(agency: Agency, shelf: Path, name: str) -> str:
    """The stem under which the manifest of a published file lies."""
    wanted = json.loads((agency.folder / f"{name}.json").read_text())["manifest_id"]
    for path in (shelf / "entries").iterdir():
        if payload(path)["manifest_id"] == wanted:
            return path.stem
    raise AssertionError(name)


def payload(entry: Path) -> dict[str, Any]:
    return json.loads(base64.b64decode(json.loads(entry.read_text())["envelope"]["payload"]))


def findings(answer: Answer) -> Iterator[str]:
    return (f"{one['check']} {one['result']}: {one['detail']}" for one in answer.json["findings"])


def test_an_honest_store_leads_back_by_the_mark(keyed: Agency, copy: Path, shelf: Path) -> None:
    answer = recover(keyed, copy, shelf)
    assert (answer.code, answer.json["verdict"], answer.json["organisation"]) == (0, "recovered", "Test Agency")


def test_a_swapped_manifest_recovers_nothing(keyed: Agency, copy: Path, shelf: Path) -> None:
    mine, other = (digest_of(keyed, shelf, name) for name in ("published.jpg", "published.png"))
    shutil.copy(shelf / "manifests" / f"{other}.c2pa", shelf / "manifests" / f"{mine}.c2pa")
    answer = recover(keyed, copy, shelf)
    assert (answer.code, answer.json["verdict"]) == (5, "unknown")
    assert "damaged" in answer.json["means"]
    assert any(one.startswith("watermark holds") for one in findings(answer))
    assert any("not the one of its name" in one and "--repair" in one for one in findings(answer))
    assert answer.out.count("not the one of its name") == 1


def test_a_forged_entry_is_not_believed(keyed: Agency, copy: Path, shelf: Path) -> None:
    path = shelf / "entries" / f"{digest_of(keyed, shelf, 'published.jpg')}.json"
    held, said = json.loads(path.read_text()), payload(path)
    said["organisation"] = "Somebody Else"
    held["envelope"]["payload"] = base64.b64encode(json.dumps(said).encode()).decode()
    path.write_text(json.dumps(held))
    answer = recover(keyed, copy, shelf)
    assert answer.code == 5
    assert "Somebody Else" not in answer.out
    assert any("not believed" in one for one in findings(answer))


def test_an_entry_of_another_organisation_is_not_believed(
    keyed: Agency, copy: Path, shelf: Path, tmp_path: Path
) -> None:
    stranger = replace(keyed, home=tmp_path / "stranger", folder=tmp_path)
    stranger.ok("init", "--organisation", "Test Agency", "--domain", "agency.example")
    answer = recover(keyed, copy, shelf, "--trust", stranger.home / "trust.pem")
    assert answer.code == 5
    assert any("none of the given roots" in one for one in findings(answer))


def test_an_index_that_points_to_another_manifest(keyed: Agency, copy: Path, shelf: Path) -> None:
    mine, other = (digest_of(keyed, shelf, name) for name in ("published.jpg", "published.png"))
    mark = payload(shelf / "entries" / f"{mine}.json")["watermark_id"]
    (shelf / "by-mark" / mark / mine).rename(shelf / "by-mark" / mark / other)
    answer = recover(keyed, copy, shelf)
    assert answer.code == 5
    assert answer.json["verdict"] != "recovered"
    assert any("filed under a mark that is not its own" in one for one in findings(answer))


def test_another_picture_filed_under_the_fingerprint_is_not_named(
    shared_agency: Agency, shelf: Path, tmp_path: Path
) -> None:
    """The index says that a mirrored, cropped picture looks like the published one; its signed entry does not."""
    with Image.open(shared_agency.folder / "published.jpg") as picture:
        other = ImageOps.mirror(picture.convert("RGB")).crop((0, 0, 500, 900))
        other.save(tmp_path / "other.png")
    from countenance.adapters.fingerprints.phash import build as phash  # noqa: PLC0415
    from countenance.adapters.images.vips import build as vips  # noqa: PLC0415

    pixels = vips().decode((tmp_path / "other.png").read_bytes(), "image/png").pixels
    mine = digest_of(shared_agency, shelf, "published.jpg")
    (shelf / "by-print" / f"{phash().fingerprint(pixels)}.{mine}").touch()
    nobody = replace(shared_agency, home=tmp_path / "nobody")
    answer = recover(nobody, tmp_path / "other.png", shelf, "--trust", shared_agency.home / "trust.pem")
    assert (answer.code, answer.json["verdict"], answer.json["candidates"]) == (5, "unknown", [])


def test_a_likeness_is_never_certain(shared_agency: Agency, copy: Path, shelf: Path, tmp_path: Path) -> None:
    """Who has the store and no key of marks gets candidates with distances, and no more."""
    nobody = replace(shared_agency, home=tmp_path / "nobody")
    answer = recover(nobody, copy, shelf, "--trust", shared_agency.home / "trust.pem")
    assert (answer.code, answer.json["verdict"], answer.json["manifest_id"]) == (5, "candidates", None)
    assert len(answer.json["candidates"]) == 2
    for one in answer.json["candidates"]:
        assert one["organisation"] == "Test Agency"
        assert max(one["phash_distance"], one["iscc_distance"]) <= 12
    assert "Retoucher" not in answer.out
    assert shared_agency.person not in answer.out


def test_damage_is_found_and_repaired(agency: Agency, shelf: Path) -> None:
    mine, other = (digest_of(agency, shelf, name) for name in ("published.jpg", "published.png"))
    (shelf / "manifests" / f"{mine}.c2pa").write_bytes(b"damaged")
    (shelf / "entries" / f"{other}.json").unlink()
    where = ("--store", shelf.as_uri())
    broken = agency.run("store", "check", *where)
    assert broken.code == 4
    assert (len(broken.json["damaged"]), len(broken.json["missing"]), broken.json["whole"]) == (1, 1, 0)
    assert agency.ok("store", "check", "--repair", *where)["repaired"] == 2
    assert agency.ok("store", "check", *where)["whole"] == 2


def test_import_refuses_what_does_not_hold_and_overwrites_nothing(
    agency: Agency, kept: Path, shelf: Path, tmp_path: Path
) -> None:
    mine = digest_of(agency, shelf, "published.jpg")
    (shelf / "manifests" / f"{mine}.c2pa").write_bytes(b"swapped")
    target = (tmp_path / "target").as_uri()
    first = agency.run("store", "import", shelf, "--store", target)
    assert (first.code, first.json["added"], len(first.json["refused"])) == (4, 1, 1)
    again = agency.run("store", "import", kept, "--store", target)
    assert (again.code, again.json["added"], again.json["present"]) == (0, 1, 1)
