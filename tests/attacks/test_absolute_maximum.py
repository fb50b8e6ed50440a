"""A release limits what the finished face may show at all; the original smiles already, and the change seems small."""

import pytest
from agency import FOR, PORTRAIT, Agency, reasons, under

from countenance.adapters.policies.cedar import build
from countenance.core.records.recipe import MeasuredUnit
from countenance.core.records.terms import Limit
from countenance.decision.decide import decide
from countenance.settings import Settings
from countenance.testing.worlds import a_world, an_approval, an_id

DRY = ("edit", PORTRAIT, "--dry-run", *FOR)
LIMITED = a_world().granting(units={"AU12": Limit(max_permille=500, absolute_max_permille=600)})


def decided(world):
    policy = build(Settings.load({}).policies)
    return decide(
        world.request, world.evidence, policy, at=world.at, decision_id=an_id("decision"), measured=world.measured
    )


def test_more_than_may_show_is_refused_when_it_is_asked_for(agency: Agency) -> None:
    agency = under(agency, smile="{max: 0.5, at_most: 0.4}")
    refused = agency.run(*DRY, "--au", "AU12=0.45")
    assert reasons(refused) == {"absolute-beyond-limit"}
    assert "(AU12: .45 shown, .40 allowed: .05 too far)" in refused.json["reasons"][0]["reason"]
    unread = agency.run(*DRY, "--au", "AU12=0.4")
    assert (unread.code, unread.json["decision"]) == (3, "permit")
    assert "[shown-missing]" in unread.json["problems"][0]


def test_an_end_beyond_it_is_refused_though_the_change_is_small(agency: Agency) -> None:
    """The portrait smiles a little, so that the change to this end is smaller than the end."""
    agency = under(agency, smile="{max: 0.5, at_most: 0.55}")
    refused = agency.run(*DRY, "--smile", "0.6", "--target")
    assert "absolute-beyond-limit" in reasons(refused)
    assert "AU12: .60 shown, .55 allowed" in refused.json["reasons"][0]["reason"]


def test_a_result_that_shows_more_is_refused() -> None:
    shown = LIMITED.measuring(shown={"AU12": MeasuredUnit(value_permille=651, error_permille=50)})
    (reason,) = decided(shown).reasons
    assert reason.policy == "shown-beyond-limit"
    assert "(AU12: .651 shown, .60 allowed, error .05: .001 too far)" in reason.reason


def test_no_approval_helps_against_a_reading() -> None:
    shown = LIMITED.measuring(shown={"AU12": MeasuredUnit(value_permille=651, error_permille=50)})
    agreed = shown.knowing(approvals=(an_approval(shown, AU12=400),))
    assert [reason.policy for reason in decided(agreed).reasons] == ["shown-beyond-limit"]


@pytest.mark.slow
def test_what_nobody_can_read_is_refused_until_the_person_says_yes(agency: Agency) -> None:
    """No error is published for reading a smile in one picture: the person looks at it, and says so."""
    agency = under(agency, smile="{max: 0.5, at_most: 0.8}")
    out = agency.folder / "smile.jpg"
    refused = agency.edit(out, "--au", "AU12=0.3")
    assert (refused.code, "[shown-missing]" in refused.json["error"]) == (3, True)
    assert "marks" not in refused.err
    assert not out.exists()
    approver = agency.ok("operator", "add", "Approver", "--role", "approver")["id"]
    letter = agency.folder / "letter.txt"
    letter.write_text("Yes to this one.")
    agency.ok(
        "approve", PORTRAIT, "--of", "picture", "--reason", "their letter", "--document", letter,
        "--release", agency.release, "--au", "AU12=0.3", "--operator", approver,
    )  # fmt: skip
    assert "[shown-missing]" in agency.edit(out, "--au", "AU12=0.35").json["error"]
    published = agency.edit(out, "--au", "AU12=0.3")
    assert published.code == 0, published.out + published.err
