"""The manifest store in object storage, against a real server of the S3 protocol."""

import pytest
import s3_server
from entries import PRINT, entry

from countenance.adapters.manifests.store import build
from countenance.core.digest import of_file
from countenance.errors import EvidenceError, StoreError

BIG = bytes(range(256)) * 800


@pytest.fixture(scope="module")
def server():
    with s3_server.running() as started:
        yield started


@pytest.fixture
def url(server, monkeypatch, request):
    s3_server.point_to(server.endpoint, monkeypatch)
    return f"s3://{s3_server.BUCKET}/{request.node.name.partition('[')[0]}"


def test_what_is_put_is_found_by_all_that_finds_it(url, server):
    store = build(url)
    assert list(store.entries()) == []
    store.put(entry(), b"signed", b"manifest")
    assert store.by_mark("0123456ab") == store.by_output(entry().output_digest) == [b"signed"]
    assert store.near(PRINT, within_bits=0) == [(b"signed", 0)]
    assert store.manifest(entry().manifest_digest) == b"manifest"
    assert dict(store.entries()) == {entry().manifest_digest: b"signed"}
    assert store.indexed(entry())
    assert store.manifest(of_file(b"another")) is None
    store.put(entry(), b"another", b"manifest")
    assert store.entry(entry().manifest_digest) == b"signed"
    store.put(entry(), b"another", b"manifest", again=True)
    assert store.entry(entry().manifest_digest) == b"another"
    assert len(server.names("test_what_is_put")) == 5


def test_what_another_machine_changed_is_seen_at_once(url, server):
    """No listing and no object is remembered."""
    store = build(url)
    store.put(entry(), b"signed", b"manifest")
    held, listed = (next(one for one in server.names(url.rpartition("/")[2]) if f"/{part}/" in one)
                    for part in ("manifests", "by-mark"))  # fmt: skip
    assert store.indexed(entry())
    server.put(held, b"manifest!")
    with pytest.raises(EvidenceError, match="not the one of its name"):
        store.manifest(entry().manifest_digest)
    server.put(held, b"")
    with pytest.raises(EvidenceError, match="not the one of its name"):
        store.manifest(entry().manifest_digest)
    for name in (held, listed):
        server.client.delete_object(Bucket=s3_server.BUCKET, Key=name)
    assert store.manifest(entry().manifest_digest) is None
    assert not store.indexed(entry())
    assert store.by_mark("0123456ab") == []


@pytest.mark.parametrize("ask", [
    lambda store: store.by_mark("0123456ab"),
    lambda store: store.manifest(of_file(b"x")),
    lambda store: store.put(entry(), b"signed", b"manifest"),
])  # fmt: skip
def test_a_bucket_that_is_not_there_is_no_empty_store_and_is_not_made(url, server, ask):
    with pytest.raises(StoreError, match="no such bucket"):
        ask(build("s3://mistyped/agency"))
    assert [one["Name"] for one in server.client.list_buckets()["Buckets"]] == [s3_server.BUCKET]


def test_a_server_that_is_gone_or_knows_no_credentials(url, monkeypatch):
    s3_server.point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(StoreError, match="its server cannot be reached") as refused:
        build(url).by_mark("0123456ab")
    assert "127.0.0.1" not in refused.value.message
    s3_server.point_to("http://127.0.0.1:9", monkeypatch, key="", secret="")
    monkeypatch.setenv("HOME", "/nonexistent")
    with pytest.raises(StoreError, match="no credentials are set"):
        build(url).by_mark("0123456ab")


def test_wrong_credentials_are_refused(url, server, monkeypatch):
    from moto.core import enable_iam_authentication  # noqa: PLC0415

    store = build(url)
    store.put(entry(), b"signed", b"manifest")
    s3_server.point_to(server.endpoint, monkeypatch, secret="not the one")
    with enable_iam_authentication():
        for ask in (build(url).by_mark, lambda _: build(url).put(entry(b"x"), b"signed", b"x")):
            with pytest.raises(StoreError, match="access is refused"):
                ask("0123456ab")


@pytest.mark.parametrize("cut_after", [900, 60_000, 206_000, 209_500, 211_500, 213_500])
def test_a_put_that_is_cut_short_leaves_nothing_that_is_believed(url, server, monkeypatch, cut_after):
    """The wire is cut before, within and after each object: what can be read is whole, and the next put completes it."""
    url = f"{url}/{cut_after}"
    with s3_server.wire(server.port, cut_after) as cut:
        s3_server.point_to(cut, monkeypatch)
        with pytest.raises(StoreError):
            build(url).put(entry(BIG), b"signed", BIG)
    s3_server.point_to(server.endpoint, monkeypatch)
    store = build(url)
    assert store.manifest(entry(BIG).manifest_digest) in (None, BIG)
    assert store.entry(entry(BIG).manifest_digest) in (None, b"signed")
    assert not store.indexed(entry(BIG))
    assert store.by_mark("0123456ab") in ([], [b"signed"])
    store.put(entry(BIG), b"signed", BIG)
    assert store.manifest(entry(BIG).manifest_digest) == BIG
    assert store.by_mark("0123456ab") == [b"signed"]
    assert store.indexed(entry(BIG))
