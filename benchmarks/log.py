"""How fast the audit log is: appends one by one and in batches, proofs, verification, a check of the whole log.

    python benchmarks/log.py [--entries 100000] [--batch 1000] [--single 300]

Writes benchmarks/results/log.json. Every append is durable (WAL, synchronous=FULL) and its inclusion verified.
"""

import argparse
import datetime as dt
import json
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from countenance.adapters.books.books import Books
from countenance.adapters.books.sqlite import build
from countenance.audit.append import append, append_many, receipt_at
from countenance.audit.check import check_log, verify_receipt
from countenance.core import digest
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import SeededKey, log_key
from countenance.testing.scribe import Scribe

ORIGIN = "log.example/countenance"
RESULT = Path(__file__).parent / "results" / "log.json"
PROBES = 200


def batched(books: Books, scribe: Scribe, key: SeededKey, entries: int, batch: int) -> float:
    """Appends a second; signing the statements is not counted, their durable append and its check are."""
    spent = 0.0
    for _ in range(entries // batch):
        part = [scribe.write() for _ in range(batch)]
        start = time.perf_counter()
        with books.transaction():
            append_many(part, books, key)
        spent += time.perf_counter() - start
    return entries // batch * batch / spent


def single(books: Books, scribe: Scribe, key: SeededKey, count: int) -> list[float]:
    times = []
    for item in [scribe.write() for _ in range(count)]:
        start = time.perf_counter()
        with books.transaction():
            append(*item, books, key)
        times.append(1000 * (time.perf_counter() - start))
    return times


def proofs(books: Books, key: SeededKey) -> tuple[list[float], list[float]]:
    made, verified = [], []
    for number in range(PROBES):
        index = int(digest.of_file(b"%d" % number)[7:23], 16) % books.size()
        start = time.perf_counter()
        with books.reading():
            receipt = receipt_at(index, books, key.public_pem)
        middle = time.perf_counter()
        verify_receipt(receipt, key.public_pem, ORIGIN)
        made.append(1000 * (middle - start))
        verified.append(1000 * (time.perf_counter() - middle))
    return made, verified


def spread(times: list[float]) -> dict[str, float]:
    low, middle, high = statistics.quantiles(times, n=4)
    return {"median_ms": round(middle, 3), "q1_ms": round(low, 3), "q3_ms": round(high, 3)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--single", type=int, default=300)
    args = parser.parse_args()
    key, scribe = log_key(), Scribe(FixedClock(step_ms=1), SeededIds())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.db"
        books = build(path, ORIGIN)
        per_second = batched(books, scribe, key, args.entries, args.batch)
        one = single(books, scribe, key, args.single)
        made, verified = proofs(books, key)
        start = time.perf_counter()
        books.write_tiles(Path(folder) / "log", key.public_pem)
        tiles_s = time.perf_counter() - start
        start = time.perf_counter()
        check_log(books, key.public_pem, (), actor_key=scribe.keys)
        check_s = time.perf_counter() - start
        books.close()
        result = {
            "schema": "countenance.benchmark-log/1",
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "machine": {
                "processor": platform.processor() or platform.machine(),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "sqlite": sqlite3.sqlite_version,
            },
            "entries": args.entries,
            "batch": args.batch,
            "appends_per_s_batched": round(per_second),
            "appends_per_s_single": round(1000 / statistics.median(one)),
            "append_single": spread(one),
            "receipt_made": spread(made),
            "receipt_verified": spread(verified),
            "tiles_written_s": round(tiles_s, 2),
            "whole_log_checked_s": round(check_s, 2),
            "database_bytes": path.stat().st_size,
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
