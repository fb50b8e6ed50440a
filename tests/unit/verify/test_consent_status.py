"""What a status list adds to a verification, with nothing behind it but a key and a list."""

from dataclasses import replace

import pytest
from evidence import READING, Books
from statuses import AT, NOW, OWN, UNTIL, asked, make_issuer

from countenance.core.status_list import SMALLEST


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return make_issuer(tmp_path_factory.mktemp("keys"))


def ask(issuer, token, entry, **more):
    return asked(token, entry, trust=issuer.root, **more)


def test_no_list_no_word(issuer):
    report, finding = ask(issuer, None, issuer.entry)
    assert (finding, report.consent.now) == (None, "unknown")


def test_not_withdrawn_and_as_of_when(issuer):
    report, finding = ask(issuer, issuer.listed(OWN + 1), issuer.entry)
    assert (finding.result, report.verdict) == ("holds", "trusted")
    assert f"by the list of {AT}, which counts until {UNTIL}" in finding.detail
    assert (report.consent.now, report.consent.as_of) == ("active", AT)


def test_withdrawn_is_told_and_the_file_is_still_what_it_is(issuer):
    report, finding = ask(issuer, issuer.listed(OWN), issuer.entry)
    assert (finding.result, report.verdict) == ("absent", "trusted")
    assert finding.detail.startswith("withdrawn, by the list of")
    assert (report.consent.then, report.consent.now, report.consent.as_of) == ("active", "withdrawn", AT)


def test_what_the_books_know_is_newer_but_for_a_withdrawal(issuer):
    report, _ = ask(issuer, issuer.listed(), issuer.entry, shelf=Books())
    assert (report.consent.now, report.consent.as_of) == ("active", NOW)
    report, _ = ask(issuer, issuer.listed(OWN), issuer.entry, shelf=Books())
    assert (report.consent.now, report.consent.as_of) == ("withdrawn", AT)


@pytest.mark.parametrize("wrong", [None, {}, "7", {"index": -1}, {"index": "7"}, {"list_id": "x"}, {"more": 1}])
def test_manifests_that_name_no_entry(issuer, wrong):
    named = {**issuer.entry, **wrong} if isinstance(wrong, dict) and wrong else wrong
    report, finding = ask(issuer, issuer.listed(OWN), named)
    assert (finding.result, report.verdict, report.consent.now) == ("unchecked", "trusted", "unknown")


def test_an_entry_outside_the_list_fails(issuer):
    report, finding = ask(issuer, issuer.listed(), {**issuer.entry, "index": SMALLEST})
    assert (finding.result, report.verdict) == ("fails", "invalid")


def test_a_manifest_that_does_not_hold_names_nothing(issuer):
    report, finding = ask(issuer, issuer.listed(), issuer.entry, reading=replace(READING, signature_valid=False))
    assert (finding.result, report.verdict, report.consent.now) == ("unchecked", "invalid", "unknown")


@pytest.mark.parametrize("token", [b"", b"nothing", b"a.b.c", b"\xff\x00" * 50, b"." * 100])
def test_bytes_that_are_no_list(issuer, token):
    report, finding = ask(issuer, token, issuer.entry)
    assert (finding.result, finding.detail, report.verdict) == ("unchecked", "not a status list", "trusted")
