"""The built wheel brings rules, models and examples with it, and tells the demo's story in an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]


def test_the_demo_runs_from_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    forms = {path.name for path in (unpacked / "countenance" / "data" / "policies" / "forms").iterdir()}
    assert forms == {path.name for path in (ROOT / "policies" / "forms").iterdir()}
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import countenance;"
        "assert countenance.__file__.startswith(sys.path[0]), countenance.__file__;"
        "from countenance.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, unpacked, "demo", "--out", "demo"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for name in ("input.png", "published.jpg", "published.png", "stripped.jpg", "sheet.png", "index.html"):
        assert (tmp_path / "demo" / name).stat().st_size > 1000
    for said in (
        "verdict: trusted",
        "recovered, pixels not identical",
        "verdict: invalid",
        "release-withdrawn",
        "the log holds",
    ):
        assert said in done.stdout
