"""The guide's engine keeps the contract, and is found by its entry point once the settings allow it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from torch import Tensor

from countenance.adapters.models.store import ModelStore
from countenance.errors import ConfigError
from countenance.testing.contracts.editor import CHECKS, Sitting, sit
from countenance.wiring.plugins import load


@pytest.fixture(scope="session")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on the import path with the engine as an installed package has it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "bumps.py").write_text((root / "examples/engine_example.py").read_text())
    about = folder / "bumps-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bumps\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[countenance.editors]\nbumps = bumps:build\n")
    return folder


@pytest.fixture(scope="session")
def sitting(site: Path, store: ModelStore, portrait: Tensor) -> Sitting:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        engine = load("editors", "bumps:v1", plugins=("editors/bumps",))(store)
    return sit(engine, portrait)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[[Sitting], None], sitting: Sitting) -> None:
    check(sitting)


def test_it_is_not_loaded_unless_allowed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(site)
    with pytest.raises(ConfigError, match="not an allowed plug-in"):
        load("editors", "bumps:v1")


def test_the_guide_shows_this_very_file(root: Path) -> None:
    shown = (root / "docs/guides/engines.md").read_text()
    assert (root / "examples/engine_example.py").read_text() in shown


def test_the_guide_names_every_check(root: Path) -> None:
    shown = (root / "docs/guides/engines.md").read_text()
    assert [check.__name__ for check in CHECKS if f"| `{check.__name__}` |" not in shown] == []


def test_it_has_at_most_forty_lines_of_code(root: Path) -> None:
    lines = (root / "examples/engine_example.py").read_text().splitlines()
    assert len([line for line in lines if line.strip()]) <= 40
