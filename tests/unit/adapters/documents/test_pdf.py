"""PDFs that are signed, by pyHanko, with certificates of a made-up authority; each checked as `document check` does."""

import datetime as dt
import io
import zlib
from importlib.metadata import PackageNotFoundError

import pytest
from papers import BEGAN, a_pdf, an_authority, filled_in, repainted, signed, stamper
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.dss import DocumentSecurityStore

from countenance.adapters.documents.pdf import build
from countenance.adapters.documents.signatures import EncryptedError, read_signatures
from countenance.errors import ConfigError
from countenance.request.documents import MAX_BYTES, judge

AT = "2026-11-24T12:00:00.000Z"
ROOT = an_authority()
MIA = ROOT.certify("Mia")


@pytest.fixture(scope="module")
def one():
    return signed(a_pdf(forms=True), MIA)


def result(data, *roots, at=AT):
    return judge(read_signatures(data, [root.pem for root in roots or (ROOT,)], at))[0]


def test_signed_in_a_process_of_its_own(one):
    found = build().check(one, roots_pem=[an_authority("Other").pem, ROOT.pem], at=AT)
    assert (found.check.result, found.check.coverage, found.check.modification) == ("signed", "entire-file", "none")
    assert found.check.root == ROOT.digest
    assert found.check.checker.startswith("pyhanko ")
    assert found.check.signed_at is not None
    assert found.check.timestamped_at is None
    (signature,) = found.signatures
    assert (signature.field, signature.signer, signature.trusted) == ("Person", "Common Name: Mia", True)


def test_two_who_signed_one_after_the_other(one):
    found = read_signatures(signed(one, ROOT.certify("Agency"), "Agency"), [ROOT.pem], AT)
    assert [(each.field, each.coverage, each.modification) for each in found] == [
        ("Person", "entire-revision", "form-filling"),
        ("Agency", "entire-file", "none"),
    ]
    assert judge(found)[0] == "signed"


def test_one_of_two_is_not_trusted(one):
    assert result(signed(one, an_authority("Other").certify("Agency"), "Agency")) == "untrusted"


def test_no_signature():
    assert result(a_pdf()) == "unsigned"


def test_no_root_no_trust(one):
    assert judge(read_signatures(one, [], AT)) == (
        "untrusted",
        "its certificate does not reach a given root, has expired, or is not for signing",
    )


def test_what_keeps_it_checkable_may_follow(one):
    out = io.BytesIO(one)
    contents = PdfFileReader(io.BytesIO(one)).embedded_signatures[0].pkcs7_content
    DocumentSecurityStore.add_dss(out, contents, certs=[MIA.signing_cert])
    (found,) = read_signatures(out.getvalue(), [ROOT.pem], AT)
    assert (found.coverage, found.modification) == ("entire-revision", "lta-updates")
    assert judge([found])[0] == "signed"


def test_form_filling_only_where_a_certification_says_so(one):
    assert result(filled_in(one, "1")) == "altered"
    certified = signed(a_pdf(forms=True), MIA, certify=MDPPerm.FILL_FORMS)
    assert result(filled_in(certified, "1")) == "signed"
    assert result(repainted(certified, "I do not")) == "altered"
    (found,) = read_signatures(repainted(certified, "I do not"), [ROOT.pem], AT)
    assert found.problem == "the file was changed after it, in a way that it does not permit"
    assert result(filled_in(signed(a_pdf(forms=True), MIA, certify=MDPPerm.NO_CHANGES), "1")) == "altered"


def test_an_expired_signer_stands_by_a_trusted_time_stamp():
    brief = ROOT.certify("Mia", until=BEGAN + dt.timedelta(days=90))
    assert result(signed(a_pdf(), brief)) == "untrusted"
    within = stamper(BEGAN + dt.timedelta(days=30))
    (found,) = read_signatures(signed(a_pdf(), brief, stamper=within), [ROOT.pem], AT)
    assert (found.trusted, found.timestamped_at) == (True, "2026-01-31T00:00:00.000Z")
    after = stamper(BEGAN + dt.timedelta(days=120))
    assert result(signed(a_pdf(), brief, stamper=after)) == "untrusted"


def test_a_time_stamp_of_a_stranger_is_no_time_stamp():
    strange = stamper(BEGAN + dt.timedelta(days=30), an_authority("Other"))
    (found,) = read_signatures(signed(a_pdf(), MIA, stamper=strange), [ROOT.pem], AT)
    assert (found.intact, found.trusted, found.timestamped_at) == (True, False, None)
    assert "time-stamp" in found.problem


def test_encrypted(one):
    writer, out = copy_into_new_writer(PdfFileReader(io.BytesIO(one))), io.BytesIO()
    writer.encrypt("owner", "")
    writer.write(out)
    with pytest.raises(EncryptedError):
        read_signatures(out.getvalue(), [ROOT.pem], AT)
    found = build().check(out.getvalue(), roots_pem=[ROOT.pem], at=AT)
    assert (found.check.result, found.why) == ("unreadable", "it is encrypted")


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnonsense", b"%PDF-", b"%PDF-1.4\nstartxref\n9\n%%EOF"])
def test_damaged(data):
    assert build().check(data, roots_pem=[ROOT.pem], at=AT).check.result == "unreadable"


def test_cut_off(one):
    assert build().check(one[:-200], roots_pem=[ROOT.pem], at=AT).check.result == "unreadable"


def test_a_bomb_ends():
    """A cross-reference stream of 400 MB in 400 KB: no page, no signature, and no gigabyte either."""
    packed = zlib.compressobj(1)
    body = b"".join(packed.compress(bytes(10**7)) for _ in range(40)) + packed.flush()
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 9 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode /Length "
    data = head + b"%d >>\nstream\n" % len(body) + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    assert build().check(data, roots_pem=[ROOT.pem], at=AT).check.result == "unreadable"


def test_without_the_extra(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("countenance.adapters.documents.pdf.version", missing)
    with pytest.raises(ConfigError, match="pyHanko, which is not installed") as told:
        build()
    assert told.value.hint == "pip install 'countenance[pdf]'"


def test_too_large():
    found = build().check(b"%PDF-1.7\n" + bytes(MAX_BYTES), roots_pem=[], at=AT)
    assert (found.check.result, found.signatures) == ("unreadable", ())
