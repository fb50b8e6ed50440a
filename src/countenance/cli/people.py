"""Who: the organisation, its operators, the depicted persons."""

import json
from typing import Annotated, Any, Literal

import typer

from countenance.cli.consent import OperatorOption
from countenance.cli.state import SHORTEST_PASSPHRASE, State, state_of
from countenance.errors import ConfigError

RoleName = Literal["retoucher", "rights", "approver"]
operator = typer.Typer(help="Operators: who asks for edits, each with an own key.", no_args_is_help=True)
person = typer.Typer(help="Depicted persons, by alias.", no_args_is_help=True)
FormFile = Annotated[str | None, typer.Option(metavar="FILE.yaml", help="What is known, as `person schema` says.")]
Alias = Annotated[str | None, typer.Option(help="A name to find them by; stays in this home.")]
Born = Annotated[str | None, typer.Option(metavar="DATE", help="Day of birth, YYYY-MM-DD.")]
LegalName = Annotated[str | None, typer.Option("--legal-name", metavar="NAME", help="Stays in this home.")]
Contact = Annotated[str | None, typer.Option(metavar="TEXT", help="How to reach them; stays in this home.")]
Country = Annotated[str | None, typer.Option(metavar="CODE", help="Where they live, such as DE.")]
Identity = Annotated[
    tuple[str, str, str] | None,
    typer.Option(metavar="KIND WHO DATE", help="Evidence of identity that was seen: what, by whom, when. No copy."),
]
Guardian = Annotated[
    tuple[str, str, str] | None, typer.Option(metavar="NAME RELATION CONTACT", help="Who consents for a minor.")
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("init")(init)
    app.add_typer(operator, name="operator")
    app.add_typer(person, name="person")


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
    _warn_of_short(state, state.secrets.organisation)


@operator.command("add")
def operator_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name; stays in this home.")],
    role: Annotated[RoleName, typer.Option(help="What they may do.")],
) -> None:
    """Add an operator, with an own key. Its passphrase is asked for, or comes from COUNTENANCE_OPERATOR_PASSPHRASE."""
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
    else:
        _warn_of_short(state, state.secrets.new_operator)


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
    file: FormFile = None,
    alias: Alias = None,
    adult: Annotated[bool, typer.Option("--adult", help="Declared adult.")] = False,
    born: Born = None,
    legal_name: LegalName = None,
    contact: Contact = None,
    country: Country = None,
    identity: Identity = None,
    guardian: Guardian = None,
    operator_id: OperatorOption = None,
) -> None:
    """Add a depicted person, from options or a YAML file."""
    from countenance.desk import add_person  # noqa: PLC0415

    state = state_of(context)
    said = _said(state, file, _options(alias, adult, born, legal_name, contact, country, identity, guardian))
    if "alias" not in said:
        raise ConfigError("the person has no alias", hint="give --alias NAME, or `alias:` in the file")
    if bool(said.get("adult")) == ("born" in said):
        raise ConfigError("say either --adult or --born DATE", hint="an unknown age is no consent")
    first = {name: said.pop(name, None) for name in ("alias", "adult", "born")}
    made = add_person(state.office.pen(operator_id), **{**first, "adult": bool(first["adult"])}, details=said)
    state.office.write_log()
    state.answer({"schema": "countenance.person/1", "id": made.id, "adult": made.adult}, made.id)


@person.command("change")
def person_change(
    context: typer.Context,
    person_id: Annotated[str, typer.Argument(metavar="PERSON")],
    file: FormFile = None,
    alias: Alias = None,
    adult: Annotated[bool, typer.Option("--adult", help="Declared adult.")] = False,
    born: Born = None,
    legal_name: LegalName = None,
    contact: Contact = None,
    country: Country = None,
    identity: Identity = None,
    guardian: Guardian = None,
    operator_id: OperatorOption = None,
) -> None:
    """Write what is newly known of a person, as their next version. What is not named stays as it was."""
    from countenance.desk import change_person  # noqa: PLC0415

    state = state_of(context)
    said = _said(state, file, _options(alias, adult, born, legal_name, contact, country, identity, guardian))
    made = change_person(state.office.pen(operator_id), person_id=state.person_id(person_id), said=said)
    state.office.write_log()
    state.answer(
        {"schema": "countenance.person/1", "id": made.id, "adult": made.adult, "version": made.version},
        f"{made.id}, version {made.version}",
    )


@person.command("schema")
def person_schema(context: typer.Context) -> None:
    """Print the JSON Schema of a person's file, as it is read."""
    from countenance.request.forms.person import person_schema as schema  # noqa: PLC0415

    found = schema()
    state_of(context).answer(found, json.dumps(found, indent=2, ensure_ascii=False))


def _warn_of_short(state: State, passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        state.say(f"warning: the passphrase has fewer than {SHORTEST_PASSPHRASE} characters")


def _options(
    alias: str | None, adult: bool, born: str | None, legal_name: str | None, contact: str | None, country: str | None,
    identity: tuple[str, ...] | None, guardian: tuple[str, ...] | None,
) -> dict[str, Any]:  # fmt: skip
    """The options as keys of the person's form."""
    named = {
        "alias": alias,
        "adult": "yes" if adult else None,
        "born": born,
        "legal_name": legal_name,
        "contact": contact,
        "country": country,
        "identity": dict(zip(("kind", "by", "on"), identity, strict=True)) if identity else None,
        "guardian": dict(zip(("name", "relation", "contact"), guardian, strict=True)) if guardian else None,
    }
    return {name: value for name, value in named.items() if value is not None}


def _said(state: State, file: str | None, options: dict[str, Any]) -> dict[str, Any]:
    """What file and options say; an option outweighs the file."""
    from countenance.request.forms.person import HINT, person_of  # noqa: PLC0415
    from countenance.request.forms.yaml_text import read_yaml  # noqa: PLC0415

    fields = {} if file is None else read_yaml(state.read(file), what="the person's file", hint=HINT)
    return person_of(fields | options, at=state.office.clock.now())
