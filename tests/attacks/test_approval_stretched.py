"""The person approved a weak smile for one picture; it is used for a stronger one, for another unit, and too late."""

from dataclasses import replace

from agency import FOR, PORTRAIT, Agency, reasons, under

from countenance.adapters.policies.cedar import build
from countenance.core.records.recipe import MeasuredUnit
from countenance.decision.decide import decide
from countenance.settings import Settings
from countenance.testing.worlds import AT, a_world, an_approval, an_id

WORLD = a_world().granting(approval="per-picture")


def decided(world, *, measured=False):
    policy = build(Settings.load({}).policies)
    seen = world.measured if measured else None
    return decide(world.request, world.evidence, policy, at=world.at, decision_id=an_id("decision"), measured=seen)


def named(decision):
    return {reason.policy for reason in decision.reasons}


def test_a_yes_to_a_weak_smile_is_none_to_a_stronger(agency: Agency) -> None:
    agency = under(agency, "approval: per-picture")
    dry = ("edit", PORTRAIT, "--dry-run", "--operator", agency.operator, *FOR, "--au")
    assert reasons(agency.run(*dry, "AU12=0.2")) == {"approval-missing"}
    approver = agency.ok("operator", "add", "Approver", "--role", "approver")["id"]
    letter = agency.folder / "letter.txt"
    letter.write_text("Yes, a little.")
    agency.ok(
        "approve", PORTRAIT, "--of", "picture", "--reason", "their letter", "--document", letter,
        "--release", agency.release, "--au", "AU12=0.2", "--operator", approver,
    )  # fmt: skip
    assert agency.run(*dry, "AU12=0.2").code == 0
    stronger = agency.run(*dry, "AU12=0.21")
    assert reasons(stronger) == {"beyond-approval"}
    assert "(AU12: .21 asked, .20 allowed: .01 too far)" in stronger.json["reasons"][0]["reason"]
    assert reasons(agency.run(*dry, "AU12=-0.1")) == {"beyond-approval"}
    assert reasons(agency.run(*dry, "AU12=0.2,AU4=0.01")) == {"beyond-approval"}


def test_two_approvals_do_not_add_up() -> None:
    approvals = (an_approval(WORLD, AU12=400), an_approval(WORLD, number=2, AU4=200))
    both = WORLD.knowing(approvals=approvals).asking(units={"AU12": 400, "AU4": 200})
    assert named(decided(both)) == {"beyond-approval"}
    assert decided(both.asking(units={"AU12": 400})).effect == "permit"


def test_an_approval_that_ended_before_publication_does_not_let_it_out() -> None:
    ends = an_approval(WORLD, AU12=400).model_copy(update={"valid_until": AT})
    assert named(decided(WORLD.knowing(approvals=(ends,)), measured=True)) == {"approval-missing"}


def test_a_result_beyond_what_was_approved_is_refused() -> None:
    world = WORLD.knowing(approvals=(an_approval(WORLD, AU12=400),))
    assert decided(world, measured=True).effect == "permit"
    strong = world.measuring(units={"AU12": MeasuredUnit(value_permille=470, error_permille=60)})
    assert named(decided(strong, measured=True)) == {"measured-beyond-approval"}


def test_a_note_of_their_own_is_no_approval() -> None:
    """Of another picture, under another release, without a document, or noted by who asks."""
    yes = an_approval(WORLD, AU12=400)
    said = yes.model_copy(update={"by_person": False, "by": an_id("operator", 2), "document": yes.asset_digest})
    assert decided(WORLD.knowing(approvals=(said,))).effect == "permit"
    for change in (
        {"asset_digest": "sha256:" + "0" * 64},
        {"release_id": an_id("release", 2)},
        {"document": None},
        {"by": WORLD.request.operator_id},
        {"of": "sensitive-use"},
    ):
        other = replace(
            WORLD, evidence=WORLD.evidence.model_copy(update={"approvals": (said.model_copy(update=change),)})
        )
        assert named(decided(other)) == {"approval-missing"}, change
