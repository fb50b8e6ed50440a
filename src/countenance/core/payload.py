"""The mark's payload: 36 random bits and a keyed check, whitened, in a code that mends errors. Bits in, bits out.

Version 1 of the word, 65 information bits, most significant first::

    | 0 | Feistel(check_key, id (36 bits) | check (28 bits)) |
      version bit

The check is the head of an HMAC-SHA-256 over the id, so that nobody without the check key can make up a valid id; a
copied mark stays valid, which is why an id is a look-up key and never a proof. Whitening hides equal ids behind
different keys and makes every information bit depend on the whole word.

The code is BCH(127, 92), designed distance 11, shortened by 27 bits to (100, 65) and systematic: R. C. Bose and D. K.
Ray-Chaudhuri, *On a class of error correcting binary group codes*, Information and Control 3, 1960. Words are Python
integers: the first bit is the most significant one.
"""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from countenance.errors import ConfigError, CountenanceError

ID_BITS: Final = 36
CHECK_BITS: Final = 28
INFO_BITS: Final = 65
CODE_BITS: Final = 100
MIN_KEY_BYTES: Final = 16

_WORD_BITS: Final = ID_BITS + CHECK_BITS
_HALF_BITS: Final = _WORD_BITS // 2
_HALF_MASK: Final = (1 << _HALF_BITS) - 1
_ROUNDS: Final = 8
_PARITY_BITS: Final = CODE_BITS - INFO_BITS
_FIELD_POLYNOMIAL: Final = 0b10001001  # x^7 + x^3 + 1, primitive over GF(2)
_FIELD_ORDER: Final = 127
_CORRECTED: Final = 5


def encode(mark_id: int, check_key: bytes) -> tuple[int, ...]:
    """Return the 100 coded bits of an id.

    Args:
        mark_id: 0 to 2**36 - 1.
        check_key: at least 16 bytes; stays outside the render room.

    Raises:
        CountenanceError: the id does not fit.
        ConfigError: the key is too short.
    """
    if not 0 <= mark_id < 1 << ID_BITS:
        raise CountenanceError("a mark id has 36 bits", hint="draw it from the id source")
    word = mark_id << CHECK_BITS | _check(mark_id, check_key)
    info = _whiten(word, _subkey(check_key, b"whiten"), range(_ROUNDS))
    return _bits(info << _PARITY_BITS | _remainder(info << _PARITY_BITS), CODE_BITS)


def open_word(info: Sequence[int] | int, check_key: bytes) -> int | None:
    """Return the id in 65 information bits, or None where version or check do not hold.

    Args:
        info: 65 bits, first bit first, or the same as an integer.
        check_key: the key that the id was encoded with.

    Raises:
        ConfigError: the key is too short.
    """
    value = info if isinstance(info, int) else _number(info)
    if value is None or not 0 <= value < 1 << _WORD_BITS:  # a set version bit is a later version
        return None
    word = _unwhiten(value, _subkey(check_key, b"whiten"))
    mark_id, found = word >> CHECK_BITS, word & ((1 << CHECK_BITS) - 1)
    wanted = _check(mark_id, check_key)
    return mark_id if hmac.compare_digest(found.to_bytes(4), wanted.to_bytes(4)) else None


@lru_cache(maxsize=1)
def generator_rows() -> tuple[int, ...]:
    """Return the 65 rows of the systematic generator: row i is the 100-bit code word of information bit i alone."""
    units = (1 << (CODE_BITS - 1 - i) for i in range(INFO_BITS))
    return tuple(unit | _remainder(unit) for unit in units)


def _subkey(key: bytes, use: bytes) -> bytes:
    """Derive as HKDF-Extract does (RFC 5869): the key is the message, since HMAC pads its own key with zeros."""
    if len(key) < MIN_KEY_BYTES:
        raise ConfigError("the check key is shorter than 16 bytes", hint="make one with `init`")
    return hmac.digest(b"countenance/mark/payload/1/" + use, key, "sha256")


def _check(mark_id: int, key: bytes) -> int:
    tag = hmac.digest(_subkey(key, b"check"), mark_id.to_bytes(5), "sha256")
    return int.from_bytes(tag[:4]) >> (32 - CHECK_BITS)


def _whiten(word: int, key: bytes, rounds: Sequence[int]) -> int:
    """Run a balanced Feistel network, HMAC its round function (M. Luby, C. Rackoff, SIAM J. Comput. 17, 1988)."""
    left, right = word >> _HALF_BITS, word & _HALF_MASK
    for number in rounds:
        left, right = right, left ^ _round(right, key, number)
    return left << _HALF_BITS | right


def _unwhiten(word: int, key: bytes) -> int:
    """Invert `_whiten`: the same network with swapped halves and the rounds backwards."""
    swapped = _whiten(_swap(word), key, range(_ROUNDS - 1, -1, -1))
    return _swap(swapped)


def _swap(word: int) -> int:
    return (word & _HALF_MASK) << _HALF_BITS | word >> _HALF_BITS


def _round(half: int, key: bytes, number: int) -> int:
    message = bytes([number]) + half.to_bytes(4)
    return int.from_bytes(hmac.digest(key, message, "sha256")[:4])


def _remainder(word: int) -> int:
    """Return the word modulo the generator polynomial, over GF(2)."""
    generator = _generator_polynomial()
    while word.bit_length() > _PARITY_BITS:
        word ^= generator << (word.bit_length() - _PARITY_BITS - 1)
    return word


@lru_cache(maxsize=1)
def _generator_polynomial() -> int:
    """Return the product of the minimal polynomials of a, a^3, ... a^9: degree 35, as a bit mask."""
    product = 1
    for exponent in range(1, 2 * _CORRECTED, 2):  # 1, 3, 5, 7, 9: no two are conjugates
        product = _multiply(product, _minimal_polynomial({exponent * 2**k % _FIELD_ORDER for k in range(7)}))
    return product


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
    while product.bit_length() > 7:
        product ^= _FIELD_POLYNOMIAL << (product.bit_length() - 8)
    return product


def _power(exponent: int) -> int:
    value = 1
    for _ in range(exponent):
        value = _field_product(value, 2)
    return value


def _bits(value: int, count: int) -> tuple[int, ...]:
    return tuple(value >> (count - 1 - i) & 1 for i in range(count))


def _number(bits: Sequence[int]) -> int | None:
    if len(bits) != INFO_BITS or any(bit not in {0, 1} for bit in bits):
        return None
    return sum(int(bit) << (INFO_BITS - 1 - i) for i, bit in enumerate(bits))
