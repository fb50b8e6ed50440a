"""A house with a retoucher, a rights manager and an approver, on a real database with real signatures."""

import datetime as dt
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from countenance import desk
from countenance.adapters.books.sqlite import build
from countenance.audit.record import Actor
from countenance.core.digest import of_file
from countenance.core.records.asset import Asset
from countenance.core.records.consent import ConsentEvidence, Operator
from countenance.core.records.decision import EditRequest
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.worlds import a_release, a_title, a_world, an_id
from countenance.toolkit.pen import Pen

ROLES = ("retoucher", "rights", "approver")
BLACK, WHITE = "0" * 64, "f" * 64
DOCUMENT = of_file(b"a document")


def near_to(fingerprint: str, bits: int) -> str:
    """A fingerprint that differs in that many bits, spread over all of it."""
    flipped = sum(1 << (256 * place // bits) for place in range(bits))
    return f"{int(fingerprint, 16) ^ flipped:064x}"


def a_picture(name: bytes) -> Asset:
    """Another picture than that of the world."""
    return a_world().request.asset.model_copy(update={"digest_of_file": of_file(name)})


def _certificate(key) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "op")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.private.public_key())
    made = made.serial_number(1).not_valid_before(dt.datetime(2026, 1, 1)).not_valid_after(dt.datetime(2036, 1, 1))
    return made.sign(key.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class House:
    """Its books, its own pen, and its operators by role."""

    claim: Pen
    operators: dict[str, Operator]

    @property
    def books(self):
        return self.claim.books

    def pen(self, role: str) -> Pen:
        """The pen of the operator with that role."""
        actor = Actor(id=self.operators[role].id, key=statement_key(role))
        claim = self.claim
        return Pen(books=claim.books, actor=actor, log_key=claim.log_key, clock=claim.clock, ids=claim.ids)

    def title(self, role="rights", *, asset=None, fingerprint=BLACK, owner="Studio", **details):
        return desk.add_title(
            self.pen(role), asset=asset or a_world().request.asset, fingerprint=fingerprint, owner=owner,
            basis=details.pop("basis", "own-work"), alteration=details.pop("alteration", "yes"),
            faces=a_title(a_world().request.asset, 1).faces, details=details,
        )  # fmt: skip

    def release(self, role="rights", *, born=None, **terms):
        person = desk.add_person(self.pen(role), alias="made-up", adult=born is None, born=born)
        return desk.add_release(
            self.pen(role), person_id=person.id, grant=a_release().grant, signed_on=date(2026, 12, 1), text="I agree",
            **terms,
        )  # fmt: skip

    def tied(self, role="rights", **details):
        """A titled picture whose face is tied to a release."""
        title, release = self.title(role, **details), self.release(role)
        desk.tie_face(self.pen(role), asset_digest=title.asset.digest_of_file, face=0, release_id=release.id)
        return title, release

    def request(self, role="retoucher", **changes) -> EditRequest:
        return a_world().request.model_copy(update={"operator_id": self.operators[role].id, **changes})

    def evidence(self, request: EditRequest) -> ConsentEvidence:
        return self.books.evidence_for(request, at=self.claim.clock.now())


def make_house(folder: Path) -> House:
    """Books of a new home in this folder."""
    claim = Pen(
        books=build(folder / "books.sqlite3", "log.example/house"),
        actor=Actor(id=an_id("organisation"), key=statement_key("claim")),
        log_key=log_key(),
        clock=FixedClock("2027-03-01T12:00:00.000Z", step_ms=1),
        ids=SeededIds(),
    )
    desk.add_organisation(
        claim, name="Studio", domain="", public_pem=claim.actor.key.public_pem, log_public_pem=log_key().public_pem
    )
    hired = {}
    for number, role in enumerate(ROLES, start=1):
        hired[role] = desk.add_operator(
            claim, operator_id=an_id("operator", number), name=role, role=role, pseudonym=f"op-{number}",
            certificate_pem=_certificate(statement_key(role)), own_passphrase=True,
        )  # fmt: skip
    return House(claim, hired)
