import pytest

from countenance.core.records.consent import DepictedPerson
from countenance.errors import ConfigError
from countenance.testing.worlds import an_id
from countenance.toolkit.naming import person_named

AT = "2026-01-01T00:00:00.000Z"


def people(*aliases):
    return [
        DepictedPerson(id=an_id("person", n), alias=alias, adult=True, added_at=AT)
        for n, alias in enumerate(aliases, 1)
    ]


def test_the_only_one_of_that_name_whatever_its_capitals_and_spaces():
    known = people("Mia Muster", "Zoe")
    assert person_named(known, " mia  MUSTER") == known[0]


@pytest.mark.parametrize("wanted", ["", "Mi", "Mia Muster 2"])
def test_nobody(wanted):
    with pytest.raises(ConfigError, match="is no depicted person here"):
        person_named(people("Mia Muster"), wanted)


def test_several_are_told_and_none_is_chosen():
    known = people("mia", "Mia")
    with pytest.raises(ConfigError, match="name of 2 depicted persons") as refused:
        person_named(known, "mia")
    assert all(one.id in refused.value.hint for one in known)
