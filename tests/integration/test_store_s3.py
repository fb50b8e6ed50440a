"""The manifest store in object storage the whole way, by the command line and a real server of the S3 protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import s3_server
from agency import FOR, PORTRAIT, Agency
from PIL import Image

URL = f"s3://{s3_server.BUCKET}/agency/manifests"
pytestmark = pytest.mark.slow


@pytest.fixture
def server(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> Iterator[s3_server.S3]:
    """The server, which the agency's settings name."""
    with s3_server.running() as started:
        s3_server.point_to(started.endpoint, monkeypatch)
        (agency.home / "countenance.toml").write_text(f'manifest_store = "{URL}"\n')
        yield started


def test_an_edit_goes_there_and_its_stripped_copy_finds_its_way_back(
    agency: Agency, server: s3_server.S3, tmp_path: Path
) -> None:
    out = tmp_path / "out.jpg"
    edited = agency.edit(out, "--au", "AU12=0.3")
    assert edited.code == 0, edited.out + edited.err
    assert len(server.names()) == 5
    missing = agency.run("store", "check")
    assert (missing.code, missing.json["whole"], len(missing.json["missing"])) == (4, 1, 2)
    assert agency.ok("store", "check", "--repair")["repaired"] == 2
    assert agency.ok("store", "check")["whole"] == 3

    for path in agency.home.glob("books.sqlite3*"):  # who reads the marks and has no books: the store is all there is
        path.unlink()
    with Image.open(out) as picture:
        picture.convert("RGB").save(tmp_path / "copy.jpg", quality=60)
    found = agency.run("recover", tmp_path / "copy.jpg", "--store", URL)
    assert (found.code, found.json["verdict"], found.json["manifest_id"]) == (
        0, "recovered", edited.json["manifest_id"],
    )  # fmt: skip


def test_damage_on_the_server_is_found_told_and_repaired(agency: Agency, server: s3_server.S3, tmp_path: Path) -> None:
    agency.ok("store", "export", tmp_path / "shelf.zip")
    assert agency.ok("store", "import", tmp_path / "shelf.zip")["added"] == 2
    damaged, emptied = server.names("agency/manifests/manifests/")[0], server.names("agency/manifests/entries/")[1]
    server.put(damaged, server.get(damaged)[:1000])
    server.put(emptied, b"")
    broken = agency.run("store", "check")
    assert (broken.code, broken.json["whole"], len(broken.json["damaged"])) == (4, 0, 2)
    assert agency.ok("store", "import", tmp_path / "shelf.zip")["added"] == 2
    assert agency.ok("store", "check")["whole"] == 2
    for name in server.names():
        server.client.delete_object(Bucket=s3_server.BUCKET, Key=name)
    assert len(agency.run("store", "check").json["missing"]) == 2
    assert agency.ok("store", "check", "--repair")["repaired"] == 2
    assert agency.ok("store", "check")["whole"] == 2


def test_a_server_that_is_gone_holds_no_picture_back(
    agency: Agency, server: s3_server.S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_server.point_to("http://127.0.0.1:9", monkeypatch)
    checked = agency.run("store", "check", as_json=False)
    assert checked.code == 8
    assert "error: the manifest store cannot be read: its server cannot be reached\n" in checked.err
    edited = agency.run(
        "edit", PORTRAIT, "--out", tmp_path / "out.png", "--au", "AU12=0.3", *FOR, as_json=False
    )  # fmt: skip
    assert edited.code == 0
    assert (tmp_path / "out.png").exists()
    assert "not in the manifest store: the manifest store cannot be read: its server cannot be reached" in edited.err
    s3_server.point_to(server.endpoint, monkeypatch)
    assert agency.ok("store", "check", "--repair")["repaired"] == 3


def test_a_bucket_whose_name_was_mistyped_is_not_made(agency: Agency, server: s3_server.S3) -> None:
    answer = agency.run("store", "check", "--repair", "--store", "s3://mistyped/agency")
    assert (answer.code, answer.json["error"]) == (8, "the manifest store cannot be read: there is no such bucket")
    assert [one["Name"] for one in server.client.list_buckets()["Buckets"]] == [s3_server.BUCKET]
