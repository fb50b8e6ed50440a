"""What hangs together, drawn as a tree."""

from typing import TYPE_CHECKING, Any

from countenance.cli.state import printable
from countenance.core.clock import last_day

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

_STYLE = {"active": "green", "withdrawn": "bold red", "expired": "yellow", "not yet valid": "yellow"}
_SHOWN = 200


def draw(page: "Console", found: dict[str, Any]) -> None:
    """Person, releases, titles, edits, derivatives. Of very many edits the first; all of them are in --json."""
    from rich.text import Text  # noqa: PLC0415
    from rich.tree import Tree  # noqa: PLC0415

    asked = found["asked"]
    for one in found["markings"]:
        what = f"marked, not edited: {one['marking_id']}  {one['published_at']}, of title {one['title_id']}"
        ids = f"\n  manifest {one['manifest_id']}, watermark {one['watermark_id']}"
        page.print(_label(what + ids, one["marking_id"], asked))
    if not found["persons"]:
        told = "nothing hangs together with it" if not found["markings"] else "no release is tied to that picture"
        page.print(Text(f"{asked['kind']} {asked['id']}: {told}"))
    for person in found["persons"]:
        tree = Tree(_label(f"person {person['id']}  {printable(person['alias'] or 'erased')}", person["id"], asked))
        for release in person["releases"]:
            text = _label(f"release {release['id']}  ", release["id"], asked)
            text.append(_said_of(release), _STYLE[release["state"]])
            branch = tree.add(text)
            for title in release["titles"]:
                known = title["id"] or "no title known"
                _edits(branch.add(_label(f"title {known}", known, asked)), title["edits"], release["state"], asked)
        page.print(tree, soft_wrap=False)


def _said_of(release: dict[str, Any]) -> str:
    if release["state"] == "withdrawn":
        return f"withdrawn {release['withdrawn_at']} by the {release['withdrawn_by']}"
    return f"{release['state']}, until {last_day(release['valid_until'])}"


def _edits(branch: "Tree", edits: list[dict[str, Any]], state: str, asked: dict[str, str]) -> None:
    """Without recursion, as chains may be long."""
    waiting = [(branch, edit) for edit in reversed(edits)]
    shown = 0
    while waiting:
        parent, edit = waiting.pop()
        shown += 1
        if shown > _SHOWN:
            branch.add(f"and {1 + len(waiting)} more, and what came of them: --json has them all")
            return
        node = parent.add(_edit(edit, state, asked))
        waiting += [(node, child) for child in reversed(edit["derivatives"])]


def _edit(edit: dict[str, Any], state: str, asked: dict[str, str]) -> Any:
    how = "borrowed from, by edit" if edit["how"] == "borrowed" else "edit"
    text = _label(f"{how} {edit['edit_id']}  {edit['published_at']}  ", edit["edit_id"], asked)
    text.append("consent withdrawn" if state == "withdrawn" else f"consent {state}", _STYLE[state])
    text.append(f"\nmanifest {edit['manifest_id']}, watermark {edit['watermark_id']}")
    if edit["purpose"]:
        text.append(f"\n{edit['purpose']}, {edit['medium']}, {edit['territory']}: {printable(edit['path'])}")
    if edit["client"]:
        text.append(f"\nfor {printable(edit['client'])}")
    if edit["title_id"]:
        text.append(f"\nits output has title {edit['title_id']}")
    return text


def _label(words: str, thing: str, asked: dict[str, str]) -> Any:
    from rich.text import Text  # noqa: PLC0415

    return Text(words, style="bold" if thing == asked["id"] else "")
