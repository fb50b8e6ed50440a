"""What marking and reading take at 1, 24 and 100 megapixels, beside the peers that are installed, in one run.

    python benchmarks/watermark/times.py PICTURE [--threads 2] [--device cpu] [--peers-up-to 24]

Writes benchmarks/results/mark_times.json. The picture is enlarged or reduced to each size. Ours is timed as an edit
uses it, on a tensor in memory; peers on arrays, as their packages take them. Run it where nothing else runs.
"""

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import write  # noqa: E402
from ours import CHECK_KEY, TILE_KEY, Ours, ours  # noqa: E402
from peers import Peer, at_hand  # noqa: E402

from countenance.core import payload  # noqa: E402

SIZES = {1: (1000, 1000, 7), 24: (6000, 4000, 5), 100: (12000, 8336, 3)}


def timed(work: Callable[[], object], runs: int, device: str) -> dict[str, float]:
    """Milliseconds: the median and the least by the clock, and the processor's median. One call before to warm up."""
    work()
    clock, busy = [], []
    for _ in range(runs):
        began, began_busy = time.perf_counter(), time.process_time()
        work()
        if device != "cpu":
            torch.cuda.synchronize()
        clock.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - began_busy) * 1000)
    of = {"median": statistics.median(clock), "least": min(clock), "processor": statistics.median(busy)}
    return {name: round(value, 1) for name, value in of.items()}


def times_of_ours(mark: Ours, pixels: np.ndarray, runs: int) -> dict[str, dict[str, float]]:
    """Marking, reading where nothing moved, and the whole search of an unmarked picture."""
    plain = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].contiguous().to(mark.device).float() / 255
    coded = payload.encode_text("0123456789ab", CHECK_KEY)
    marked = mark.codec.embed(plain, coded, TILE_KEY, seed=1)

    def read(frames: torch.Tensor, *, deep: bool) -> str | None:
        fresh = frames.view_as(frames)  # the codec keeps what it saw of a tensor: every reading gets its own
        words = mark.codec.candidates(fresh, TILE_KEY, deep=deep)
        return next((found for word in words if (found := payload.open_text(word.info, CHECK_KEY))), None)

    if read(marked, deep=False) != "0123456789ab":
        raise SystemExit("the mark was not read back")
    if read(plain, deep=True) is not None:
        raise SystemExit("a mark was found where there is none")
    return {
        "embed": timed(partial(mark.codec.embed, plain, coded, TILE_KEY, seed=1), runs, mark.device),
        "read": timed(partial(read, marked, deep=False), runs, mark.device),
        "search unmarked": timed(partial(read, plain, deep=True), max(1, runs // 2), mark.device),
    }


def times_of(peer: Peer, pixels: np.ndarray) -> dict[str, dict[str, float]]:
    """Marking and reading, once after a first time."""
    word = np.random.default_rng(7).integers(0, 2, peer.bits)
    marked = peer.embed(pixels, word)
    return {
        "embed": timed(partial(peer.embed, pixels, word), 1, "cpu"),
        "read": timed(partial(peer.read, marked), 1, "cpu"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--peers-up-to", type=int, default=24, help="megapixels")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    mark = ours(given.device)
    picture = Image.open(given.picture).convert("RGB")
    rows: dict[str, dict[str, object]] = {}
    for megapixels, (width, height, runs) in SIZES.items():
        pixels = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))
        row: dict[str, object] = {mark.name: times_of_ours(mark, pixels, runs)}
        row["peak memory so far, MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(megapixels, row, flush=True)
        rows[f"{megapixels} MP"] = row
    for peer in at_hand(payload.V2.code_bits):
        for megapixels, (width, height, _) in SIZES.items():
            if megapixels <= (given.peers_up_to if peer.bits == payload.V2.code_bits else 1):  # rivaGan: minutes
                pixels = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))
                rows[f"{megapixels} MP"][peer.name] = times_of(peer, pixels)
                print(megapixels, peer.name, rows[f"{megapixels} MP"][peer.name], flush=True)
    write("mark_times", {"device": given.device, "threads": given.threads, "milliseconds": rows})


if __name__ == "__main__":
    main()
