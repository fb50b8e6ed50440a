from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.core.records.terms import Limit
from countenance.decision.decide import PERMIT_SECONDS, decide, permit_of
from countenance.decision.merge import PERMIT_USED, overrule
from countenance.errors import DeniedError
from countenance.testing.worlds import AT, a_revocation, a_tie, a_world, an_id

ENGINE = build(Path(__file__).parents[3] / "policies")
NONCE = "0" * 32


def decided(world, *, measured=False, policy=ENGINE):
    seen = world.measured if measured else None
    return decide(world.request, world.evidence, policy, at=world.at, decision_id=an_id("decision"), measured=seen)


def ids(decision):
    return {reason.policy for reason in decision.reasons}


def test_within_the_release_is_permitted_both_times():
    world = a_world(faces=2)
    first, second = decided(world), decided(world, measured=True)
    assert (first.effect, first.stage, first.measured_digest) == ("permit", "requested", None)
    assert (second.effect, second.stage, second.measured_digest) == ("permit", "measured", world.measured.digest())
    assert first.face == 0
    assert first.policy_digest == ENGINE.digest


def test_deciding_twice_is_the_same_decision():
    assert decided(a_world()) == decided(a_world())


@pytest.mark.parametrize(
    ("world", "reasons"),
    [
        (a_world().knowing(title=None), {"title-missing"}),
        (a_world().knowing(ties=()), {"face-not-tied"}),
        (a_world().knowing(ties=(a_tie(0, None),)), {"face-must-stay-untouched"}),
        (a_world().knowing(releases=()), {"release-missing"}),
        (a_world().knowing(revocations=(a_revocation(an_id("release")),)), {"release-withdrawn"}),
        (a_world().knowing(persons=()), {"age-unknown"}),
        (a_world().knowing(operator=None), {"operator-unknown"}),
        (a_world().knowing(last_entry_at=None), {"log-unknown"}),
        (a_world().asking(units={}), {"nothing-asked"}),
        (a_world().asking(units={"AU12": 501}), {"unit-beyond-limit"}),
        (a_world().asking(units={"AU12": 400, "AU6": 1}), {"unit-not-granted"}),
        (
            a_world().asking(purpose="training", medium="film", territory="JP"),
            {"purpose-not-granted", "medium-not-granted", "territory-not-granted"},
        ),
        (a_world(faces=2).knowing(ties=(a_tie(0, an_id("release")),)), {"face-not-decided"}),
        (a_world(faces=2).asking(face=None), {"face-not-found"}),
    ],
)
def test_refusals_say_why(world, reasons):
    decision = decided(world)
    assert (decision.effect, ids(decision)) == ("deny", reasons)


def test_a_reason_names_its_units():
    world = a_world().asking(units={"AU4": 400, "AU12": 900})
    assert decided(world).reasons[0].reason.startswith("AU12, AU4: ")


def test_before_the_logs_last_entry_nothing_can_be_said():
    decision = decided(a_world().knowing(last_entry_at="2027-03-01T12:00:00.001Z"))
    assert decision.effect == "indeterminate"
    assert ids(decision) == {"log-ahead-of-clock"}
    long_before = decide(
        a_world().request, a_world().evidence, ENGINE, at="2020-01-01T00:00:00.000Z", decision_id=an_id("d")
    )
    assert long_before.effect == "indeterminate"


def test_a_withdrawal_while_rendering_stops_the_file():
    world = a_world()
    assert decided(world).effect == "permit"
    ended = world.knowing(revocations=(a_revocation(an_id("release"), at=AT),))
    assert ids(decided(ended, measured=True)) == {"release-withdrawn"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"units": {}}, "measured-missing"),
        ({"teeth_visible_after": True}, "teeth-not-granted"),
        ({"changed_outside_before_marks_px": 1}, "changed-outside"),
        ({"rigid_drift_permille": 1000}, "drift-beyond-limit"),
    ],
)
def test_what_was_measured_must_fit_too(changes, reason):
    assert ids(decided(a_world().measuring(**changes), measured=True)) == {reason}


def test_sides_fall_back_and_plain_does_not():
    assert decided(a_world().asking(units={"AU12L": 500})).effect == "permit"
    sided = a_world().granting(units={"AU12L": Limit(max_permille=500)})
    assert ids(decided(sided)) == {"unit-not-granted"}


class Broken:
    name, version, digest = "broken", "0", "sha256:" + "0" * 64

    def answer(self, question):
        raise RuntimeError(question.action)


def test_an_engine_that_fails_permits_nothing():
    decision = decided(a_world(), policy=Broken())
    assert (decision.effect, ids(decision)) == ("indeterminate", {"policy-error"})


def test_the_permit_holds_what_render_needs():
    world = a_world(faces=3).asking(units={"AU12L": 100})
    decision = decided(world)
    permit = permit_of(decision, world.request, world.evidence, nonce=NONCE, at=AT)
    assert permit.face.number == 0
    assert [box.number for box in permit.others] == [1, 2]
    assert permit.limits == {"AU12L": Limit(min_permille=-600, max_permille=500)}
    assert permit.release_id == an_id("release")
    assert permit.expires_at == "2027-03-01T12:10:00.000Z"
    assert permit.release_version is None
    assert PERMIT_SECONDS == 600


def test_a_permit_names_a_later_version_and_what_may_show_at_all():
    limit = Limit(max_permille=500, absolute_max_permille=600)
    world = a_world().granting(units={"AU12": limit})
    world = world.knowing(releases=(world.releases[0].model_copy(update={"version": 3}),))
    permit = permit_of(decided(world), world.request, world.evidence, nonce=NONCE, at=AT)
    assert permit.release_version == 3
    assert permit.limits == {"AU12": limit}


def test_no_permit_without_a_permitting_decision():
    world = a_world().asking(units={"AU12": 900})
    with pytest.raises(DeniedError, match="unit-beyond-limit") as refused:
        permit_of(decided(world), world.request, world.evidence, nonce=NONCE, at=AT)
    assert refused.value.decisions == (decided(world),)


@pytest.mark.parametrize("measured", [False, True])
def test_no_permit_from_a_decision_about_something_else(measured):
    world = a_world()
    decision = decided(world, measured=measured)
    other = world if measured else world.asking(units={"AU12": 500})
    with pytest.raises(DeniedError, match="decision-foreign"):
        permit_of(decision, other.request, other.evidence, nonce=NONCE, at=AT)
    with pytest.raises(DeniedError, match="decision-foreign"):
        permit_of(decision, world.request, world.knowing(ties=()).evidence, nonce=NONCE, at=AT)


def test_overruling_puts_its_reason_first():
    world = a_world()
    denied = overrule(decided(world), PERMIT_USED)
    assert (denied.effect, denied.reasons) == ("deny", (PERMIT_USED,))
    again = overrule(denied, PERMIT_USED)
    assert again.reasons[0] == PERMIT_USED
