"""The second pair of eyes: `approve`, `house rules`, and of titles `near`, `review`, `dispute`, `settle`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from countenance.cli.pictures import title
from countenance.cli.state import State, printable, state_of
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.core.records.consent import Operator, Title
    from countenance.toolkit.pen import Pen

ApprovedName = Literal["alteration", "minor", "sensitive-use", "picture"]
VerdictName = Literal["distinct", "same-right", "conflict"]
_ID = re.compile(r"(title|release)_[0-9a-f]{32}")
house = typer.Typer(help="What the organisation asks of itself.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands; those of titles stand beside the others."""
    app.command("approve")(approve)
    app.add_typer(house, name="house")
    title.command("near")(title_near)
    title.command("review")(title_review)
    title.command("dispute")(title_dispute)
    title.command("settle")(title_settle)


def approve(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    of: Annotated[ApprovedName, typer.Option(help="What is approved.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in a sentence; stays in this home.")],
    document: Annotated[Path, typer.Option(metavar="FILE", help="What it rests on; hashed only.")],
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Its last day; default: 30 days from now.")] = None,
    release_id: Annotated[str | None, typer.Option("--release", metavar="ID", help="Under this release only.")] = None,
    au: Annotated[str | None, typer.Option(help="Of `picture`: the approved changes, AU12=0.5,AU4=-0.2")] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID", help="Who approves.")] = None,
) -> None:
    """Approve, as a second operator, what the rules ask a second pair of eyes for: one picture, until a day.

    It never counts for an edit that you ask for yourself.
    """
    from countenance import oversight  # noqa: PLC0415
    from countenance.cli.titling import hashed  # noqa: PLC0415

    if (of == "picture") != (au is not None):
        raise ConfigError("the changes that the person approved go with `--of picture`", hint="--au AU12=0.5,AU4=-0.2")
    state = state_of(context)
    operator, pen = _acting(state, operator_id)
    made = oversight.approve(
        pen, operator=operator, of=of, asset_digest=_digest(state, photo), reason=reason, document=hashed(document),
        until=_end(state, until), release_id=release_id, units=_units(au),
    )  # fmt: skip
    state.office.write_log()
    state.answer(
        {
            "schema": "countenance.approval-made/1",
            "id": made.id,
            "of": made.of,
            "asset": made.asset_digest,
            "valid_until": made.valid_until,
            "digest": made.digest(),
        },
        made.id,
    )
    state.say(f"valid until {made.valid_until}, for edits of this picture that another operator asks for")


@house.command("rules")
def house_rules(
    context: typer.Context,
    four_eyes: Annotated[
        Literal["on", "off"] | None,
        typer.Option(help="Whoever registers may not edit."),
    ] = None,
) -> None:
    """Show the rules of the house, or set them: the organisation signs that."""
    state = state_of(context)
    if four_eyes is not None:
        from countenance.oversight import set_house_rules  # noqa: PLC0415

        set_house_rules(state.office.organisation_pen(), four_eyes=four_eyes == "on")
        state.office.write_log()
    rules = state.office.books.house_rules()
    on = rules is not None and rules.four_eyes
    state.answer(
        {"schema": "countenance.house/1", "four_eyes": on, "since": None if rules is None else rules.at},
        f"four eyes: {'on' if on else 'off'}{'' if rules is None else f', since {rules.at}'}",
    )


def title_near(
    context: typer.Context,
    photo: Annotated[str | None, typer.Argument(metavar="PHOTO", help="Default: all pairs that wait.")] = None,
) -> None:
    """List the pictures of other owners that look alike, and what the newest review of each says."""
    state = state_of(context)
    if photo is None:
        _near_waiting(state)
        return
    found = _title(state, photo)
    near = state.office.books.near_titles(found)
    if near is None:
        raise ConfigError("the fingerprint of this title cannot be compared", hint="add the title again")
    reviews = state.office.books.title_reviews(found.id)
    listed = [
        {
            "other": one.other_id,
            "distance_bits": one.distance_bits,
            "verdict": next((said.verdict for said in reversed(reviews) if one.other_id in _pair(said)), None),
            **_whose(state.office.books.title(one.other_id)),
        }
        for one in near
    ]
    lines = [
        f"{one['other']}  {one['distance_bits']:>2} bits  {one['verdict'] or 'not reviewed'}  {_called(one)}"
        for one in listed
    ]
    state.answer(
        {"schema": "countenance.near/1", "title": found.id, "near": listed},
        "\n".join([f"{found.id}  this picture  {_called(_whose(found))}", *lines])
        if lines
        else "no picture of another owner looks alike",
    )


