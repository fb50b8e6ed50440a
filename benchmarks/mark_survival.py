"""How well the invisible mark survives: 75 attacks on a folder of pictures, blind reading, whole payload or nothing.

    python benchmarks/mark_survival.py FOLDER [--limit 4] [--threads 2] [--only mild] [--version 1]

Writes benchmarks/results/mark_survival.json. The attacks are listed in benchmarks/watermark/attacks.py: the list was
fixed before version 2 of the mark was tuned. Choose a folder of pictures that nothing was tuned on.
"""

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from watermark.attacks import BICUBIC, harder, mild

from countenance.adapters.models.store import build as build_store
from countenance.core.payload import V1, V2, Format, encode, open_text
from countenance.marks.spread import estimator as estimators
from countenance.marks.spread.embed import embed
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import candidates
from countenance.media.tensors import Frames

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "mark_survival.json"
CHECK_KEY, TILE_KEY = b"check key of the benchmark", b"tile key of the benchmark"
LONGEST_PX = 1600
LISTS = {"mild": mild, "harder": harder}


def to_frames(picture: Image.Image) -> Frames:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def to_picture(frames: Frames) -> Image.Image:
    return Image.fromarray((frames[0] * 255).round().byte().permute(1, 2, 0).numpy())


def read(frames: Frames, network: Estimator) -> tuple[str | None, str]:
    for word in candidates(frames, TILE_KEY, network, deep=True):
        mark_id = open_text(word.info, CHECK_KEY)
        if mark_id is not None:
            return mark_id, word.path
    return None, "not read"


def survival(
    pictures: list[Image.Image], network: Estimator, lists: tuple[str, ...], version: Format
) -> dict[str, object]:
    psnr_db, false_ids, paths = [], 0, Counter[str]()
    held: dict[str, dict[str, list[bool]]] = {name: {} for name in lists}
    for index, picture in enumerate(pictures):
        mark_id = int(np.random.default_rng(500 + index).integers(0, 1 << version.id_bits))
        original = to_frames(picture)
        marked = embed(original, encode(mark_id, CHECK_KEY, version), TILE_KEY, network, seed=index)
        psnr_db.append(float(-10 * torch.log10((original - marked).square().mean())))
        false_ids += read(original, network)[0] is not None
        for which, by_attack in held.items():
            for name, attack in LISTS[which](pictures[(index + 1) % len(pictures)], index).items():
                found, path = read(to_frames(attack(to_picture(marked))), network)
                by_attack.setdefault(name, []).append(found == f"{mark_id:0{version.digits}x}")
                paths[path] += 1
        lost = [name for by_attack in held.values() for name, ok in by_attack.items() if not ok[-1]]
        print(f"{index + 1}/{len(pictures)} {psnr_db[-1]:.1f} dB", lost, flush=True)
    return {
        "pictures": len(pictures),
        "mark_version": version.version,
        "psnr_db": {"mean": round(statistics.mean(psnr_db), 2), "min": round(min(psnr_db), 2)},
        "whole_payload": {
            which: {"read": sum(map(sum, by_attack.values())), "of": sum(map(len, by_attack.values()))}
            for which, by_attack in held.items()
        },
        "by_attack": {
            which: {name: f"{sum(many)}/{len(many)}" for name, many in by_attack.items()}
            for which, by_attack in held.items()
        },
        "by_path": dict(paths),
        "false_ids_on_unmarked": false_ids,
    }


def timed_ms(work: Callable[[], object], runs: int) -> dict[str, float]:
    work()
    spans, busy = [], []
    for _ in range(runs):
        start, start_busy = time.perf_counter(), time.process_time()
        work()
        spans.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - start_busy) * 1000)
    return {
        "median": round(statistics.median(spans), 1),
        "min": round(min(spans), 1),
        "max": round(max(spans), 1),
        "processor_median": round(statistics.median(busy), 1),  # what counts on a machine that others use too
    }


def times(picture: Image.Image, network: Estimator) -> Iterator[tuple[str, dict[str, dict[str, float]]]]:
    coded = encode(1, CHECK_KEY, V2)
    for name, size, runs in (("1 MP", (1000, 1000), 9), ("1.8 MP", (1350, 1350), 9), ("24 MP", (6000, 4000), 3)):
        plain = to_frames(picture.resize(size, BICUBIC))
        marked = embed(plain, coded, TILE_KEY, network, seed=1)
        yield (
            name,
            {
                "embed_ms": timed_ms(partial(embed, plain, coded, TILE_KEY, network, seed=1), runs),
                "read_directly_ms": timed_ms(partial(read, marked, network), runs),
                "search_unmarked_ms": timed_ms(partial(read, plain, network), runs),
            },
        )


def load_pictures(folder: Path, limit: int) -> list[Image.Image]:
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in {".jpg", ".jpeg", ".png"}]
    step = max(1, len(files) // limit)
    pictures = [Image.open(path).convert("RGB") for path in files[::step][:limit]]
    for picture in pictures:
        picture.thumbnail((LONGEST_PX, LONGEST_PX))
    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=4, help="how many pictures, spread over the folder")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=tuple(LISTS), help="one of the two lists")
    parser.add_argument("--version", type=int, choices=(1, 2), default=2, help="of the mark")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    version = V1 if options.version == 1 else V2
    tensors, _ = build_store(ROOT / "models", ROOT / "build" / "models").load("mark-estimator")
    network = estimators.load(tensors)
    pictures = load_pictures(options.folder, options.limit)
    if not pictures:
        parser.error("no JPEG or PNG in the folder")
    result = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "system": platform.platform(),
            "threads": options.threads,
            "cores": os.cpu_count(),
            "load_average": round(os.getloadavg()[0], 1),
            "torch": torch.__version__,
        },
        "survival": survival(pictures, network, (options.only,) if options.only else tuple(LISTS), version),
        "times": dict(times(pictures[0], network)),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
