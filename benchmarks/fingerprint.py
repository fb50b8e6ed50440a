"""How far apart fingerprints lie: copies of one picture, other people in one studio, one person with another face.

    python benchmarks/fingerprint.py FOLDER      a folder with *_neutral.jpg and *_smiling.jpg of the same people

Beside pHash-256, which is used, it gives pHash-64. For crops it also gives the path by which the mark was read: a mark
read without a search ("direct", "orient") is taken as a sign that the framing is unchanged.
"""

import io
import itertools
import sys
from pathlib import Path

import imagehash
import numpy as np
import torch
from common import write
from PIL import Image

from countenance.core import payload
from countenance.settings import Settings
from countenance.wiring.render_tools import render_tools

KEY = b"a key of the benchmark, 32 bytes"
CROPS = (0.0025, 0.005, 0.01, 0.02, 0.03, 0.05)


def saved(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def cropped(picture: Image.Image, share: float) -> Image.Image:
    x, y = round(picture.width * share), round(picture.height * share)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def copies(picture: Image.Image) -> dict[str, Image.Image]:
    half = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    return {
        "jpeg 40": saved(picture, 40),
        "half, jpeg 70": saved(half, 70),
        "256 px, jpeg 60": saved(picture.resize((256, 256)), 60),
        "brighter by 1.2": picture.point(lambda value: min(255, int(value * 1.2))),
        **{f"crop {share:.2%} a side": cropped(picture, share) for share in CROPS},
    }


def crop_paths(pictures: list[Image.Image]) -> dict[str, list[str]]:
    room = render_tools(Settings.load({}))
    coded = payload.encode(12345, KEY, room.watermark.payload)
    found: dict[str, list[str]] = {f"{share:.2%}": [] for share in CROPS}
    for picture in pictures:
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
        marked = room.watermark.embed(pixels, coded, KEY, seed=1)
        shown = Image.fromarray((marked[0] * 255).byte().permute(1, 2, 0).numpy())
        for share in CROPS:
            part = torch.from_numpy(np.array(cropped(shown, share))).permute(2, 0, 1)[None].float() / 255
            words = room.watermark.candidates(part, KEY, deep=True)
            version = room.watermark.payload
            path = next((one.path for one in words if payload.open_word(one.info, KEY, version) == 12345), "none")
            found[f"{share:.2%}"].append(path)
    return found


def main() -> None:
    torch.set_num_threads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("faces")
    neutral = [Image.open(path).convert("RGB") for path in sorted(folder.glob("*_neutral.jpg"))]
    smiling = [Image.open(path).convert("RGB") for path in sorted(folder.glob("*_smiling.jpg"))]
    if not neutral or len(neutral) != len(smiling):
        print("no pairs of *_neutral.jpg and *_smiling.jpg there: nothing measured")
        return
    figures: dict[str, object] = {"people": len(neutral), "mark_paths_of_crops": crop_paths(neutral[:6])}
    for side in (8, 16):
        prints = [imagehash.phash(picture, hash_size=side) for picture in neutral]
        same = [{name: imagehash.phash(copy, hash_size=side) - prints[n] for name, copy in copies(picture).items()}
                for n, picture in enumerate(neutral[:10])]  # fmt: skip
        figures[f"phash_{side * side}"] = {
            "copies_at_most": {name: int(max(one[name] for one in same)) for name in same[0]},
            "other_people_at_least": int(min(a - b for a, b in itertools.combinations(prints, 2))),
            "other_people_median": float(np.median([a - b for a, b in itertools.combinations(prints, 2)])),
            "another_expression_at_least": int(
                min(imagehash.phash(s, hash_size=side) - prints[n] for n, s in enumerate(smiling))
            ),
        }
    write("fingerprint", figures)
    print(figures)


if __name__ == "__main__":
    main()
