import json
from dataclasses import dataclass

import pytest

from countenance.adapters.signers import marks
from countenance.core import payload
from countenance.core.payload import V1, V2
from countenance.core.records.consent import Organisation
from countenance.errors import ConfigError
from countenance.testing.worlds import AT, an_id
from countenance.wiring.mark_openers import CheckKey, ReadKey, published, read_keys

KEY = marks.read(marks.fresh("2026-11-24T12:00:00.000Z"))
OLD = marks.read(marks.fresh("2026-01-24T12:00:00.000Z"))
HOUSE = Organisation(
    id=an_id("organisation"), name="Test Agency", domain="", public_pem="-", log_public_pem="-", created_at=AT
)


@dataclass(frozen=True)
class Seen:
    info: tuple[int, ...]
    clearness_permille: int | None


def word(mark_id: int = 4711, clearness: int | None = 900, version: payload.Format = V2) -> Seen:
    return Seen(payload.encode(mark_id, KEY.check_key, version)[: version.info_bits], clearness)


@pytest.fixture
def lent(tmp_path):
    path = tmp_path / "read.json"
    path.write_bytes(published(HOUSE, tuple(marks.read_key(one) for one in (KEY, OLD))))
    return path


def test_what_is_published_reads_ids(lent):
    newest, older = read_keys(lent)
    assert (newest.tile_key, newest.key_id, newest.checked) == (KEY.tile_key, KEY.key_id, False)
    assert older.tile_key == OLD.tile_key
    assert newest.open(word()) == f"{4711:012x}"
    assert older.open(word()) not in {None, f"{4711:012x}"}


@pytest.mark.parametrize("seen", [word(clearness=610), word(clearness=None), word(4711, 900, V1)])
def test_what_is_not_clear_enough_is_taken_for_chance(lent, seen):
    assert read_keys(lent)[0].open(seen) is None


def test_what_is_published_holds_no_check_key(lent):
    text = lent.read_text()
    assert KEY.check_key.hex() not in text
    assert json.loads(text)["organisation_id"] == HOUSE.id


def test_the_own_key_goes_by_the_check_alone():
    own = CheckKey(tile_key=KEY.tile_key, check_key=KEY.check_key, key_id=KEY.key_id)
    assert own.open(word(clearness=None)) == f"{4711:012x}"
    assert own.open(Seen((0,) * V2.info_bits, 1000)) is None
    assert "check" not in repr(own).replace("CheckKey", "").replace("checked", "")


def test_a_key_file_shows_no_secrets_in_a_repr(lent):
    assert KEY.tile_key.hex() not in repr(read_keys(lent)[0])


ONE = json.loads(marks.read_key(KEY))


@pytest.mark.parametrize(
    "value",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 100_000, marks.fresh("2026-11-24T12:00:00.000Z"),
        *(
            json.dumps({"schema": "countenance.mark-read-keys/1", "keys": keys}).encode()
            for keys in ([], 3, [3], [{}], [ONE | {"tile_key_hex": "00"}], [ONE | {"key_id": 3}], [ONE | {"schema": 1}])
        ),
    ],
)  # fmt: skip
def test_anything_else_is_refused(tmp_path, value):
    (tmp_path / "key").write_bytes(value)
    with pytest.raises(ConfigError, match="no read key"):
        read_keys(tmp_path / "key")


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_keys(tmp_path / "key")


def test_the_two_kinds_are_told_apart():
    assert CheckKey(tile_key=b"", check_key=b"", key_id="").checked
    assert not ReadKey(tile_key=b"", reading=b"", key_id="").checked
