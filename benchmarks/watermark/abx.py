"""A page on which people try to see the mark, and a sheet of what it changes.

    python benchmarks/watermark/abx.py                       # docs/quality from examples/ and drawn pictures
    python benchmarks/watermark/abx.py FOLDER --out FOLDER   # a page of your own pictures, no figures

Without FOLDER also the table of docs/quality/mark.md and results/mark_visibility.json. The page needs no network and
keeps nothing; each crop is there as PNG and as the JPEG that the product writes, plain and marked. JPEG works on
squares of its own: crops begin where those do, so that they are what a crop of the whole file would be.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from skimage.metrics import structural_similarity

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import write  # noqa: E402
from drawn import DRAWN  # noqa: E402
from ours import Ours, Pixels, array_of, made_of, ours  # noqa: E402
from visibility import FLATTEST_PERCENT, PX_PER_DEGREE, greatest_in_flat, unevenness  # noqa: E402

from countenance.adapters.images.vips import VipsCodec  # noqa: E402
from countenance.media.ports import Picture  # noqa: E402

SIDE_PX, JPEG_BLOCK_PX = 368, 16
AMPLIFIED = 20
CELL_PX, BAR_PX, SHEET_QUALITY = 224, 22, 80
ARM, GRAIN_PX = 47, 8
TABLE = "<!-- figures: abx.py -->"
PLACES = {
    "clear sky": [("clear sky", 0, 0)],
    "grey wall": [("grey wall", 0, 0)],
    "smooth skin": [("smooth skin", 592, 800)],
    "night sky": [("night sky", 0, 0)],
    "portrait": [("face 1", 400, 464)],
    "portrait-2": [("face 2", 432, 480)],
    "group": [("face 3", 576, 208), ("backdrop", 16, 480)],
}
"""Corners of the crops, top and left: of drawn pictures the darkest part, where a level counts most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A crop, plain and marked, and the picture that it is from."""

    name: str
    place: tuple[int, int]
    plain: Pixels
    marked: Pixels
    ideal: NDArray[np.float64] | None = None
    """Before it was rounded to whole levels, where it was drawn."""

    def crop(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """The part that is shown."""
        top, left = self.place
        return pixels[top : top + SIDE_PX, left : left + SIDE_PX]


def flattest(pixels: Pixels, number: int) -> tuple[int, int]:
    """Corner of a crop: one in four at random, the others where the picture is flattest and not burnt out."""
    rng = np.random.default_rng([3, number])
    room = [(length - SIDE_PX) // JPEG_BLOCK_PX + 1 for length in pixels.shape[:2]]
    corners = [tuple(int(rng.integers(0, most)) * JPEG_BLOCK_PX for most in room) for _ in range(40)]
    if number % 4 == 0:
        return corners[0][0], corners[0][1]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)

    def busy(corner: tuple[int, ...]) -> float:
        part = grey[corner[0] : corner[0] + SIDE_PX, corner[1] : corner[1] + SIDE_PX]
        return float(np.abs(cv2.Laplacian(part, cv2.CV_32F)).mean()) + 100.0 * float((part > 250).mean())

    top, left = min(corners, key=busy)
    return top, left


def of_folder(folder: Path, crops: int, mark: Ours) -> Iterator[Shown]:
    """Crops of the pictures of a folder that are large enough."""
    pictures = [pixels for pixels in _opened(folder) if min(pixels.shape[:2]) >= SIDE_PX]
    if not pictures:
        raise SystemExit(f"no JPEG or PNG of at least {SIDE_PX} x {SIDE_PX} px lies in the folder")
    for number in range(crops):
        plain = pictures[number % len(pictures)]
        marked = mark.embed(plain, mark.draw(np.random.default_rng([5, number])), seed=number)
        yield Shown(name=f"crop {number + 1}", place=flattest(plain, number), plain=plain, marked=marked)


def _opened(folder: Path) -> Iterator[Pixels]:
    """Whatever can be read."""
    if not folder.is_dir():
        raise SystemExit("the folder does not exist")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            try:
                yield np.asarray(Image.open(path).convert("RGB"))
            except OSError:
                print(f"{path.name} cannot be read: left out", file=sys.stderr)


def committed(mark: Ours) -> Iterator[Shown]:
    """The pictures that may be shown to anyone: drawn here, and people who do not exist."""
    for number, (source, places) in enumerate(PLACES.items()):
        ideal = DRAWN[source]() if source in DRAWN else None
        if ideal is None:
            plain = np.asarray(Image.open(ROOT / "examples" / f"{source}.jpg").convert("RGB"))
        else:
            plain = np.clip(np.rint(ideal), 0, 255).astype(np.uint8)
        marked = mark.embed(plain, mark.draw(np.random.default_rng([5, number])), seed=number)
        for name, top, left in places:
            yield Shown(name=name, place=(top, left), plain=plain, marked=marked, ideal=ideal)


def encoded_jpeg(pixels: NDArray[Any]) -> bytes:
    """A file as the product writes it, but for the colour profile and its packet of XMP."""
    frames = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float() / 255
    return VipsCodec().encode(Picture(pixels=frames), "image/jpeg", xmp=b"")


def as_jpeg(pixels: NDArray[Any]) -> Pixels:
    """What is left of a crop in the JPEG that people get."""
    return array_of(VipsCodec().decode(encoded_jpeg(pixels), "image/jpeg").pixels)


def page(subjects: list[Shown], out: Path, made: str) -> None:
    """The page and its pictures: each crop, plain (a) and marked (b), in both formats."""
    pictures = out / "abx"
    pictures.mkdir(parents=True, exist_ok=True)
    trials = []
    for number, one in enumerate(subjects, 1):
        for ending in ("png", "jpg"):
            stem = f"{number:02}-{ending}"
            for letter, pixels in (("a", one.plain), ("b", one.marked)):
                path, part = pictures / f"{stem}-{letter}.{ending}", one.crop(pixels)
                if ending == "png":
                    Image.fromarray(part).save(path, optimize=True)
                else:
                    path.write_bytes(encoded_jpeg(part))
            trials.append({"picture": one.name, "format": ending, "a": f"abx/{stem}-a.{ending}",
                           "b": f"abx/{stem}-b.{ending}"})  # fmt: skip
    text = Path(__file__).with_name("abx.html").read_text(encoding="utf-8")
    text = text.replace("[/* trials */]", json.dumps(trials)).replace("MADE_OF", made)
    (out / "abx.html").write_text(text, encoding="utf-8")


def figures(one: Shown) -> dict[str, Any]:
    """Of the whole picture: PSNR, levels, SSIM; of the crop: how near the mark comes to being seen."""
    change = one.marked.astype(np.float64) - one.plain
    plain, marked = one.crop(one.plain), one.crop(one.marked)
    plain_jpeg, marked_jpeg = as_jpeg(plain), as_jpeg(marked)
    smooth = cv2.GaussianBlur(plain.astype(np.float32), (0, 0), GRAIN_PX) if one.ideal is None else one.crop(one.ideal)
    return rounded({
        "picture": one.name,
        "psnr_db": 10 * np.log10(255**2 / np.square(change).mean()),
        "usual_levels": np.sqrt(np.square(one.crop(change)).mean()),
        "most_levels": int(np.abs(change).max()),
        "ssim": structural_similarity(one.plain, one.marked, channel_axis=2),
        "uneven_levels": np.percentile(unevenness(plain, ARM), FLATTEST_PERCENT),
        "thresholds": {str(scale): greatest_in_flat(plain, marked, scale) for scale in PX_PER_DEGREE},
        "thresholds_in_jpeg": {
            str(scale): greatest_in_flat(plain_jpeg, marked_jpeg, scale) for scale in PX_PER_DEGREE
        },
        "thresholds_of_jpeg_alone": greatest_in_flat(plain, plain_jpeg, ARM),
        "thresholds_of_its_own_grain": greatest_in_flat(smooth, plain, ARM),
    })  # fmt: skip


def rounded(value: Any) -> Any:
    """Figures to three digits behind the point."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return round(float(value), 3) if isinstance(value, float | np.floating) else value


