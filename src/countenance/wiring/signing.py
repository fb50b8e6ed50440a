"""Signed documents, and releases that a person signs themselves, for the command line and the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from countenance.core import digest
from countenance.core.clock import later
from countenance.core.envelope import NO_CERTIFICATE
from countenance.core.records.consent import DepictedPerson, ModelRelease, Operator
from countenance.core.records.signing import Invitation, Signing
from countenance.core.records.terms import DocumentCheck, Signature, SignedDocument
from countenance.errors import ConfigError, CountenanceError, EvidenceError, StoreError, UnsupportedMediaError
from countenance.request.documents import MAX_BYTES, Findings, is_pdf
from countenance.request.receive import receive_asset
from countenance.settings import Settings
from countenance.signing import Shown, Way, draft_for, invite, key_file, sign
from countenance.toolkit.pen import Pen
from countenance.wiring.plugins import load
from countenance.wiring.signing_page import Sheet, limit_rows, page_of

if TYPE_CHECKING:
    from countenance.toolkit.render import RenderTools
    from countenance.wiring.sheet import Draw

MOST_SHEETS = 6
_DAY_S = 86_400
_WHAT_NOW = {
    "altered": "get the file again as it was signed",
    "partly-signed": "have the whole file signed",
    "untrusted": "give the signer's root with --document-trust, if you trust it",
    "unsigned": "if it is a scan of paper, say --scan: evidence of lower rank",
    "unreadable": "give a PDF that is neither encrypted nor damaged",
}


def check_document(
    data: bytes, *, settings: Settings, trust: Sequence[Path] = (), scan: bool = False, at: str
) -> SignedDocument:
    """What the check of a document found, as the record of a release holds it. Whatever it found: ask `require_usable`.

    Args:
        data: the file.
        settings: bounds, and the home whose folder `document-roots` holds the agency's roots.
        trust: further roots, as PEM files.
        scan: whether it is given as a scan of paper.
        at: the instant of the check.

    Raises:
        ConfigError: pyHanko is not installed, or a root cannot be read.
        InputError: a picture that cannot be read.
    """
    found = findings_of(data, settings=settings, trust=trust, at=at).check
    if scan and found.result == "unsigned":
        found = DocumentCheck(result="scan", checker=found.checker)
    return SignedDocument(digest=digest.of_file(data), size_bytes=len(data), check=found, checked_at=at)


def findings_of(data: bytes, *, settings: Settings, trust: Sequence[Path] = (), at: str) -> Findings:
    """All that was found in a document, signature by signature. A picture holds none. Raises as `check_document`."""
    if not data:
        raise ConfigError("the document is empty")
    if is_pdf(data):
        checker = load("documents", "pdf", plugins=settings.plugins)()
        found: Findings = checker.check(data, roots_pem=document_roots(settings, trust), at=at)
        return found
    try:
        receive_asset(data, max_bytes=MAX_BYTES, max_pixels=settings.max_pixels)
    except UnsupportedMediaError as error:
        raise UnsupportedMediaError(
            f"the document is no PDF, and no scan: {error.message}", hint="a PDF, or a scan as JPEG, PNG, WebP or TIFF"
        ) from error
    check = DocumentCheck(result="unsigned", checker="countenance")
    return Findings(check=check, why="it is a picture, which holds no signature")


def document_roots(settings: Settings, trust: Sequence[Path] = ()) -> list[str]:
    """The roots that the agency trusts for documents, as PEM: `document-roots/*.pem` of the home, and these files.

    Raises:
        ConfigError: one of them cannot be read, or is no certificate.
    """
    folder = settings.home / "document-roots"
    found = []
    for path in (*sorted(folder.glob("*.pem")), *trust):
        try:
            certificates = x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, *NO_CERTIFICATE) as error:
            raise ConfigError(f"the root `{path.name}` cannot be read", hint="certificates in PEM") from error
        found += [one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates]
    return found


def require_usable(document: SignedDocument) -> None:
    """Stop what is neither signed nor said to be a scan.

    Raises:
        EvidenceError: it was altered, or is signed in part, untrusted, unsigned or unreadable.
    """
    result = document.check.result
    if result not in ("signed", "scan"):
        raise EvidenceError(f"the document does not count as signed: {result}", hint=_WHAT_NOW[result])


def require_named(signatures: Sequence[Signature], document: SignedDocument | None) -> bool:
    """Whether one of the signatures that a release file names is on this very document.

    Raises:
        ConfigError: one claims an e-signature, which only `release sign` makes, or is on another document.
    """
    if any(one.method == "e-signature" for one in signatures):
        raise ConfigError("the file claims an e-signature", hint="only `release sign` makes one: see `release invite`")
    named = [one.document for one in signatures if one.document is not None]
    if document is not None and named and document.digest not in named:
        raise ConfigError(
            "the signatures in the file name another document", hint="`document check FILE` shows a file's digest"
        )
    return document is not None and document.digest in named


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation, the person's key for it, and the page."""

    invitation: Invitation
    token: str
    page: bytes
    sheets: tuple[Sheet, ...]


