"""The training script on two steps: reproducible from its seed, resumed from its checkpoint, exported for the reader."""

import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from countenance.marks.spread.estimator import load

pytestmark = pytest.mark.slow
TRAINING = Path(__file__).parents[2] / "training" / "watermark"


def run(script: str, *words: object) -> str:
    done = subprocess.run(
        [sys.executable, TRAINING / script, *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_steps_and_the_way_to_the_reader(tmp_path: Path) -> None:
    words = ("--batch", 2, "--pictures", 2, "--minutes", 5, "--seed", 3)
    for name in ("one", "other"):
        run("train.py", "--out", tmp_path / name, "--steps", 1, *words)
    one, other = (load_file(tmp_path / name / "checkpoint.safetensors") for name in ("one", "other"))
    assert all(one[name].equal(other[name]) for name in one)
    run("train.py", "--out", tmp_path / "one", "--steps", 2, *words)  # goes on where it stopped
    assert int(load_file(tmp_path / "one" / "checkpoint.safetensors")["step"]) == 2
    run("export.py", tmp_path / "one" / "checkpoint.safetensors", tmp_path / "weights.safetensors")
    assert load(load_file(tmp_path / "weights.safetensors")).draw_gains.shape == (10,)
    run("train.py", "--out", tmp_path / "on", "--start", tmp_path / "weights.safetensors", "--steps", 1, *words)
    started, went_on = (
        load_file(tmp_path / "weights.safetensors"),
        load_file(tmp_path / "on" / "checkpoint.safetensors"),
    )
    assert went_on["network.stem.1.running_mean"].equal(started["stem.1.running_mean"])  # statistics are kept
    assert not went_on["network.stem.0.weight"].equal(started["stem.0.weight"].float())
