import pytest

from countenance.core.records.terms import Limit
from countenance.decision.reading import require_read, to_be_read
from countenance.errors import DeniedError
from countenance.testing.worlds import a_world, an_approval

PLAIN = a_world().granting(units={"AU12": Limit(max_permille=500)})
LIMITED = a_world().granting(units={"AU12": Limit(max_permille=500, absolute_max_permille=600)})


def asked(world):
    return to_be_read(world.request, world.evidence, at=world.at)


def test_only_what_the_release_limits_at_all_has_to_be_read():
    assert asked(PLAIN) == ()
    assert asked(LIMITED) == ("AU12",)


def test_the_person_s_yes_to_the_picture_takes_its_place():
    change = LIMITED.request.units["AU12"]
    assert asked(LIMITED.knowing(approvals=(an_approval(LIMITED, AU12=change),))) == ()
    assert asked(LIMITED.knowing(approvals=(an_approval(LIMITED, AU12=change - 1),))) == ("AU12",)


def test_an_engine_that_cannot_read_it_is_refused_and_named():
    require_read(("AU12",), {"AU12"}, "warp")
    with pytest.raises(DeniedError, match=r"AU12; the engine `warp` cannot read that.*\[shown-missing\]"):
        require_read(("AU12",), {"AU4"}, "warp")
