"""The person signs: `release invite` by an operator, `release sign` and `consent approve` by the person."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.consent import OperatorOption, consent
from countenance.cli.release import release
from countenance.cli.state import State, printable, state_of
from countenance.core.clock import last_day
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.core.records.consent import DepictedPerson, ModelRelease
    from countenance.core.records.signing import Invitation
    from countenance.wiring.signing import Invited, Signed

_STAMP = "FOR CONSENT - NOT FOR USE"
_ABOUT = "a contact sheet to consent to: not signed, not marked, not for use"
_DAYS = 14
_UNSENT = "the last page did not arrive: make the person's key to withdraw with `consent link {id}`"
TokenFile = Annotated[str, typer.Option("--token-file", metavar="FILE", help="The key you were given; `-` is stdin.")]


def register(_app: typer.Typer) -> None:
    """Add this file's commands to those of releases and of consent."""
    release.command("invite")(release_invite)
    release.command("invitations")(release_invitations)
    release.command("cancel")(release_cancel)
    release.command("sign")(release_sign)
    consent.command("approve")(consent_approve)


def release_invite(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="DRAFT.yaml", help="The release, not signed yet.")],
    person_id: Annotated[str, typer.Option("--person", metavar="ID", help="Who is to sign.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder for page, sheets and key.")],
    sheet: Annotated[
        list[Path] | None, typer.Option(metavar="PHOTO", help="A photo of theirs, shown at the limits; repeatable.")
    ] = None,
    supersedes: Annotated[
        str | None, typer.Option(metavar="RELEASE", help="It is to be the next version of this release.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it can be signed, at most 90.")] = _DAYS,
    serve: Annotated[
        bool, typer.Option("--serve", help="Also put the page on an address, to sign in a browser.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --serve: an address of this machine. Not encrypted.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve; 0: any.")] = 0,
    minutes: Annotated[int, typer.Option(min=1, max=240, help="With --serve: then it stops.")] = 30,
    operator_id: OperatorOption = None,
) -> None:
    """Fix a release for a person to sign: a page with its text and their own face at the limits, and a one-time key."""
    from countenance.wiring.signing import make_invitation, new_folder, write_invitation  # noqa: PLC0415

    state = state_of(context)
    said, person = _draft(state, file, state.person_id(person_id))
    operator = state.office.operator(operator_id)
    photos = [state.read(str(path)) for path in sheet or ()]
    new_folder(out)
    try:
        made = make_invitation(
            state.office.pen_of(operator), operator, said, person, organisation=state.office.organisation().name,
            days=days, photos=photos, settings=state.settings, room=lambda: state.room, draw=_draw(),
            supersedes=supersedes,
        )  # fmt: skip
    except BaseException:
        out.rmdir()
        raise
    finally:
        state.office.write_log()
    organisation = state.office.organisation().name
    files = write_invitation(out, made, organisation=organisation, with_key=not serve)
    if serve:
        _serve(state, made, host=host, port=port, minutes=minutes)
        return
    state.answer({**_invited(made.invitation), "files": files}, "\n".join(files.values()))
    state.say(f"give the person page.html and key.txt; it can be signed until {made.invitation.expires_at}")
    state.say(f"to end that before: `countenance release cancel {made.invitation.id}`")


def release_invitations(context: typer.Context) -> None:
    """List what persons were invited to sign: open, signed, cancelled or expired."""
    from countenance.signing import state_of_invitation  # noqa: PLC0415

    state = state_of(context)
    books, at = state.office.books, state.office.clock.now()
    found = [(one, state_of_invitation(books, one, at)) for one in books.invitations()]
    state.answer(
        {
            "schema": "countenance.invitations/1",
            "invitations": [
                {"id": one.id, "release": one.draft.id, "version": one.draft.version, "person": one.person_id,
                 "at": one.at, "expires_at": one.expires_at, "state": said}
                for one, said in found
            ],
        },
        "\n".join(f"{one.id}  {said:<9}  until {one.expires_at}  {one.person_id}" for one, said in found)
        or "no invitations",
    )  # fmt: skip


