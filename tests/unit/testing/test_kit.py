import pytest

from countenance.core import envelope
from countenance.errors import TamperedLogError
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.memory_log import MemoryLog


def test_a_clock_stands_still_or_moves_as_told():
    still, moving = FixedClock(), FixedClock("2026-12-31T23:59:59.999Z", step_ms=1)
    assert still.now() == still.now()
    assert [moving.now(), moving.now()] == ["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z"]
    moving.advance(-2)
    assert moving.now() == "2026-12-31T23:59:59.999Z"


def test_ids_are_those_of_the_seed_and_in_order():
    one, same, other = SeededIds(1), SeededIds(1), SeededIds(2)
    made = [one.new("edit") for _ in range(20)]
    assert made == [same.new("edit") for _ in range(20)] == sorted(made)
    assert made[0] != other.new("edit")
    assert one.secret(32) == same.secret(32) != one.secret(32)


@pytest.mark.parametrize("make", [log_key, statement_key])
def test_keys_sign_and_are_those_of_the_seed(make):
    key = make("a")
    assert key.public_pem == make("a").public_pem != make("b").public_pem
    assert key.key_id == envelope.key_id(key.public_pem)
    envelope.verify(key.public_pem, key.sign(b"message"), b"message")


def test_a_checkpoint_covers_the_whole_log():
    with pytest.raises(TamperedLogError):
        MemoryLog().keep_checkpoint("note", 1)
