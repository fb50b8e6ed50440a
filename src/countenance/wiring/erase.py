"""Erasing in a home: the act, and then everything outside the transaction, which may be begun again after a crash."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from countenance.audit.check import LogReport
from countenance.core.records.erasure import Erasure, ErasureGround
from countenance.erasure import Plan, erase, plan_person, plan_releases
from countenance.errors import ConfigError, StoreError
from countenance.toolkit.pen import Pen
from countenance.wiring.kept import KeptReadings
from countenance.wiring.office import Office
from countenance.wiring.status import publish

LIST = "erasures.json"
"""Beside the held checkpoint: who was erased, by ids that say nothing, for backups that do not know it."""
_SCHEMA = "countenance.erasures/1"
_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What was done after the act: readings deleted, status lists signed anew, the log checked."""

    readings: int
    lists: tuple[str, ...]
    report: LogReport


def erase_person(
    office: Office, pen: Pen, person_id: str, *, ground: ErasureGround, override: str | None
) -> tuple[Erasure, Plan | None, Finished]:
    """Erase a person, or finish what a crash cut short where the act itself is done.

    Raises:
        ConfigError: the books do not know the person, or the override names them.
        DeniedError: a retention duty runs.
        StoreError: the erasure is done, and something that it leaves behind could not be cleared away.
    """
    done, plan = erasure_of(office, person_id), None
    if done is None:
        done, plan = erase(pen, lambda: plan_person(office.books, person_id), ground=ground, override=override)
    return done, plan, finish(office)


def erasure_of(office: Office, person_id: str) -> Erasure | None:
    """The erasure of a person, where there was one."""
    return next((one for one in office.books.erasures() if one.person_id == person_id), None)


def finish(office: Office) -> Finished:
    """Bring everything outside the books after an erasure, and check the log.

    Raises:
        StoreError: a file cannot be written or deleted, or another process reads the database; do it again.
        TamperedLogError: the log does not hold.
    """
    office.write_log()
    _write_list(office)
    readings = KeptReadings(office.settings.home, office.keys, lambda: office.secrets.organisation).sweep(
        office.books, office.clock.now()
    )
    lists = tuple(str(path) for _, path in publish(office, days=_DAYS))
    office.books.scrub()
    report = office.books.check(office.settings.log_folder, office.keys.log_public)
    return Finished(readings=readings, lists=lists, report=report)


def erase_again(office: Office, ids: Iterable[str]) -> int:
    """Erase persons and releases that were erased before, from books put back from an older backup. How many.

    Raises:
        StoreError: something cannot be written.
    """
    books, count = office.books, 0
    for one in sorted(ids):  # persons before releases: the erasure of a person takes theirs along
        release = books.release(one)
        if books.person(one) is not None:
            _again(office, partial(plan_person, books, one))
        elif release is not None:
            _again(office, partial(plan_releases, books, [release]))
        else:
            continue
        count += 1
    if count:
        finish(office)
    return count


def erased_in(path: Path) -> tuple[str, ...]:
    """The ids in a list of erasures: of the file itself, or of that in a home or a log folder; none where none is.

    Raises:
        ConfigError: it is no such list.
        StoreError: it cannot be read.
    """
    places = (path / LIST, path / "log" / LIST) if path.is_dir() else (path,)
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        return ()
    try:
        value = json.loads(found.read_bytes())
        return tuple(str(one) for one in value["erased"]) if value["schema"] == _SCHEMA else _no_list()
    except OSError as error:
        raise StoreError("the list of erasures cannot be read", hint="check the file") from error
    except (ValueError, KeyError, TypeError):
        return _no_list()


def _no_list() -> NoReturn:
    raise ConfigError("this is no list of erasures", hint=f"give the file `{LIST}` of a home's folder `log`")


def _again(office: Office, planned: Callable[[], Plan]) -> None:
    erase(office.organisation_pen(), planned, ground="again", override="it was erased before this backup was put back")


def _write_list(office: Office) -> None:
    erasures: Any = office.books.erasures()
    ids = [one.person_id for one in erasures if one.person_id]
    ids += [release.release_id for one in erasures for release in one.releases]
    path = office.settings.log_folder / LIST
    try:
        fresh = path.with_name(f".{LIST}.new")
        fresh.write_text(json.dumps({"schema": _SCHEMA, "erased": ids}, indent=1), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise StoreError("the list of erasures cannot be written", hint="check the folder `log` of the home") from error
