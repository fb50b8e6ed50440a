"""The mark's payload: a random id and a keyed check, whitened, in a code that mends errors. Bits in, bits out.

The information bits of versions 1 and 2 of the word, most significant first::

    | 0 | Feistel(check_key, id | check) |
      version bit

               id   check   information   coded   mends   id as text
    V1         36      28            65     100       5   9 hex digits
    V2         48      28            77     126       7   12 hex digits
    TRUSTMARK  40      21            61      61       -   10 hex digits

TRUSTMARK is what TrustMark's own layer carries in the 61 data bits of its encoding BCH_5. It is `| id | check |` as it
is: no version bit, no whitening and no code of ours, so that any TrustMark reader sees the id in the first 40 bits.

False positives of TRUSTMARK, by counting: its layer mends 5 errors with 35 bits of parity, and looks for them in whole
bytes, in 104 places, so of random words the share sum(C(104, i), i <= 5) / 2^35 = 0.28 % decodes at most (151 of 60,000
did). A quarter of random words is of this encoding, since two version bits are read; the check passes 2^-21 of them:
3.4e-10, less than 2^-31, for each look at the pixels. V1 and V2 pass 2^-29 of the words that are tried.

The check is the head of an HMAC-SHA-256 over the id, so that nobody without the check key can make up a valid id; a
copied mark stays valid, which is why an id is a look-up key and never a proof. Whitening hides equal ids behind
different keys and makes every information bit depend on the whole word. The codes are BCH codes (`core.bch`) of length
127, shortened: V1 by 27 bits from (127, 92), V2 by one bit from (127, 78). Words are Python integers: the first bit is
the most significant one.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from countenance.core import bch
from countenance.errors import ConfigError, CountenanceError

MIN_KEY_BYTES: Final = 16

_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One version of the word."""

    version: int
    id_bits: int
    check_bits: int
    corrected: int
    """Errors that the code mends for certain; soft decoding mends more. 0: whoever carries the word codes it."""
    plain: bool = False
    """Neither version bit nor whitening: the id can be read without any key."""

    @property
    def word_bits(self) -> int:
        """Id and check."""
        return self.id_bits + self.check_bits

    @property
    def info_bits(self) -> int:
        """Version bit, where there is one, id and check."""
        return self.word_bits + (not self.plain)

    @property
    def parity_bits(self) -> int:
        """What the code adds."""
        return bch.FIELD_BITS * self.corrected

    @property
    def code_bits(self) -> int:
        """What a mark carries."""
        return self.info_bits + self.parity_bits

    @property
    def digits(self) -> int:
        """Hex digits of an id as text."""
        return self.id_bits // 4


V1: Final = Format(version=1, id_bits=36, check_bits=28, corrected=5)
V2: Final = Format(version=2, id_bits=48, check_bits=28, corrected=7)
TRUSTMARK: Final = Format(version=3, id_bits=40, check_bits=21, corrected=0, plain=True)
FORMATS: Final = (V2, V1, TRUSTMARK)


def format_of(mark_id: str) -> Format:
    """Return the version that a mark id in text belongs to: its length tells.

    Raises:
        CountenanceError: no id of any version.
    """
    found = next((one for one in FORMATS if one.digits == len(mark_id)), None)
    if found is None or not set(mark_id) <= set("0123456789abcdef"):
        raise CountenanceError("this is no mark id", hint="a mark id has 9, 10 or 12 hex digits")
    return found


def encode_text(mark_id: str, check_key: bytes) -> tuple[int, ...]:
    """Return the coded bits of an id in text, of the version that its length tells.

    Raises:
        CountenanceError: no id of any version.
        ConfigError: the key is too short.
    """
    version = format_of(mark_id)
    return encode(int(mark_id, 16), check_key, version)


def open_text(info: Sequence[int], check_key: bytes) -> str | None:
    """Return the id in information bits as text, of the version that their number tells; or None.

    Raises:
        ConfigError: the key is too short.
    """
    found = next((one for one in FORMATS if one.info_bits == len(info)), None)
    mark_id = None if found is None else open_word(info, check_key, found)
    return None if found is None or mark_id is None else f"{mark_id:0{found.digits}x}"


def encode(mark_id: int, check_key: bytes, version: Format) -> tuple[int, ...]:
    """Return the coded bits of an id.

    Args:
        mark_id: 0 to 2**id_bits - 1.
        check_key: at least 16 bytes; stays outside the render room.
        version: of the word.

    Raises:
        CountenanceError: the id does not fit.
        ConfigError: the key is too short.
    """
    if not 0 <= mark_id < 1 << version.id_bits:
        raise CountenanceError(f"a mark id has {version.id_bits} bits", hint="draw it from the id source")
    word = mark_id << version.check_bits | _check(mark_id, check_key, version)
    if not version.plain:
        word = _whiten(word, reading_key(check_key, version), range(_ROUNDS), version)
    return _coded(word, version)


