import sys
import tomllib
from pathlib import Path

import pytest

from countenance.errors import ConfigError
from countenance.settings import Settings
from countenance.wiring.plugins import ALLOWED, load, policy_engine

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """Another package that brings an editor, as an installed one would."""
    info = tmp_path / "foreign_editor-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-editor\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[countenance.editors]\nforeign = foreign_editor:build\n")
    (tmp_path / "foreign_editor.py").write_text("def build(store):\n    return ('foreign', store)\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("foreign_editor", None)


def test_the_built_ins_are_those_of_the_package():
    points = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["entry-points"]
    built_in = {kind: names for kind, names in ALLOWED.items() if names}  # there is no screener: nothing here guesses
    assert {group.removeprefix("countenance."): frozenset(names) for group, names in points.items()} == built_in


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in ALLOWED.items() for name in sorted(names)])
def test_every_built_in_loads(kind, name):
    assert callable(load(kind, name))
    assert load(kind, f"{name}:v1") is load(kind, name)


@pytest.mark.parametrize("uri", ["", "mesh", "mesh:v1", ":warp", "warp2", "Warp", "../warp"])
def test_anything_else_is_refused_before_it_is_looked_for(uri):
    with pytest.raises(ConfigError, match="not an allowed plug-in for editors") as refused:
        load("editors", uri)
    assert "plugins" in refused.value.hint


def test_a_built_in_of_another_kind_is_not_allowed():
    with pytest.raises(ConfigError, match="not an allowed"):
        load("editors", "spread:v1")


def test_allowed_but_not_installed():
    with pytest.raises(ConfigError, match="`mesh` for editors is not installed"):
        load("editors", "mesh:v2", plugins=("editors/mesh",))


@pytest.mark.parametrize("plugins", [(), ("foreign",), ("watermarks/foreign",), ("editors/foreig",)])
def test_an_installed_plug_in_is_not_loaded_unless_allowed(foreign, plugins):
    with pytest.raises(ConfigError, match="not an allowed"):
        load("editors", "foreign:v1", plugins=plugins)
    assert "foreign_editor" not in sys.modules


def test_a_plug_in_that_the_settings_allow(foreign):
    assert load("editors", "foreign:v1", plugins=("editors/foreign",))("store") == ("foreign", "store")


def test_the_rules_are_those_of_the_settings(tmp_path):
    engine = policy_engine(Settings.load({"home": tmp_path}))
    assert engine.digest.startswith("sha256:")
    with pytest.raises(ConfigError):
        policy_engine(Settings.load({"home": tmp_path, "policies": tmp_path / "none"}))
    with pytest.raises(ConfigError, match="not an allowed plug-in for policies"):
        policy_engine(Settings.load({"home": tmp_path, "policy": "anything:v1"}))
