"""The list of before the withdrawal is shown again. While it counts it says of when it is; after that it says nothing."""

import pytest
from statuses import AT, NOW, OWN, UNTIL, asked, make_issuer


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return make_issuer(tmp_path_factory.mktemp("keys"))


def test_while_it_counts_it_is_dated(issuer):
    report, finding = asked(issuer.listed(), issuer.entry, trust=issuer.root)
    assert (report.consent.now, report.consent.as_of) == ("active", AT)
    assert AT in finding.detail


@pytest.mark.parametrize("at", [UNTIL, "2030-01-01T00:00:00.000Z"])
def test_once_it_counts_no_more(issuer, at):
    report, finding = asked(issuer.listed(), issuer.entry, trust=issuer.root, at=at)
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")
    assert f"too old: it counted until {UNTIL}" in finding.detail


def test_the_clock_of_the_reader_set_back(issuer):
    token = issuer.listed(OWN)
    report, finding = asked(token, issuer.entry, trust=issuer.root, at="2026-11-01T00:00:00.000Z")
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")
    assert asked(token, issuer.entry, trust=issuer.root, at=NOW)[0].consent.now == "withdrawn"


def test_another_list_of_the_same_organisation(issuer):
    other = issuer.listed(subject="urn:uuid:00000000-0000-8000-8000-000000000000")
    report, finding = asked(other, issuer.entry, trust=issuer.root)
    assert (finding.result, report.consent.now) == ("unchecked", "unknown")
    assert "another status list" in finding.detail
