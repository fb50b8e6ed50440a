"""Where the house asks for four eyes, one and the same operator registers and edits."""

from pathlib import Path

import pytest
from house import make_house

from countenance import desk, oversight
from countenance.adapters.policies.cedar import build
from countenance.decision.decide import decide
from countenance.errors import DeniedError
from countenance.testing.worlds import an_id

ENGINE = build(Path(__file__).parents[2] / "policies")


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path)
    yield made
    made.books.close()


def reasons(house):
    request = house.request()
    evidence = house.evidence(request)
    decision = decide(request, evidence, ENGINE, at=evidence.as_of, decision_id=an_id("decision"))
    return {reason.policy for reason in decision.reasons}


def four_eyes(house, *, on=True):
    oversight.set_house_rules(house.claim, four_eyes=on)


def test_a_one_person_studio_may(house):
    house.tied("retoucher")
    assert reasons(house) == {"within-the-release"}
    four_eyes(house, on=False)
    assert reasons(house) == {"within-the-release"}


def test_what_was_registered_before_the_rule_came_is_not_exempt(house):
    house.tied("retoucher")
    four_eyes(house)
    assert reasons(house) == {"four-eyes"}
    house.tied("rights")
    assert reasons(house) == {"within-the-release"}


@pytest.mark.parametrize("own", ["title", "release"])
def test_one_of_the_two_is_enough(house, own):
    roles = {"title": "rights", "release": "rights", own: "retoucher"}
    title, release = house.title(roles["title"]), house.release(roles["release"])
    desk.tie_face(house.pen("rights"), asset_digest=title.asset.digest_of_file, face=0, release_id=release.id)
    four_eyes(house)
    assert reasons(house) == {"four-eyes"}


def test_the_editor_cannot_register_under_the_rule(house):
    four_eyes(house)
    with pytest.raises(DeniedError, match="four-eyes"):
        house.tied("retoucher")


def test_a_record_that_does_not_say_who_registered_is_no_way_round(house):
    _, release = house.tied("rights")
    four_eyes(house)
    request = house.request()
    evidence = house.evidence(request)
    silent = evidence.model_copy(update={"releases": (release.model_copy(update={"registered_by": None}),)})
    decision = decide(request, silent, ENGINE, at=evidence.as_of, decision_id=an_id("decision"))
    assert {reason.policy for reason in decision.reasons} == {"four-eyes"}


def test_only_the_organisation_turns_it_off(house):
    four_eyes(house)
    for role in house.operators:
        with pytest.raises(DeniedError, match="the organisation's"):
            oversight.set_house_rules(house.pen(role), four_eyes=False)
    assert house.books.house_rules().four_eyes
