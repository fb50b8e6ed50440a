"""Face geometry must not be stored without the release's leave, and must be gone when that ends."""

import json
from pathlib import Path

from agency import EXAMPLES, PORTRAIT, Agency


def release_that_keeps(agency: Agency) -> str:
    text = (EXAMPLES / "release.yaml").read_text().replace("teeth: denied", "teeth: denied\nkeep_landmarks: allowed")
    (agency.folder / "keeps.yaml").write_text(text)
    made = agency.ok("release", "add", agency.folder / "keeps.yaml", "--person", agency.person)["id"]
    agency.ok("title", "face", PORTRAIT, "0", "--release", made)
    return made


def kept(agency: Agency) -> list[Path]:
    return sorted(agency.home.glob("kept/*"))


def replayed(agency: Agency, file: Path) -> dict[str, str]:
    answer = agency.ok(
        "verify", file, "--against", PORTRAIT, "--replay", "--heat", agency.folder / "heat.png", "--force"
    )
    return next(one for one in answer["findings"] if one["check"] == "replay")


def test_without_the_clause_nothing_is_kept(shared_agency: Agency) -> None:
    assert not (shared_agency.home / "kept").exists()


def test_with_it_replay_is_bit_exact_and_withdrawal_deletes(agency: Agency) -> None:
    release, file = release_that_keeps(agency), agency.folder / "kept.jpg"
    edit_id = agency.edit(file, "--smile", "0.3").json["edit_id"]
    (reading,) = kept(agency)
    assert reading.stem == edit_id
    assert replayed(agency, file)["detail"] == "made again, bit-identical before marks; from the kept landmarks"
    agency.ok("consent", "withdraw", release)
    assert kept(agency) == []
    found = replayed(agency, file)
    assert (found["result"], "perceived anew" in found["detail"]) == ("holds", True)


def test_nothing_of_them_is_in_file_log_or_books(agency: Agency) -> None:
    release_that_keeps(agency)
    answer = agency.edit(agency.folder / "kept.jpg", "--smile", "0.3").json
    (reading,) = kept(agency)
    sealed = json.loads(reading.read_bytes())["sealed"].encode()
    public = [agency.folder / "kept.jpg", *agency.home.glob("books.sqlite3*"), *(agency.home / "log").rglob("*")]
    for path in public:
        if path.is_file():
            data = path.read_bytes()
            assert sealed[:64] not in data, path
            assert b"landmarks.npy" not in data, path
    assert "landmarks" not in json.dumps(answer)
