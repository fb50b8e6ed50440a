import json

from countenance.adapters.signers import marks
from countenance.core import payload
from countenance.core.payload import V2


def test_the_read_key_reads_ids_and_makes_none() -> None:
    key = marks.read(marks.fresh("2026-11-24T12:00:00.000Z"))
    published = json.loads(marks.read_key(key))
    reading = bytes.fromhex(published["reading_key_hex"])
    info = payload.encode(4711, key.check_key, V2)[: V2.info_bits]
    assert published["schema"] == "countenance.mark-read-key/1"
    assert (published["key_id"], bytes.fromhex(published["tile_key_hex"])) == (key.key_id, key.tile_key)
    assert payload.read_unchecked(info, reading, V2) == 4711
    assert key.check_key.hex() not in json.dumps(published)
    forged = payload.encode(4712, reading, V2)
    assert payload.open_word(forged[: V2.info_bits], key.check_key, V2) is None
