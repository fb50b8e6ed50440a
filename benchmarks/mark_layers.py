"""Marks upon marks: whether every generation's mark is read, under keys of its own and under one key, and the cost.

    python benchmarks/mark_layers.py

Each picture of the examples is marked four times; each copy is read as it is, and after 1080 px and JPEG 60.
"""

import io
from pathlib import Path

import numpy as np
import torch
from common import write
from PIL import Image

from countenance.core import payload
from countenance.core.layers import LAYERS, layer_key
from countenance.settings import Settings
from countenance.wiring.render_tools import render_tools

TILE, CHECK = b"the tile key of this benchmark. ", b"the check key of this benchmark."
EXAMPLES = Path(__file__).parents[1] / "examples"


def tensor(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def copied(pixels: torch.Tensor) -> torch.Tensor:
    picture, out = Image.fromarray((pixels[0] * 255).round().byte().permute(1, 2, 0).numpy()), io.BytesIO()
    picture.resize((1080, round(1080 * picture.height / picture.width))).save(out, "JPEG", quality=60)
    return tensor(Image.open(out).convert("RGB"))


def ids_in(codec: object, pixels: torch.Tensor, key: bytes) -> set[str]:
    words = codec.candidates(pixels, key, deep=False)  # type: ignore[attr-defined]
    return {found for word in words if (found := payload.open_text(word.info, CHECK)) is not None}


def marked_again(codec: object, pixels: torch.Tensor, *, layered: bool) -> list[dict[str, object]]:
    digits, original, rows = codec.payload.digits, pixels, []  # type: ignore[attr-defined]
    names = [str(number + 1) * digits for number in range(LAYERS)]
    for number, name in enumerate(names):
        key = layer_key(TILE, number if layered else 0)
        pixels = codec.embed(pixels, payload.encode_text(name, CHECK), key, seed=number)  # type: ignore[attr-defined]
        keys = {layer_key(TILE, layer) for layer in range(number + 1)} if layered else {TILE}
        copy = copied(pixels)
        found, after = (set().union(*(ids_in(codec, one, each) for each in keys)) for one in (pixels, copy))
        error = float(((pixels - original) ** 2).mean())
        rows.append({
            "marks": number + 1,
            "read": sum(one in found for one in names[: number + 1]),
            "newest_read": name in found,
            "read_after_1080_jpeg_60": sum(one in after for one in names[: number + 1]),
            "psnr_db": round(-10 * np.log10(error), 1),
        })  # fmt: skip
    return rows


def main() -> None:
    torch.set_num_threads(1)
    codec = render_tools(Settings.load({})).watermark
    figures = {
        name: {
            path.name: marked_again(codec, tensor(Image.open(path).convert("RGB")), layered=layered)
            for path in sorted(EXAMPLES.glob("*.jpg"))
        }
        for name, layered in (("a_key_for_each", True), ("one_key", False))
    }
    write("mark_layers", {"watermark": f"{codec.name} {codec.version}", **figures})
    print(figures)


if __name__ == "__main__":
    main()
