"""From findings to a verdict, and the turnstile for callers who must not go on."""

from collections.abc import Sequence

from countenance.core.records.report import Finding, Verdict, VerificationReport
from countenance.errors import EvidenceError, UncheckedError

_RANK: dict[Verdict, int] = {"invalid": 0, "unknown": 1, "recovered": 2, "valid": 3, "trusted": 4}


def verdict_of(findings: Sequence[Finding], *, log_needed: bool) -> Verdict:
    """The verdict on a file that carries a manifest.

    `trusted`: everything that could be checked holds, and the claim signer chains to a given root. `valid`: the same,
    but the signer does not. `invalid`: anything else failed. `unknown`: a home's own signer signed it, and the home's
    log, which must know the file, could not be asked.
    """
    failed = {finding.check for finding in findings if finding.result == "fails"}
    if failed - {"trust"}:
        return "invalid"
    if log_needed and any(finding.check == "log" and finding.result == "unchecked" for finding in findings):
        return "unknown"
    return "valid" if "trust" in failed else "trusted"


def with_finding(report: VerificationReport, finding: Finding) -> VerificationReport:
    """The report with one finding more: a failure makes it invalid."""
    verdict: Verdict = "invalid" if finding.result == "fails" else report.verdict
    return report.model_copy(update={"findings": (*report.findings, finding), "verdict": verdict})


def require(report: VerificationReport, *, at_least: Verdict) -> None:
    """Pass only where the verdict is good enough.

    Raises:
        EvidenceError: something does not hold.
        UncheckedError: it could not be checked.
    """
    if _RANK[report.verdict] >= _RANK[at_least]:
        return
    why = next((f"{f.check}: {f.detail}" for f in report.findings if f.result == "fails"), "no manifest was found")
    if report.verdict == "unknown":
        raise UncheckedError(why)
    raise EvidenceError(why)
