"""Status lists of a home: an entry for each file, and the signed lists in a folder."""

from pathlib import Path
from typing import Any

from countenance.core import chain, status_credential
from countenance.core.clock import later
from countenance.core.records.decision import EditRequest, Permit
from countenance.core.records.status import StatusEntry, StatusIssue
from countenance.errors import StoreError
from countenance.toolkit.pen import Pen
from countenance.wiring.office import Office
from countenance.withdrawal import issue_status


def file_name(number: int) -> str:
    """Under which a list is published: `status.jwt`, `status-2.jwt`."""
    return "status.jwt" if number == 1 else f"status-{number}.jwt"


def take_entry(office: Office, permit: Permit) -> StatusEntry:
    """A fresh entry for the file that will come of the permit, at random, never given again."""
    number, place = office.books.take_status(permit.edit_id, office.ids.secret)
    issuer = chain.root_id(office.keys.claim_root_pem)
    return StatusEntry(
        list_id=status_credential.list_id(issuer, number), index=place, issuer=issuer, url=_url(office, number)
    )


def own_entry(office: Office, edit_id: str) -> StatusEntry | None:
    """The entry that was taken for a file; None where none was."""
    found = office.books.status_of(edit_id)
    if found is None:
        return None
    number, place = found
    issuer = chain.root_id(office.keys.claim_root_pem)
    return StatusEntry(
        list_id=status_credential.list_id(issuer, number), index=place, issuer=issuer, url=_url(office, number)
    )


def note_delivery(books: Any, request: EditRequest, path: Path) -> None:
    """Keep where the published file lies, for whom it is, and for what it is used."""
    books.note_delivery(
        request.edit_id,
        path=str(path.absolute()),
        purpose=request.purpose,
        medium=request.medium,
        territory=request.territory,
        client=request.client,
    )


def publish(office: Office, *, days: int, out: Path | None = None) -> list[tuple[StatusIssue, Path]]:
    """Sign every list as it stands, log that, and write them into the home's folder, or into another one.

    Raises:
        ConfigError: an impossible number of days, or a wrong passphrase.
        StoreError: a folder cannot be written.
    """
    pen = office.organisation_pen()
    folder, issued = out or office.settings.status_folder, []
    for number in office.books.status_numbers():
        issue, token = _issue(office, pen, number, days)
        for where in dict.fromkeys((office.settings.status_folder, folder)):
            _write(where, file_name(number), token)
        issued.append((issue, folder / file_name(number)))
    office.write_log()
    return issued


def _issue(office: Office, pen: Pen, number: int, days: int) -> tuple[StatusIssue, bytes]:
    at = office.clock.now()
    issuer = chain.root_id(office.keys.claim_root_pem)
    return issue_status(
        pen,
        office.keys.unlock_claim(office.secrets.organisation),
        number=number,
        list_id=status_credential.list_id(issuer, number),
        url=_url(office, number),
        organisation=office.organisation().name,
        valid_until=later(at, seconds=days * 86400),
    )


def _url(office: Office, number: int) -> str:
    site = office.settings.status_url
    return f"{site.rstrip('/')}/{file_name(number)}" if site else ""


def _write(folder: Path, name: str, data: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{name}.new"
        fresh.write_bytes(data)
        fresh.replace(folder / name)
    except OSError as error:
        raise StoreError("the status list cannot be written", hint="check the folder") from error
