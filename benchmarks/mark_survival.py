"""How well the invisible mark survives: 34 attacks on a folder of pictures, blind reading, whole payload or nothing.

    python benchmarks/mark_survival.py FOLDER [--limit 8] [--threads 2]

Writes benchmarks/results/mark_survival.json. The list of attacks was known when the mark was designed.
"""

import argparse
import datetime as dt
import io
import json
import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter

from countenance.adapters.models.store import build as build_store
from countenance.core.payload import ID_BITS, encode, open_word
from countenance.marks.spread import estimator as estimators
from countenance.marks.spread.embed import embed
from countenance.marks.spread.estimator import Estimator
from countenance.marks.spread.extract import candidates
from countenance.media.tensors import Frames

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "mark_survival.json"
CHECK_KEY, TILE_KEY = b"check key of the benchmark", b"tile key of the benchmark"
LONGEST_PX = 1600
BICUBIC, LANCZOS = Image.Resampling.BICUBIC, Image.Resampling.LANCZOS
Attack = Callable[[Image.Image], Image.Image]


def saved(picture: Image.Image, kind: str, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, kind, quality=quality)
    return Image.open(stream).convert("RGB")


def jpeg(quality: int) -> Attack:
    return partial(saved, kind="JPEG", quality=quality)


def sized(across: float, down: float, kernel: Image.Resampling = BICUBIC) -> Attack:
    return lambda p: p.resize((round(p.width * across), round(p.height * down)), kernel)


def cropped(share: float, rng: np.random.Generator) -> Attack:
    def attack(picture: Image.Image) -> Image.Image:
        width, height = int(picture.width * share**0.5), int(picture.height * share**0.5)
        left = int(rng.integers(0, picture.width - width + 1))
        top = int(rng.integers(0, picture.height - height + 1))
        return picture.crop((left, top, left + width, top + height))

    return attack


def turned(degrees: float) -> Attack:
    return lambda picture: picture.rotate(degrees, BICUBIC)


def then(*attacks: Attack) -> Attack:
    def attack(picture: Image.Image) -> Image.Image:
        for one in attacks:
            picture = one(picture)
        return picture

    return attack


def on_array(change: Callable[[np.ndarray], np.ndarray]) -> Attack:
    return lambda p: Image.fromarray(np.clip(change(np.asarray(p)) + 0.0, 0, 255).round().astype(np.uint8))


def hue(array: np.ndarray) -> np.ndarray:
    hsv = cv2.cvtColor(array, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + 10) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def replaced(other: Image.Image) -> Attack:
    """Put an ellipse of another picture over 22 % of the area."""

    def attack(picture: Image.Image) -> Image.Image:
        down, across = np.mgrid[0 : picture.height, 0 : picture.width]
        x, y = (across / picture.width - 0.5) / 0.22, (down / picture.height - 0.45) / 0.32
        mask = cv2.GaussianBlur((x * x + y * y < 1).astype(np.float32), (0, 0), 4)
        return Image.composite(other.resize(picture.size), picture, Image.fromarray((mask * 255).astype(np.uint8)))

    return attack


def screenshot(picture: Image.Image) -> Image.Image:
    shown = sized(0.8, 0.8, LANCZOS)(picture)
    screen = Image.new("RGB", (int(shown.width * 1.06), int(shown.height * 1.12)), (238, 238, 238))
    screen.paste((60, 60, 60), (0, 0, screen.width, int(shown.height * 0.05)))
    screen.paste(shown, (int(shown.width * 0.03), int(shown.height * 0.08)))
    return jpeg(80)(screen)


