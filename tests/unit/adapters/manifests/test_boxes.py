import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.adapters.manifests import boxes, container
from countenance.adapters.manifests.parents import without_manifest

JPEG, PNG = "image/jpeg", "image/png"
TYPE = bytes.fromhex("00110010800000aa00389b71")


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4) + kind + body


def superbox(kind: bytes, label: bytes, *contents: bytes, toggles: int = 3) -> bytes:
    return box(b"jumb", box(b"jumd", kind + TYPE + bytes([toggles]) + label + b"\0") + b"".join(contents))


CLAIM = superbox(b"c2cl", b"c2pa.claim.v2", box(b"cbor", b"\xa1isignaturea1"))
SIGNATURE = superbox(b"c2cs", b"c2pa.signature", box(b"cbor", b"\x00"))
ASSERTIONS = superbox(b"c2as", b"c2pa.assertions", superbox(b"cbor", b"x", box(b"cbor", b"\x00")))


def store(*manifests: bytes, **how) -> bytes:
    return superbox(b"c2pa", b"c2pa", *manifests, **how)


def manifest(*parts: bytes, kind: bytes = b"c2ma", label: bytes = b"urn:c2pa:1", toggles: int = 3) -> bytes:
    return superbox(kind, label, *(parts or (ASSERTIONS, CLAIM, SIGNATURE)), toggles=toggles)


@pytest.mark.parametrize(
    "given",
    [
        store(manifest()),
        store(manifest(), manifest(kind=b"c2um")),
        store(manifest(superbox(b"c2vc", b"c2pa.credentials"), CLAIM)),
        store(superbox(b"c2cm", b"urn:c2pa:1", box(b"brob", b"..."))),
    ],
)
def test_as_c2pa_lays_them(given):
    assert boxes.sound(given)


@pytest.mark.parametrize(
    "given",
    [
        b"",
        store(manifest()) + b"\0",
        store(manifest()) * 2,
        store(manifest(), toggles=2),
        store(manifest(), toggles=7),
        store(manifest(toggles=1)),
        store(manifest(kind=b"c2mb")),
        store(manifest(), box(b"free", b"")),
        superbox(b"c2pb", b"c2pa", manifest()),
        superbox(b"c2pa", b"c2pb", manifest()),
        store(manifest(superbox(b"c2zz", b"c2pa.assertions"), CLAIM)),
        store(manifest(superbox(b"c2as", b"c2pa.assertiont"), CLAIM)),
        store(manifest(CLAIM, CLAIM)),
        store(manifest(CLAIM, box(b"jumc", b""))),
        store(manifest(superbox(b"c2cl", b"c2pa.claim.v2", box(b"cbos", b"\xa0")))),
        store(manifest(superbox(b"c2cl", b"c2pa.claim.v2", box(b"cbor", b"\xa0")))),
        store(manifest(superbox(b"c2cl", b"c2pa.claim.v2"))),
        store(manifest(superbox(b"c2as", b"c2pa.assertions", box(b"jumc", b"..")), CLAIM)),
        store(superbox(b"c2cm", b"urn:c2pa:1", toggles=1)),
        store(manifest())[:-1],
    ],
)
def test_not_as_c2pa_lays_them(given):
    assert not boxes.sound(given)


def test_a_claim_knows_the_label_of_its_manifest(sealed):
    own, other = sealed.manifest_id.encode(), sealed.manifest_id[:-1].encode() + b"~"
    assert boxes.sound(sealed.manifest)
    assert not boxes.sound(sealed.manifest.replace(own, other, 1))
    assert boxes.sound(sealed.manifest.replace(own, other))


@given(st.binary(max_size=60))
def test_any_bytes_have_an_answer(data):
    assert not boxes.sound(data)
    for media_type in (JPEG, PNG):
        assert not container.holds(data, media_type, b"\0\0\0\x0ajumb..")


def segments(data: bytes, sizes: list[int]) -> list[bytes]:
    """The store split over several segments, as it is where it is longer than one can hold."""
    found, at = [], 8
    for number, size in enumerate(sizes, 1):
        payload = b"JP\x02\x11" + number.to_bytes(4) + data[:8] + data[at : at + size]
        found.append(b"\xff\xeb" + (2 + len(payload)).to_bytes(2) + payload)
        at += size
    return found


def test_several_segments(sealed):
    bare = without_manifest(sealed.data, JPEG)
    split = segments(sealed.manifest, [1000, 2000, len(sealed.manifest) - 3008])

    def held(parts: list[bytes]) -> bool:
        return container.holds(bare[:2] + b"".join(parts) + bare[2:], JPEG, sealed.manifest)

    assert held(split)
    other_en = split[1].replace(b"JP\x02\x11", b"JP\x02\x12", 1)
    other_box = split[2][:12] + b"\0\0\0\x09jumb" + split[2][20:]
    for wrong in (split[:2], split[::-1], [*split, split[2]], [split[0], other_en, split[2]], [*split[:2], other_box]):
        assert not held(wrong)


def test_where_the_store_lies(studio, sealed):
    png = studio.seal(media_type=PNG)
    assert container.holds(sealed.data, JPEG, sealed.manifest)
    assert container.holds(png.data, PNG, png.manifest)
    for data, media_type, kept in ((sealed.data, JPEG, sealed.manifest), (png.data, PNG, png.manifest)):
        assert not container.holds(without_manifest(data, media_type), media_type, kept)
        assert not container.holds(data, media_type, kept[:-1] + b"~")
    at = png.data.index(b"caBX") + 4 + len(png.manifest)
    assert not container.holds(png.data[:at] + b"\0\0\0\0" + png.data[at + 4 :], PNG, png.manifest)
    chunk = png.data[png.data.index(b"caBX") - 4 : at + 4]
    assert not container.holds(png.data.replace(chunk, chunk * 2), PNG, png.manifest)
