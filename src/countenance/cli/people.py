"""Who: the organisation, its operators, the depicted persons, their model releases."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from countenance.cli.consent import hand_out
from countenance.cli.state import state_of
from countenance.errors import ConfigError

RoleName = Literal["retoucher", "rights", "approver"]
operator = typer.Typer(help="Operators: who asks for edits, each with an own key.", no_args_is_help=True)
person = typer.Typer(help="Depicted persons, by alias.", no_args_is_help=True)
release = typer.Typer(help="Model releases: what a person signed.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("init")(init)
    app.add_typer(operator, name="operator")
    app.add_typer(person, name="person")
    app.add_typer(release, name="release")


def init(
    context: typer.Context,
    organisation: Annotated[str, typer.Option(help="Name, as it stands in the certificates.")],
    domain: Annotated[str, typer.Option(help="The organisation's domain: names its log.")] = "",
) -> None:
    """Make a home: keys, certificates, registry and log. Writes trust.pem, which anyone needs who verifies."""
    state = state_of(context)
    made = state.office.initialise(name=organisation, domain=domain)
    trust = str(state.settings.trust)
    state.answer(
        {"schema": "countenance.organisation/1", "id": made.id, "trust": trust, "log": state.office.origin},
        made.id,
    )
    state.say(f"hand {trust} to anyone who verifies your files")


@operator.command("add")
def operator_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name; stays in this home.")],
    role: Annotated[RoleName, typer.Option(help="What they may do.")],
) -> None:
    """Add an operator, with an own key under COUNTENANCE_OPERATOR_PASSPHRASE."""
    state = state_of(context)
    made = state.office.hire(name=name, role=role)
    state.answer(
        {
            "schema": "countenance.operator/1",
            "id": made.id,
            "role": made.role,
            "pseudonym": made.pseudonym,
            "passphrase": made.passphrase,
        },
        made.id,
    )
    if made.passphrase == "shared":
        state.say("the passphrase is shared with the organisation, and verify will say so")


@operator.command("list")
def operator_list(context: typer.Context) -> None:
    """List operators."""
    state = state_of(context)
    books = state.office.books
    listed = [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role,
            "pseudonym": one.pseudonym,
            "passphrase": one.passphrase,
            "revoked_at": next((revocation.at for revocation in books.revocations(one.id)), None),
        }
        for one in books.operators()
    ]
    lines = [
        f"{o['id']}  {o['role']:<9}  {o['pseudonym']}  {o['name']}  {'revoked' if o['revoked_at'] else ''}"
        for o in listed
    ]
    state.answer({"schema": "countenance.operators/1", "operators": listed}, "\n".join(lines) or "no operators")


@operator.command("revoke")
def operator_revoke(
    context: typer.Context,
    operator_id: Annotated[str, typer.Argument(metavar="ID")],
    reason: Annotated[str, typer.Option(help="Why; stays in this home.")] = "",
) -> None:
    """End an operator's right to act, from now on."""
    from countenance.desk import revoke_operator  # noqa: PLC0415

    state = state_of(context)
    made = revoke_operator(state.office.organisation_pen(), operator_id=operator_id, reason=reason)
    state.office.write_log()
    state.answer(
        {"schema": "countenance.revocation/1", "id": made.id, "of": made.of_id, "at": made.at}, f"revoked at {made.at}"
    )


@person.command("add")
def person_add(
    context: typer.Context,
    alias: Annotated[str, typer.Option(help="A name to find them by; stays in this home.")],
    adult: Annotated[bool, typer.Option("--adult", help="Declared adult.")] = False,
    born: Annotated[str | None, typer.Option(metavar="DATE", help="Day of birth, YYYY-MM-DD.")] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Add a depicted person."""
    from countenance.desk import add_person  # noqa: PLC0415

    state = state_of(context)
    if adult == (born is not None):
        raise ConfigError("say either --adult or --born DATE", hint="an unknown age is no consent")
    made = add_person(state.office.pen(operator_id), alias=alias, adult=adult, born=_day(born))
    state.office.write_log()
    state.answer({"schema": "countenance.person/1", "id": made.id, "adult": made.adult}, made.id)


@release.command("add")
def release_add(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.yaml", help="See examples/release.yaml.")],
    person_id: Annotated[str | None, typer.Option("--person", metavar="ID", help="Overrides the file.")] = None,
    link: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a key there for the person, to withdraw by themselves.")
    ] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Add a model release."""
    from countenance.desk import add_release  # noqa: PLC0415
    from countenance.request.release_file import parse_release  # noqa: PLC0415

    state = state_of(context)
    parsed = parse_release(state.read(file), at=state.office.clock.now())
    whose = person_id or parsed.person_id
    if whose is None:
        raise ConfigError("the release names no person", hint="add --person ID, or `person:` in the file")
    made = add_release(
        state.office.pen(operator_id), person_id=whose, grant=parsed.grant, signed_on=parsed.signed_on, text=parsed.text
    )
    state.office.write_log()
    handed = hand_out(state, made.id, link, operator_id)[0]["file"] if link is not None else None
    state.answer(
        {
            "schema": "countenance.model-release/1",
            "id": made.id,
            "person": made.person_id,
            "valid_until": made.grant.valid_until,
            "link": handed,
        },
        made.id,
    )
    state.say(f"valid until {made.grant.valid_until}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"`{text}` is not a day", hint="write YYYY-MM-DD") from error
