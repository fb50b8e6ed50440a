import re

from countenance.adapters.clock import SystemClock, SystemIds
from countenance.core.clock import INSTANT_PATTERN, parse_instant
from countenance.core.ids import ID_PATTERN


def test_now_is_an_instant_and_time_goes_on():
    clock = SystemClock()
    one, other = clock.now(), clock.now()
    assert re.match(INSTANT_PATTERN, one)
    assert parse_instant(one) <= parse_instant(other)


def test_ids_are_unique_and_ordered():
    ids = SystemIds()
    made = [ids.new("edit") for _ in range(1000)]
    assert all(re.match(ID_PATTERN, one) for one in made)
    assert len(set(made)) == 1000
    assert made == sorted(made)


def test_secrets_have_their_length_and_differ():
    ids = SystemIds()
    assert len(ids.secret(32)) == 32
    assert ids.secret(32) != ids.secret(32)
