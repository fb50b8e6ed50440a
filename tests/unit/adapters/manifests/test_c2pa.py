from dataclasses import dataclass, replace

import pytest

from countenance.adapters.manifests import c2pa, identity
from countenance.errors import ConfigError, CountenanceError, EvidenceError, SealError, UnsupportedMediaError
from countenance.manifest import labels
from countenance.manifest.ports import ManifestDraft, Trust

JPEG = "image/jpeg"


def seal(studio, sealer, **changes):
    arguments = {"encoded": studio.encoded(), "media_type": JPEG, "draft": studio.draft} | changes
    return sealer.seal(**arguments, parent=studio.source, parent_type=JPEG)


@pytest.mark.parametrize("media_type", [JPEG, "image/png"])
def test_everything_holds(studio, media_type):
    sealed = studio.seal(media_type=media_type)
    reading = studio.read(sealed.data, media_type=media_type)
    assert reading.manifest_id == sealed.manifest_id
    assert reading.claim_version == 2
    assert reading.failures == reading.ingredient_failures == ()
    assert all(
        (
            reading.data_hash_matches, reading.signature_valid, reading.claim_trusted, reading.claim_eku,
            reading.pad_is_zero, reading.all_actions_included, reading.parent_labelled, not reading.thumbnails,
        )
    )  # fmt: skip
    assert [action["action"] for action in reading.actions] == [labels.OPENED, labels.EDITED, labels.WATERMARKED]


def test_reads_back_what_was_described(studio, sealed):
    reading = studio.read(sealed.data)
    assert reading.edit == {
        "edit_id": studio.recipe.edit_id,
        "au": {"AU1": 300, "AU12": 500, "AU4": -200},
        "recipe_sha256": studio.recipe.digest(),
        "measured_sha256": studio.measured.digest(),
        "source_sha256": studio.permit.asset.digest_of_file,
        "purpose": "advertising",
        "operator": studio.pseudonym,
        "region_px": ((900, 300), (900, 1000), (300, 1000), (300, 300)),
    }
    assert reading.digital_source_type == labels.COMPOSITE_SYNTHETIC
    assert reading.soft_bindings == {
        "org.countenance.mark.spread1": "0123456ab",
        "org.countenance.phash256.1": "00ff00ff00ff00ff" * 4,
    }
    assert dict(reading.receipt) == studio.receipt.to_json()
    assert reading.signed_at == studio.permit.issued_at


def test_operator_signed_every_reference(studio, sealed):
    found = studio.read(sealed.data).identity
    assert found.pseudonym == studio.pseudonym
    assert found.valid
    assert found.trusted is True
    assert set(found.referenced) == {*labels.REFERENCED, labels.HASH_DATA}


def test_without_operator_anchors_trust_is_not_asked(studio, sealed):
    reading = replace(studio, trust=Trust(claim_pem=studio.keys.claim_root_pem)).read(sealed.data)
    assert reading.identity.trusted is None
    assert reading.identity.valid


def test_nothing_personal_and_no_file_names(studio, sealed):
    assert b"c2pa.thumbnail" not in sealed.manifest
    assert b"dc:title" not in sealed.manifest
    assert studio.permit.release_id.encode() not in sealed.data
    assert b"example.org" not in sealed.manifest.replace(b"example.org/countenance", b"")


def test_signing_leaves_the_draft_alone(studio):
    draft = studio.draft
    before = draft.digest()
    studio.seal(draft)
    assert draft.digest() == before


@dataclass(frozen=True)
class BrokenKey:
    key_id: str
    chain_pem: str
    error: Exception

    def sign(self, message):
        raise self.error


@pytest.mark.parametrize("role", ["claim", "operator"])
def test_a_refusing_key_says_why(studio, role):
    good = {"claim": studio.claim, "operator": studio.operator}
    broken = BrokenKey("k", good[role].chain_pem, ConfigError("the token is locked", hint="unlock it"))
    keys = good | {role: broken}
    sealer = c2pa.build_sealer(keys["claim"], keys["operator"])
    with pytest.raises(SealError, match="the token is locked") as caught:
        seal(studio, sealer)
    assert caught.value.hint == "unlock it"
    assert caught.value.__cause__ is broken.error


def test_another_key_than_the_certificate_says(studio):
    @dataclass(frozen=True)
    class Swapped:
        key_id: str
        chain_pem: str

        def sign(self, message):
            return studio.claim.sign(message)

    sealer = c2pa.build_sealer(studio.claim, Swapped("k", studio.operator.chain_pem))
    with pytest.raises(SealError):
        seal(studio, sealer)


def test_a_reference_that_is_not_there(studio):
    draft = ManifestDraft(definition=studio.draft.definition, referenced=(*labels.REFERENCED, "org.countenance.more"))
    with pytest.raises(SealError, match="operator's references"):
        seal(studio, c2pa.build_sealer(studio.claim, studio.operator), draft=draft)


@pytest.mark.parametrize("encoded", [b"", b"not a picture", b"\xff\xd8\xff\xe0"])
def test_no_picture(studio, encoded):
    with pytest.raises(SealError):
        seal(studio, c2pa.build_sealer(studio.claim, studio.operator), encoded=encoded)


def test_no_certificate(studio):
    with pytest.raises(SealError, match="certificate"):
        seal(studio, c2pa.build_sealer(replace(studio.claim, chain_pem="nothing"), studio.operator))


def test_the_version_is_pinned(monkeypatch):
    monkeypatch.setattr(identity.c2pa, "sdk_version", lambda: "0.92.0")
    with pytest.raises(SealError, match=r"0\.91\.3"):
        c2pa.build()


def test_anchors_that_are_none(studio, sealed):
    with pytest.raises(ConfigError):
        replace(studio, trust=Trust(claim_pem="nothing")).read(sealed.data)


def test_other_media(studio, sealed):
    with pytest.raises(UnsupportedMediaError):
        studio.read(sealed.data, media_type="image/avif")


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n", b"x" * 100_000])
def test_bytes_without_a_manifest(studio, data):
    assert studio.reader.read(data, JPEG, studio.trust) is None


def test_bytes_that_only_pretend(studio, sealed):
    with pytest.raises(EvidenceError):
        studio.read(sealed.data[:9000])
    with pytest.raises(EvidenceError):
        studio.read(studio.encoded(), manifest=b"nothing")


def test_flipped_bits_of_a_manifest_never_pass(studio, sealed):
    """Every 611th byte of the manifest, one bit: it fails, or it cannot be read; padding that was zero is told."""
    start = sealed.data.index(b"\xff\xeb")
    for at in range(start, start + len(sealed.manifest), 611):
        changed = bytearray(sealed.data)
        changed[at] ^= 0x10
        try:
            reading = studio.reader.read(bytes(changed), JPEG, studio.trust)
        except CountenanceError:
            continue
        if reading is None:  # the flip made the segment another kind: the file is as good as stripped
            continue
        sound = reading.data_hash_matches and reading.signature_valid and reading.pad_is_zero
        assert not (sound and not reading.failures)


def test_the_sdk_logs_nothing_of_the_key(studio, caplog):
    broken = BrokenKey("k", studio.claim.chain_pem, RuntimeError("secret of the token"))
    with pytest.raises(SealError, match="a signing key failed: RuntimeError"):
        seal(studio, c2pa.build_sealer(broken, studio.operator))
    assert "secret" not in caplog.text
