from datetime import UTC, date, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from countenance.adapters.books.postgres import build as postgres_books
from countenance.adapters.books.sqlite import build
from countenance.core import digest
from countenance.core.records.asset import Asset, FaceBox
from countenance.core.records.audit import Publication
from countenance.core.records.consent import (
    DepictedPerson,
    FaceTie,
    Grant,
    ModelRelease,
    Operator,
    Organisation,
    Revocation,
    Title,
)
from countenance.core.records.decision import EditRequest
from countenance.core.records.recipe import EditRecipe, Measured, MeasuredUnit
from countenance.core.records.terms import Limit
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.scribe import Scribe

ORIGIN = "log.example/countenance"
AT = "2026-01-02T03:04:05.000Z"


@pytest.fixture(scope="session")
def made_on_server(postgres):
    """A database with empty books, to be copied."""
    url = postgres.fresh()
    postgres_books(url, ORIGIN).close()
    return url


@pytest.fixture
def server_url(postgres, made_on_server):
    """A database of its own with empty books."""
    url = postgres.fresh(like=made_on_server)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def books(request, tmp_path):
    """Empty books in each database. A test of one of them alone asks for it with `IN_A_FILE` or `ON_A_SERVER`."""
    on_a_server = request.param == "postgres"
    if on_a_server:
        made = postgres_books(request.getfixturevalue("server_url"), ORIGIN)
    else:
        made = build(tmp_path / "books.db", ORIGIN)
    yield made
    made.close()


@pytest.fixture
def scribe():
    return Scribe()


class Facts:
    """Records that fit together, each with a fresh id."""

    def __init__(self):
        self.ids = SeededIds(7)
        self.clock = FixedClock(AT)

    def organisation(self):
        return Organisation(
            id=self.ids.new("organisation"),
            name="Example",
            domain="example.org",
            public_pem=statement_key("claim").public_pem,
            log_public_pem=log_key().public_pem,
            created_at=AT,
        )

    def operator(self, key=None):
        return Operator(
            id=self.ids.new("operator"),
            name="Ada",
            role="retoucher",
            pseudonym="operator-1",
            certificate_pem=certificate(key or statement_key()),
            passphrase="own",
            added_at=AT,
        )

    def person(self):
        return DepictedPerson(id=self.ids.new("person"), alias="A", adult=False, born=date(1990, 1, 2), added_at=AT)

    def release(self, person_id):
        grant = Grant(
            purposes=("advertising",),
            media=("web",),
            territories=("DE",),
            units={"AU12": Limit(max_permille=500)},
            valid_from="2026-01-01T00:00:00.000Z",
            valid_until="2027-01-01T00:00:00.000Z",
        )
        return ModelRelease(
            id=self.ids.new("release"),
            person_id=person_id,
            grant=grant,
            signed_on=date(2026, 1, 1),
            text="I agree",
            text_digest=digest.of_file(b"I agree"),
            added_at=AT,
        )

    def asset(self, data=b"picture"):
        return Asset(
            digest_of_file=digest.of_file(data),
            media_type="image/jpeg",
            width_px=10,
            height_px=10,
            size_bytes=len(data),
        )

    def title(self, data=b"picture"):
        return Title(
            id=self.ids.new("title"),
            asset=self.asset(data),
            fingerprint="0" * 16,
            owner="Example",
            basis="own-work",
            alteration="yes",
            faces=(FaceBox(number=0, x0_px=0, y0_px=0, x1_px=5, y1_px=5),),
            added_at=AT,
        )

    def tie(self, title_id, release_id, face=0):
        return FaceTie(id=self.ids.new("tie"), title_id=title_id, face=face, release_id=release_id, added_at=AT)

    def revocation(self, of_id, at=AT):
        return Revocation(id=self.ids.new("revocation"), of_id=of_id, at=at)

    def request(self, operator_id, data=b"picture"):
        return EditRequest(
            edit_id=self.ids.new("edit"),
            asset=self.asset(data),
            operator_id=operator_id,
            purpose="advertising",
            medium="web",
            territory="DE",
            face=0,
            units={"AU12": 300},
            requested_at=AT,
        )

    def publication(self, release_id, manifest, *, at=AT, mark="000000001", fingerprint="00000000000000ff"):
        edit_id = self.ids.new("edit")
        recipe = EditRecipe(
            edit_id=edit_id,
            toolkit_version="0.1.0",
            engine="warp",
            engine_version="1",
            digital_source_type="compositeSynthetic",
            weights={},
            units={"AU12": 300},
            seed=1,
            device="cpu",
            region_px=((0, 0), (5, 0), (5, 5)),
            changed_px=9,
        )
        measured = Measured(
            edit_id=edit_id,
            units={"AU12": MeasuredUnit(value_permille=290, error_permille=30)},
            unchecked=(),
            teeth_visible_before=False,
            teeth_visible_after=False,
            rigid_drift_permille=0,
            changed_outside_before_marks_px=0,
        )
        return Publication(
            edit_id=edit_id,
            recipe=recipe,
            measured=measured,
            request_digest=digest.of_file(b"request"),
            decision_ids=(self.ids.new("decision"),),
            nonce="0" * 32,
            release_id=release_id,
            receipt_id=self.ids.new("receipt"),
            source_digest=digest.of_file(b"picture"),
            output_digest=digest.of_file(b"output"),
            pixels_digest=digest.of_file(b"pixels"),
            manifest_id="urn:c2pa:1",
            manifest_digest=digest.of_file(manifest),
            watermark_id=mark,
            fingerprint=fingerprint,
            recipe_digest=recipe.digest(),
            measured_digest=measured.digest(),
            at=at,
        )


@pytest.fixture
def facts():
    return Facts()


@pytest.fixture
def filled(books, facts):
    """Books with one of everything; the records by name."""
    records = {"organisation": facts.organisation(), "operator": facts.operator(), "person": facts.person()}
    records["release"] = facts.release(records["person"].id)
    records["title"] = facts.title()
    records["tie"] = facts.tie(records["title"].id, records["release"].id)
    with books.transaction():
        for record in records.values():
            books.add(record)
    return records


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "operator-1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.private.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    made = builder.not_valid_after(datetime(2036, 1, 1, tzinfo=UTC)).sign(key.private, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()
