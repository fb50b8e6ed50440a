import pytest

from countenance.core import bch


@pytest.mark.parametrize("corrected", [1, 5, 7])
def test_the_generator_divides_the_word_of_its_length(corrected: int) -> None:
    generator = bch.generator_polynomial(corrected)
    assert generator.bit_length() - 1 == bch.FIELD_BITS * corrected
    assert bch.remainder(1 << 127 | 1, corrected) == 0


def test_the_tabled_generators() -> None:
    # octal, as in W. W. Peterson, E. J. Weldon, Error-Correcting Codes, appendix C: lengths 127, t = 1 and 2
    assert oct(bch.generator_polynomial(1)) == "0o211"
    assert oct(bch.generator_polynomial(2)) == "0o41567"


@pytest.mark.parametrize("value", [0, 1, 0b1011, 1 << 99])
def test_what_is_left_is_shorter_than_the_generator(value: int) -> None:
    left = bch.remainder(value << 49, 7)
    assert left.bit_length() <= 49
    assert bch.remainder(value << 49 | left, 7) == 0
