import pytest

from countenance.core import payload
from countenance.errors import ConfigError, CountenanceError

KEY = bytes(range(32))
LARGEST = (1 << payload.ID_BITS) - 1


def number(bits: tuple[int, ...]) -> int:
    return int("".join(map(str, bits)), 2)


@pytest.mark.parametrize("mark_id", [0, 1, 0x123456789, LARGEST])
def test_an_id_comes_back(mark_id: int) -> None:
    coded = payload.encode(mark_id, KEY)
    assert len(coded) == payload.CODE_BITS
    assert set(coded) <= {0, 1}
    assert payload.open_word(coded[: payload.INFO_BITS], KEY) == mark_id


def test_the_format_does_not_drift() -> None:
    assert f"{number(payload.encode(0x123456789, KEY)):025x}" == "66c529fefe930ae97c17ac573"


def test_a_word_may_be_given_as_an_integer() -> None:
    info = payload.encode(77, KEY)[: payload.INFO_BITS]
    assert payload.open_word(number(info), KEY) == 77


@pytest.mark.parametrize("mark_id", [-1, LARGEST + 1])
def test_an_id_that_does_not_fit_is_refused(mark_id: int) -> None:
    with pytest.raises(CountenanceError, match="36 bits"):
        payload.encode(mark_id, KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="16 bytes"):
        payload.encode(1, b"short")
    with pytest.raises(ConfigError, match="16 bytes"):
        payload.open_word(1, b"short")


def test_a_later_version_is_not_read() -> None:
    info = payload.encode(5, KEY)[: payload.INFO_BITS]
    assert payload.open_word((1, *info[1:]), KEY) is None


@pytest.mark.parametrize("info", [(), (0,) * 64, (0,) * 66, (2, *(0,) * 64), -1, 1 << 65])
def test_what_is_no_word_gives_no_id(info: tuple[int, ...] | int) -> None:
    assert payload.open_word(info, KEY) is None


def test_generator_is_systematic() -> None:
    rows = payload.generator_rows()
    assert len(rows) == payload.INFO_BITS
    heads = [row >> (payload.CODE_BITS - payload.INFO_BITS) for row in rows]
    assert heads == [1 << (payload.INFO_BITS - 1 - i) for i in range(payload.INFO_BITS)]
    assert min(row.bit_count() for row in rows) >= 11  # the designed distance


def test_coded_bits_are_a_sum_of_generator_rows() -> None:
    coded = payload.encode(31_415_926_535, KEY)
    total = 0
    for bit, row in zip(coded, payload.generator_rows(), strict=False):
        total ^= row * bit
    assert total == number(coded)