def sheet(subjects: list[Shown], rows: list[dict[str, Any]]) -> Image.Image:
    """A line a crop, all at 1:1: the marked picture, what was changed, and what is left of that in the JPEG."""
    out = Image.new("RGB", (3 * CELL_PX, len(subjects) * (CELL_PX + BAR_PX)), "white")
    pen, font = ImageDraw.Draw(out), ImageFont.load_default(size=13)
    for number, (one, row) in enumerate(zip(subjects, rows, strict=True)):
        plain, marked = one.crop(one.plain), one.crop(one.marked)
        cells = [marked, _amplified(plain, marked), _amplified(as_jpeg(plain), as_jpeg(marked))]
        top = number * (CELL_PX + BAR_PX)
        for column, cell in enumerate(cells):
            start = (SIDE_PX - CELL_PX) // 2
            part = Image.fromarray(cell[start : start + CELL_PX - 4, start : start + CELL_PX - 4])
            out.paste(part, (column * CELL_PX + 2, top + BAR_PX))
        told = f"{one.name}: {row['psnr_db']:.1f} dB, {row['usual_levels']:.2f} levels, most {row['most_levels']}"
        pen.text((4, top + 3), told, fill="black", font=font)
        pen.text((CELL_PX + 140, top + 3), f"changed, x{AMPLIFIED}", fill="black", font=font)
        pen.text((2 * CELL_PX + 60, top + 3), f"the same as JPEG, x{AMPLIFIED}", fill="black", font=font)
    return out


