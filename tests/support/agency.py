"""An agency: an initialised home with people, a release and a title, made by the command line itself."""

import contextlib
import io
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.main import run
from countenance.request.receive import EditOrder
from countenance.settings import Settings
from countenance.toolkit.edit import EditTools
from countenance.wiring.edit_tools import edit_tools
from countenance.wiring.office import Office, Secrets

EXAMPLES = Path(__file__).parents[2] / "examples"
PORTRAIT = EXAMPLES / "portrait.jpg"
FOR = ("--purpose", "advertising", "--medium", "web", "--territory", "DE")
SECRETS = {"passphrase": "the agency's passphrase", "operator_passphrase": "the retoucher's passphrase"}


@dataclass(frozen=True)
class Answer:
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


@dataclass(frozen=True)
class Agency:
    """A home, and what is in it."""

    home: Path
    folder: Path
    operator: str = ""
    person: str = ""
    release: str = ""
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))

    def run(self, *words: object, as_json: bool = True) -> Answer:
        """Run a command line in this home."""
        out, err = io.StringIO(), io.StringIO()
        first = ["--json"] if as_json else []
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([*first, "--home", str(self.home), *map(str, words)], flags=self.secrets)
        return Answer(code, out.getvalue(), err.getvalue())

    def ok(self, *words: object) -> dict[str, Any]:
        """The JSON of a command line that must succeed."""
        answer = self.run(*words)
        assert answer.code == 0, answer.out + answer.err
        return answer.json

    def edit(self, out: Path, *words: object, photo: Path = PORTRAIT) -> Answer:
        """An edit for advertising on the web in Germany."""
        return self.run("edit", photo, "--out", out, "--operator", self.operator, *FOR, *words)


def make_agency(folder: Path, release_file: str, **settings: str) -> Agency:
    agency = Agency(home=folder / "home", folder=folder, secrets={**SECRETS, **settings})
    agency.ok("init", "--organisation", "Test Agency", "--domain", "agency.example")
    operator = agency.ok("operator", "add", "Retoucher", "--role", "retoucher")["id"]
    person = agency.ok("person", "add", "--alias", "made-up", "--adult")["id"]
    release = agency.ok("release", "add", EXAMPLES / release_file, "--person", person)["id"]
    agency.ok("title", "add", PORTRAIT, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", PORTRAIT, "0", "--release", release)
    return replace(agency, operator=operator, person=person, release=release)


def under(agency: Agency, *lines: str, photo: Path = PORTRAIT, base: str = "release.yaml", smile: str = "") -> Agency:
    """The agency with the face in a photo tied to a new release: that of a file, with further lines.

    `smile`: instead of its limits for AU12.
    """
    path = agency.folder / "another-release.yaml"
    text = (EXAMPLES / base).read_text()
    text = text.replace("AU12: {min: -0.6, max: 0.5}", f"AU12: {smile}") if smile else text
    path.write_text(text + "\n" + "\n".join(lines) + "\n")
    release = agency.ok("release", "add", path, "--person", agency.person)["id"]
    agency.ok("title", "face", photo, "0", "--release", release)
    return replace(agency, release=release)


def output_as_original(agency: Agency, photo: Path) -> None:
    """Register an output of ours as if it were a picture of one's own."""
    agency.ok("title", "add", photo, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")


def reasons(answer: Answer) -> set[str]:
    """The ids of the rules behind an answer."""
    return {reason["policy"] for reason in answer.json["reasons"]}


def edit_tools_of(agency: Agency) -> EditTools:
    """The tools of an edit in this home, for tests that exchange one of them."""
    settings = Settings.load({**agency.secrets, "home": agency.home})
    office = Office(settings, Secrets(settings, ask=lambda what: pytest.fail(f"asked for the passphrase of {what}")))
    return edit_tools(settings, office, agency.operator, lambda _step: None)


def order_of(agency: Agency, units: dict[str, int], photo: Path = PORTRAIT) -> EditOrder:
    """An order for advertising on the web in Germany."""
    return EditOrder(
        data=photo.read_bytes(),
        operator_id=agency.operator,
        purpose="advertising",
        medium="web",
        territory="DE",
        face=None,
        units=units,
    )
