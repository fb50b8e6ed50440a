"""The registry at the size of a large agency, in each database: decisions, registrations, look-ups, a withdrawal.

    python benchmarks/registry.py [--postgres URL] [--titles 1000000] [--edits 100000]

Without a URL a server of its own is started, where PostgreSQL is installed, durable as it comes (fsync on). The million
titles are rows put in at once, each with a record as long as a real one, but neither signed nor logged one by one.
Registrations are whole acts by eight processes: record, signature, log entry and checkpoint, under the guard of the one
that is held. Times are by the clock on the wall, of a machine that others may use; `processor` is this process's own.
Writes benchmarks/results/registry.json.
"""

import argparse
import contextlib
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import withdrawal
from common import write
from sqlalchemy import insert

from countenance import desk
from countenance.adapters.books import fact_rows, rows
from countenance.adapters.books.books import Books
from countenance.adapters.books.postgres import build as on_a_server
from countenance.adapters.books.sqlite import build as in_a_file
from countenance.adapters.clock import SystemClock, SystemIds
from countenance.adapters.policies.cedar import build as cedar
from countenance.audit.record import Actor
from countenance.core.digest import of_file
from countenance.decision.decide import decide
from countenance.testing.log_keys import log_key, statement_key
from countenance.testing.private_server import PrivateServer, private_server
from countenance.testing.scribe import Scribe
from countenance.testing.worlds import a_title, a_world, an_id
from countenance.toolkit.pen import Pen

ORIGIN = "log.example/countenance"
POLICIES = Path(__file__).parents[1] / "policies"
WRITERS, EACH, LOOKS, AT_ONCE = 8, 60, 300, 20_000
NOTE = "times by the wall clock, beside whatever else ran on these cores: a load above their number stretches them"
DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
_TITLE = rows.table_of(fact_rows.TitleRow)
Open = Callable[[Path, str], Books]


