"""The parent's own manifest holds a thumbnail of the unedited face, or does not hold itself."""

import io

import pytest
from c2pa import Builder, C2paSigningAlg, Context, Signer
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from countenance.adapters.manifests.c2pa import build_sealer
from countenance.manifest.labels import PARENT_MANIFEST

CAPTURE = {
    "claim_version": 2,
    "claim_generator_info": [{"name": "camera", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "created": True,
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
                    }
                ]
            },
        }
    ],
}


def photographed(studio, *, thumbnail: bool) -> bytes:
    key = studio.claim

    def raw(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message))
        return r.to_bytes(32) + s.to_bytes(32)

    out = io.BytesIO()
    settings = {"version": 1, "builder": {"thumbnail": {"enabled": thumbnail}}}
    with (
        Context.from_dict(settings) as context,
        Builder(CAPTURE, context) as builder,
        Signer.from_callback(raw, C2paSigningAlg.ES256, key.chain_pem) as signer,
    ):
        builder.sign(signer, "image/jpeg", io.BytesIO(studio.source), out)
    return out.getvalue()


@pytest.mark.parametrize("thumbnail", [True, False])
def test_face_stays_out(studio, thumbnail):
    parent = photographed(studio, thumbnail=thumbnail)
    sealer = build_sealer(studio.claim, studio.operator)
    sealed = sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=parent, parent_type="image/jpeg")
    reading = studio.read(sealed.data)
    assert not reading.thumbnails
    assert b"thumbnail" not in sealed.manifest.replace(b"left out: it holds a thumbnail", b"")
    assert (PARENT_MANIFEST in reading.actions[0]["parameters"]) is thumbnail
    assert reading.ingredient_failures == ()


def test_a_broken_parent_manifest_is_left_out_and_told(studio):
    parent = bytearray(photographed(studio, thumbnail=False))
    parent[-3000] ^= 4
    sealer = build_sealer(studio.claim, studio.operator)
    sealed = sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=bytes(parent), parent_type="image/jpeg")
    reading = studio.read(sealed.data)
    assert reading.actions[0]["parameters"][PARENT_MANIFEST] == "left out: it does not hold"
    assert reading.ingredient_failures == ()


def test_a_forged_broken_parent_is_seen(studio, forge):
    """The plain SDK calls such a file trusted."""
    parent = bytearray(photographed(studio, thumbnail=False))
    parent[-3000] ^= 4
    reading = studio.read(forge(studio.encoded(), studio.draft.definition, studio.claim, parent=bytes(parent)))
    assert reading.claim_trusted
    assert reading.failures == ()
    assert reading.ingredient_failures == ("assertion.dataHash.mismatch",)


def test_a_parent_signed_elsewhere_goes_along(studio, rival):
    parent = photographed(rival, thumbnail=False)
    sealer = build_sealer(studio.claim, studio.operator)
    sealed = sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=parent, parent_type="image/jpeg")
    reading = studio.read(sealed.data)
    assert PARENT_MANIFEST not in reading.actions[0]["parameters"]
    assert reading.claim_trusted
    assert reading.ingredient_failures == ()
