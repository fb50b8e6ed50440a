"""The commands that the README shows run as they stand, in an empty folder with an empty home."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (script,) = [block for block in blocks if "countenance init" in block]
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "published smile.jpg" in done.stdout
    assert "\ntrusted\n" in done.stdout
    assert (tmp_path / "smile.jpg").exists()


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for page in (
        ROOT / "README.md",
        ROOT / "docs" / "architecture" / "README.md",
        ROOT / "docs" / "guides" / "commands.md",
    ):
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