def coded_of(info: Sequence[int]) -> tuple[int, ...]:
    """Return the coded bits of information bits, of the version that their number tells. No key is needed.

    Raises:
        CountenanceError: they are those of no version.
    """
    version = next((one for one in FORMATS if one.info_bits == len(info)), None)
    value = None if version is None else _number(info, version.info_bits)
    if version is None or value is None:
        raise CountenanceError("these are the information bits of no version", hint="take them from a mark's reader")
    return _coded(value, version)


def open_word(info: Sequence[int] | int, check_key: bytes, version: Format) -> int | None:
    """Return the id in information bits, or None where version bit or check do not hold.

    Args:
        info: the bits, first bit first, or the same as an integer.
        check_key: the key that the id was encoded with.
        version: of the word.

    Raises:
        ConfigError: the key is too short.
    """
    value = info if isinstance(info, int) else _number(info, version.info_bits)
    if value is None or not 0 <= value < 1 << version.word_bits:  # a set version bit is a later version
        return None
    word = value if version.plain else _unwhiten(value, reading_key(check_key, version), version)
    mark_id, found = word >> version.check_bits, word & ((1 << version.check_bits) - 1)
    wanted = _check(mark_id, check_key, version)
    return mark_id if hmac.compare_digest(found.to_bytes(4), wanted.to_bytes(4)) else None


def reading_key(check_key: bytes, version: Format) -> bytes:
    """Return the part of a check key that may be published: with it and the tile key anyone reads ids, unchecked.

    A plain version needs none.

    Raises:
        ConfigError: the key is too short.
    """
    return _subkey(check_key, b"whiten", version)


def read_unchecked(info: Sequence[int], reading: bytes, version: Format) -> int | None:
    """Return the id that information bits would stand for; whether they are a word at all, only a check key tells.

    Args:
        info: the bits, first bit first.
        reading: from `reading_key`.
        version: of the word.
    """
    value = _number(info, version.info_bits)
    if value is None or value >> version.word_bits:
        return None
    word = value if version.plain else _unwhiten(value, reading, version)
    return word >> version.check_bits


@lru_cache(maxsize=len(FORMATS))
def generator_rows(version: Format) -> tuple[int, ...]:
    """Return the rows of the systematic generator: row i is the code word of information bit i alone."""
    units = (1 << (version.code_bits - 1 - i) for i in range(version.info_bits))
    return tuple(unit | bch.remainder(unit, version.corrected) for unit in units)


def _subkey(key: bytes, use: bytes, version: Format) -> bytes:
    """Derive as HKDF-Extract does (RFC 5869): the key is the message, since HMAC pads its own key with zeros."""
    if len(key) < MIN_KEY_BYTES:
        raise ConfigError("the check key is shorter than 16 bytes", hint="make one with `init`")
    return hmac.digest(b"countenance/mark/payload/%d/%s" % (version.version, use), key, "sha256")


def _check(mark_id: int, key: bytes, version: Format) -> int:
    tag = hmac.digest(_subkey(key, b"check", version), mark_id.to_bytes(-(-version.id_bits // 8)), "sha256")
    return int.from_bytes(tag[:4]) >> (32 - version.check_bits)


def _whiten(word: int, key: bytes, rounds: Sequence[int], version: Format) -> int:
    """Run a balanced Feistel network, HMAC its round function (M. Luby, C. Rackoff, SIAM J. Comput. 17, 1988)."""
    half = version.word_bits // 2
    left, right = word >> half, word & ((1 << half) - 1)
    for number in rounds:
        left, right = right, left ^ _round(right, key, number, half)
    return left << half | right


def _unwhiten(word: int, key: bytes, version: Format) -> int:
    """Invert `_whiten`: the same network with swapped halves and the rounds backwards."""
    half = version.word_bits // 2
    swapped = _whiten(_swap(word, half), key, range(_ROUNDS - 1, -1, -1), version)
    return _swap(swapped, half)


def _swap(word: int, half: int) -> int:
    return (word & ((1 << half) - 1)) << half | word >> half


def _round(value: int, key: bytes, number: int, half: int) -> int:
    size = -(-half // 8)
    message = bytes([number]) + value.to_bytes(size)
    return int.from_bytes(hmac.digest(key, message, "sha256")[:size]) >> (8 * size - half)


def _coded(info: int, version: Format) -> tuple[int, ...]:
    shifted = info << version.parity_bits
    return _bits(shifted | bch.remainder(shifted, version.corrected), version.code_bits)


def _bits(value: int, count: int) -> tuple[int, ...]:
    return tuple(value >> (count - 1 - i) & 1 for i in range(count))


def _number(bits: Sequence[int], count: int) -> int | None:
    if len(bits) != count or any(bit not in {0, 1} for bit in bits):
        return None
    return sum(int(bit) << (count - 1 - i) for i, bit in enumerate(bits))
