"""Copies that were turned, or lie in a screenshot: how alike what lies in the frame of the mark is, and others.

    python benchmarks/mark_framings.py FOLDER [MOST]

Each portrait of FOLDER is marked and copied in four ways; bits of 256 that differ in the best frame, from its own
prints and from those of every other portrait of the same shape.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from common import write
from PIL import Image

from countenance.core import payload
from countenance.marks.grid import aspects, grid_print
from countenance.settings import Settings
from countenance.wiring.plugins import load
from countenance.wiring.render_tools import render_tools

TILE, CHECK = b"the tile key of this benchmark. ", b"the check key of this benchmark."
SIDE_PX = 1350


def tensor(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def saved(picture: Image.Image) -> torch.Tensor:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=75)
    return tensor(Image.open(out).convert("RGB"))


def copies(marked: Image.Image) -> Iterator[tuple[str, torch.Tensor]]:
    for degrees in (5, 30):
        yield f"turned by {degrees}", saved(marked.rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC))
    yield "turned by 5, corners cut off", saved(marked.rotate(5, resample=Image.Resampling.BICUBIC))
    screen = Image.new("RGB", (1600, 1200), (245, 245, 248))
    screen.paste(marked.resize((round(0.7 * marked.width), round(0.7 * marked.height))), (300, 120))
    yield "screenshot", saved(screen)


def main() -> None:
    torch.set_num_threads(1)
    codec, phash, iscc = (
        render_tools(Settings.load({})).watermark,
        load("fingerprints", "phash")(),
        load("fingerprints", "iscc")(),
    )
    paths = sorted(Path(sys.argv[1]).glob("*.jpg"))[: int(sys.argv[2]) if len(sys.argv) > 2 else None]
    pictures = [Image.open(path).convert("RGB") for path in paths]
    for picture in pictures:
        picture.thumbnail((SIDE_PX, SIDE_PX))
    prints = [(phash.fingerprint(one), iscc.fingerprint(one), grid_print(one)) for one in map(tensor, pictures)]
    coded, rows = payload.encode_text("0" * codec.payload.digits, CHECK), dict[str, dict[str, list[int]]]()
    for number, picture in enumerate(pictures):
        marked = (codec.embed(tensor(picture), coded, TILE, seed=number)[0] * 255).round().byte()
        for name, copy in copies(Image.fromarray(marked.permute(1, 2, 0).numpy())):
            shown = codec.framings(copy, TILE, coded, aspects(prints[number][2]))
            seen = [(phash.fingerprint(one), one) for one in shown]
            row = rows.setdefault(name, {"own_phash": [], "own_iscc": [], "others_phash": []})
            for other, (print_, code, _) in enumerate(prints):
                bits, best = min(
                    ((phash.distance(one, print_), n) for n, (one, _) in enumerate(seen)), default=(256, -1)
                )
                row["own_phash" if other == number else "others_phash"].append(bits)
                if other == number and best >= 0:
                    row["own_iscc"].append(iscc.distance(iscc.fingerprint(seen[best][1]), code))
    told = {
        name: row
        | {"others_phash": {"pairs": len(row["others_phash"]), "least": min(row["others_phash"], default=None)}}
        for name, row in rows.items()
    }
    write("mark_framings", {"pictures": len(pictures), "bits": told})


if __name__ == "__main__":
    main()
