"""How long a withdrawal takes to arrive everywhere: a release with 100,000 derivatives, and a status list of 1e6.

    python benchmarks/withdrawal.py [--edits 100000]

Two thirds of the edits are of original pictures, one third is of outputs of those, five deep. Before the clock starts
the books are filled with their records, and with status entries until a list of 2^20 is half taken, as full as it gets.
The withdrawal is measured as the command does it: the act in the log, every derivative read, the list signed anew.
Writes benchmarks/results/withdrawal.json.
"""

import argparse
import datetime as dt
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import write
from sqlalchemy import insert

from countenance import desk
from countenance.adapters.books import fact_rows, kept_rows, rows
from countenance.adapters.books.books import Books
from countenance.adapters.books.sqlite import build
from countenance.adapters.signers.file import KeyStore
from countenance.audit.append import append_many
from countenance.audit.record import Actor
from countenance.core import chain, status_credential
from countenance.core.digest import of_file
from countenance.core.records.consent import Grant
from countenance.core.records.terms import Limit
from countenance.testing.fixed_clock import FixedClock, SeededIds
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe
from countenance.toolkit.pen import Pen
from countenance.withdrawal import issue_status

AT = "2026-11-24T10:00:00.000Z"
PASS = "a passphrase"


def made(folder: Path, open_books: Callable[[str], Books]) -> tuple[Books, Pen, KeyStore, str, str]:
    keys = KeyStore(folder / "keys")
    keys.create_organisation("Agency", "agency.example", PASS, AT)
    books, ids, clock = open_books(keys.log_origin), SeededIds(), FixedClock(AT, step_ms=1)
    claim = keys.unlock_claim(PASS)
    pen = Pen(books=books, actor=Actor(id=ids.new("organisation"), key=claim), log_key=log_key(), clock=clock, ids=ids)
    desk.add_organisation(
        pen, name="Agency", domain="", public_pem=claim.public_pem, log_public_pem=log_key().public_pem
    )
    operator_id = ids.new("operator")
    pseudonym, certificate = keys.add_operator(operator_id, PASS, PASS, AT)
    desk.add_operator(
        pen, operator_id=operator_id, name="A", role="rights", pseudonym=pseudonym, certificate_pem=certificate,
        own_passphrase=False,
    )  # fmt: skip
    person = desk.add_person(pen, alias="A", adult=True, born=None)
    grant = Grant(
        purposes=("advertising",), media=("web",), territories=("*",), units={"AU12": Limit(max_permille=500)},
        valid_from="2026-01-01T00:00:00.000Z", valid_until="2030-01-01T00:00:00.000Z",
    )  # fmt: skip
    release = desk.add_release(pen, person_id=person.id, grant=grant, signed_on=dt.date(2026, 1, 1), text="I agree")
    with books.transaction(), books.writing() as connection:
        connection.execute(insert(rows.table_of(kept_rows.ManifestRow)), {"digest": "m", "data": b"m"})
    return books, pen, keys, operator_id, release.id


def fill(pen: Pen, books: Books, edits: int, operator_id: str, release_id: str) -> None:
    """Rows as publications leave them; the record beside each is as long as a real one, and its log entry is real."""
    ids, scribe, first = SeededIds(3), Scribe(pen.clock, SeededIds(4)), books.size()
    record = b"{" + b" " * 3000 + b"}"
    outputs: list[str] = []
    published, delivered = [], []
    for number in range(edits):
        edit, output = ids.new("edit"), of_file(b"out %d" % number)
        source = outputs[number - edits // 7] if number >= edits * 2 // 3 else of_file(b"source %d" % (number // 10))
        outputs.append(output)
        published.append(
            {
                "id": edit,
                "record": record,
                "watermark_id": f"{number:09x}",
                "receipt_id": edit,
                "manifest_digest": "m",
                "fingerprint": "0" * 64,
                "operator_id": operator_id,
                "log_index": first + number,
                "release_id": release_id,
                "source_digest": source,
                "output_digest": output,
                "reference_digest": None,
                "reference_release_id": None,
                "manifest_id": f"urn:c2pa:{number}",
                "published_at": AT,
            }
        )
        delivered.append(
            {"edit_id": edit, "path": f"/out/{number}.jpg", "purpose": "film", "medium": "web", "territory": "DE"}
        )
    for start in range(0, edits, 5000):
        entries = [scribe.write("publication") for _ in range(start, min(start + 5000, edits))]
        with books.transaction():
            append_many(entries, books, log_key())
    with books.transaction(), books.writing() as connection:
        connection.execute(insert(rows.table_of(fact_rows.PublicationRow)), published)
        connection.execute(insert(rows.table_of(kept_rows.DeliveryRow)), delivered)
    fill_list(books, [row["id"] for row in published])


def fill_list(books: Books, edits: list[str]) -> None:
    """Three entries for each edit, one of them its own, and other edits' until half of the list is taken."""
    ids, half, places = SeededIds(5), books.entries_per_list // 2, dict[int, None]()
    while len(places) < half:
        places[int.from_bytes(ids.secret(3)) % books.entries_per_list] = None
    entries = [
        {
            "number": 1,
            "place": place,
            "edit_id": edits[number // 3] if number < 3 * len(edits) else f"edit_{number // 3:032x}",
            "decoy": number % 3 > 0,
        }
        for number, place in enumerate(places)
    ]
    with books.transaction(), books.writing() as connection:
        connection.execute(insert(rows.table_of(kept_rows.StatusEntryRow)), entries)


def measure(edits: int, open_books: Callable[[Path, str], Books], settle: Callable[[Books], None]) -> dict[str, Any]:
    """Fill new books, let the database settle, withdraw, and say how long each part took."""
    spent: dict[str, float] = {}

    def clock(name: str, start: float) -> float:
        now = time.perf_counter()
        spent[name] = round(now - start, 3)
        return now

    with tempfile.TemporaryDirectory() as folder:
        books, pen, keys, operator_id, release_id = made(Path(folder), lambda origin: open_books(Path(folder), origin))
        fill(pen, books, edits, operator_id, release_id)
        settle(books)
        claim = keys.unlock_claim(PASS)
        list_id = status_credential.list_id(chain.root_id(keys.claim_root_pem), 1)
        begun, worked = time.perf_counter(), time.process_time()
        start = begun
        desk.withdraw(pen, release_id=release_id, reason="")
        start = clock("act_s", start)
        listed = books.descendants(release_id)
        start = clock("listed_s", start)
        _, token = issue_status(
            pen, claim, number=1, list_id=list_id, url="", organisation="Agency", valid_until="2027-01-01T00:00:00.000Z"
        )
        start = clock("list_signed_s", start)
        spent["whole_s"] = round(start - begun, 3)
        spent["whole_processor_s"] = round(time.process_time() - worked, 3)
        found = status_credential.read(token, keys.claim_root_pem)
        start = clock("list_read_s", start)
        with books.transaction():
            for number in range(50):
                books.take_status(f"edit_{number:031x}f", pen.ids.secret)
        taken_s = time.perf_counter() - start
        books.close()
    return {
        "edits": edits, "listed": len(listed), "deepest": max(one.generation for one in listed),
        "entries_in_list": 8 * len(found.bits), "bits_set": sum(byte.bit_count() for byte in found.bits),
        "token_bytes": len(token), "entry_taken_ms": round(1000 * taken_s / 50, 2), **spent,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=100_000)
    figures = measure(
        parser.parse_args().edits, lambda folder, origin: build(folder / "books.db", origin), lambda _books: None
    )
    write("withdrawal", figures)
    print(figures)


if __name__ == "__main__":
    main()
