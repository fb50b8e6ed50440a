"""kill -9 while a child appends: the database opens again, holds what the child was promised, and checks."""

import os
import signal
import subprocess
import sys
import time

from countenance.adapters.books.sqlite import build
from countenance.testing.fixed_clock import SeededIds
from countenance.testing.log_keys import log_key

KILLS = 10
CHILD = """
import sys
from pathlib import Path
from countenance.adapters.books.sqlite import build
from countenance.adapters.clock import SystemClock, SystemIds
from countenance.audit.append import append_many
from countenance.testing.fixed_clock import SeededIds
from countenance.testing.log_keys import log_key
from countenance.testing.scribe import Scribe

home, key, scribe = Path(sys.argv[1]), log_key(), Scribe(SystemClock(), SystemIds())
books = build(home / "books.db", "log.example/countenance")
print("ready", flush=True)
count = 0
if not books.size():
    scribe.found(books, key)
    books.write_tiles(home / "log", key.public_pem)
scribe.actor = books.organisation().id
while True:
    count = count % 3 + 1
    with books.transaction():
        receipts = append_many([scribe.write() for _ in range(count)], books, key)
    print(receipts[-1].index, flush=True)
    books.write_tiles(home / "log", key.public_pem)
"""


def test_ten_kills_lose_nothing(tmp_path):
    ids, key = SeededIds(6962), log_key()
    notes = []
    for number in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", CHILD, tmp_path], stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline() == "ready\n"
        first = child.stdout.readline() if number % 2 else ""  # on a busy machine a child may not get that far
        time.sleep(0.005 + int.from_bytes(ids.secret(1)) / 1700)
        os.kill(child.pid, signal.SIGKILL)
        promised = [int(line) for line in [first, *child.communicate()[0].splitlines()] if line.strip()]
        books = build(tmp_path / "books.db", "log.example/countenance")
        report = books.check(tmp_path / "log", key.public_pem, held=notes)
        assert report.size > max(promised, default=-1)
        assert books.write_tiles(tmp_path / "log", key.public_pem) == report.size
        notes = [note for note in [books.checkpoint()] if note]
        books.close()
    assert report.size > KILLS // 2
