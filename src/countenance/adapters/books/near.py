"""Which titled pictures look alike: every fingerprint of the titles, scanned in memory.

At 40 of 256 bits no index over parts of a fingerprint is narrower than a scan, and a scan of a million takes about two
milliseconds. What costs is the first look-up of a process, which reads the titles once; later ones read what is new.
Fingerprints of another kind than `org.countenance.phash256.1` are not compared.
"""

import re
import threading
from array import array
from collections.abc import Iterable

import numpy as np
from sqlalchemy import Connection, select

from countenance.adapters.books import fact_rows, rows
from countenance.core.records.consent import Title
from countenance.core.records.oversight import NearTitle

_TITLE = rows.table_of(fact_rows.TitleRow)
_WORDS = 4
_CHUNK = 1 << 16
_KEY = b'"fingerprint":"'
"""In canonical JSON; inside a text the quotes would be escaped."""
_PRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGITS = 64
_ROWS_AT_ONCE = 5000


class Prints:
    """The fingerprints of the titles by their order of arrival, kept up to date with the books by each look-up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clear()

    def near(self, connection: Connection, fingerprint: str, *, within_bits: int) -> list[tuple[int, int]] | None:
        """Order of arrival and distance of each title that is near; None where the fingerprint is of another kind."""
        if not _PRINT.fullmatch(fingerprint):
            return None
        with self._lock:
            self._catch_up(connection)
            return self._scan(fingerprint, within_bits)

    def _clear(self) -> None:
        self._last: tuple[int, str] = (0, "")
        self._seqs = array("q")
        self._columns = [array("Q") for _ in range(_WORDS)]

    def _catch_up(self, connection: Connection) -> None:
        """Read the titles that came since; all of them where the last one known is there no more."""
        last_id = connection.execute(select(_TITLE.c.id).where(_TITLE.c.seq == self._last[0])).scalar_one_or_none()
        if last_id != self._last[1]:
            self._clear()
        query = select(_TITLE.c.seq, _TITLE.c.id, _TITLE.c.record).where(_TITLE.c.seq > self._last[0])
        found = connection.execute(query.order_by(_TITLE.c.seq), execution_options={"yield_per": _ROWS_AT_ONCE})
        for part in found.partitions():
            said = [(seq, _print_in(record)) for seq, _, record in part]
            self._add([(seq, fingerprint) for seq, fingerprint in said if fingerprint is not None])
            self._last = (part[-1][0], part[-1][1])

    def _add(self, prints: list[tuple[int, str]]) -> None:
        """Many at once: what a first look-up takes is spent here."""
        self._seqs.extend(seq for seq, _ in prints)
        words = np.frombuffer(bytes.fromhex("".join(one for _, one in prints)), ">u8").reshape(-1, _WORDS)
        for number, column in enumerate(self._columns):
            column.frombytes(words[:, number].astype(np.uint64).tobytes())

    def _scan(self, fingerprint: str, within_bits: int) -> list[tuple[int, int]]:
        """Half of the words rules out nearly all; the few that are left are counted whole."""
        columns = [np.frombuffer(column, np.uint64) for column in self._columns if column]
        seqs, wanted = self._seqs, [np.uint64(word) for word in _words(fingerprint)]
        found: list[tuple[int, int]] = []
        for start in range(0, len(seqs), _CHUNK):
            parts = [column[start : start + _CHUNK] for column in columns]
            half = np.bitwise_count(parts[0] ^ wanted[0]) + np.bitwise_count(parts[1] ^ wanted[1])
            for place in np.flatnonzero(half <= within_bits):
                bits = sum(int(part[place] ^ word).bit_count() for part, word in zip(parts, wanted, strict=True))
                if bits <= within_bits:
                    found.append((seqs[start + int(place)], bits))
        return found


def of_others(title: Title, found: Iterable[tuple[Title, int]]) -> tuple[NearTitle, ...]:
    """The look-alikes of other owners, nearest first; of several titles of one owner to one picture, the newest."""
    others = {
        (other.asset.digest_of_file, _plain(other.owner)): (other, bits)
        for other, bits in found
        if _plain(other.owner) != _plain(title.owner)
    }
    near = [NearTitle(title_id=title.id, other_id=other.id, distance_bits=bits) for other, bits in others.values()]
    return tuple(sorted(near, key=lambda one: (one.distance_bits, one.other_id)))


def _print_in(record: bytes) -> str | None:
    """The fingerprint in a title's bytes, if it is of the kind that is compared."""
    start = record.find(_KEY) + len(_KEY)
    found = record[start : start + _DIGITS].decode("ascii", "replace")
    ends = record[start + _DIGITS : start + _DIGITS + 1] == b'"'
    return found if ends and start >= len(_KEY) and _PRINT.fullmatch(found) else None


def _words(fingerprint: str) -> list[int]:
    return [int(fingerprint[16 * n : 16 * n + 16], 16) for n in range(_WORDS)]


def _plain(owner: str) -> str:
    """An owner's name, however it is spaced and capitalised."""
    return " ".join(owner.casefold().split())
