import pytest

from countenance.core import payload
from countenance.core.payload import TRUSTMARK, V1, V2, Format
from countenance.errors import ConfigError, CountenanceError

KEY = bytes(range(32))
each_version = pytest.mark.parametrize("version", [V1, V2], ids=["v1", "v2"])
each_format = pytest.mark.parametrize("version", [V1, V2, TRUSTMARK], ids=["v1", "v2", "trustmark"])


def number(bits: tuple[int, ...]) -> int:
    return int("".join(map(str, bits)), 2)


@pytest.mark.parametrize("mark_id", [0, 1, 0x123456789, -1])
@each_format
def test_an_id_comes_back(mark_id: int, version: Format) -> None:
    mark_id %= 1 << version.id_bits
    coded = payload.encode(mark_id, KEY, version)
    assert len(coded) == version.code_bits
    assert set(coded) <= {0, 1}
    assert payload.open_word(coded[: version.info_bits], KEY, version) == mark_id


@each_format
def test_information_bits_alone_give_the_coded_bits(version: Format) -> None:
    coded = payload.encode(77, KEY, version)
    assert payload.coded_of(coded[: version.info_bits]) == coded


@pytest.mark.parametrize("info", [(), (0,) * 76, (2,) * 77])
def test_other_bits_are_of_no_version(info: tuple[int, ...]) -> None:
    with pytest.raises(CountenanceError, match="no version"):
        payload.coded_of(info)


def test_the_widths() -> None:
    assert [(one.id_bits, one.info_bits, one.code_bits, one.digits) for one in (V1, V2, TRUSTMARK)] == [
        (36, 65, 100, 9),
        (48, 77, 126, 12),
        (40, 61, 61, 10),
    ]


def test_the_formats_do_not_drift() -> None:
    assert f"{number(payload.encode(0x123456789, KEY, V1)):025x}" == "66c529fefe930ae97c17ac573"
    assert f"{number(payload.encode(0x123456789ABC, KEY, V2)):032x}" == "1aaf29e0600d47dbbefa4b222175b9ed"


@each_format
def test_a_word_may_be_given_as_an_integer(version: Format) -> None:
    info = payload.encode(77, KEY, version)[: version.info_bits]
    assert payload.open_word(number(info), KEY, version) == 77


@pytest.mark.parametrize("beyond", [-1, 0])
@each_format
def test_an_id_that_does_not_fit_is_refused(version: Format, beyond: int) -> None:
    with pytest.raises(CountenanceError, match=f"{version.id_bits} bits"):
        payload.encode(beyond or 1 << version.id_bits, KEY, version)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="16 bytes"):
        payload.encode(1, b"short", V2)
    with pytest.raises(ConfigError, match="16 bytes"):
        payload.open_word(1, b"short", V2)
    with pytest.raises(ConfigError, match="16 bytes"):
        payload.encode(1, b"short", TRUSTMARK)


@each_version
def test_a_later_version_is_not_read(version: Format) -> None:
    info = payload.encode(5, KEY, version)[: version.info_bits]
    assert payload.open_word((1, *info[1:]), KEY, version) is None


@pytest.mark.parametrize("info", [(), (0,) * 64, (0,) * 66, (2, *(0,) * 64), (2, *(0,) * 76), -1, 1 << 77])
@each_format
def test_what_is_no_word_gives_no_id(info: tuple[int, ...] | int, version: Format) -> None:
    assert payload.open_word(info, KEY, version) is None


@pytest.mark.parametrize("text", ["0123456ab", "0123456789", "0123456789ab"])
def test_text_tells_its_version_by_its_length(text: str) -> None:
    coded = payload.encode_text(text, KEY)
    version = payload.format_of(text)
    assert payload.encode(int(text, 16), KEY, version) == coded
    assert payload.open_text(coded[: version.info_bits], KEY) == text


def test_one_version_s_word_is_none_of_the_other() -> None:
    assert payload.encode_text("0123456ab", KEY)[:60] != payload.encode_text("0000123456ab", KEY)[:60]


@pytest.mark.parametrize(
    "text", ["", "0123456a", "01234567890", "0123456AB", "0123456-b", "0123456789abc8", " 12345678"]
)
def test_other_text_is_no_id(text: str) -> None:
    with pytest.raises(CountenanceError, match="no mark id"):
        payload.encode_text(text, KEY)


@pytest.mark.parametrize("info", [(), (0,) * 76, (0,) * 100])
def test_another_number_of_bits_is_no_text(info: tuple[int, ...]) -> None:
    assert payload.open_text(info, KEY) is None


@each_version
def test_a_published_reading_key_reads_and_does_not_check(version: Format) -> None:
    info = payload.encode(77, KEY, version)[: version.info_bits]
    reading = payload.reading_key(KEY, version)
    assert payload.read_unchecked(info, reading, version) == 77
    wrong = (*info[:-1], 1 - info[-1])
    assert payload.open_word(wrong, KEY, version) is None
    assert payload.read_unchecked(wrong, reading, version) not in {None, 77}
    assert payload.read_unchecked((1, *info[1:]), reading, version) is None
    assert payload.read_unchecked(info[1:], reading, version) is None


@each_version
def test_a_reading_key_gives_no_words(version: Format) -> None:
    forged = payload.encode(77, payload.reading_key(KEY, version), version)
    assert payload.open_word(forged[: version.info_bits], KEY, version) is None


@each_version
def test_generator_is_systematic(version: Format) -> None:
    rows = payload.generator_rows(version)
    assert len(rows) == version.info_bits
    heads = [row >> version.parity_bits for row in rows]
    assert heads == [1 << (version.info_bits - 1 - i) for i in range(version.info_bits)]
    assert min(row.bit_count() for row in rows) > 2 * version.corrected  # the designed distance


@each_version
def test_coded_bits_are_a_sum_of_generator_rows(version: Format) -> None:
    coded = payload.encode(31_415_926_535, KEY, version)
    total = 0
    for bit, row in zip(coded, payload.generator_rows(version), strict=False):
        total ^= row * bit
    assert total == number(coded)


def test_a_plain_word_shows_its_id_to_anyone() -> None:
    coded = payload.encode_text("0123456789", KEY)
    assert payload.format_of("0123456789") is TRUSTMARK
    assert f"{number(coded[:40]):010x}" == "0123456789"
    assert payload.read_unchecked(coded, b"", TRUSTMARK) == 0x0123456789
    assert payload.coded_of(coded) == coded
    assert f"{number(coded):016x}" == "002468acf1347be4"