def ms(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50_ms": round(1000 * cuts[49], 3), "p99_ms": round(1000 * cuts[98], 3)}


def timed(work: Callable[[int], object], count: int) -> dict[str, float]:
    """How long each call takes."""
    spent = []
    for number in range(count):
        start = time.perf_counter()
        work(number)
        spent.append(time.perf_counter() - start)
    return ms(spent)


def decisions() -> dict[str, Any]:
    """One face, one unit, rules parsed before: whole decisions with their digests."""
    world, engine = a_world(), cedar(POLICIES)

    def one(number: int) -> str:
        found = decide(world.request, world.evidence, engine, at=world.at, decision_id=an_id("decision", number))
        return found.effect

    count, begun, worked = 3000, time.perf_counter(), time.process_time()
    effects = {one(number) for number in range(count)}
    wall, worked = time.perf_counter() - begun, time.process_time() - worked
    return {
        "effects": sorted(effects),
        "rules": len(engine.rules()),
        "per_second": round(count / wall),
        "per_processor_second": round(count / worked),
    }


def registrations(open_books: Callable[[], Books], log: Path) -> dict[str, Any]:
    """Eight processes add persons, each as fast as it can."""
    books, scribe = open_books(), Scribe(SystemClock(), SystemIds())
    scribe.found(books, log_key())
    books.write_tiles(log, log_key().public_pem)
    books.close()
    fork = multiprocessing.get_context("fork")
    together, answers = fork.Barrier(WRITERS), fork.SimpleQueue()

    def register() -> None:
        mine = open_books()
        mine.guard(log, log_key().public_pem)
        pen = Pen(
            books=mine, actor=Actor(id=scribe.actor, key=statement_key()), log_key=log_key(), clock=SystemClock(),
            ids=SystemIds(),
        )  # fmt: skip
        spent = []
        together.wait()
        begun = time.monotonic()
        for _ in range(EACH):
            start = time.perf_counter()
            desk.add_person(pen, alias="A", adult=True, born=None)
            spent.append(time.perf_counter() - start)
        answers.put((begun, time.monotonic(), spent))
        mine.close()

    children = [fork.Process(target=register) for _ in range(WRITERS)]
    for child in children:
        child.start()
    said = [answers.get() for _ in children]
    for child in children:
        child.join()
    books = open_books()
    report = books.check(log, log_key().public_pem)
    books.close()
    wall = max(end for _, end, _ in said) - min(begun for begun, _, _ in said)
    return {
        "writers": WRITERS,
        "acts": WRITERS * EACH,
        "log_holds_with": report.size,
        "per_second": round(WRITERS * EACH / wall, 1),
        **ms([one for _, _, spent in said for one in spent]),
    }


def title_rows(count: int) -> Iterator[list[dict[str, Any]]]:
    """Rows in parts. Each record is the one of a title, with its own id, digest and fingerprint put into its bytes."""
    title = a_title(a_world().request.asset, 1).model_copy(update={"fingerprint": "f" * 64})
    like, asset = title.canonical(), title.asset.digest_of_file
    for start in range(0, count, AT_ONCE):
        part = []
        for number in range(start, min(start + AT_ONCE, count)):
            own, found = an_id("title", number + 1), of_file(number.to_bytes(8))
            record = like.replace(title.id.encode(), own.encode()).replace(asset.encode(), found.encode())
            record = record.replace(b"f" * 64, os.urandom(32).hex().encode())
            part.append({"id": own, "record": record, "asset_digest": found})
        yield part


def put(books: Books, part: list[dict[str, Any]]) -> None:
    """Many rows at once: on a server by COPY."""
    with books.transaction(), books.writing() as connection:
        if connection.dialect.name != "postgresql":
            connection.execute(insert(_TITLE), part)
            return
        raw: Any = connection.connection.dbapi_connection
        with raw.cursor().copy("COPY title (id, record, asset_digest) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(("varchar", "bytea", "varchar"))
            for row in part:
                copy.write_row((row["id"], row["record"], row["asset_digest"]))


def settle(books: Books) -> None:
    """What a server does by itself after a while: statistics for its planner."""
    with books.reading() as connection:
        on_server = connection.dialect.name == "postgresql"
    if on_server:
        with books.transaction(), books.writing() as connection:
            connection.exec_driver_sql("ANALYZE")


def look_ups(books: Books, count: int) -> dict[str, Any]:
    """Titles by the digest of a picture; and titles of others whose pictures look alike."""
    start = time.perf_counter()
    for part in title_rows(count):
        put(books, part)
    filled = time.perf_counter() - start
    settle(books)
    digests = [of_file((number * count // LOOKS).to_bytes(8)) for number in range(LOOKS)]
    found = [books.title_of(one) for one in digests]
    title = found[0]
    start = time.perf_counter()
    books.near_titles(title)
    first = time.perf_counter() - start
    return {
        "titles": count,
        "filled_s": round(filled, 1),
        "found": sum(one is not None for one in found),
        "title": timed(lambda number: books.title_of(digests[number]), LOOKS),
        "no_title": timed(lambda number: books.title_of(of_file(b"none %d" % number)), LOOKS),
        "first_fingerprint_s": round(first, 2),
        "fingerprint": timed(lambda _number: books.near_titles(title), LOOKS),
    }


def of_database(open_books: Open, titles: int, edits: int) -> dict[str, Any]:
    """All figures of one database; `open_books` makes other books for another folder."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        registered = registrations(partial(open_books, place, ORIGIN), place / "log")
        print(registered)
    with tempfile.TemporaryDirectory() as folder:
        books = open_books(Path(folder), ORIGIN)
        looked = look_ups(books, titles)
        books.close()
        print(looked)
    withdrawn = withdrawal.measure(edits, open_books, settle)
    print(withdrawn)
    return {"registrations": registered, "look_ups": looked, "withdrawal": withdrawn}


@contextlib.contextmanager
def server(given: str | None) -> Iterator[tuple[Open, str] | None]:
    """What opens books on a server, a database for each folder, and the server's version; None where there is none."""
    urls: dict[Path, str] = {}
    with contextlib.ExitStack() as stack:
        if given is None:
            try:
                made = stack.enter_context(private_server(settings=DURABLE))
            except FileNotFoundError as error:
                print(f"{error}: figures of SQLite only")
                yield None
                return
        else:
            made = PrivateServer(given)

        def open_books(folder: Path, origin: str) -> Books:
            if folder not in urls:
                urls[folder] = made.fresh()
            return on_a_server(urls[folder], origin)

        first = on_a_server(made.fresh(), ORIGIN)
        with first.reading() as connection:
            version = str(connection.exec_driver_sql("SHOW server_version").scalar_one())
        first.close()
        yield open_books, version
        for url in urls.values():
            made.drop(url)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", metavar="URL")
    parser.add_argument("--titles", type=int, default=1_000_000)
    parser.add_argument("--edits", type=int, default=100_000)
    given = parser.parse_args()
    before = [round(one, 1) for one in os.getloadavg()]
    figures: dict[str, Any] = {"note": NOTE, "load_before": before, "decisions": decisions()}
    print(figures)
    figures["sqlite"] = of_database(
        lambda folder, origin: in_a_file(folder / "books.db", origin), given.titles, given.edits
    )
    with server(given.postgres) as found:
        if found is not None:
            figures["postgresql"] = {"version": found[1], **of_database(found[0], given.titles, given.edits)}
    figures["load_after"] = [round(one, 1) for one in os.getloadavg()]
    figures["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    write("registry", figures)


if __name__ == "__main__":
    main()