def make_invitation(
    pen: Pen, operator: Operator, said: ModelRelease, person: DepictedPerson, *, organisation: str, days: int,
    photos: Sequence[bytes], settings: Settings, room: "Callable[[], RenderTools]", draw: "Draw",
    supersedes: str | None = None,
) -> Invited:  # fmt: skip
    """Draft, sheets, page and key. The sheets are decided and logged one by one; then the invitation fixes all of it.

    `supersedes`: the release of which this is to be the next version.

    Raises:
        ConfigError: see `draft_for`; too many photographs; a photograph of several faces.
        DeniedError: the sheet of a photograph may not be made.
    """
    from countenance.wiring.cells import limits_of  # noqa: PLC0415 - loads torch

    if len(photos) > MOST_SHEETS:
        raise ConfigError(f"at most {MOST_SHEETS} photographs can be shown")
    before = _before(pen, supersedes)
    draft, role = draft_for(pen, person, said, before=before)
    if photos and role == "guardian":
        raise ConfigError("no pictures are made of a minor's face", hint="leave --sheet out: the page shows the list")
    sheets = tuple(_sheet(pen, operator, draft, data, settings, room, draw) for data in photos)
    shown = tuple(str(one.showing.sheet_digest) for one in sheets)
    draft = draft.model_copy(update={"grant": draft.grant.model_copy(update={"examples_shown": shown or None})})
    page = page_of(
        draft, role=role, name=_name_of(draft, person, role), organisation=organisation,
        until=later(draft.added_at, seconds=days * _DAY_S), sheets=sheets,
        why_no_sheet=_why_none(role), before=before, limits=limit_rows(draft.grant, limits_of(draft.grant)),
    )  # fmt: skip
    cells = tuple(cell.pixels_digest for one in sheets for cell in one.showing.cells)
    fixed = Shown(page=digest.of_file(page), sheets=shown, cells=cells)
    invitation, token = invite(pen, draft=draft, role=role, shown=fixed, days=days)
    return Invited(invitation=invitation, token=token, page=page, sheets=sheets)


def write_invitation(folder: Path, made: Invited, *, organisation: str, with_key: bool) -> dict[str, str]:
    """The page, the sheets and, where asked, the key in a new folder for its owner only. Paths by name.

    Raises:
        StoreError: they cannot be written.
    """
    files = {"page": ("page.html", made.page)}
    files |= {f"sheet-{n}": (f"sheet-{n}.png", one.png) for n, one in enumerate(made.sheets, 1)}
    if with_key:
        files["key"] = ("key.txt", key_file(made.token, made.invitation, organisation=organisation).encode())
    try:
        for name, data in files.values():
            (folder / name).touch(mode=0o600, exist_ok=False)
            (folder / name).write_bytes(data)
    except OSError as error:
        raise StoreError("the invitation cannot be written", hint="make another one, in another folder") from error
    return {what: str(folder / name) for what, (name, _) in files.items()}


def new_folder(folder: Path) -> None:
    """A folder of its own for an invitation.

    Raises:
        ConfigError: it exists already.
        StoreError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=False)
    except FileExistsError as error:
        raise ConfigError(f"`{folder.name}` exists already", hint="name a new folder") from error
    except OSError as error:
        raise StoreError(f"the folder cannot be made: {error.strerror}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What came of it. `withdrawal`: the text of the person's key to withdraw; empty where none could be made."""

    signing: Signing
    release: ModelRelease
    withdrawal: str


def sign_release(office: Any, pen: Pen, invitation: Invitation, *, name: str, page: bytes, way: Way) -> Signed:
    """Sign, and make the person's key to withdraw with. The signature stands whether or not that can be made."""
    from countenance.withdrawal import handed_out, issue_link  # noqa: PLC0415

    signing, release = sign(pen, invitation, name=name, page=page, way=way)
    office.write_log()
    told = partial(
        handed_out,
        organisation=office.organisation().name,
        release_id=release.id,
        valid_until=release.grant.valid_until,
    )
    try:
        _, token = issue_link(pen, release_id=release.id)
        office.write_log()
    except CountenanceError:
        return Signed(signing=signing, release=release, withdrawal="")
    return Signed(signing=signing, release=release, withdrawal=told(token))


def _sheet(
    pen: Pen, operator: Operator, draft: ModelRelease, data: bytes, settings: Settings,
    room: "Callable[[], RenderTools]", draw: "Draw",
) -> Sheet:  # fmt: skip
    from countenance.wiring.sheet import sheet_of  # noqa: PLC0415 - loads torch

    asset = receive_asset(data, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    showing, png = sheet_of(pen, operator, asset, data, draft, None, room=room, draw=draw)
    return Sheet(png=png, showing=showing)


def _before(pen: Pen, release_id: str | None) -> ModelRelease | None:
    """The release that is to be superseded, as it stands."""
    if release_id is None:
        return None
    found = pen.books.release(release_id)
    if found is None:
        raise ConfigError(f"`{release_id}` is no model release here", hint="`release list` shows them")
    return found


def _name_of(draft: ModelRelease, person: DepictedPerson, role: str) -> str:
    if role == "guardian" and draft.guardian is not None:
        return draft.guardian.name
    return person.legal_name or person.alias


def _why_none(role: str) -> str:
    return "none are made of a minor's face" if role == "guardian" else "no photograph of yours was given for it"
