"""Binary BCH codes of length 127, to be shortened; words are Python integers, the first bit the most significant.

R. C. Bose, D. K. Ray-Chaudhuri, *On a class of error correcting binary group codes*, Information and Control 3, 1960.
"""

from functools import lru_cache
from typing import Final

FIELD_BITS: Final = 7

_FIELD_POLYNOMIAL: Final = 0b10001001  # x^7 + x^3 + 1, primitive over GF(2)
_FIELD_ORDER: Final = 127


@lru_cache(maxsize=4)
def generator_polynomial(corrected: int) -> int:
    """Return the product of the minimal polynomials of a, a^3, ... as a bit mask: degree 7 times the errors corrected.

    Args:
        corrected: 1 to 7 errors, for a designed distance of twice as many and one; up to there no two of the exponents
            are conjugates.
    """
    product = 1
    for exponent in range(1, 2 * corrected, 2):
        product = _multiply(product, _minimal_polynomial({exponent * 2**k % _FIELD_ORDER for k in range(FIELD_BITS)}))
    return product


def remainder(word: int, corrected: int) -> int:
    """Return the word modulo the generator polynomial, over GF(2)."""
    generator = generator_polynomial(corrected)
    while word.bit_length() >= generator.bit_length():
        word ^= generator << (word.bit_length() - generator.bit_length())
    return word


def _minimal_polynomial(conjugates: set[int]) -> int:
    """Multiply out (x + a^c) over the conjugates; every coefficient ends up 0 or 1."""
    coefficients = [1]  # lowest power first, elements of GF(128)
    for exponent in conjugates:
        root = _power(exponent)
        shifted = [0, *coefficients]
        scaled = [*(_field_product(value, root) for value in coefficients), 0]
        coefficients = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return sum(value << power for power, value in enumerate(coefficients))


def _multiply(a: int, b: int) -> int:
    """Return the product of two polynomials over GF(2)."""
    product = 0
    for power in range(b.bit_length()):
        if b >> power & 1:
            product ^= a << power
    return product


def _field_product(a: int, b: int) -> int:
    product = _multiply(a, b)
    while product.bit_length() > FIELD_BITS:
        product ^= _FIELD_POLYNOMIAL << (product.bit_length() - FIELD_BITS - 1)
    return product


def _power(exponent: int) -> int:
    value = 1
    for _ in range(exponent):
        value = _field_product(value, 2)
    return value
