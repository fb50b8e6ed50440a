"""Bits read right on pictures and attacks of another seed: a checkpoint beside a network that was never trained.

    python training/watermark/evaluate.py build/training/checkpoint.safetensors [--photos FOLDER]

The mark has its true strength. For whole payloads on encoded files, export the weights and run benchmarks/watermark.
"""

import argparse
import json
from pathlib import Path

import torch
from network import Network
from safetensors.torch import load_file
from torch import Tensor
from train import Marking, bank, batches, read_back

from attacks import attacked

_SEED = 1_000_000


@torch.no_grad()
def bits_right(network: Network, pictures: list[Tensor], strength: float, rounds: int) -> float:
    """Share of bits, over so many batches of eight."""
    torch.manual_seed(_SEED)
    source, right = batches(pictures, 8, torch.device("cpu")), []
    for _ in range(rounds):
        x = next(source)
        marking = Marking(network, len(x), x.device)
        seen, geometry = attacked(marking.embed(x, 1.0), strength) if strength else (marking.embed(x, 1.0), _still(x))
        logits = marking.logits(read_back(network, seen, geometry))
        right.append(((logits > 0).float() == marking.bits).float().mean())
    return round(float(torch.stack(right).mean()), 4)


def _still(x: Tensor) -> Tensor:
    return torch.eye(3)[None, :2].repeat(len(x), 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    held = load_file(given.checkpoint)
    trained = Network()
    trained.load_state_dict({k.removeprefix("average."): v for k, v in held.items() if k.startswith("average.")})
    pictures = bank(24, given.photos, _SEED)
    told = {"step": int(held["step"])}
    for name, network in (("untrained", Network()), ("trained", trained)):
        for strength in (0.0, 1.0):
            told[f"{name}, attacks {strength:g}"] = bits_right(network.eval(), pictures, strength, given.rounds)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
