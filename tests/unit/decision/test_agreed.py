from countenance.core.records.recipe import MeasuredUnit
from countenance.core.records.terms import Denied, Limit
from countenance.decision.agreed import covers, denied_units, with_terms
from countenance.decision.units import limit_for, unit_facts
from countenance.testing.worlds import a_world

WORLD = a_world()


def terms(grant, units, *, measured=None, approved=None, targets=None):
    request = WORLD.asking(units=units, targets=targets).request
    facts = unit_facts(units, grant, measured, {}, watched=denied_units(grant))
    return {one["name"]: one for one in with_terms(facts, request, grant, measured, approved)}


def granted(**changes):
    return WORLD.releases[0].grant.model_copy(update=changes)


LIMITED = granted(units={"AU12": Limit(max_permille=500, absolute_max_permille=600), "AU12L": Limit(max_permille=500)})


def test_the_plain_unit_keeps_the_least_of_what_may_show() -> None:
    sides = granted(
        units={"AU12": Limit(max_permille=500), "AU12R": Limit(max_permille=400, absolute_max_permille=300)}
    )
    assert limit_for(sides, "AU12").absolute_max_permille == 300
    assert limit_for(sides, "AU12L").absolute_max_permille is None


def test_at_least_what_is_asked_for_will_show() -> None:
    assert terms(LIMITED, {"AU12": 400})["AU12"]["at_least"] == 400
    assert terms(LIMITED, {"AU12": 100}, targets={"AU12": 650})["AU12"]["at_least"] == 650
    assert terms(LIMITED, {"AU12L": 400})["AU12L"]["absolute"] is False


def test_where_nobody_can_read_it_the_person_may_have_agreed() -> None:
    seen = WORLD.measured
    assert terms(LIMITED, {"AU12": 400}, measured=seen)["AU12"]["person_agreed"] is False
    assert terms(LIMITED, {"AU12": 400}, measured=seen, approved={"AU12": 400})["AU12"]["person_agreed"] is True
    read = seen.model_copy(update={"shown": {"AU12": MeasuredUnit(value_permille=500, error_permille=40)}})
    facts = terms(LIMITED, {"AU12": 400}, measured=read, approved={"AU12": 400})["AU12"]
    assert (facts["shown"], facts["shown_error"]) == (500, 40)
    assert "person_agreed" not in facts


def test_a_denied_unit_covers_its_sides_and_a_denied_side_the_whole() -> None:
    whole = granted(denied=(Denied(test="unit", reason="r", unit="AU12"),))
    assert all(terms(whole, {name: 10})[name]["denied"] for name in ("AU12", "AU12L", "AU12R"))
    left = granted(denied=(Denied(test="unit", reason="r", unit="AU12L"),))
    assert [terms(left, {name: 10})[name]["denied"] for name in ("AU12", "AU12L", "AU12R")] == [True, True, False]
    assert terms(left, {"AU4": 10})["AU12L"] == {
        "name": "AU12L", "asked": 0, "alone": True, "min": -600, "max": 500, "before_min": 0, "before_max": 0,
        "absolute": False, "denied": True,
    }  # fmt: skip


def test_an_approval_covers_what_lies_between_nothing_and_it() -> None:
    assert covers({"AU12": 300}, {"AU12": 300, "AU12L": 100})
    assert covers({"AU4": -200}, {"AU4": -200})
    assert not covers({"AU12": 300}, {"AU12": 301})
    assert not covers({"AU12": 300}, {"AU12": -1})
    assert not covers({"AU12L": 300}, {"AU12": 100}), "one side is not both"
    assert not covers({}, {"AU12": 1})


def test_what_was_approved_is_a_fact_where_the_person_is_asked_about_each_picture() -> None:
    assert "approved" not in terms(granted(), {"AU12": 10}, approved={"AU12": 10})["AU12"]
    asked = granted(approval="per-picture")
    assert terms(asked, {"AU12": 10}, approved={"AU4": 10})["AU12"]["approved"] == 0
