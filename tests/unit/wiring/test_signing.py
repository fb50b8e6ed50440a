"""What a release takes of a document, and whose roots count."""

import datetime as dt

import pytest
from papers import an_authority

from countenance.core.digest import of_file
from countenance.core.records.terms import DocumentCheck, Signature, SignedDocument
from countenance.errors import ConfigError, EvidenceError
from countenance.settings import Settings
from countenance.wiring.signing import check_document, document_roots, require_named, require_usable

AT = "2026-11-24T12:00:00.000Z"


def found(result):
    return SignedDocument(
        digest=of_file(b"a"), size_bytes=1, check=DocumentCheck(result=result, checker="x"), checked_at=AT
    )


def a_signature(**changes):
    return Signature(**{"role": "person", "name": "M", "method": "pdf", "on": dt.date(2026, 1, 1), **changes})


@pytest.mark.parametrize("result", ["signed", "scan"])
def test_taken(result):
    require_usable(found(result))


@pytest.mark.parametrize("result", ["altered", "partly-signed", "untrusted", "unsigned", "unreadable"])
def test_refused(result):
    with pytest.raises(EvidenceError, match=f"does not count as signed: {result}") as told:
        require_usable(found(result))
    assert told.value.hint


def test_roots_of_the_home_and_of_the_command_line(tmp_path):
    settings = Settings.load({"home": tmp_path})
    assert document_roots(settings) == []
    own, other = an_authority(), an_authority("Other")
    (tmp_path / "document-roots").mkdir()
    (tmp_path / "document-roots" / "both.pem").write_text(own.pem + other.pem)
    (tmp_path / "document-roots" / "notes.txt").write_text("not a root")
    assert document_roots(settings) == [own.pem, other.pem]
    (tmp_path / "further.pem").write_text(other.pem)
    assert document_roots(settings, [tmp_path / "further.pem"])[-1] == other.pem


def test_a_root_that_is_none_is_not_passed_over(tmp_path):
    (tmp_path / "document-roots").mkdir()
    (tmp_path / "document-roots" / "bad.pem").write_text("hello")
    with pytest.raises(ConfigError, match=r"the root `bad\.pem` cannot be read"):
        document_roots(Settings.load({"home": tmp_path}))


def test_signatures_that_a_file_names():
    document = found("signed")
    assert not require_named((), None)
    assert not require_named((a_signature(),), document)
    assert require_named((a_signature(), a_signature(document=document.digest)), document)
    with pytest.raises(ConfigError, match="name another document"):
        require_named((a_signature(document=of_file(b"other")),), document)
    with pytest.raises(ConfigError, match="claims an e-signature"):
        require_named((a_signature(method="e-signature"),), document)


def test_nothing_at_all(tmp_path):
    with pytest.raises(ConfigError, match="empty"):
        check_document(b"", settings=Settings.load({"home": tmp_path}), at=AT)
