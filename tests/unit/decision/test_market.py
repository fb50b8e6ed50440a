from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.core.records.decision import Decision, EditRequest
from countenance.core.records.screening import Screening
from countenance.decision.decide import decide, permit_of
from countenance.decision.market import hint_of
from countenance.decision.refuse import require_permit
from countenance.errors import DeniedError
from countenance.testing.worlds import AT, a_world, an_id

ENGINE = build(Path(__file__).parents[3] / "policies")
CLEARED = Screening(cleared_by=an_id("operator", 9), cleared_at=AT)
EARLY = "2026-11-24T12:00:00.000Z"
"""Before the EU asks for screening, and before Washington's law."""


def asked(*markets, labels=(), screening=None, at=AT, **more):
    world = a_world().knowing(screening=screening, last_entry_at=None if at is None else EARLY)
    world = world.asking(markets=markets or None, labels=labels or None, **more)
    world = world.granting(valid_from="2026-01-01T00:00:00.000Z")
    return decide(world.request, world.evidence, ENGINE, at=at, decision_id=an_id("decision"))


def rules(decision):
    return {reason.policy for reason in decision.reasons}


def notes(decision):
    return {note.duty: note for note in decision.duties}


def test_no_market_is_the_house_alone():
    decision = asked()
    assert (decision.effect, decision.duties, decision.policy_digest) == ("permit", None, ENGINE.digest)
    assert "duties" not in decision.to_json()


def test_the_packs_asked_are_part_of_the_policy_digest():
    digests = {asked(*markets).policy_digest for markets in [(), ("eu",), ("cn",), ("cn", "eu")]}
    assert len(digests) == 4


def test_the_eu_wants_its_label():
    decision = asked("eu", screening=CLEARED)
    assert (decision.effect, rules(decision)) == ("deny", {"eu-label-missing"})
    (reason,) = decision.reasons
    assert reason.law == "Regulation (EU) 2024/1689 (AI Act), Art. 50(4)"
    assert reason.since == "2026-08-02"
    assert hint_of(decision) == "draw the label with --label eu"
    with pytest.raises(DeniedError) as refused:
        require_permit(decision, log_index=1)
    assert "--label eu" in refused.value.hint


def test_with_its_label_the_eu_permits_and_the_permit_says_so():
    world = a_world().knowing(screening=CLEARED).asking(markets=("eu",), labels=("eu",))
    decision = decide(world.request, world.evidence, ENGINE, at=AT, decision_id=an_id("decision"))
    assert decision.effect == "permit"
    permit = permit_of(decision, world.request, world.evidence, nonce="0" * 32, at=AT)
    assert permit.labels == ("eu",)
    assert notes(decision)["eu-art50-mark"].marks == ("metadata", "time-stamp", "watermark", "log")
    assert notes(decision)["eu-art50-label"].state == "met"


def test_from_december_somebody_must_have_ruled_out_that_it_is_intimate():
    before, after = asked("eu", labels=("eu",), at=EARLY), asked("eu", labels=("eu",))
    assert (before.effect, notes(before)["eu-art5-intimate"].state) == ("permit", "coming")
    assert (after.effect, rules(after)) == ("indeterminate", {"eu-intimate-not-ruled-out"})
    assert "eu-art5-intimate" in hint_of(after)


def test_new_york_names_the_elements_that_are_missing():
    decision = asked("us-ny")
    assert rules(decision) == {"us-ny-consent-incomplete"}
    note = notes(decision)["us-ny-fashion-workers"]
    assert note.bars
    assert [words.split(" (")[0] for words in note.missing] == ["rate of pay"]


def test_what_does_not_bar_is_only_told():
    decision = asked("us-ca", "us-il", "uk", at=EARLY)
    assert decision.effect == "permit"
    missing = {note.duty for note in decision.duties if note.state == "missing"}
    assert {"us-ca-ab2602", "us-ca-sag-aftra", "us-il-bipa"} <= missing


def test_a_law_to_come_is_told_with_its_date():
    note = notes(asked("us-wa", at=EARLY))["us-wa-hb1170"]
    assert (note.state, note.since) == ("coming", "2027-02-01")


def test_a_market_that_is_not_known_refuses():
    decision = asked("fr")
    assert (decision.effect, rules(decision)) == ("indeterminate", {"market-unknown"})


def test_a_known_market_beside_an_unknown_one_is_asked_too():
    assert rules(asked("cn", "fr")) == {"market-unknown", "cn-label-missing"}


def test_a_draft_that_is_not_in_force_refuses():
    later = {"status": "draft", "in_force_from": ENGINE.packs["us-wa"].in_force_from}

    class Drafted:
        digest, name, version = ENGINE.digest, "x", "1"

        @property
        def packs(self):
            return {"eu": ENGINE.packs["eu"].model_copy(update=later)}

        def answer(self, question):
            return ENGINE.answer(question)

        def for_markets(self, markets):
            assert markets == ()
            return self

    world = a_world().asking(markets=("eu",))
    decision = decide(world.request, world.evidence, Drafted(), at=EARLY, decision_id=an_id("decision"))
    assert "market-draft" in rules(decision)
    assert decision.effect != "permit"


def test_records_of_an_earlier_version_keep_their_bytes():
    request = a_world().request
    assert not {"markets", "labels"} & set(request.to_json())
    assert EditRequest.from_bytes(request.canonical()).digest() == request.digest()
    named = request.model_copy(update={"markets": ("eu",)})
    assert named.digest() != request.digest()
    assert EditRequest.from_bytes(named.canonical()) == named
    decision = asked("eu")
    assert Decision.from_bytes(decision.canonical()) == decision
    old = decision.model_copy(update={"request": None, "duties": None})
    assert not {"request", "duties"} & set(old.to_json())
    assert old.to_json()["measured_digest"] is None