def release_cancel(
    context: typer.Context,
    invitation_id: Annotated[str, typer.Argument(metavar="INVITATION", help="See `release invitations`.")],
    operator_id: OperatorOption = None,
) -> None:
    """Cancel an invitation that was not signed yet: its key counts no more. Signed and logged."""
    from countenance.signing import cancel  # noqa: PLC0415

    state = state_of(context)
    made = cancel(state.office.pen(operator_id), invitation_id)
    state.office.write_log()
    state.answer(
        {"schema": "countenance.invitation-cancelled/1", "id": made.id, "invitation": made.of_id, "at": made.at},
        f"cancelled at {made.at}",
    )


def release_sign(
    context: typer.Context,
    token_file: TokenFile,
    page: Annotated[
        Path | None, typer.Option(metavar="PAGE.html", help="The page that you read; default: beside the key file.")
    ] = None,
    link: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write your key to withdraw there; default: shown once.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Your name, in full: it is your signature.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="You read the page and agree; with --name.")] = False,
) -> None:
    """Sign a release as the depicted person, with the one-time key that came with its page."""
    from countenance.cli.writing import require_new, write_new  # noqa: PLC0415
    from countenance.signing import open_invitation, require_open  # noqa: PLC0415
    from countenance.wiring.signing import sign_release  # noqa: PLC0415

    state = state_of(context)
    office = state.office
    invitation, actor = open_invitation(state.read(token_file).decode(errors="replace"), office.books)
    shown = state.read(str(page or Path(token_file).with_name("page.html")))
    require_open(office.books, invitation, page=shown, at=office.clock.now())
    if link is not None:
        require_new(link)
    typed = _agreed(state, invitation, name, yes=yes)
    signed = sign_release(office, office.pen_for(actor), invitation, name=typed, page=shown, way="command-line")
    if link is not None and signed.withdrawal:
        write_new(link, signed.withdrawal.encode())
    _say_signed(state, signed, link)


def consent_approve(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    token_file: TokenFile,
    units: Annotated[
        str, typer.Option("--units", "--au", metavar="UNITS", help="What you agree to: AU12=0.4,AU4=-0.2")
    ],
    days: Annotated[int, typer.Option(min=1, max=365, help="How long it counts.")] = 30,
) -> None:
    """Approve changes of one picture as the depicted person, with your key to withdraw."""
    from countenance.core import digest, facs  # noqa: PLC0415
    from countenance.signing import approve_picture  # noqa: PLC0415
    from countenance.withdrawal import open_link  # noqa: PLC0415

    state = state_of(context)
    link, actor = open_link(state.read(token_file).decode(errors="replace"), state.office.books)
    made = approve_picture(
        state.office.pen_for(actor), link, asset_digest=digest.of_file(state.read(photo)),
        units=facs.parse_units(units), days=days,
    )  # fmt: skip
    state.office.write_log()
    state.answer(
        {
            "schema": "countenance.approval-made/1",
            "id": made.id,
            "of": made.of,
            "by_person": True,
            "release": made.release_id,
            "asset": made.asset_digest,
            "units": {name: value / 1000 for name, value in (made.units or {}).items()},
            "valid_until": made.valid_until,
            "digest": made.digest(),
        },
        made.id,
    )


def _draft(state: State, file: str, person_id: str) -> "tuple[ModelRelease, DepictedPerson]":
    from countenance.request.release_file import draft_of, read_release  # noqa: PLC0415

    at = state.office.clock.now()
    parsed = draft_of(read_release(state.read(file)), at=at)
    if parsed.person_id not in (None, person_id):
        raise ConfigError("the draft names another person", hint="take `person` out of it, or name that one")
    person: DepictedPerson | None = state.office.books.person(person_id)
    if person is None:
        raise ConfigError(f"`{person_id}` is no depicted person here", hint="add them with `countenance person add`")
    return parsed.draft(at=at), person


