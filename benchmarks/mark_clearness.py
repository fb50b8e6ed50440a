"""How clearly words lie in pictures, marked and not: what a published read key, which has no check, has to go by.

    python benchmarks/mark_clearness.py FOLDER [SECONDS]

FOLDER: pictures without a mark, of at least 700 px a side. Every crop of one is searched with keys drawn anew.
"""

import io
import random
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from common import write
from PIL import Image

from countenance.core import payload
from countenance.core.payload import V2
from countenance.settings import Settings
from countenance.wiring.mark_openers import CLEAR_PERMILLE
from countenance.wiring.render_tools import render_tools

MARK_ID = 4711
SIDE_PX = 1350
PORTRAITS = 12


def tensor(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def opened(path: Path) -> Image.Image:
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((SIDE_PX, SIDE_PX))
    return picture


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def part(picture: Image.Image, area: float, draw: random.Random) -> Image.Image:
    width, height = (int(side * area**0.5) for side in picture.size)
    left, top = draw.randint(0, picture.width - width), draw.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def attacked(picture: Image.Image, draw: random.Random) -> Iterator[tuple[str, Image.Image]]:
    for quality in (80, 40, 20, 10):
        yield f"jpeg {quality}", jpeg(picture, quality)
    yield "turned by 10 degrees, jpeg 80", jpeg(picture.rotate(10, Image.Resampling.BICUBIC), 80)
    for area in (0.25, 0.15):
        yield f"cropped to {area:.0%}, jpeg 70", jpeg(part(picture, area, draw), 70)


def clearest(codec: object, pixels: torch.Tensor, key: bytes, *, deep: bool) -> int | None:
    words = codec.candidates(pixels, key, deep=deep)  # type: ignore[attr-defined]
    return max((word.clearness_permille for word in words if word.clearness_permille is not None), default=None)


def right(codec: object, pixels: torch.Tensor, key: bytes) -> int | None:
    for word in codec.candidates(pixels, key, deep=True):  # type: ignore[attr-defined]
        if payload.open_text(word.info, key) == f"{MARK_ID:0{V2.digits}x}":
            return int(word.clearness_permille)
    return None


def marked_ones(codec: object, paths: list[Path], draw: random.Random) -> dict[str, dict[str, int | None]]:
    found: dict[str, list[int | None]] = {}
    for path in draw.sample(paths, PORTRAITS):
        key = secrets.token_bytes(32)
        pixels = codec.embed(  # type: ignore[attr-defined]
            tensor(opened(path)), payload.encode(MARK_ID, key, V2), key, seed=draw.getrandbits(32)
        )
        marked = Image.fromarray((pixels[0] * 255).round().byte().permute(1, 2, 0).numpy())
        for name, copy in attacked(marked, draw):
            found.setdefault(name, []).append(right(codec, tensor(copy), key))
    return {
        name: {
            "pictures": len(each),
            "read": sum(one is not None for one in each),
            "least": min((one for one in each if one is not None), default=None),
        }
        for name, each in found.items()
    }


def unmarked_ones(
    codec: object, paths: list[Path], draw: random.Random, *, deep: bool, keys: int, seconds: float
) -> dict[str, int | None]:
    end, crops, most = time.monotonic() + seconds, 0, []
    while time.monotonic() < end:
        pixels = tensor(part(opened(draw.choice(paths)), draw.uniform(0.15, 1), draw))
        most += [clearest(codec, pixels, secrets.token_bytes(32), deep=deep) for _ in range(keys)]
        crops += 1
    words = [one for one in most if one is not None]
    return {
        "crops": crops,
        "searches": len(most),
        "with_a_word": len(words),
        "clearest": max(words, default=None),
        "taken_for_a_mark": sum(one >= CLEAR_PERMILLE for one in words),
    }


def main() -> None:
    torch.set_num_threads(1)
    codec, draw = render_tools(Settings.load({})).watermark, random.Random(11)  # noqa: S311 - which crops are tried is no secret
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 300.0
    paths = [path for path in sorted(Path(sys.argv[1]).rglob("*.jpg")) if min(Image.open(path).size) >= 700]
    figures = {
        "bar": CLEAR_PERMILLE,
        "unmarked_as_they_lie": unmarked_ones(codec, paths, draw, deep=False, keys=16, seconds=seconds / 2),
        "unmarked_searched": unmarked_ones(codec, paths, draw, deep=True, keys=8, seconds=seconds / 2),
        "marked": marked_ones(codec, paths, draw),
    }
    write("mark_clearness", {"watermark": f"{codec.name} {codec.version}", "pictures": len(paths), **figures})
    print(figures)


if __name__ == "__main__":
    main()
