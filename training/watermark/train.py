"""Train the mark's estimator, on a GPU where there is one. Runs that are cut short resume from their checkpoint.

    python training/watermark/train.py --out build/training [--photos FOLDER] [--minutes 9] [--batch 96] [--seed 0]
    python training/watermark/train.py --out build/tuning --start WEIGHTS ...    # goes on from a file

No embedder is trained: every step draws new keys and new signs for every tile, so that the network learns how a mark
lies in a picture and not what any mark says. The geometry of the attacks is known and undone: synchronisation is never
learned. The loss is the cross-entropy of the bits after the matched filter. Without --photos, procedural pictures only.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from network import Network, gains
from pictures import picture
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from attacks import attacked
from countenance.core.payload import V2
from countenance.marks.spread.signed import PILOT_ENERGY
from countenance.marks.spread.tile import GAIN_BANDS, SIDE, frequencies, pilot

GRID = 256
SIDES_PX = (320, 448, 576)
BITS = V2.code_bits
AVERAGING = 0.999
TEXTURE_SHARES = (0.3, 1.0)
"""Least and most of what the local deviation hides that a mark gets (`countenance.marks.spread.embed`)."""
BOOST = 10.0
"""How much stronger the mark is at the start: a network that has seen none cannot find it at its true strength."""
_TOLD_EVERY, _SAVED_EVERY_S = 10, 120.0
_PEAK_RATE, _TUNING_RATE, _LAST_RATE, _WARM_STEPS = 1.5e-3, 3e-4, 1e-5, 100


def waves() -> tuple[Tensor, Tensor]:
    """The data waves (count 32 32, unit root mean square) and the band of each: all waves that the pilot has not."""
    axis = torch.arange(SIDE) / SIDE
    kept, bands = [], []
    for down, across in torch.from_numpy(frequencies() * SIDE).round().tolist():
        phase = 2 * math.pi * (down * axis[:, None] + across * axis[None])
        pair = [math.sqrt(2) * phase.cos(), math.sqrt(2) * phase.sin()]
        if sum(float((pilot(axis.device) * wave).mean()) ** 2 for wave in pair) < 1e-6:
            radius = math.hypot(down, across) / SIDE
            kept += pair
            bands += [min(GAIN_BANDS - 1, max(0, int((radius - 0.09) / 0.32 * GAIN_BANDS)))] * 2
    return torch.stack(kept), torch.tensor(bands)


class Marking:
    """Puts random marks into a batch and turns an estimated pattern into logits of the bits."""

    def __init__(self, network: Network, batch: int, device: torch.device) -> None:
        data, self.bands = (one.to(device) for one in waves())
        self.network, self.device = network, device
        self.data, self.pilot = data, pilot(device)
        tiles = GRID // SIDE
        matrix = torch.randn(batch, len(data), BITS, device=device)
        self.matrix = torch.linalg.qr(matrix)[0]
        self.signs = torch.randint(0, 2, (batch, tiles, tiles, len(data)), device=device) * 2.0 - 1
        self.bits = torch.randint(0, 2, (batch, BITS), device=device).float()

    def embed(self, x: Tensor, boost: float) -> Tensor:
        """The marked pictures, stochastically rounded; `boost` times as strong as a mark may be."""
        coefficients = torch.einsum("nkb,nb->nk", self.matrix, self.bits * 2 - 1)
        coefficients = coefficients * gains(self.network.lg)[self.bands]
        coefficients = coefficients / coefficients.norm(dim=1, keepdim=True) * math.sqrt(1 - PILOT_ENERGY)
        tiles = torch.einsum("nk,nijk,kyx->niyjx", coefficients, self.signs, self.data)
        pattern = tiles.reshape(len(x), 1, GRID, GRID)
        pattern = pattern + math.sqrt(PILOT_ENERGY) * self.pilot.repeat(GRID // SIDE, GRID // SIDE)
        grid = functional.interpolate(x, (GRID, GRID), mode="bilinear", antialias=True, align_corners=False)
        least, most = TEXTURE_SHARES
        share = least + (most - least) * torch.rand(len(x), 1, 1, 1, device=self.device)
        residual = boost * strength(grid, share) * 3 * torch.tanh(pattern / 3)
        residual = functional.interpolate(residual, x.shape[-2:], mode="bicubic", align_corners=False)
        marked = (x + residual / 255).clamp(0, 1)
        rounded = torch.floor(marked * 255 + torch.rand_like(marked[:, :1])).clamp(0, 255) / 255
        return marked + (rounded - marked).detach()

    def logits(self, pattern: Tensor) -> Tensor:
        """n bits, of the pattern n 1 256 256 in the original's geometry."""
        count = len(pattern)
        tiles = pattern.reshape(count, GRID // SIDE, SIDE, GRID // SIDE, SIDE)
        found = torch.einsum("niyjx,kyx,nijk->nk", tiles, self.data, self.signs) * gains(self.network.dg)[self.bands]
        soft = torch.einsum("nk,nkb->nb", found, self.matrix)
        return soft / soft.square().mean(1, keepdim=True).sqrt().clamp_min(1e-6) * (self.network.sc.exp() * 3)


def strength(grid: Tensor, share: Tensor) -> Tensor:
    """How strong the mark may be, in levels of 255: `countenance.marks.spread.embed.perceptual_mask` for a batch."""
    luma = (grid * torch.tensor([0.299, 0.587, 0.114], device=grid.device).view(1, 3, 1, 1)).sum(1, keepdim=True) * 255
    mean = _pooled(luma, 5)
    deviation = (_pooled(luma * luma, 5) - mean * mean - 1).clamp_min(0).sqrt()
    eroded = -functional.max_pool2d(functional.pad(-deviation, (2, 2, 2, 2), mode="replicate"), 5, 1)
    hidden = _pooled(eroded, 3).clamp_min(0)
    return 0.33 * (1 + 0.4 * ((50 - mean) / 50).clamp(0, 1)) + (share * hidden / (1 + hidden).sqrt()).clamp(0, 3.9)


def _pooled(x: Tensor, side: int) -> Tensor:
    return functional.avg_pool2d(functional.pad(x, (side // 2,) * 4, mode="replicate"), side, 1)


def read_back(network: Network, attacked_x: Tensor, geometry: Tensor) -> Tensor:
    """The estimated pattern, put back into the original's geometry as a reader that synchronised a little off would."""
    count = len(geometry)
    corner = torch.tensor([0.0, 0.0, 1.0], device=geometry.device).expand(count, 1, 3)
    back = torch.linalg.inv(torch.cat([geometry, corner], 1))
    jitter = torch.eye(3, device=geometry.device) + torch.randn(count, 3, 3, device=geometry.device) * 1.2e-3
    jitter[:, 2] = corner[:, 0]
    grid = functional.affine_grid((back @ jitter)[:, :2], [count, 1, GRID, GRID], align_corners=False)
    straight = functional.grid_sample(attacked_x, grid, mode="bicubic", padding_mode="border", align_corners=False)
    inside = (grid.abs() <= 1).all(-1)[:, None]
    return network(_ycc(straight.clamp(0, 1))) * inside


def _ycc(rgb: Tensor) -> Tensor:
    rows = [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
    ycc = torch.einsum("ij,njhw->nihw", torch.tensor(rows, device=rgb.device), rgb) * 2
    return torch.cat([ycc[:, :1] - 1, ycc[:, 1:]], 1)


def bank(count: int, photos: Path | None, seed: int) -> list[Tensor]:
    """Pictures as bytes 3 h w: procedural ones, and every other one a crop of a photograph where there are any."""
    files = sorted(photos.glob("*.jpg")) if photos else []
    rng = np.random.default_rng(seed)
    made = []
    for i in range(count):
        if files and i % 2:
            whole = np.asarray(Image.open(files[i // 2 % len(files)]).convert("RGB"))
            side = int(min(whole.shape[:2]) * rng.uniform(0.4, 1))
            top, left = (int(rng.integers(0, length - side + 1)) for length in whole.shape[:2])
            shown = Image.fromarray(whole[top : top + side, left : left + side]).resize((SIDES_PX[-1],) * 2)
            drawn = np.asarray(shown)
        else:
            drawn = picture(seed * 1_000_003 + i, SIDES_PX[-1])
        made.append(torch.from_numpy(drawn.copy()).permute(2, 0, 1))
    return made


def batches(pictures: list[Tensor], size: int, device: torch.device) -> Iterator[Tensor]:
    """Random pictures of one random size, turned and mirrored."""
    while True:
        chosen = [pictures[int(i)] for i in torch.randint(0, len(pictures), (size,))]
        side = SIDES_PX[int(torch.randint(0, len(SIDES_PX), ()))]
        x = torch.stack(chosen).to(device).float() / 255
        x = torch.rot90(x, int(torch.randint(0, 4, ())), (2, 3))
        yield functional.interpolate(x, (side, side), mode="bilinear", antialias=True, align_corners=False).clamp(0, 1)


def boost_at(step: int, ramp: int) -> float:
    """From BOOST to 1 over the first half of the ramp, over which the attacks grow."""
    return max(1.0, BOOST ** (1 - 2 * grown(step, ramp)))


def grown(step: int, ramp: int) -> float:
    """The strength of the attacks, from 0 to 1; without a ramp they have grown."""
    return min(1.0, step / ramp) if ramp else 1.0


def still(network: Network) -> None:
    """Keep the statistics of the batch normalisation as they are."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()


def rate(step: int, steps: int, peak: float) -> float:
    """The learning rate: warmed up, then down a cosine."""
    falling = _LAST_RATE + (peak - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(1, step / steps)))
    return falling * min(1, (step + 1) / _WARM_STEPS)


class Run:
    """A training run, with everything that a checkpoint holds."""

    def __init__(self, given: argparse.Namespace, device: torch.device) -> None:
        self.given, self.device, self.step = given, device, 0
        self.network, self.average = Network().to(device), Network().to(device)
        if given.start:
            self.network.load_state_dict(load_file(given.start, device=str(device)), strict=False)
            still(self.network)  # few pictures a step would spoil the statistics
        self.average.load_state_dict(self.network.state_dict())
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=_PEAK_RATE, betas=(0.9, 0.99), weight_decay=1e-3
        )
        self.file = given.out / "checkpoint.safetensors"
        if self.file.exists():
            self._resume()

    def once(self, x: Tensor) -> tuple[float, float]:
        """One step: loss, and the share of bits right."""
        peak = _TUNING_RATE if self.given.start else _PEAK_RATE
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.step, self.given.steps, peak)
        marking = Marking(self.network, len(x), self.device)
        ramp = 0 if self.given.start else self.given.ramp
        seen, geometry = attacked(marking.embed(x, boost_at(self.step, ramp)), grown(self.step, ramp))
        logits = marking.logits(read_back(self.network, seen, geometry))
        loss = functional.binary_cross_entropy_with_logits(logits, marking.bits)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        decay = min(AVERAGING, self.step / (self.step + 10))
        with torch.no_grad():
            for kept, now in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                kept.lerp_(now, 1 - decay) if kept.is_floating_point() else kept.copy_(now)
        return float(loss.detach()), float(((logits > 0).float() == marking.bits).float().mean())

    def save(self) -> None:
        """Whole or not at all."""
        tensors = {f"average.{name}": value for name, value in self.average.state_dict().items()}
        tensors |= {f"network.{name}": value for name, value in self.network.state_dict().items()}
        for i, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{i}.{name}": value for name, value in state.items()}
        tensors["step"] = torch.tensor(self.step)
        fresh = self.file.with_suffix(".new")
        save_file({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, fresh)
        fresh.replace(self.file)

    def _resume(self) -> None:
        held = load_file(self.file, device=str(self.device))
        self.step = int(held["step"])
        for network, name in ((self.average, "average."), (self.network, "network.")):
            network.load_state_dict({k.removeprefix(name): v for k, v in held.items() if k.startswith(name)})
        states: dict[int, dict[str, Tensor]] = {}
        for key, value in held.items():
            if key.startswith("optimiser."):
                _, i, name = key.split(".")
                states.setdefault(int(i), {})[name] = value
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": states, "param_groups": groups})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--start", type=Path, help="weights to go on from, at full attacks and a low rate")
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--ramp", type=int, default=1200, help="steps until the attacks have their full strength")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(given.seed)
    run = Run(given, device)
    torch.manual_seed(given.seed + run.step)  # a run that is resumed does not see the first batches again
    source = batches(bank(given.pictures, given.photos, given.seed), given.batch, device)
    try:
        train(run, source, until=time.monotonic() + 60 * given.minutes)
    finally:
        run.save()  # cut short by hand, too


def train(run: Run, source: Iterator[Tensor], *, until: float) -> None:
    """Steps until they are done or time is up, with the curve as lines of JSON, and a checkpoint every two minutes."""
    saved, told = time.monotonic(), []
    with (run.given.out / "curve.jsonl").open("a", encoding="utf-8") as curve:
        while run.step < run.given.steps and time.monotonic() < until:
            told.append(run.once(next(source)))
            if len(told) == _TOLD_EVERY:
                loss, right = (sum(column) / len(told) for column in zip(*told, strict=True))
                line = {"step": run.step, "loss": round(loss, 4), "bits_right": round(right, 4)}
                ramp = 0 if run.given.start else run.given.ramp
                line |= {"boost": round(boost_at(run.step, ramp), 2), "attacks": round(grown(run.step, ramp), 2)}
                curve.write(json.dumps(line) + "\n")
                curve.flush()
                print(line, flush=True)
                told = []
            if time.monotonic() - saved > _SAVED_EVERY_S:
                run.save()
                saved = time.monotonic()


if __name__ == "__main__":
    main()
