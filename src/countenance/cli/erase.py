"""Erasure and retention: `person erase`, `retention list`, `retention run`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from countenance.cli.people import person
from countenance.cli.state import State, state_of
from countenance.errors import ConfigError

if TYPE_CHECKING:
    from countenance.core.records.erasure import Erasure
    from countenance.erasure import Plan
    from countenance.wiring.erase import Finished
    from countenance.wiring.retention import Ended

Ground = Literal[
    "request", "consent-withdrawn", "no-longer-needed", "objection", "unlawful", "legal-obligation", "child"
]
OperatorOption = Annotated[str | None, typer.Option("--operator", metavar="ID")]
retention = typer.Typer(help="How long releases and refusals are kept.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    person.command("erase")(person_erase)
    app.add_typer(retention, name="retention")


def person_erase(
    context: typer.Context,
    person_id: Annotated[str, typer.Argument(metavar="PERSON")],
    reason: Annotated[Ground, typer.Option(help="Why, as GDPR art. 17(1) has it; it is logged.")],
    override_retention: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Erase although a duty to keep runs: a lawyer's reason, which is logged."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    operator_id: OperatorOption = None,
) -> None:
    """Erase a person: records, releases, keys and what opens them. The log still verifies. There is no way back."""
    from countenance.erasure import duties, kept, plan_person  # noqa: PLC0415
    from countenance.wiring.erase import erase_person, erasure_of  # noqa: PLC0415

    state = state_of(context)
    books = state.office.books
    done = erasure_of(state.office, person_id)
    if done is None:
        plan = plan_person(books, person_id)
        running = duties(plan, books, state.office.clock.now())
        for line in (*_would(plan), *(f"  kept: {_counted(one.count, one.what)}: {one.why}" for one in kept(plan))):
            state.say(line)
        for duty in running:
            state.say(f"  a duty to keep {duty.release_id} runs until {duty.until}: {duty.why}")
        if not running or override_retention is not None:
            _confirm(state, person_id, yes=yes)
    else:
        state.say(f"erased already at {done.at}; what was left to do is done now")
    erasure, plan_done, finished = erase_person(
        state.office, state.office.pen(operator_id), person_id, ground=reason, override=override_retention
    )
    state.answer(_told(erasure, finished, again=plan_done is None), _said(erasure, finished))


@retention.command("list")
def retention_list(context: typer.Context) -> None:
    """List releases that ended: until when each is kept and by whose rule; and refusals that are too old."""
    from countenance.wiring.retention import listed  # noqa: PLC0415

    state = state_of(context)
    due = listed(state.office)
    lines = [_line(one) for one in due.ended]
    if due.refusals_before is not None:
        lines.append(f"{due.refusals} refusals from before {due.refusals_before}")
    state.answer(_due_json(due, []), "\n".join(lines) or "no release has ended")


@retention.command("run")
def retention_run(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is due.")] = False,
    operator_id: OperatorOption = None,
) -> None:
    """Erase what is due, without asking: for a daily job. What a release wants reviewed is only listed."""
    from countenance.wiring.retention import listed, run  # noqa: PLC0415

    state = state_of(context)
    due = listed(state.office)
    done: list[Erasure] = []
    if not dry_run:
        done, _ = run(state.office, state.office.pen(operator_id), due)
    wanted = [one for one in due.ended if one.state == "due"]
    lines = [_line(one) for one in wanted] + ([f"{due.refusals} refusals"] if due.refusals else [])
    verb = "would be erased" if dry_run else "erased"
    state.answer(_due_json(due, done), "\n".join(f"{verb}: {line}" for line in lines) or "nothing is due")


def _would(plan: "Plan") -> list[str]:
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(plan.kinds.items()))
    files = _counted(len(plan.made), "published file")
    of_files = f"  of {files}: where it was put, for whom, and what opens its consent receipt"
    return [
        f"{plan.person_id} would be erased for good:",
        f"  {_counted(len(plan.entries), 'statement')} and what they state: {said}",
        of_files if plan.made else "  no file was published of them",
        "  the key under which all of it is sealed",
    ]


def _confirm(state: State, person_id: str, *, yes: bool) -> None:
    if yes:
        return
    if state.json or not sys.stdin.isatty():
        raise ConfigError("nobody can be asked here", hint="add --yes where it is really meant")
    if typer.prompt("There is no way back. Type the id of the person to go on", err=True).strip() != person_id:
        raise ConfigError("this is another id; nothing was erased")


def _told(erasure: "Erasure", finished: "Finished", *, again: bool) -> dict[str, Any]:
    return {
        "schema": "countenance.erasure/1",
        "id": erasure.id,
        "person": erasure.person_id,
        "at": erasure.at,
        "reason": erasure.ground,
        "override": erasure.override,
        "retention_until": erasure.retention_until,
        "releases": [one.release_id for one in erasure.releases],
        "erased": erasure.counts,
        "kept": [one.model_dump() for one in erasure.kept],
        "readings": finished.readings,
        "status_lists": list(finished.lists),
        "log": {"size": finished.report.size, "erased": finished.report.erased, "holds": True},
        "finished_before": again,
    }


def _said(erasure: "Erasure", finished: "Finished") -> str:
    report = finished.report
    lines = [f"erased at {erasure.at}: {_of(erasure)}"]
    lines += [f"  kept: {_counted(one.count, one.what)}: {one.why}" for one in erasure.kept]
    lines.append(f"the log holds: {report.size} entries, {report.erased} erased")
    lines += [f"put {path} where others read it" for path in finished.lists]
    lines.append("backups made before still hold them: see docs/guides/erasure.md")
    return "\n".join(lines)


def _of(erasure: "Erasure") -> str:
    return f"{_counted(len(erasure.entries), 'statement')} and {_counted(len(erasure.releases), 'release')}"


def _counted(count: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count} {what if count == 1 else plural}"


def _line(one: "Ended") -> str:
    until = f"kept until {one.until} ({one.rule})" if one.until else "no rule says until when"
    return f"{one.release_id}  ended {one.ended_at}  {until}  {one.state}"


def _due_json(due: Any, done: "list[Erasure]") -> dict[str, Any]:
    return {
        "schema": "countenance.retention/1",
        "at": due.at,
        "releases": [
            {
                "release": one.release_id,
                "person": one.person_id,
                "ended_at": one.ended_at,
                "until": one.until,
                "rule": one.rule,
                "state": one.state,
            }
            for one in due.ended
        ],
        "refusals": due.refusals,
        "refusals_before": due.refusals_before,
        "erasures": [one.id for one in done],
    }