def _agreed(state: State, invitation: "Invitation", name: str | None, *, yes: bool) -> str:
    """The name, typed or given; and a yes, in whichever way."""
    if yes and name:
        return name
    if yes or name or state.json:
        raise ConfigError("--yes and --name go together", hint="or leave both out, to be asked")
    draft = invitation.draft
    state.say(f"release   {draft.id}\ntext      {invitation.text_digest}\npage      {invitation.page_digest}")
    state.say(f"valid     {draft.grant.valid_from[:10]} to {last_day(draft.grant.valid_until)}, both included (UTC)")
    if not typer.confirm("Did you read the page, and do you agree?", default=False, err=True):
        raise ConfigError("nothing was signed", hint="silence is no")
    return str(typer.prompt("Type your full name; it is your signature", err=True))


def _serve(state: State, made: "Invited", *, host: str, port: int, minutes: int) -> None:
    from countenance.signing import open_invitation  # noqa: PLC0415
    from countenance.wiring.signing import sign_release  # noqa: PLC0415
    from countenance.wiring.signing_web import SigningDesk  # noqa: PLC0415

    office = state.office
    invitation, actor = open_invitation(made.token, office.books)
    pen = office.pen_for(actor)
    desk = SigningDesk(
        made.page, sign=lambda name: sign_release(office, pen, invitation, name=name, page=made.page, way="page"),
        host=host, port=port, path=office.ids.secret(24).hex(), once=office.ids.secret(24).hex(),
        pictures=bool(made.sheets),
    )  # fmt: skip
    state.talk.print(f"open in a browser, within {minutes} minutes: {desk.url}", markup=False)
    if host not in ("127.0.0.1", "localhost"):
        state.say("the way to the browser is not encrypted: on a network that you trust only")
    signed, arrived = desk.serve(seconds=minutes * 60)
    if not arrived:
        state.say(_UNSENT.format(id=signed.release.id))
    _say_signed(state, signed, None, shown=True)


def _say_signed(state: State, signed: "Signed", link: Path | None, *, shown: bool = False) -> None:
    """`shown`: the key to withdraw was shown to the person already, and to nobody else."""
    key = signed.withdrawal if link is None and not shown else ""
    data = {
        "schema": "countenance.signing/1",
        "id": signed.signing.id,
        "release": signed.release.id,
        "at": signed.signing.at,
        "page": signed.signing.page_digest,
        "sheets": list(signed.signing.sheet_digests),
        "link": str(link) if link is not None and signed.withdrawal else None,
        "withdrawal_key": key or None,
    }
    state.answer(data, "\n".join([signed.release.id, *([printable_lines(key)] if key else [])]))
    state.say(f"signed at {signed.signing.at}")
    if not signed.withdrawal:
        state.say(f"no key to withdraw could be made: ask for one, `consent link {signed.release.id}`")


def printable_lines(text: str) -> str:
    """Text of several lines, without other control characters."""
    return "\n".join(printable(line) for line in text.splitlines())


def _invited(invitation: "Invitation") -> dict[str, Any]:
    return {
        "schema": "countenance.invitation/1",
        "id": invitation.id,
        "release": invitation.draft.id,
        "version": invitation.draft.version,
        "person": invitation.person_id,
        "role": invitation.role,
        "expires_at": invitation.expires_at,
        "draft_digest": invitation.draft_digest,
        "text_digest": invitation.text_digest,
        "page_digest": invitation.page_digest,
        "sheet_digests": list(invitation.sheet_digests),
        "cell_digests": list(invitation.cell_digests),
    }


def _draw() -> Any:
    from countenance.cli.sheets import draw_sheet  # noqa: PLC0415

    return partial(draw_sheet, stamp=_STAMP, title="What this release would allow on this face", about=_ABOUT)
