import io
import zipfile

import pytest
from entries import PRINT, entry

from countenance.adapters.manifests.store import archive, build
from countenance.core.digest import of_file
from countenance.errors import ConfigError, EvidenceError, StoreError


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    return build(tmp_path.joinpath("shelf").as_uri() if request.param == "file" else f"memory://{tmp_path.name}")


def test_an_empty_store_knows_nothing(store):
    assert store.by_mark("0123456ab") == store.by_output(of_file(b"x")) == store.near(PRINT, within_bits=256) == []
    assert list(store.entries()) == []
    assert store.manifest(of_file(b"x")) is None
    assert store.entry(of_file(b"x")) is None
    assert not store.indexed(entry())


def test_what_is_put_is_found_by_all_that_finds_it(store):
    one, other = entry(), entry(b"other", mark="0123456abcde", print_="00fe" + PRINT[4:])
    store.put(one, b"signed", b"manifest")
    store.put(other, b"signed other", b"other")
    assert store.by_mark("0123456ab") == store.by_output(one.output_digest) == [b"signed"]
    assert store.near(PRINT, within_bits=0) == [(b"signed", 0)]
    assert store.near(PRINT, within_bits=1) == [(b"signed", 0), (b"signed other", 1)]
    assert store.manifest(one.manifest_digest) == b"manifest"
    assert dict(store.entries()) == {one.manifest_digest: b"signed", other.manifest_digest: b"signed other"}
    assert store.indexed(one)


def test_what_is_there_stays_unless_it_is_repaired(store):
    store.put(entry(), b"signed", b"manifest")
    store.put(entry(), b"another", b"manifest")
    assert store.entry(entry().manifest_digest) == b"signed"
    store.put(entry(), b"another", b"manifest", again=True)
    assert store.entry(entry().manifest_digest) == b"another"


def test_a_manifest_that_its_entry_does_not_name_is_not_put(store):
    with pytest.raises(EvidenceError, match="not the one"):
        store.put(entry(), b"signed", b"other manifest")


@pytest.mark.parametrize("name", ["", "../../etc", "0123456ab/..", "0" * 13])
def test_a_name_that_is_no_mark_is_not_looked_for(store, name):
    assert store.by_mark(name) == []
    with pytest.raises(EvidenceError, match="no digest"):
        store.manifest(f"sha256:{name}")


def test_a_damaged_manifest_is_told(tmp_path):
    store = build(tmp_path.as_uri())
    store.put(entry(), b"signed", b"manifest")
    next((tmp_path / "manifests").iterdir()).write_bytes(b"manifest!")
    with pytest.raises(EvidenceError, match="not the one of its name"):
        store.manifest(entry().manifest_digest)
    next((tmp_path / "entries").iterdir()).write_bytes(b"x" * 70_000)
    with pytest.raises(EvidenceError, match="larger"):
        store.entry(entry().manifest_digest)


@pytest.mark.parametrize(("url", "hint"), [("gs://bucket/x", "countenance[s3]"), ("nowhere://x", "file:///FOLDER")])
def test_a_place_that_cannot_be_opened(url, hint):
    with pytest.raises(ConfigError, match="cannot be opened here") as refused:
        build(url)
    assert hint in refused.value.hint


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "shelf").write_text("no folder")
    store = build((tmp_path / "shelf").as_uri())
    with pytest.raises(StoreError, match="cannot be written") as refused:
        store.put(entry(), b"signed", b"manifest")
    assert str(tmp_path) not in refused.value.message


def test_a_zip_is_a_store_to_be_read(tmp_path):
    store = build(tmp_path.joinpath("shelf").as_uri())
    store.put(entry(), b"signed", b"manifest")
    with zipfile.ZipFile(tmp_path / "shelf.zip", "w") as packed:
        for path in (tmp_path / "shelf").rglob("*"):
            if path.is_file():
                packed.write(path, path.relative_to(tmp_path / "shelf"))
    read = archive(tmp_path / "shelf.zip")
    assert dict(read.entries()) == {entry().manifest_digest: b"signed"}
    assert read.manifest(entry().manifest_digest) == b"manifest"
    (tmp_path / "no.zip").write_bytes(io.BytesIO(b"no archive").getvalue())
    with pytest.raises(StoreError, match=r"no \.zip"):
        archive(tmp_path / "no.zip")
