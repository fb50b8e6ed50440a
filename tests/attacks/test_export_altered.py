"""An export is altered on its way: a limit raised, a withdrawal dropped, a signer put in. Nothing of it is taken."""

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from agency import EXAMPLES, Agency


def make(folder: Path, name: str) -> Agency:
    agency = Agency(home=folder / name, folder=folder)
    agency.ok("init", "--organisation", f"The {name}")
    return replace(agency, operator=agency.ok("operator", "add", "Ruth", "--role", "rights")["id"])


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Agency, Agency]:
    folder = tmp_path_factory.mktemp("homes")
    full = make(folder, "full")
    person = full.ok("person", "add", "--alias", "mia", "--adult")["id"]
    release = full.ok("release", "add", EXAMPLES / "release.yaml", "--person", person)["id"]
    full.ok("consent", "withdraw", release)
    full.ok("registry", "export", folder / "export")
    return full, make(folder, "other")


def raised(folder: Path, _: Agency) -> None:
    path = folder / "releases.jsonl"
    path.write_text(path.read_text().replace('"max_permille":500', '"max_permille":900'))


def unwithdrawn(folder: Path, _: Agency) -> None:
    (folder / "revocations.jsonl").write_text("")


def without_withdrawals(folder: Path, _: Agency) -> None:
    (folder / "revocations.jsonl").unlink()


def with_another_file(folder: Path, _: Agency) -> None:
    shutil.copy(folder / "persons.jsonl", folder / "releases.jsonl")


def manifest_changed(folder: Path, _: Agency) -> None:
    signed = json.loads((folder / "manifest.dsse").read_bytes())
    said = base64.b64decode(signed["payload"]).replace(b"The full", b"The best")
    signed["payload"] = base64.b64encode(said).decode()
    (folder / "manifest.dsse").write_text(json.dumps(signed))


def signed_by_other(folder: Path, other: Agency) -> None:
    """A whole export of somebody else, under the name of the trusted one."""
    shutil.rmtree(folder)
    other.ok("registry", "export", folder)


def signer_of_other(folder: Path, other: Agency) -> None:
    again = folder.parent / "again"
    other.ok("registry", "export", again)
    shutil.copy(again / "signer.pem", folder / "signer.pem")


def signer_is_an_operator(folder: Path, _: Agency) -> None:
    """Issued by the same house, and not for this."""
    chain = (folder.parent / "home-of-it" / "trust-operators.pem").read_text()
    (folder / "signer.pem").write_text(chain)


def signer_is_noise(folder: Path, _: Agency) -> None:
    (folder / "signer.pem").write_bytes(b"\xff\x00")


def manifest_is_noise(folder: Path, _: Agency) -> None:
    (folder / "manifest.dsse").write_bytes(b"{}")


def no_manifest(folder: Path, _: Agency) -> None:
    (folder / "manifest.dsse").unlink()


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        (raised, 4),
        (unwithdrawn, 4),
        (without_withdrawals, 2),
        (with_another_file, 4),
        (manifest_changed, 4),
        (signed_by_other, 5),
        (signer_of_other, 5),
        (signer_is_an_operator, 5),
        (signer_is_noise, 4),
        (manifest_is_noise, 4),
        (no_manifest, 2),
    ],
)
def test_nothing_of_an_altered_export_is_taken(
    homes: tuple[Agency, Agency], tmp_path: Path, attack: Callable[[Path, Agency], None], code: int
) -> None:
    full, other = homes
    shutil.copytree(full.folder / "export", tmp_path / "export")
    shutil.copytree(full.home, tmp_path / "home-of-it")
    shutil.copytree(other.home, tmp_path / "home")
    mine = replace(other, home=tmp_path / "home")
    attack(tmp_path / "export", replace(other, home=tmp_path / "home"))
    answer = mine.run("registry", "import", tmp_path / "export", "--trust", full.home / "trust.pem")
    assert answer.code == code, answer.out
    assert mine.ok("registry", "export", tmp_path / "check")["rows"]["persons.jsonl"] == 0
    assert not (tmp_path / "export.refused.csv").exists()


def test_the_untouched_one_is_taken_and_stays_withdrawn(homes: tuple[Agency, Agency], tmp_path: Path) -> None:
    full, other = homes
    shutil.copytree(other.home, tmp_path / "home")
    mine = replace(other, home=tmp_path / "home")
    refused = tmp_path / "refused.csv"
    done = mine.ok(
        "registry", "import", full.folder / "export", "--trust", full.home / "trust.pem", "--refused", refused
    )
    assert (done["taken"], done["refused"]) == (3, 0)
    release = next(row["id"] for row in done["rows"] if row["kind"] == "releases")
    assert mine.run("release", "add", EXAMPLES / "release.yaml", "--supersedes", release).code == 3
