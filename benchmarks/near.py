"""Look-up of a fingerprint among those of a million titles: how long it takes, and what the first one costs.

    python benchmarks/near.py [TITLES]      default 1000000

The titles are rows as `title add` writes them, in a database of its own. Most fingerprints are random; one in a hundred
is that of a portrait with some bits flipped, since those of portraits lie nearer to one another than chance has it.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from common import write
from sqlalchemy import insert

from countenance.adapters.books import fact_rows, rows
from countenance.adapters.books.near import Prints
from countenance.adapters.books.sqlite import build
from countenance.testing.worlds import a_title, a_world, an_id

PORTRAIT = "b1f0c3a29d5e8764b1f0c3a29d5e8764b1f0c3a29d5e8764b1f0c3a29d5e8764"
BITS, AT_ONCE, LOOKS = 40, 10_000, 200


def prints(count: int) -> Iterator[str]:
    draw = np.random.default_rng(1)
    portrait = np.frombuffer(bytes.fromhex(PORTRAIT), np.uint8)
    for number in range(count):
        found = draw.integers(0, 256, 32, dtype=np.uint8)
        if number % 100 == 0:  # a quarter of its bits flipped
            found = portrait ^ (found & draw.integers(0, 256, 32, dtype=np.uint8))
        yield found.tobytes().hex()


def title_rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows as `TitleRow.from_record` makes them: one made so, and its ids, digest and fingerprint exchanged."""
    like = a_title(a_world().request.asset, 1).model_copy(update={"fingerprint": PORTRAIT, "owner": "Owner 00"})
    made = fact_rows.TitleRow.from_record(like).model_dump(exclude={"seq"})
    for number, fingerprint in enumerate(prints(count), start=1):
        title_id, digest = an_id("title", number), f"sha256:{number:064x}"
        record = (
            made["record"].replace(like.id.encode(), title_id.encode()).replace(PORTRAIT.encode(), fingerprint.encode())
        )
        record = record.replace(made["asset_digest"].encode(), digest.encode())
        record = record.replace(b"Owner 00", b"Owner %02d" % (number % 50))
        yield {"id": title_id, "record": record, "asset_digest": digest}


def fill(books: Any, count: int) -> None:
    part: list[dict[str, Any]] = []
    with books.transaction(), books.writing() as connection:
        for row in title_rows(count):
            part.append(row)
            if len(part) == AT_ONCE:
                connection.execute(insert(rows.table_of(fact_rows.TitleRow)), part)
                part.clear()
        if part:
            connection.execute(insert(rows.table_of(fact_rows.TitleRow)), part)


def timed(work: Any) -> tuple[float, float]:
    """Milliseconds on the clock, and of computing: on a busy machine the first are more."""
    start, computed = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - computed) * 1000


def of_sorted(times: list[tuple[float, float]], share: float) -> dict[str, float]:
    """Both at that share of the way from the quickest to the slowest."""
    wall, computed = (sorted(column) for column in zip(*times, strict=True))
    place = int(len(times) * share)
    return {"ms": round(wall[place], 2), "computing_ms": round(computed[place], 2)}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        books = build(Path(folder) / "books.sqlite3", "log.example/near")
        fill(books, count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        scan, wanted = Prints(), list(prints(2 * LOOKS))[::2]
        with books.reading() as connection:
            first = [timed(lambda: scan.near(connection, PORTRAIT, within_bits=BITS))]
            each = [timed(lambda one=one: scan.near(connection, one, within_bits=BITS)) for one in wanted]
        books.near_titles(books.title(an_id("title", 1)))
        whole = [timed(lambda n=n: books.near_titles(books.title(an_id("title", n)))) for n in range(1, LOOKS)]
        figures = {
            "titles": count,
            "first_look_up": of_sorted(first, 0),
            "look_up_median": of_sorted(each, 0.5),
            "look_up_p99": of_sorted(each, 0.99),
            "with_records_and_owners_median": of_sorted(whole, 0.5),
            "memory_mib": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
        }
        books.close()
    write("near", figures)
    print(figures)


if __name__ == "__main__":
    main()
