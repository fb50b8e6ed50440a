"""C2SP tlog-tiles: the log as static files, derived from the store (c2sp.org/tlog-tiles). Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countenance.audit.ports import LogStore
from countenance.errors import AuditError

TILE_WIDTH = 256
_MAX_ENTRY_BYTES = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """`width` hashes (1 to 256) at one tile level; `level` None is an entry bundle."""

    level: int | None
    number: int
    width: int

    @property
    def path(self) -> str:
        """Path below the log's folder: `tile/0/x001/x234/067`, partial ones end in `.p/W`."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_digits(self.number)}{partial}"

    @property
    def first(self) -> int:
        """Position of its first hash, or index of its first entry."""
        return self.number * TILE_WIDTH


def tiles_between(old_size: int, size: int) -> Iterator[Tile]:
    """Every tile and entry bundle of a log of `size` that a log of `old_size` had not in full."""
    yield from _row(None, old_size, size)
    level = 0
    while size > 0:
        yield from _row(level, old_size, size)
        level, old_size, size = level + 1, old_size // TILE_WIDTH, size // TILE_WIDTH


def tile_bytes(tile: Tile, store: LogStore) -> bytes:
    """The file's content: hashes one after the other, or entries each after its length (big-endian uint16).

    Raises:
        AuditError: the store does not hold all of it, or an entry is longer than 65,535 bytes.
    """
    end = tile.first + tile.width
    if tile.level is None:
        parts: Sequence[bytes] = [_prefixed(entry.leaf) for entry in store.entries(tile.first, end)]
    else:
        parts = store.nodes(8 * tile.level, tile.first, end)
    if len(parts) != tile.width:
        raise AuditError("the log's store does not hold a whole tile", hint="run `countenance log check`")
    return b"".join(parts)


def _row(level: int | None, old_size: int, size: int) -> Iterator[Tile]:
    full, rest = divmod(size, TILE_WIDTH)
    for number in range(old_size // TILE_WIDTH, full):
        yield Tile(level=level, number=number, width=TILE_WIDTH)
    if rest and size != old_size:
        yield Tile(level=level, number=full, width=rest)


def _digits(number: int) -> str:
    """Groups of three digits, `x` before all but the last: 1234067 -> `x001/x234/067`."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups))


def _prefixed(leaf: bytes) -> bytes:
    if len(leaf) > _MAX_ENTRY_BYTES:
        raise AuditError("a log entry is too long for a tile")
    return len(leaf).to_bytes(2, "big") + leaf
