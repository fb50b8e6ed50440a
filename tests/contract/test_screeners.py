"""A screener of another package: allowed by name, asked about every edit, and checked by the contract."""

import json
import sys
from dataclasses import replace

import pytest
from agency import EXAMPLES, PORTRAIT, Agency, make_agency

from countenance.core.digest import of_file
from countenance.core.records.screening import Flags
from countenance.errors import ConfigError
from countenance.settings import Settings
from countenance.testing.contracts.screener import CHECKS, BrokenScreenerError
from countenance.wiring.plugins import screener

EACH = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
PLUGIN = '''
import json
from pathlib import Path

from countenance.core.records.screening import Flags


class Tiny:
    """Looks up what was declared in a file beside it."""

    name, version = "tiny", "1"

    def flags(self, asset):
        declared = json.loads(Path(__file__).with_name("declared.json").read_text())
        return Flags(**declared.get(asset.digest_of_file, {"minor": "unknown", "intimate": "unknown"}))
'''
POLICIES = EXAMPLES.parent / "policies"
DIGEST = of_file(PORTRAIT.read_bytes())


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """An installed plug-in, and a way to declare what the portrait shows."""
    info = tmp_path / "tiny_screener-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-screener\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[countenance.screeners]\ntiny = tiny_screener:Tiny\n")
    (tmp_path / "tiny_screener.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    declared = tmp_path / "declared.json"
    declared.write_text("{}")

    def write(minor, intimate):
        declared.write_text(json.dumps({DIGEST: {"minor": minor, "intimate": intimate}}))

    yield write
    sys.modules.pop("tiny_screener", None)


@pytest.fixture
def screened(declare, tmp_path) -> Agency:
    agency = make_agency(tmp_path, "release.yaml")
    return replace(agency, secrets={**agency.secrets, "plugins": ("screeners/tiny",), "screener": "tiny:v1"})


def settings(**more):
    return Settings.load({"plugins": ("screeners/tiny",), "screener": "tiny:v1", **more})


@EACH
def test_the_tiny_screener_keeps_the_contract(check, declare):
    check(screener(settings()))


class Guesses:
    name, version = "guesses", "1"

    def flags(self, asset):
        return Flags(minor="no", intimate="no")


class Nameless(Guesses):
    name = "No Name"


class Speaks(Guesses):
    def flags(self, asset):
        return "no"


class Wavers(Guesses):
    def __init__(self):
        self.asked = 0

    def flags(self, asset):
        self.asked += 1
        return Flags(minor="unknown", intimate="unknown" if self.asked % 2 else "no")


@pytest.mark.parametrize("broken", [Guesses, Nameless, Speaks, Wavers])
def test_a_broken_screener_is_found(broken):
    found = []
    for check in CHECKS:
        one = broken()
        try:
            check(one)
        except BrokenScreenerError as error:
            found.append(str(error))
        except AttributeError:
            found.append("no flags")
    assert found


def test_none_is_built_in_and_a_foreign_one_must_be_allowed(declare):
    assert screener(Settings.load({})) is None
    for wrong in ({"plugins": ()}, {"screener": "tiny:v2"}, {"screener": "other"}):
        with pytest.raises(ConfigError):
            screener(settings(**wrong))


def dry(agency, *words):
    return agency.run(
        "edit", PORTRAIT, "--out", agency.folder / "x.jpg", "--operator", agency.operator, "--purpose", "advertising",
        "--medium", "web", "--territory", "DE", "--smile", "0.2", "--dry-run", *words,
    )  # fmt: skip


def rules(answer):
    return {reason["policy"] for reason in answer.json["reasons"]}


def test_an_unclear_flag_asks_a_human_and_an_approver_answers(screened, declare):
    assert rules(dry(screened)) == {"screening-ask-a-human"}
    refused = screened.edit(screened.folder / "out.jpg", "--smile", "0.2")
    assert (refused.code, refused.json["decision"]) == (3, "indeterminate")
    assert "screening clear" in refused.json["hint"]

    again = screened.ok("policy", "diff", POLICIES, POLICIES)
    assert (again["compared"], again["not_rebuilt"]) == (1, [])

    by_retoucher = screened.run("screening", "clear", PORTRAIT, "--reason", "seen", "--operator", screened.operator)
    assert (by_retoucher.code, "operator-role" in by_retoucher.json["error"]) == (3, True)
    approver = screened.ok("operator", "add", "Approver", "--role", "approver")["id"]
    cleared = screened.ok("screening", "clear", PORTRAIT, "--reason", "an adult, clothed", "--operator", approver)
    assert (cleared["asset_digest"], cleared["by"]) == (DIGEST, approver)
    shown = screened.ok("screening", "show", PORTRAIT)
    assert shown["flags"] == {"minor": "unknown", "intimate": "unknown"}
    assert [one["by"] for one in shown["clearances"]] == [approver]

    assert dry(screened).code == 0
    assert screened.ok("log", "check")["holds"]
    declare("no", "yes")
    assert rules(dry(screened)) == {"screening-intimate"}
    declare("yes", "no")
    assert dry(screened).code == 0


def test_a_declared_minor_with_an_adults_release_asks_a_human(screened, declare):
    declare("yes", "no")
    assert rules(dry(screened)) == {"screening-minor"}
    declare("no", "no")
    assert dry(screened).code == 0


def test_a_screener_that_fails_cannot_say(screened, tmp_path):
    (tmp_path / "declared.json").write_text("not json")
    assert rules(dry(screened)) == {"screening-ask-a-human"}
