"""The demo: the whole story on a made-up portrait, told by the command line's own answers."""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from countenance.cli.drawing import save_picture, sheet
from countenance.cli.page import write_page
from countenance.core.clock import last_day
from countenance.errors import CountenanceError, StoreError

if TYPE_CHECKING:
    from rich.console import Console

Runner = Callable[..., int]
_PASSPHRASES = {"passphrase": "the demo's own passphrase", "operator_passphrase": "the demo operator's passphrase"}
_SETTINGS = {**_PASSPHRASES, "database_url": "", "operator": ""}
"""Whatever server the environment names, the demo's books are its own."""
_FILES = ("input.png", "published.jpg", "published.png", "stripped.jpg", "flipped.jpg", "sheet.png", "index.html")
_FOR = ("--purpose", "advertising", "--medium", "web", "--territory", "DE")
_WITHIN = "AU12=0.45,AU1=0.2,AU2=0.2"
_OUTSIDE = "AU12=0.9"


@dataclass
class Story:
    """Runs command lines in the demo's home, tells what they answer, and stops where one ends otherwise."""

    folder: Path
    console: "Console"
    runner: Runner
    chapters: list[tuple[str, list[str]]] = field(default_factory=list)

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.chapters.append((title, []))
        self.console.print(f"\n{title}", style="bold", markup=False)

    def tell(self, line: str, style: str = "") -> None:
        """One line of the story."""
        self.chapters[-1][1].append(line)
        self.console.print(f"  {line}", style=style, markup=False)

    def run(self, *words: str | Path, expect: int = 0) -> dict[str, Any]:
        """The JSON that a command line answers.

        Raises:
            CountenanceError: it ended with another exit code than the story needs.
        """
        command = [str(word) for word in words]
        self.tell("$ countenance " + " ".join(_short(word) for word in command), style="cyan")
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            code = self.runner(["--json", "--home", str(self.folder / "home"), *command], flags=_SETTINGS)
        if code != expect:
            said = heard.getvalue().strip()[-500:]
            raise CountenanceError(f"a command of the demo ended with {code}, not {expect}: {said}")
        answer: dict[str, Any] = json.loads(heard.getvalue())
        return answer


def tell(folder: Path, examples: Path, console: "Console", runner: Runner) -> dict[str, Any]:
    """Tell the story; the pictures and a page lie in `folder` afterwards.

    Raises:
        StoreError: the folder cannot be written.
        CountenanceError: a step did not end as the story says.
    """
    story = Story(_fresh(folder), console, runner)
    photo = examples / "portrait.jpg"
    release, operator = _books(story, photo, examples)
    edits = _edits(story, photo, operator)
    _pictures(story, photo)
    _recovery(story)
    _withdrawal(story, photo, release, operator)
    _tampering(story)
    write_page(folder / "index.html", story.chapters)
    story.console.print(f"\nopen {folder / 'index.html'}", markup=False)
    return {
        "schema": "countenance.demo/1",
        "folder": str(folder),
        "edits": edits,
        "files": [name for name in _FILES if (folder / name).exists()],
    }


def _books(story: Story, photo: Path, examples: Path) -> tuple[str, str]:
    story.chapter("1  Who may: organisation, operator, person, model release, title")
    story.run("init", "--organisation", "Demo Studio", "--domain", "studio.example")
    operator = story.run("operator", "add", "Demo retoucher", "--role", "retoucher")["id"]
    person = story.run("person", "add", "--alias", "the made-up person", "--adult")["id"]
    release = story.run("release", "add", examples / "release.yaml", "--person", person)
    story.tell(f"the release is valid until {last_day(release['valid_until'])}")
    title = story.run(
        "title", "add", photo, "--owner", "Demo Studio", "--basis", "own-work", "--alteration", "yes"
    )  # fmt: skip
    story.tell(f"faces found: {len(title['faces'])}")
    story.run("title", "face", photo, "0", "--release", release["id"])
    return release["id"], operator


