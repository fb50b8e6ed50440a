"""Kills (SIGKILL) an edit at every one of its writes; used by test_killed_at_every_write.

The file is rendered once. Then, for each write of deciding and of attesting, the home is put back as it was, and a fork
goes on until that write, and is gone. What it leaves is judged by the command line: log, output, and the next run.
Attesting is killed twice over: into a free name, and over a file that is to be replaced.
"""

import json
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from agency import PORTRAIT, Agency, edit_tools_of, order_of
from killing import forked, kill_at

from countenance.core import digest
from countenance.marks.photo import draw_mark
from countenance.pipeline import attest, authorise, render_photo
from countenance.toolkit.edit import EditTools
from countenance.toolkit.turnstiles import Target
from countenance.wiring.edit_tools import sweep

LAST = 200
OLDER = b"the file that is to be replaced"


def at_each_write(
    agency: Agency, template: Path, out: Path, work: Callable[[], object], edit_id: str = "edit_none"
) -> list[dict[str, Any]]:
    """Put the home back, do the work until the nth write, and judge what is left; for every n until it ends alone."""
    found = []
    for number in range(1, LAST):
        for folder, kept in ((agency.home, template / "home"), (out.parent, template / "out")):
            shutil.rmtree(folder)
            shutil.copytree(kept, folder)

        def until(number: int = number) -> None:
            kill_at(number)
            work()

        ended = forked(until)
        there = out.exists()
        log = forked(lambda: agency.ok("log", "check"))
        swept = forked(lambda: next_run(agency, out))
        found.append(
            {
                "write": number,
                "ended": ended,
                "there": there,
                "log": log,
                "next": swept,
                "lost": forked(lambda: lost(agency, out, edit_id)),
                "verified": forked(lambda: agency.ok("verify", out)) if content(out) not in {None, OLDER} else 0,
                "replaced": content(out) not in {None, OLDER},
                "left": sorted(path.name for path in out.parent.iterdir() if path != out),
            }
        )
        if ended != -signal.SIGKILL:
            break
    return found


def next_run(agency: Agency, out: Path) -> None:
    """What the next edit into that folder does first, and what it decides."""
    tools = edit_tools_of(agency)
    sweep(tools.outputs, tools.pen.books, out.parent)
    authorise(order_of(agency, {"AU12": 200}), tools)


def lost(agency: Agency, out: Path, edit_id: str) -> None:
    """Fail where an edit is logged as published, and is not out after the next run."""
    books: Any = edit_tools_of(agency).pen.books
    publication = books.publication(edit_id)
    if publication and digest.of_file(content(out) or b"") != publication.output_digest:
        raise LookupError(edit_id)


def content(out: Path) -> bytes | None:
    """What is at the output's name."""
    return out.read_bytes() if out.exists() else None


def claimed(target: Target, tools: EditTools, work: Callable[[EditTools], object]) -> None:
    """A part of the way, inside the claim that the whole way makes."""
    with tools.outputs.claim(target.path, replace=target.replace):
        work(tools)


def main(agency: Agency, folder: Path) -> dict[str, Any]:
    """Every phase."""
    torch.set_num_threads(1)
    out = folder / "out" / "out.jpg"
    template = folder / "template"
    out.parent.mkdir()
    (template / "out").mkdir(parents=True)
    order = order_of(agency, {"AU12": 300})
    target = Target(path=out, media_type="image/jpeg")
    shutil.copytree(agency.home, template / "home")
    deciding = at_each_write(
        agency,
        template,
        out,
        lambda: claimed(target, edit_tools_of(agency), lambda tools: authorise(order, tools)),
    )

    tools = edit_tools_of(agency)
    authorised = authorise(order, tools)
    edit_id, version = authorised.permit.edit_id, tools.render().watermark.payload
    mark = draw_mark(tools.pen.ids, lambda drawn: tools.pen.books.reserve_mark(drawn, edit_id), version)
    receipt = tools.pen.ids.new("receipt")
    rendered = render_photo(order.data, authorised.permit, target, mark, receipt, tools.render(), tools)
    shutil.rmtree(template / "home")
    tools.pen.books.close()  # type: ignore[attr-defined]
    shutil.copytree(agency.home, template / "home")

    def attesting(to: Target) -> list[dict[str, Any]]:
        def work() -> None:
            claimed(to, edit_tools_of(agency), lambda tools: attest(order, authorised, rendered, receipt, to, tools))

        return at_each_write(agency, template, out, work, authorised.permit.edit_id)

    free = attesting(target)
    (template / "out" / out.name).write_bytes(OLDER)
    return {
        "deciding": deciding,
        "attesting": free,
        "replacing": attesting(replace(target, replace=True)),
        "photo": digest.of_file(PORTRAIT.read_bytes()),
    }


if __name__ == "__main__":
    job = json.loads(sys.argv[1])
    given = {"home": Path(job["home"]), "folder": Path(job["folder"])}
    results = main(Agency(**given, operator=job["operator"]), Path(job["work"]))
    Path(job["results"]).write_text(json.dumps(results))
