import itertools

import pytest

from countenance.core.records.report import ConsentFacts, Finding, VerificationReport
from countenance.errors import EvidenceError, UncheckedError
from countenance.testing.worlds import AT
from countenance.verify.verdict import require, verdict_of

ORDER = ("invalid", "unknown", "recovered", "valid", "trusted")


def finding(check, result):
    return Finding(check=check, result=result, detail=f"{check} {result}")


def report(verdict, *findings):
    consent = ConsentFacts(then="unknown", now="unknown", as_of=AT)
    return VerificationReport(verdict=verdict, findings=findings, edit=None, consent=consent, watermark_id=None)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ({"signature": "holds", "trust": "holds"}, "trusted"),
        ({"signature": "holds", "trust": "fails"}, "valid"),
        ({"signature": "fails", "trust": "holds"}, "invalid"),
        ({"signature": "fails", "trust": "fails"}, "invalid"),
        ({"trust": "holds", "log": "unchecked", "timestamp": "absent"}, "trusted"),
        ({"trust": "fails", "log": "unchecked"}, "valid"),
        ({"trust": "holds", "source": "fails"}, "invalid"),
    ],
)
def test_the_verdict(results, verdict):
    assert verdict_of([finding(check, result) for check, result in results.items()], log_needed=False) == verdict


def test_the_order_of_findings_is_irrelevant():
    findings = [finding("trust", "fails"), finding("log", "unchecked"), finding("signature", "holds")]
    assert {verdict_of(one, log_needed=False) for one in itertools.permutations(findings)} == {"valid"}


@pytest.mark.parametrize(("verdict", "at_least"), list(itertools.product(ORDER, ORDER)))
def test_only_what_is_good_enough_passes(verdict, at_least):
    given = report(verdict, finding("trust", "fails"))
    if ORDER.index(verdict) >= ORDER.index(at_least):
        require(given, at_least=at_least)
        return
    with pytest.raises(UncheckedError if verdict == "unknown" else EvidenceError, match="trust: trust fails"):
        require(given, at_least=at_least)


def test_the_first_failure_is_told():
    given = report("invalid", finding("parse", "holds"), finding("operator", "fails"), finding("log", "fails"))
    with pytest.raises(EvidenceError, match=r"^operator: operator fails$"):
        require(given, at_least="valid")


@pytest.mark.parametrize("verdict", ["unknown", "recovered"])
def test_without_a_failure_it_is_the_manifest_that_is_missing(verdict):
    with pytest.raises((EvidenceError, UncheckedError), match="no manifest was found"):
        require(report(verdict, finding("watermark", "absent")), at_least="trusted")


@pytest.mark.parametrize(
    ("others", "log", "needed", "verdict"),
    [
        ({}, "unchecked", True, "unknown"),
        ({}, "unchecked", False, "trusted"),
        ({}, "holds", True, "trusted"),
        ({"trust": "fails"}, "unchecked", True, "unknown"),
        ({"signature": "fails"}, "unchecked", True, "invalid"),
        ({"watermark": "unchecked"}, "holds", True, "trusted"),
    ],
)
def test_a_log_that_must_know_the_file_and_could_not_be_asked(others, log, needed, verdict):
    findings = [finding(check, result) for check, result in {**others, "log": log}.items()]
    assert verdict_of(findings, log_needed=needed) == verdict
