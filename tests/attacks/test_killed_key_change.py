"""kill -9 at every write of a change of keys, a backup and a restore: one of the two states, and the next act works."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from killing import KILLED, forked, kill_at
from studio import Home, fast_derivations, make_home

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
LAST = 150


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    with fast_derivations():
        yield make_home(tmp_path_factory.mktemp("studio") / "home")


def at_each_write(
    home: Home, folder: Path, words: tuple[object, ...], judge: Callable[[Home, bool], None], *, step: int = 1
) -> int:
    """Kill before the first, second, third... write, until the command comes through."""
    for number in range(1, LAST, step):
        copy = replace(home, path=folder / "home")
        shutil.copytree(home.path, copy.path)

        def work(copy: Home = copy, number: int = number) -> None:
            kill_at(number)
            copy.ok(*words, new_passphrase="other")

        ended = forked(work)
        assert ended in {0, KILLED}
        judge(copy, ended == 0)
        shutil.rmtree(copy.path)
        if ended == 0:
            return number
    pytest.fail("it never came through")


def acts(home: Home) -> bool:
    return home.run("person", "add", "--alias", "someone", "--adult")[0] == 0


@pytest.mark.parametrize("role", ["claim", "log", "mark"])
def test_rotation(made, tmp_path: Path, role: str) -> None:
    home, _ = made
    seen = []

    def judge(copy: Home, done: bool) -> None:
        assert acts(copy)
        keys = [key["state"] for key in copy.ok("keys", "list")["keys"] if key["kind"] == role]
        assert keys in (["in use"], ["in use", "retired"])
        checked = copy.ok("log", "check")
        assert checked["size"] == 2 + len(keys)  # the change is logged if and only if it counts
        assert not list((copy.path / "keys").glob(".[!l]*"))
        seen.append(len(keys))
        assert not done or len(keys) == 2

    assert at_each_write(home, tmp_path, ("keys", "rotate", role), judge) > 10
    assert seen == sorted(seen)
    assert set(seen) == {1, 2}


def test_the_passphrase(made, tmp_path: Path) -> None:
    home, _ = made
    seen = []

    def judge(copy: Home, done: bool) -> None:
        new = replace(copy, organisation="other")
        opens = [acts(one) for one in (copy, new)]
        assert sorted(opens) == [False, True]
        assert new.ok("log", "check")["size"] == 3 + opens[1]
        seen.append(opens[1])
        assert not done or opens[1]

    assert at_each_write(home, tmp_path, ("keys", "passphrase"), judge) > 10
    assert seen == sorted(seen)
    assert set(seen) == {False, True}


def test_backup_and_restore(made, tmp_path: Path) -> None:
    home, _ = made
    out, place = tmp_path / "b.bak", tmp_path / "new"

    def judge_backup(copy: Home, done: bool) -> None:
        assert acts(copy)
        there = out.exists()
        assert there or not done
        assert replace(copy, path=place).run("restore", out)[0] == (0 if there else 2)
        shutil.rmtree(place, ignore_errors=True)
        if not done:
            out.unlink(missing_ok=True)

    def judge_restore(copy: Home, done: bool) -> None:
        restored = replace(copy, path=copy.path / "new")
        if not restored.path.exists():
            assert not done
            restored.ok("restore", out)
        assert acts(restored)
        assert restored.ok("log", "check")["size"] == 4
        assert not list(copy.path.glob(".new-restoring-*"))

    assert at_each_write(home, tmp_path, ("backup", "--out", out), judge_backup, step=4) > 10
    empty = replace(home, path=tmp_path / "empty")
    empty.path.mkdir()
    words = ("--home", tmp_path / "home" / "new", "restore", out)
    assert at_each_write(empty, tmp_path, words, judge_restore, step=8) > 10
