import pytest

from countenance.audit.append import append_many
from countenance.audit.ports import StoredEntry
from countenance.audit.tiles import Tile, tile_bytes, tiles_between
from countenance.errors import AuditError
from countenance.testing.log_keys import log_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(level=0, number=0, width=256), "tile/0/000"),
        (Tile(level=0, number=0, width=7), "tile/0/000.p/7"),
        (Tile(level=1, number=1_234_067, width=256), "tile/1/x001/x234/067"),
        (Tile(level=None, number=1000, width=1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    assert tile.path == path


def test_a_log_of_70000_has_these_tiles():
    """The example of c2sp.org/tlog-tiles: 273 full tiles and a partial of 112; one and 17; one of 1."""
    tiles = [tile for tile in tiles_between(0, 70_000) if tile.level is not None]
    assert [(level, sum(t.level == level and t.width == 256 for t in tiles)) for level in (0, 1, 2)] == [
        (0, 273),
        (1, 1),
        (2, 0),
    ]
    assert [tile.path for tile in tiles if tile.width < 256] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (255, 256), (256, 257), (300, 700), (700, 700)])
def test_old_tiles_and_new_ones_make_the_whole(old, new):
    whole = {tile.path for tile in tiles_between(0, new)}
    assert whole <= {tile.path for tile in tiles_between(0, old)} | {tile.path for tile in tiles_between(old, new)}


def test_no_new_entry_no_new_tile():
    assert list(tiles_between(300, 300)) == []


def test_tiles_hold_hashes_and_bundles_hold_entries():
    log, scribe = MemoryLog(), Scribe()
    append_many([scribe.write() for _ in range(300)], log, log_key())
    assert tile_bytes(Tile(level=0, number=1, width=44), log) == b"".join(log.node(0, i) for i in range(256, 300))
    assert tile_bytes(Tile(level=1, number=0, width=1), log) == log.node(8, 0)
    bundle = tile_bytes(Tile(level=None, number=1, width=44), log)
    length = int.from_bytes(bundle[:2])
    assert bundle[2 : 2 + length] == log.stored[256].leaf


def test_half_a_tile_is_not_written():
    log = MemoryLog()
    with pytest.raises(AuditError, match="whole tile"):
        tile_bytes(Tile(level=0, number=0, width=1), log)
    log.stored.append(StoredEntry(index=0, leaf=b"x" * 65_536, envelope=None, salt=None))
    with pytest.raises(AuditError, match="too long"):
        tile_bytes(Tile(level=None, number=0, width=1), log)
