"""A studio with real keys that seals the example portrait: what the attacks on manifests start from."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from c2pa import Builder, C2paSigningAlg, Context, Signer
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from PIL import Image

from countenance.adapters.manifests.c2pa import C2paReader, build, build_sealer
from countenance.adapters.signers.file import KeyStore
from countenance.adapters.signers.keys import UnlockedKey
from countenance.core.clock import format_instant, later
from countenance.core.digest import of_file
from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.decision import Permit
from countenance.core.records.marks import ConsentReceipt, SoftBinding
from countenance.core.records.recipe import EditRecipe, Measured, MeasuredUnit
from countenance.core.records.terms import Limit
from countenance.manifest.describe import describe
from countenance.manifest.labels import COMPOSITE_SYNTHETIC
from countenance.manifest.ports import EngineFacts, ManifestDraft, ManifestReading, SealedAsset, Trust
from countenance.manifest.xmp import xmp_packet

NOW = format_instant(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))
OPERATOR_ID = "operator_" + "0" * 32
EDIT_ID = "edit_" + "a" * 32
RECEIPT_ID = "receipt_" + "b" * 32
JPEG = "image/jpeg"
PORTRAIT = Path(__file__).parents[2] / "examples" / "portrait.jpg"


@dataclass(frozen=True, kw_only=True)
class Studio:
    """An organisation, one operator, one edit of the portrait."""

    keys: KeyStore
    claim: UnlockedKey
    operator: UnlockedKey
    pseudonym: str
    trust: Trust
    reader: C2paReader
    source: bytes
    permit: Permit
    recipe: EditRecipe
    measured: Measured
    receipt: ConsentReceipt

    @property
    def draft(self) -> ManifestDraft:
        return describe(
            permit=self.permit,
            purpose="advertising",
            recipe=self.recipe,
            measured=self.measured,
            bindings=bindings(),
            receipt=self.receipt,
            operator=self.pseudonym,
        )

    def encoded(self, media_type: str = JPEG, quality: int = 95) -> bytes:
        facts = EngineFacts(name="warp", version="1", digital_source_type=COMPOSITE_SYNTHETIC, toolkit_version="0.1.0")
        xmp = xmp_packet(permit=self.permit, receipt_id=RECEIPT_ID, operator=self.pseudonym, engine=facts)
        return encode(self.source, media_type, quality=quality, xmp=xmp)

    def seal(self, draft: ManifestDraft | None = None, *, media_type: str = JPEG, quality: int = 95) -> SealedAsset:
        sealer = build_sealer(self.claim, self.operator)
        return sealer.seal(
            self.encoded(media_type, quality), media_type, draft or self.draft, parent=self.source, parent_type=JPEG
        )

    def read(self, data: bytes, *, media_type: str = JPEG, manifest: bytes | None = None) -> ManifestReading:
        reading = self.reader.read(data, media_type, self.trust, manifest=manifest)
        assert reading is not None
        return reading


def encode(source: bytes, media_type: str, *, quality: int, xmp: bytes) -> bytes:
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(source)).convert("RGB")
    picture.thumbnail((320, 320))
    if media_type == JPEG:
        picture.save(out, "JPEG", quality=quality, xmp=xmp)
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def bindings() -> list[SoftBinding]:
    return [
        SoftBinding(algorithm="org.countenance.mark.spread1", value="0123456ab", scope="watermark"),
        SoftBinding(algorithm="org.countenance.phash256.1", value="00ff00ff00ff00ff" * 4, scope="fingerprint"),
    ]


def make_studio(folder: Path, *, name: str = "Example Studio") -> Studio:
    keys = KeyStore(folder / "keys")
    keys.create_organisation(name, "example.org", "organisation words", NOW)
    pseudonym, _ = keys.add_operator(OPERATOR_ID, "operator words", "organisation words", NOW)
    source = PORTRAIT.read_bytes()
    face = FaceBox(number=0, x0_px=300, y0_px=300, x1_px=900, y1_px=1000)
    permit = Permit(
        nonce="0" * 32,
        edit_id=EDIT_ID,
        decision_id="decision_" + "c" * 32,
        request_digest=of_file(b"request"),
        asset=Asset(
            digest_of_file=of_file(source), media_type=JPEG, width_px=1350, height_px=1350, size_bytes=len(source)
        ),
        face=face,
        others=(),
        units={"AU12": 500, "AU4": -200, "AU1": 300},
        limits={"AU12": Limit(max_permille=500)},
        release_id="release_" + "d" * 32,
        issued_at=NOW,
        expires_at=later(NOW, seconds=3600),
    )
    recipe = EditRecipe(
        edit_id=EDIT_ID,
        toolkit_version="0.1.0",
        engine="warp",
        engine_version="1",
        digital_source_type=COMPOSITE_SYNTHETIC,
        weights={"face-mesh": of_file(b"mesh")},
        units={"AU12": 500, "AU4": -200, "AU1": 300},
        seed=7,
        device="cpu",
        region_px=((300, 300), (900, 300), (900, 1000), (300, 1000)),
        changed_px=1234,
    )
    measured = Measured(
        edit_id=EDIT_ID,
        units={"AU12": MeasuredUnit(value_permille=480, error_permille=60)},
        unchecked=("AU1",),
        teeth_visible_before=False,
        teeth_visible_after=False,
        rigid_drift_permille=2,
        changed_outside_before_marks_px=0,
    )
    receipt = ConsentReceipt(
        receipt_id=RECEIPT_ID,
        commitment="hmac-sha256:" + "e" * 64,
        purpose="advertising",
        medium="web",
        territory="DE",
        state="active",
        decision_log_index=12,
        log_origin="example.org/countenance",
    )
    return Studio(
        keys=keys,
        claim=keys.unlock_claim("organisation words"),
        operator=keys.unlock_operator(OPERATOR_ID, "operator words"),
        pseudonym=pseudonym,
        trust=Trust(claim_pem=keys.claim_root_pem, operators_pem=keys.operators_root_pem),
        reader=build(),
        source=source,
        permit=permit,
        recipe=recipe,
        measured=measured,
        receipt=receipt,
    )


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return make_studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="session")
def rival(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """Another organisation that has given itself the same name."""
    return make_studio(tmp_path_factory.mktemp("rival"))


@pytest.fixture(scope="session")
def sealed(studio: Studio) -> SealedAsset:
    return studio.seal()


def forge(encoded: bytes, definition: dict[str, Any], key: UnlockedKey, *, parent: bytes | None = None) -> bytes:
    """What anyone can do with a key and the plain SDK: no checks of ours, no operator."""
    settings = {
        "version": 1,
        "verify": {"verify_after_sign": False, "verify_trust": False},
        "trust": {"trust_config": "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.4\n"},
        "builder": {"thumbnail": {"enabled": False}},
    }

    def raw(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message))
        return r.to_bytes(32) + s.to_bytes(32)

    out = io.BytesIO()
    with (
        Context.from_dict(settings) as context,
        Builder(definition, context) as builder,
        Signer.from_callback(raw, C2paSigningAlg.ES256, key.chain_pem) as signer,
    ):
        if parent is not None:
            builder.add_ingredient_from_stream(
                {"label": "parent", "relationship": "parentOf"}, JPEG, io.BytesIO(parent)
            )
        builder.sign(signer, JPEG, io.BytesIO(encoded), out)
    return out.getvalue()


@pytest.fixture(name="forge")
def forge_fixture() -> Callable[..., bytes]:
    return forge