def attacks(other: Image.Image, rng: np.random.Generator) -> dict[str, Attack]:
    sharp = ImageFilter.UnsharpMask
    return {
        "none": lambda p: p,
        **{f"jpeg {quality}": jpeg(quality) for quality in (90, 70, 50, 40)},
        **{f"webp {quality}": partial(saved, kind="WEBP", quality=quality) for quality in (80, 50)},
        "resize 0.5": sized(0.5, 0.5),
        "resize 0.4": sized(0.4, 0.4, LANCZOS),
        "resize 2": sized(2, 2),
        "resize 0.5, jpeg 70": then(sized(0.5, 0.5), jpeg(70)),
        "stretch 1.1": sized(1.1, 1),
        **{f"crop to {share:.0%}": cropped(share, rng) for share in (0.75, 0.5, 0.25)},
        "crop to 50%, jpeg 70": then(cropped(0.5, rng), jpeg(70)),
        **{f"rotate {degrees}": turned(degrees) for degrees in (2, -5, 10)},
        "mirror": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "brightness 1.3": lambda p: ImageEnhance.Brightness(p).enhance(1.3),
        "contrast 0.7": lambda p: ImageEnhance.Contrast(p).enhance(0.7),
        "grey": lambda p: ImageEnhance.Color(p).enhance(0),
        "saturation 1.5": lambda p: ImageEnhance.Color(p).enhance(1.5),
        "hue 20 degrees": on_array(hue),
        "gamma 0.7": on_array(lambda a: 255 * (a / 255) ** 0.7),
        "blur 1.5": on_array(lambda a: cv2.GaussianBlur(a, (0, 0), 1.5)),
        "median 3": on_array(lambda a: cv2.medianBlur(a, 3)),
        "noise 10": on_array(lambda a: a + rng.normal(0, 10, a.shape)),
        "sharpen": lambda p: p.filter(sharp(1.5, 120, 0)),
        "22% replaced": replaced(other),
        "22% replaced, jpeg 60": then(replaced(other), jpeg(60)),
        "screenshot": screenshot,
        "social network": then(sized(0.75, 0.75), lambda p: p.filter(sharp(1, 60, 0)), jpeg(72)),
    }


def to_frames(picture: Image.Image) -> Frames:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def to_picture(frames: Frames) -> Image.Image:
    return Image.fromarray((frames[0] * 255).round().byte().permute(1, 2, 0).numpy())


def read(frames: Frames, network: Estimator) -> tuple[int | None, str]:
    for word in candidates(frames, TILE_KEY, network, deep=True):
        mark_id = open_word(word.info, CHECK_KEY)
        if mark_id is not None:
            return mark_id, word.path
    return None, "not read"


def survival(pictures: list[Image.Image], network: Estimator) -> dict[str, object]:
    psnr_db, false_ids, paths = [], 0, Counter[str]()
    held: dict[str, list[bool]] = {}
    for index, picture in enumerate(pictures):
        rng = np.random.default_rng(500 + index)
        mark_id = int(rng.integers(0, 1 << ID_BITS))
        original = to_frames(picture)
        marked = embed(original, encode(mark_id, CHECK_KEY), TILE_KEY, network, seed=index)
        psnr_db.append(float(-10 * torch.log10((original - marked).square().mean())))
        false_ids += read(original, network)[0] is not None
        for name, attack in attacks(pictures[(index + 1) % len(pictures)], rng).items():
            found, path = read(to_frames(attack(to_picture(marked))), network)
            held.setdefault(name, []).append(found == mark_id)
            paths[path] += 1
        print(f"{index + 1}/{len(pictures)} {psnr_db[-1]:.1f} dB", [name for name, ok in held.items() if not ok[-1]])
    whole = [ok for many in held.values() for ok in many]
    return {
        "pictures": len(pictures),
        "attacks": len(held),
        "psnr_db": {"mean": round(statistics.mean(psnr_db), 2), "min": round(min(psnr_db), 2)},
        "whole_payload": {"read": sum(whole), "of": len(whole)},
        "by_attack": {name: f"{sum(many)}/{len(many)}" for name, many in held.items()},
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
    coded = encode(1, CHECK_KEY)
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
    parser.add_argument("--limit", type=int, default=8, help="how many pictures, spread over the folder")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
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
        "survival": survival(pictures, network),
        "times": dict(times(pictures[0], network)),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
