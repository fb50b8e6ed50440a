"""What the depicted person gave as their reason, where an edit is refused over something that they denied. Pure.

It is personal, and a decision stays when a person is erased: so it is looked up in the release, and told to whoever
asked, and never kept in the decision.
"""

from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import Decision, Reason
from countenance.core.records.terms import Denied
from countenance.decision.agreed import bars
from countenance.decision.evidence import chosen_face, release_of, title_of

_TESTS = {
    "denied-unit": "unit",
    "denied-unit-changed": "unit",
    "denied-teeth": "teeth-visible",
    "denied-eyes-closed": "eyes-closed",
    "denied-asymmetry": "asymmetry",
    "denied-asymmetry-asked": "asymmetry",
}
"""Which test of a denial each rule is about."""


def own_words(decision: Decision, evidence: ConsentEvidence) -> tuple[str, ...]:
    """The reasons of the denials that this decision refuses over; of denied units, of those that are in question."""
    request = decision.request
    if request is None or decision.effect == "permit":
        return ()
    title = title_of(request, evidence)
    release = release_of(evidence, title, chosen_face(request, title))
    denied = (release.grant.denied if release else None) or ()
    return tuple(dict.fromkeys(one.reason for reason in decision.reasons for one in denied if _about(one, reason)))


def _about(one: Denied, reason: Reason) -> bool:
    units = {found.unit for found in reason.excess or ()}
    named = one.test != "unit" or not units or any(bars(one.unit, name) for name in units)
    return one.test == _TESTS.get(reason.policy) and named