def _edits(story: Story, photo: Path, operator: str) -> list[str]:
    made = []
    story.chapter("2  An edit within the release")
    for name in ("published.jpg", "published.png"):
        out = story.folder / name
        answer = story.run("edit", photo, "--out", out, "--operator", operator, *_FOR, "--au", _WITHIN)
        made.append(answer["edit_id"])
    for unit, asked in answer["requested"].items():
        measured = answer["measured"][unit]
        story.tell(f"{unit}: asked {asked:+.2f}, measured {measured['value']:+.2f} ± {measured['error']:.2f}")
    story.tell(f"pixels changed outside the permitted region, before marks: {answer['changed_outside_before_marks']}")
    story.chapter("3  An edit outside the release")
    refused = story.folder / "refused.jpg"
    answer = story.run("edit", photo, "--out", refused, "--operator", operator, *_FOR, "--au", _OUTSIDE, expect=3)
    _tell_refusal(story, answer, refused)
    story.chapter("4  Verify what was published")
    _tell_report(story, story.run("verify", story.folder / "published.jpg", "--against", photo))
    _tell_report(
        story, story.run("verify", story.folder / "published.png", "--against", photo), "hard-binding", "trust"
    )
    return made


def _recovery(story: Story) -> None:
    story.chapter("5  Saved again at half the size, JPEG quality 70, everything stripped")
    with Image.open(story.folder / "published.jpg") as published:
        half = published.resize((published.width // 2, published.height // 2), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", half.size)
    bare.paste(half)
    bare.save(story.folder / "stripped.jpg", quality=70)
    _tell_report(story, story.run("verify", story.folder / "stripped.jpg"))


def _withdrawal(story: Story, photo: Path, release: str, operator: str) -> None:
    story.chapter("6  Consent is withdrawn")
    story.run("consent", "withdraw", release, "--reason", "the demo's next step")
    _tell_report(story, story.run("verify", story.folder / "published.jpg"), "hard-binding", "trust")
    refused = story.folder / "refused.jpg"
    answer = story.run("edit", photo, "--out", refused, "--operator", operator, *_FOR, "--au", _WITHIN, expect=3)
    _tell_refusal(story, answer, refused)


def _tampering(story: Story) -> None:
    story.chapter("7  One flipped byte")
    data = bytearray((story.folder / "published.jpg").read_bytes())
    data[-2000] ^= 1
    (story.folder / "flipped.jpg").write_bytes(data)
    _tell_report(story, story.run("verify", story.folder / "flipped.jpg", expect=4), "hard-binding", "signature")
    story.chapter("8  The audit log")
    answer = story.run("log", "check")
    story.tell(f"the log holds: {answer['size']} entries, {answer['opened']} statements opened", style="green")


def _pictures(story: Story, photo: Path) -> None:
    with Image.open(photo) as picture:
        save_picture(picture.convert("RGB"), story.folder / "input.png", replace=True)
    made = sheet(photo.read_bytes(), (story.folder / "published.png").read_bytes())
    save_picture(made, story.folder / "sheet.png", replace=True)


def _tell_refusal(story: Story, answer: dict[str, Any], output: Path) -> None:
    for reason in answer["reasons"]:
        story.tell(f"refused: {reason['reason']} [{reason['policy']}]", style="yellow")
    written = "something was written!" if output.exists() else "nothing was written"
    story.tell(f"{written}; the refusal is log entry {answer['log_index']}")


def _tell_report(story: Story, answer: dict[str, Any], *checks: str) -> None:
    """The verdict, and of the findings all, or those named."""
    story.tell(f"verdict: {answer['verdict']}", style="bold green" if answer["verdict"] == "trusted" else "bold yellow")
    for finding in answer["findings"]:
        if finding["check"] in checks or (not checks and finding["result"] != "unchecked"):
            story.tell(f"  {finding['check']}: {finding['result']}: {finding['detail']}")
    if answer["edit"] and not checks:
        units = ", ".join(f"{name} {value:+.2f}" for name, value in answer["edit"]["au"].items())
        story.tell(f"  changed: {units}; by {answer['edit']['operator']}; for {answer['edit']['purpose']}")
    story.tell(f"  consent: {answer['consent']['then']} then, {answer['consent']['now']} now")


def _fresh(folder: Path) -> Path:
    """The folder without what an earlier run of the demo left in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "home", ignore_errors=True)
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"the demo's folder cannot be written: {error.strerror}", hint="choose another --out"
        ) from error
    return folder


def _short(word: str) -> str:
    return Path(word).name if os.sep in word else f'"{word}"' if " " in word else word
