"""Laws of status lists and withdrawals."""

import contextlib
import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countenance.adapters.books.sqlite import build
from countenance.core.status_list import SMALLEST, bits_of, decode, encode, is_set
from countenance.errors import CountenanceError

PLACES = st.lists(st.integers(0, SMALLEST - 1), max_size=200)


@given(PLACES)
def test_decode_undoes_encode(places):
    bits = bits_of(places, entries=SMALLEST)
    assert decode(encode(bits)) == bits
    assert sum(byte.bit_count() for byte in bits) == len(set(places))
    assert all(is_set(bits, place) for place in places)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda data: "u" + data.hex())))
def test_any_text_gives_bits_or_an_error_of_ours(text):
    with contextlib.suppress(CountenanceError):
        assert 8 * len(decode(text)) >= SMALLEST


def stream(seed):
    """Bytes that follow from a seed, as an IdSource gives them."""
    count = 0

    def secret(size):
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(size)

    return secret


@pytest.fixture
def books(tmp_path):
    made = build(tmp_path / "books.db", "log.example/status")
    made.entries_per_list = 64  # so small that entries meet, and lists fill
    yield made
    made.close()


def test_no_entry_is_ever_given_twice(books):
    secret = stream(1)
    own = [books.take_status(f"edit_{number:032x}", secret) for number in range(40)]
    with books.reading() as connection:
        taken = connection.exec_driver_sql("SELECT number, place, edit_id, decoy FROM status_entry").all()
    assert len(set(own)) == 40
    assert len({(number, place) for number, place, *_ in taken}) == len(taken) > 80
    assert {(number, place) for number, place, _, decoy in taken if not decoy} == set(own)
    assert list(books.status_numbers()) == list(range(1, max(number for number, _ in own) + 1))
    for number in books.status_numbers():
        assert sum(one == number for one, *_ in taken) <= 32 + 5


def test_a_files_own_entry_is_drawn_as_its_decoys_are(tmp_path):
    """Over many draws, own entries and decoys fill the list alike: chi-square over 8 parts, at 0.1 %."""
    books = build(tmp_path / "many.db", "log.example/status")
    books.entries_per_list = 2**20
    secret = stream(2)
    with books.transaction():
        for number in range(1500):
            books.take_status(f"edit_{number:032x}", secret)
    with books.reading() as connection:
        taken = connection.exec_driver_sql("SELECT place >> 17, decoy FROM status_entry").all()
    books.close()
    for kind in (0, 1):
        parts = [sum(1 for part, decoy in taken if part == wanted and decoy == kind) for wanted in range(8)]
        mean = sum(parts) / 8
        assert sum((part - mean) ** 2 / mean for part in parts) < 24.3
    decoys = sum(decoy for _, decoy in taken)
    assert 2.3 < decoys / 1500 < 2.7


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6))
def test_every_member_of_a_group_turns_or_none(tmp_path_factory, seed):
    """Swap a file's own entry with a decoy of its group: the published bits are the same, whatever was withdrawn."""
    books = build(tmp_path_factory.mktemp("books") / "books.db", "log.example/status")
    books.entries_per_list = 4096
    secret = stream(seed)
    edits = [f"edit_{number:032x}" for number in range(12)]
    with books.transaction():
        for edit in edits:
            books.take_status(edit, secret)
    withdrawn = [edit for number, edit in enumerate(edits) if seed >> number & 1]
    books._back_to = lambda _ids: set(withdrawn)
    places = set(books.withdrawn_places(1))
    with books.reading() as connection:
        groups = connection.exec_driver_sql("SELECT place, edit_id FROM status_entry").all()
    books.close()
    assert places == {place for place, edit in groups if edit in withdrawn}
