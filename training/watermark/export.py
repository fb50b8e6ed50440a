"""A checkpoint of `train` to the file that the program reads: safetensors, weights in float16, statistics in float32.

python training/watermark/export.py build/training/checkpoint.safetensors mark-estimator.safetensors
"""

import argparse
import hashlib
from pathlib import Path

from safetensors.torch import load_file, save_file

_AVERAGED = "average."
_FULL = ("running_mean", "running_var", "lg", "dg", "sc")


def exported(checkpoint: Path, out: Path) -> str:
    """Write the running average of the weights; returns the SHA-256 of the file."""
    tensors = {
        name.removeprefix(_AVERAGED): value
        for name, value in load_file(checkpoint).items()
        if name.startswith(_AVERAGED) and not name.endswith("num_batches_tracked")
    }
    save_file(
        {
            name: (value.float() if name.endswith(_FULL) else value.half()).contiguous()
            for name, value in tensors.items()
        },
        out,
    )
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    print(f"{exported(given.checkpoint, given.out)}  {given.out}")


if __name__ == "__main__":
    main()
