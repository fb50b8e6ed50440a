"""The studio of the attack tests, for the adapters' own tests."""

import importlib.util
import sys
from pathlib import Path

_PATH = Path(__file__).parents[3] / "attacks" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("sealing_studio", _PATH)
_MODULE = importlib.util.module_from_spec(_SPEC)
sys.modules["sealing_studio"] = _MODULE
_SPEC.loader.exec_module(_MODULE)

studio = _MODULE.studio
sealed = _MODULE.sealed
forge_fixture = _MODULE.forge_fixture
