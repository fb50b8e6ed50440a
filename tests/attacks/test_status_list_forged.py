"""A status list in which somebody cleared, set or moved something, or that is made to blow up: it never says `active`."""

import base64
import gzip
import json

import pytest
from statuses import OWN, asked, make_issuer

from countenance.core import jws, status_list
from countenance.core.status_list import LARGEST, SMALLEST, bits_of


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return make_issuer(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def rival(tmp_path_factory):
    """Another organisation that has given itself the same name."""
    return make_issuer(tmp_path_factory.mktemp("rival"))


def text(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def test_the_withdrawal_cleared_under_the_old_signature(issuer):
    taken = jws.take_apart(issuer.listed(OWN))
    clean = status_list.encode(bits_of([], entries=SMALLEST))
    payload = {**taken.payload, "credentialSubject": {**taken.payload["credentialSubject"], "encodedList": clean}}
    signature = issuer.listed(OWN).rpartition(b".")[2]
    report, finding = asked(b".".join((text(taken.header), text(payload), signature)), issuer.entry, trust=issuer.root)
    assert (finding.result, finding.detail) == ("fails", "the status list's signature does not hold")
    assert (report.verdict, report.consent.now) == ("invalid", "unknown")


def test_every_byte_of_the_signature_counts(issuer):
    token = issuer.listed(OWN)
    head, _, signature = token.rpartition(b".")
    for place in range(0, 86, 5):
        flipped = bytearray(signature)
        flipped[place] = ord("A") if flipped[place] != ord("A") else ord("B")
        report, finding = asked(head + b"." + bytes(flipped), issuer.entry, trust=issuer.root)
        assert (finding.result in {"fails", "unchecked"}, report.consent.now) == (True, "unknown")


def test_signed_by_a_rival_under_our_id(issuer, rival):
    token = rival.listed(subject=issuer.entry["list_id"])
    report, finding = asked(token, issuer.entry, trust=issuer.root)
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")
    assert "none of the given roots" in finding.detail


def test_signed_by_a_rival_whom_the_reader_trusts_too(issuer, rival):
    token = rival.listed(subject=issuer.entry["list_id"])
    report, finding = asked(token, issuer.entry, trust=issuer.root + rival.root)
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")
    assert "another status list" in finding.detail


def test_the_rivals_signature_under_our_certificate(issuer, rival):
    taken = jws.take_apart(issuer.listed(OWN))
    payload = jws.take_apart(issuer.listed()).payload
    token = jws.sign(taken.header, payload, rival.keys.unlock_claim("words"))
    report, finding = asked(token, issuer.entry, trust=issuer.root)
    assert (finding.result, report.consent.now) == ("fails", "unknown")


def test_no_signature_at_all(issuer):
    taken = jws.take_apart(issuer.listed())
    unsigned = b".".join((text(taken.header | {"alg": "none"}), text(taken.payload), b"AAAA"))
    report, finding = asked(unsigned, issuer.entry, trust=issuer.root)
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")


def test_a_bomb_in_a_list_that_is_signed_rightly(issuer):
    bomb = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(LARGEST // 8 + 1))).decode().rstrip("=")
    taken = jws.take_apart(issuer.listed())
    payload = {**taken.payload, "credentialSubject": {**taken.payload["credentialSubject"], "encodedList": bomb}}
    token = jws.sign(taken.header, payload, issuer.keys.unlock_claim("words"))
    assert len(token) < 200_000
    report, finding = asked(token, issuer.entry, trust=issuer.root)
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")
    assert "larger than" in finding.detail