def _near_waiting(state: State) -> None:
    from countenance.wiring.cards import look_alike_pairs  # noqa: PLC0415

    office = state.office
    with office.books.reading():
        pairs = look_alike_pairs(office.books, office.clock.now())
    rows = [
        {"distance_bits": bits, "titles": [{"id": one.id, **_whose(one)} for one in (first, second)]}
        for first, second, bits in pairs
    ]
    lines = [f"{bits} bits apart, not reviewed:\n  {_line(first)}\n  {_line(second)}" for first, second, bits in pairs]
    state.answer({"schema": "countenance.near-waiting/1", "waiting": rows}, "\n".join(lines) or "no look-alikes wait")


def _line(title: "Title") -> str:
    return f"{title.id}  {_called(_whose(title))}"


def _whose(title: "Title") -> dict[str, Any]:
    return {"owner": title.owner, "name": title.name}


def _called(said: dict[str, Any]) -> str:
    """Owner and name, as they stand in the books."""
    return printable(", ".join(filter(None, (said["owner"], said["name"]))))


def title_review(
    context: typer.Context,
    title_id: Annotated[str, typer.Argument(metavar="TITLE")],
    other_id: Annotated[str, typer.Argument(metavar="OTHER")],
    verdict: Annotated[VerdictName, typer.Option(help="`conflict` stays barred.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What you saw, in a sentence.")],
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID", help="Who compared them.")] = None,
) -> None:
    """Say what you found when you compared two pictures that look alike. It gives no right to either."""
    from countenance.oversight import review  # noqa: PLC0415

    state = state_of(context)
    operator, pen = _acting(state, operator_id)
    made = review(pen, operator=operator, title_id=title_id, other_id=other_id, verdict=verdict, reason=reason)
    state.office.write_log()
    state.answer({"schema": "countenance.title-reviewed/1", "id": made.id, "verdict": made.verdict}, made.id)


def title_dispute(
    context: typer.Context,
    contested: Annotated[str, typer.Argument(metavar="PHOTO|TITLE|RELEASE")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Who contests it, and why; stays in this home.")],
    document: Annotated[Path | None, typer.Option(metavar="FILE", help="What they sent; hashed only.")] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Freeze a title or a model release that somebody contests: no edit until the dispute is settled."""
    from countenance.cli.titling import hashed  # noqa: PLC0415
    from countenance.oversight import dispute  # noqa: PLC0415

    state = state_of(context)
    of_id = contested if _ID.fullmatch(contested) else _title(state, contested).id
    made = dispute(
        state.office.pen(operator_id),
        of_id=of_id,
        reason=reason,
        document=None if document is None else hashed(document),
    )
    state.office.write_log()
    state.answer({"schema": "countenance.dispute-opened/1", "id": made.id, "of": made.of_id, "at": made.at}, made.id)
    state.say(f"frozen since {made.at}; end it with `countenance title settle {made.id}`")


def title_settle(
    context: typer.Context,
    dispute_id: Annotated[str, typer.Argument(metavar="DISPUTE")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How it ended; stays in this home.")],
    document: Annotated[Path | None, typer.Option(metavar="FILE", help="What says so; hashed only.")] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """End a dispute. Under four eyes that is another operator than who opened it."""
    from countenance.cli.titling import hashed  # noqa: PLC0415
    from countenance.oversight import settle  # noqa: PLC0415

    state = state_of(context)
    operator, pen = _acting(state, operator_id)
    made = settle(
        pen,
        operator=operator,
        dispute_id=dispute_id,
        reason=reason,
        document=None if document is None else hashed(document),
    )
    state.office.write_log()
    state.answer(
        {"schema": "countenance.dispute-settled/1", "id": made.id, "of": made.of_id, "at": made.at},
        f"settled since {made.at}: {dispute_id}, over {made.of_id}",
    )


def _acting(state: State, operator_id: str | None) -> "tuple[Operator, Pen]":
    operator = state.office.operator(operator_id)
    return operator, state.office.pen_of(operator)


def _digest(state: State, photo: str) -> str:
    from countenance.core import digest  # noqa: PLC0415

    return digest.of_file(state.read(photo))


def _title(state: State, photo: str) -> "Title":
    found: Title | None = state.office.books.title_of(_digest(state, photo))
    if found is None:
        raise ConfigError("this picture has no title", hint="add it with `countenance title add`")
    return found


def _pair(review: Any) -> tuple[str, str]:
    return review.title_id, review.other_id


def _end(state: State, until: str | None) -> str | None:
    """The first instant after that day."""
    if until is None:
        return None
    from countenance.request.title_file import last_day  # noqa: PLC0415

    return last_day("until", until, at=state.office.clock.now())


def _units(au: str | None) -> dict[str, int] | None:
    if au is None:
        return None
    from countenance.core import facs  # noqa: PLC0415

    return dict(facs.parse_units(au))
