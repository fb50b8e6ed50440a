"""How far mark and codec alone move pixels and readings: the tolerances of `verify --against`.

    python benchmarks/against.py [FOLDER]

Every picture is marked and written in each format that is written to, and read again, unedited: whatever differs is
mark and codec. Then the face is edited, and read before marks and after: how far the reading moves is the tolerance
of the units. FOLDER is a folder of portraits that you may use; without one, the examples are taken.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from common import write
from PIL import Image

from countenance.core import payload
from countenance.edit.render import render
from countenance.media.ports import Picture
from countenance.settings import Settings
from countenance.toolkit.render import RenderTools
from countenance.verify.against import TOLERANCE, compare
from countenance.wiring.render_tools import render_tools

EXAMPLES = Path(__file__).parents[1] / "examples"
PLANS = ({"AU12": 450, "AU1": 200, "AU2": 200}, {"AU4": 300}, {"AU12": -300})
KEY, SEED = b"k" * 32, 7
MOST_PX = 1500


def pictures(folder: Path | None) -> list[Path]:
    """The examples, and the folder's pictures."""
    given = sorted(path for path in folder.rglob("*") if path.suffix in {".jpg", ".png"}) if folder else []
    return [*(path for path in sorted(EXAMPLES.glob("*.jpg"))), *given]


def loaded(path: Path, *, side: int = MOST_PX) -> Picture:
    """The picture, halved until no side is longer."""
    with Image.open(path) as stored:
        image = stored.convert("RGB")
    while max(image.size) > side:
        image = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    return Picture(pixels=torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255)


def large(path: Path) -> Picture:
    """24 megapixels with the grain that a camera would add."""
    with Image.open(path) as stored:
        big = np.asarray(stored.convert("RGB").resize((4900, 4900), Image.Resampling.BICUBIC)).astype(np.float32)
    grain = np.random.default_rng(SEED).normal(0, 3, big.shape[:2])[..., None]
    whole = np.clip(np.round(big + grain), 0, 255).astype(np.uint8)
    return Picture(pixels=torch.from_numpy(whole).permute(2, 0, 1)[None].float() / 255)


def levels(pixels: torch.Tensor) -> np.ndarray:
    """In the form that `compare` takes."""
    return (pixels[0].permute(1, 2, 0) * 255).numpy()


def written(room: RenderTools, picture: Picture, media_type: str, coded: Sequence[int]) -> torch.Tensor:
    """Marked, encoded, decoded."""
    marked = room.watermark.embed(picture.pixels, coded, KEY, seed=SEED, levels=255)
    data = room.images.encode(Picture(pixels=marked), media_type, xmp=b"<x:xmpmeta/>")
    return room.images.decode(data, media_type).pixels


def noise(room: RenderTools, picture: Picture, coded: Sequence[int]) -> dict[str, list[float]]:
    """The reach of mark and codec in every format."""
    found = {}
    for media_type in TOLERANCE:
        seen = compare(levels(written(room, picture, media_type, coded)), levels(picture.pixels), (), media_type)
        found[media_type] = [round(v, 2) for v in (seen.outside.pixel, seen.outside.fine, seen.outside.coarse)]
    return found


def readings(room: RenderTools, picture: Picture, coded: Sequence[int]) -> list[dict[str, tuple[int, int]]]:
    """How far every unit's reading moves by mark and codec, and its published error, in permille, plan by plan."""
    boxes = room.engine.detect(picture.pixels)
    if not boxes:
        return []
    before = room.engine.perceive(picture.pixels, boxes[0])
    moved = []
    for plan in PLANS:
        edited = render(picture.pixels, before, plan, room.engine, others=boxes[1:], seed=SEED)
        clean = room.engine.reread(before, room.engine.perceive(edited.pixels, before.box))
        for media_type in ("image/png", "image/jpeg", "image/webp"):
            out = written(room, Picture(pixels=edited.pixels), media_type, coded)
            seen = room.engine.reread(before, room.engine.perceive(out, before.box))
            errors = room.engine.errors_at(seen)
            moved.append({unit: (seen[unit] - clean[unit], error) for unit, error in errors.items()})
    return moved


def spread(moved: list[tuple[int, int]]) -> dict[str, float]:
    """99th percentile and largest motion of a reading in permille, and the largest as a share of its error."""
    return {
        "p99": int(np.percentile([abs(by) for by, _ in moved], 99)),
        "most": max(abs(by) for by, _ in moved),
        "most_of_error": round(max(abs(by) / error for by, error in moved), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--readings", type=int, default=8, help="on how many pictures units are re-read")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    room = render_tools(Settings.load({}))
    coded = payload.encode(12345, b"c" * 32, room.watermark.payload)
    each, moved = {}, []
    for number, path in enumerate(pictures(chosen.folder)):
        picture = loaded(path)
        each[path.name] = noise(room, picture, coded)
        if number < chosen.readings:
            try:
                moved += readings(room, picture, coded)
            except Exception as error:  # noqa: BLE001 - a face that cannot be edited is no reading
                print(path.name, error)
    each["24 megapixels"] = noise(room, large(EXAMPLES / "portrait.jpg"), coded)
    worst = {kind: [max(one[kind][i] for one in each.values()) for i in range(3)] for kind in TOLERANCE}
    allowed = {kind: [reach.pixel, reach.fine, reach.coarse] for kind, reach in TOLERANCE.items()}
    by_unit = {unit: spread([one[unit] for one in moved]) for unit in (moved[0] if moved else {})}
    write(
        "against",
        {
            "unit": "levels of 255: largest of a pixel, of a fine cell's mean, of a coarse cell's mean",
            "pictures": len(each),
            "worst": worst,
            "tolerance": allowed,
            "readings": len(moved),
            "units_permille": by_unit,
            "each": each,
        },
    )
    print(worst, by_unit)


if __name__ == "__main__":
    main()
