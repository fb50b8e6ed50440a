from countenance.core.records.recipe import MeasuredUnit
from countenance.core.records.terms import Limit
from countenance.decision.scope import measured_facts
from countenance.decision.units import limit_for, unit_facts
from countenance.testing.worlds import a_world

WORLD = a_world()
GRANT = WORLD.releases[0].grant
NEVER = {"before_min": 0, "before_max": 0}


def grant(**units):
    return GRANT.model_copy(
        update={"units": {name: Limit(min_permille=low, max_permille=high) for name, (low, high) in units.items()}}
    )


def test_a_side_falls_back_to_the_plain_unit():
    assert limit_for(GRANT, "AU12L") == Limit(min_permille=-600, max_permille=500)


def test_a_side_with_an_entry_of_its_own_keeps_to_it():
    assert limit_for(grant(AU12=(-600, 500), AU12L=(0, 100)), "AU12L") == Limit(max_permille=100)


def test_the_plain_unit_is_not_granted_by_entries_for_its_sides():
    assert limit_for(grant(AU12L=(0, 500), AU12R=(0, 500)), "AU12") is None


def test_the_plain_unit_moves_both_sides_and_keeps_to_the_narrower():
    wide = grant(AU12=(-600, 500), AU12L=(-100, 1000), AU12R=(-1000, 200))
    assert limit_for(wide, "AU12") == Limit(min_permille=-100, max_permille=200)


def test_a_side_that_does_not_exist_is_never_granted():
    assert limit_for(grant(AU17=(0, 500)), "AU17L") is None
    assert limit_for(grant(AU99=(0, 500)), "AU99") is None


def test_facts_of_a_unit_without_a_limit_hold_none():
    assert unit_facts({"AU6": 10}, GRANT, None, {}) == [{"name": "AU6", "asked": 10, "alone": True} | NEVER]


def test_a_unit_that_moved_unasked_is_held_to_zero():
    seen = WORLD.measured.model_copy(update={"units": {"AU6": WORLD.measured.units["AU12"]}, "unchecked": ("AU12",)})
    asked, unasked = unit_facts({"AU12": 400}, GRANT, seen, {})
    assert asked["unchecked"] is True
    held = {"name": "AU6", "asked": 0, "alone": True, "min": 0, "max": 0, "measured": 420, "error": 60}
    assert unasked == held | NEVER


def test_a_unit_and_its_side_are_not_alone():
    assert [one["alone"] for one in unit_facts({"AU12": 1, "AU12R": 1}, GRANT, None, {})] == [True, False]


def test_without_a_release_nothing_says_whether_teeth_are_allowed():
    assert "teeth_allowed" not in measured_facts(None, WORLD.measured)


def test_a_plain_unit_of_which_only_a_side_is_permitted_reads_as_the_mean():
    seen = WORLD.measured.model_copy(update={"units": {"AU12": MeasuredUnit(value_permille=240, error_permille=60)}})
    (facts,) = unit_facts({}, grant(AU12L=(-300, 500)), seen, {})
    assert (facts["min"], facts["max"]) == (-150, 250)


def before(asked, changed, measured=None):
    facts = unit_facts(asked, GRANT, measured, changed)
    return {one["name"]: (one["before_min"], one["before_max"]) for one in facts}


def test_what_was_changed_before_counts_by_side():
    changed = {"AU12": 100, "AU12L": 200, "AU4": -50}
    assert before({"AU12": 1}, changed) == {"AU12": (100, 300), "AU12L": (300, 300), "AU4": (-50, -50)}
    assert before({"AU12L": 1}, changed)["AU12L"] == (300, 300)
    assert before({"AU12R": 1}, changed)["AU12R"] == (100, 100)


def test_a_unit_changed_before_and_not_asked_for_now_reads_as_the_mean_of_its_sides():
    assert before({"AU12R": 1}, {"AU12": 0, "AU12L": 301})["AU12"] == (150, 151)


def test_without_a_release_only_what_is_asked_for_is_of_interest():
    assert [one["name"] for one in unit_facts({"AU12": 1}, None, None, {"AU4": 5})] == ["AU12"]