def _amplified(before: NDArray[Any], after: NDArray[Any]) -> Pixels:
    return np.asarray(np.clip(128 + AMPLIFIED * (after.astype(np.int32) - before), 0, 255), np.uint8)


def table(rows: list[dict[str, Any]]) -> str:
    """The figures as Markdown."""
    heads = ["", "PSNR", "usual change", "most", "SSIM", *(f"{scale} px" for scale in PX_PER_DEGREE),
             f"in JPEG, {ARM} px", "JPEG alone", "own grain", "deviation"]  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        seen = [f"{row['thresholds'][str(scale)]:.1f}" for scale in PX_PER_DEGREE]
        others = (row["thresholds_in_jpeg"][str(ARM)], row["thresholds_of_jpeg_alone"],
                  row["thresholds_of_its_own_grain"], row["uneven_levels"])  # fmt: skip
        cells = [row["picture"], f"{row['psnr_db']:.1f} dB", f"{row['usual_levels']:.2f}", str(row["most_levels"]),
                 f"{row['ssim']:.3f}", *seen, *(f"{value:.1f}" for value in others)]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--crops", type=int, default=16)
    given = parser.parse_args()
    if given.crops < 1:
        parser.error("--crops: at least 1")
    torch.set_num_threads(1)
    mark = ours()
    made = f"{mark.name}, {made_of(mark)}"
    if given.folder:
        out = given.out or ROOT / "build" / "abx"
        page(list(of_folder(given.folder, given.crops, mark)), out, made)
        print(out / "abx.html")
        return
    out, subjects = given.out or ROOT / "docs" / "quality", list(committed(mark))
    rows = [figures(one) for one in subjects]
    page(subjects, out, made)
    sheet(subjects, rows).save(out / "residuals.jpg", quality=SHEET_QUALITY, optimize=True)
    write("mark_visibility", {"mark": made, "white_cd_m2": 250, "rows": rows})
    text = out / "mark.md"
    if text.exists():
        before, _, rest = text.read_text(encoding="utf-8").partition(TABLE)
        after = rest.partition(TABLE)[2]
        text.write_text(f"{before}{TABLE}\n{table(rows)}\n{TABLE}{after}", encoding="utf-8")
    print(out / "abx.html")


if __name__ == "__main__":
    main()
