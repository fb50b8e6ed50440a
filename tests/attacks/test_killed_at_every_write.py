"""kill -9 at every write of an edit: nothing is out that is not logged, the log holds, and the next run works."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from agency import PORTRAIT, Agency

from countenance.core import digest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SUPPORT = Path(__file__).parents[1] / "support"


def test_every_kill_leaves_a_state_that_the_next_run_understands(agency: Agency, tmp_path: Path) -> None:
    job = {
        "home": str(agency.home),
        "folder": str(agency.folder),
        "operator": agency.operator,
        "work": str(tmp_path),
        "results": str(tmp_path / "results.json"),
    }
    subprocess.run(
        [sys.executable, Path(__file__).with_name("killed_edit.py"), json.dumps(job)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(SUPPORT)},
        stdout=subprocess.DEVNULL,
    )
    results = json.loads((tmp_path / "results.json").read_text())
    for phase, least in (("deciding", 5), ("attesting", 15), ("replacing", 15)):
        kills = results[phase]
        assert len(kills) > least, phase
        assert [one for one in kills[:-1] if one["ended"] != -9] == []
        assert kills[-1]["ended"] == 0
        assert [
            one for one in kills if one["log"] or one["next"] or one["lost"] or one["verified"] or one["left"]
        ] == []
    assert not any(one["there"] for one in results["deciding"])
    for phase in ("attesting", "replacing"):
        assert {one["replaced"] for one in results[phase]} == {False, True}
        assert results[phase][-1]["replaced"]
    assert results["attesting"][-1]["there"]
    assert all(one["there"] for one in results["replacing"])
    assert results["photo"] == digest.of_file(PORTRAIT.read_bytes())
