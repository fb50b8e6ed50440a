"""kill -9 at the writes of an erasure: the person is there whole or gone whole, and erasing again finishes what is left."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from erasable import PERSONAL, leave_traces, office_of
from killing import KILLED, forked, kill_at
from studio import Home, fast_derivations, make_home

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
LAST, STEP = 400, 4


def kinds_left(home: Home, left: object) -> tuple[bool, ...]:
    """Whether person, releases, links, receipt salt and decisions are still there."""
    office = office_of(home)
    books = office.books
    there = (
        books.person(left.person) is not None,
        *(books.release(one) is not None for one in left.releases),
        bool(books.withdrawal_links(left.releases[0])),
        books.receipt_salt(left.receipt) is not None,
        bool(books.decisions_of(left.edits[0])),
    )
    books.close()
    return there


def test_every_kill_leaves_one_of_two_states(tmp_path: Path) -> None:
    with fast_derivations():
        home, operator = make_home(tmp_path / "made")
        left = leave_traces(home, operator)
        words = ("person", "erase", left.person, "--reason", "request", "--yes")
        seen = []
        for number in range(1, LAST, STEP):
            copy = replace(home, path=tmp_path / "home")
            shutil.copytree(home.path, copy.path)

            def work(copy: Home = copy, number: int = number) -> None:
                kill_at(number)
                copy.ok(*words)

            ended = forked(work)
            assert ended in {0, KILLED}
            there = kinds_left(copy, left)
            assert len(set(there)) == 1, there
            assert copy.ok("log", "check")["holds"]
            seen.append(there[0])
            copy.ok(*words)
            files = [path for path in copy.path.rglob("*") if path.is_file()]
            assert [path.name for path in files if any(word.encode() in path.read_bytes() for word in PERSONAL)] == []
            assert copy.ok("log", "check")["erased"] > 10
            shutil.rmtree(copy.path)
            if ended == 0:
                break
        else:
            pytest.fail("it never came through")
        assert seen == sorted(seen, reverse=True)
        assert set(seen) == {True, False}
