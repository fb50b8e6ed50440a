"""Who may do what in the house."""

import pytest

from countenance.core.records.decision import Reason
from countenance.core.records.oversight import Approval, HouseRules
from countenance.decision.decide import decide
from countenance.decision.ports import Answer
from countenance.decision.roles import hint_of, may_register, role_facts
from countenance.testing.worlds import AT, BEFORE, a_world, an_id


def house(*, four_eyes):
    return HouseRules(id=an_id("house"), four_eyes=four_eyes, by=an_id("organisation"), at=BEFORE)


def facts(world):
    return role_facts(world.request, world.evidence, world.evidence.title, world.releases[0], at=world.at)


@pytest.mark.parametrize("role", ["retoucher", "rights", "approver"])
def test_anyone_keeps_the_books_unless_the_house_asks_for_four_eyes(role):
    assert may_register(role, None)
    assert may_register(role, house(four_eyes=False))
    assert may_register(role, house(four_eyes=True)) == (role != "retoucher")


def registered(title, release, *, rules=None):
    world = a_world()
    return world.knowing(
        house=rules,
        title=world.evidence.title.model_copy(update={"registered_by": title}),
        releases=(world.releases[0].model_copy(update={"registered_by": release}),),
    )


@pytest.mark.parametrize("rules", [None, house(four_eyes=False)])
def test_without_four_eyes_nobody_asks_who_registered(rules):
    world = registered(an_id("operator"), an_id("operator"), rules=rules)
    assert facts(world) == {"four_eyes": False, "sensitive_asked": False}


@pytest.mark.parametrize(
    ("title", "release", "said"),
    [
        (an_id("operator", 2), an_id("operator", 2), {"registered_self": False}),
        (an_id("operator"), an_id("operator", 2), {"registered_self": True}),
        (an_id("operator", 2), an_id("operator"), {"registered_self": True}),
        (None, an_id("operator", 2), {}),
        (an_id("operator", 2), None, {}),
    ],
)
def test_with_four_eyes(title, release, said):
    world = registered(title, release, rules=house(four_eyes=True))
    assert facts(world) == {"four_eyes": True, "sensitive_asked": False, **said}


def test_without_a_title_or_a_release_nobody_is_known():
    world = registered(an_id("operator", 2), an_id("operator", 2), rules=house(four_eyes=True))
    said = role_facts(world.request, world.evidence, None, None, at=world.at)
    assert "registered_self" not in said


def test_a_sensitive_use_asks_for_an_approval():
    world = a_world().asking(sensitive_uses=("health",))
    assert facts(world)["sensitive_approved"] is False
    yes = Approval(
        id=an_id("approval"), of="sensitive-use", asset_digest=world.request.asset.digest_of_file,
        by=an_id("operator", 2), reason="r", valid_until="2028-01-01T00:00:00.000Z", at=BEFORE,
    )  # fmt: skip
    assert facts(world.knowing(approvals=(yes,)))["sensitive_approved"] is True


class Engine:
    digest = "sha256:" + "0" * 64

    def __init__(self, *policies):
        self.packs, self.policies = {}, policies

    def answer(self, question):
        return Answer(effect="deny", reasons=tuple(Reason(policy=one, reason="r") for one in self.policies))


def test_a_refusal_says_whom_it_asks_for():
    world = a_world()

    def hint(*policies):
        return hint_of(decide(world.request, world.evidence, Engine(*policies), at=AT, decision_id=an_id("decision")))

    assert "approve PHOTO --of alteration" in hint("alteration-barred")
    assert "title near PHOTO" in hint("near-duplicate", "purpose-not-granted")
    assert hint("title-disputed", "release-disputed").count("settle") == 1
    assert hint("purpose-not-granted") == ""
