"""A status list as a signed credential: what it holds, and what is not taken for one."""

import base64
import json
import re

import pytest

from countenance.adapters.signers.certificates import CLAIM_SIGNING as SIGNERS_USAGE
from countenance.adapters.signers.file import KeyStore
from countenance.core import jws, status_credential
from countenance.core.chain import der_of, issuer_of, root_id
from countenance.core.status_credential import CLAIM_SIGNING, StatusList, issue, list_id, read, require_fresh
from countenance.core.status_list import SMALLEST, bits_of, is_set
from countenance.errors import EvidenceError, UncheckedError
from countenance.manifest.labels import EKU_CLAIM_SIGNING

AT, UNTIL = "2026-11-24T10:00:00.000Z", "2026-12-01T10:00:00.000Z"
OPERATOR = "operator_" + "0" * 32


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    made = KeyStore(tmp_path_factory.mktemp("keys"))
    made.create_organisation("Agency", "agency.example", "words", AT)
    made.add_operator(OPERATOR, "words", "words", AT)
    return made


@pytest.fixture(scope="module")
def claim(keys):
    return keys.unlock_claim("words")


@pytest.fixture(scope="module")
def subject(keys):
    return list_id(root_id(keys.claim_root_pem), 1)


def issued(key, subject, **changes):
    said = {
        "subject": subject, "url": "", "organisation": "Agency", "valid_from": AT, "valid_until": UNTIL,
    }  # fmt: skip
    return issue(bits_of([7], entries=SMALLEST), key, **said | changes)


def signed(key, **changes):
    """A credential with something changed in it, signed all the same."""
    taken = jws.take_apart(issued(key, "urn:uuid:" + "0" * 8))
    header = taken.header | changes.pop("header", {})
    payload = {**taken.payload, **changes}
    return jws.sign({name: value for name, value in header.items() if value is not None}, payload, key)


def test_what_was_issued_is_read(keys, claim, subject):
    found = read(issued(claim, subject), keys.claim_root_pem)
    assert (found.list_id, found.issuer) == (subject, root_id(keys.claim_root_pem))
    assert (found.valid_from, found.valid_until) == (AT, UNTIL)
    assert [is_set(found.bits, place) for place in (6, 7)] == [False, True]


def test_the_credential_is_of_the_standards_form(claim, subject):
    taken = jws.take_apart(issued(claim, subject, url="https://agency.example/status.jwt"))
    assert taken.header["typ"] == "vc+jwt"
    credential = taken.payload
    assert credential["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert credential["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert credential["id"] == "https://agency.example/status.jwt"
    assert credential["credentialSubject"]["type"] == "BitstringStatusList"
    assert credential["credentialSubject"]["statusPurpose"] == "revocation"
    assert credential["issuer"]["id"] == taken.header["kid"].partition("#")[0]
    jwk = json.loads(base64.urlsafe_b64decode(credential["issuer"]["id"].removeprefix("did:jwk:") + "=="))
    assert jwk["crv"] == "P-256"
    assert "status" not in credential


def test_ids_of_lists_follow_from_the_root_and_are_uuids(keys):
    root = root_id(keys.claim_root_pem)
    assert list_id(root, 1) == list_id(root, 1) != list_id(root, 2)
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", list_id(root, 1)
    )


def test_a_key_that_may_not_sign_claims(keys, subject):
    operator = keys.unlock_operator(OPERATOR, "words")
    with pytest.raises(EvidenceError, match="not for this use"):
        read(issued(operator, subject), keys.claim_root_pem + keys.operators_root_pem)


def test_signed_before_its_certificate_was_in_force(keys, claim, subject):
    with pytest.raises(EvidenceError, match="not in force"):
        read(issued(claim, subject, valid_from="2020-01-01T00:00:00.000Z"), keys.claim_root_pem)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": ["VerifiableCredential"]}, "not a status list"),
        ({"type": "BitstringStatusListCredential"}, "not a status list"),
        ({"credentialSubject": []}, "not a status list"),
        ({"validUntil": 5}, "from when until when"),
        ({"validUntil": None}, "from when until when"),
        ({"validFrom": "yesterday"}, "from when until when"),
        ({"header": {"x5c": None}}, "certificate"),
        ({"header": {"x5c": []}}, "certificate"),
        ({"header": {"x5c": ["%"]}}, "certificate"),
        ({"header": {"x5c": ["AAAA"]}}, "certificate"),
    ],
)
def test_what_is_no_status_list(keys, claim, changes, said):
    with pytest.raises(UncheckedError, match=said):
        read(signed(claim, **changes), keys.claim_root_pem)


@pytest.mark.parametrize("changes", [{"statusPurpose": "suspension"}, {"type": "StatusList2021"}])
def test_lists_of_another_kind_are_not_known(keys, claim, changes):
    subject = jws.take_apart(issued(claim, "urn:uuid:0")).payload["credentialSubject"]
    with pytest.raises(UncheckedError, match="another kind or purpose"):
        read(signed(claim, credentialSubject=subject | changes), keys.claim_root_pem)


def test_when_a_list_counts():
    found = StatusList(list_id="", issuer="", valid_from=AT, valid_until=UNTIL, bits=b"")
    require_fresh(found, at=AT)
    with pytest.raises(UncheckedError, match="too old"):
        require_fresh(found, at=UNTIL)
    with pytest.raises(UncheckedError, match="future"):
        require_fresh(found, at="2026-11-24T09:59:59.999Z")


def test_one_usage_everywhere():
    assert CLAIM_SIGNING == EKU_CLAIM_SIGNING == SIGNERS_USAGE.dotted_string
    assert status_credential.MEDIA_TYPE == "application/vc+jwt"


def test_no_certificates(keys, claim):
    with pytest.raises(EvidenceError, match="not a certificate"):
        der_of("no PEM")
    with pytest.raises(UncheckedError, match="certificate"):
        issuer_of(der_of(claim.chain_pem), "no PEM", at=AT, usage=CLAIM_SIGNING)
    assert issuer_of(der_of(claim.chain_pem), keys.claim_root_pem, at=AT, usage=CLAIM_SIGNING)[0] == claim.public_pem
