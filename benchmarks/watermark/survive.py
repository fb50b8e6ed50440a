"""How well the invisible mark survives, beside its peers: the same pictures, the same attacks, read blind.

    python benchmarks/watermark/survive.py FOLDER [--pictures 16] [--peer-pictures 4]

Writes benchmarks/results/watermark.json and, for people, the table watermark.md and the plot watermark.svg beside it.
The list of attacks (attacks.py) was fixed before version 2 was tuned; FOLDER holds pictures that nothing was tuned on.
A peer that has no plain photograph of its size is given a cut whose sides are multiples of 8. `whole`: every bit of the
payload, after decoding where there is a code.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import RESULTS, write  # noqa: E402
from ours import CHECK_KEY, Ours, Pixels, ours  # noqa: E402
from peers import Peer, at_hand  # noqa: E402
from skimage.metrics import structural_similarity  # noqa: E402

import attacks  # noqa: E402
from countenance.core.payload import V2, encode, open_word  # noqa: E402
from countenance.marks.spread.ecc import decode  # noqa: E402

LONGEST_PX = 1024
Row = dict[str, float]
Reader = Callable[[Pixels], bool]


def load(path: Path) -> Image.Image:
    """A picture of at most LONGEST_PX, with sides that are multiples of 8, as some peers need."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    return picture.crop((0, 0, picture.width // 8 * 8, picture.height // 8 * 8))


def psnr(one: Pixels, other: Pixels) -> float:
    """In dB, over all three colours."""
    return float(cv2.PSNR(one, other))


def marked_by_us(mark: Ours, pixels: Pixels, number: int) -> tuple[Pixels, Reader]:
    """The marked picture, and whether a reading gives its id."""
    mark_id = mark.draw(np.random.default_rng([7, number]))
    return mark.embed(pixels, mark_id, seed=number), lambda seen: mark.find(seen).mark_id == mark_id


def marked_by(peer: Peer, pixels: Pixels, number: int) -> tuple[Pixels, Reader]:
    """The same of a peer."""
    rng = np.random.default_rng([7, number])
    if peer.bits != V2.code_bits:
        word = rng.integers(0, 2, peer.bits)
        return peer.embed(pixels, word), lambda seen: bool(((peer.read(seen) > 0) == word).all())
    mark_id = int(rng.integers(0, 1 << V2.id_bits))
    word = np.array(encode(mark_id, CHECK_KEY, V2))

    def reads(seen: Pixels) -> bool:
        words = decode(torch.from_numpy(peer.read(seen)), V2)
        return any(open_word(one.info, CHECK_KEY, V2) == mark_id for one in words)

    return peer.embed(pixels, word), reads


def tried(
    mark: Callable[[Pixels, int], tuple[Pixels, Reader]], pictures: list[Image.Image], name: str
) -> dict[str, object]:
    """PSNR, SSIM and what survived, by attack."""
    quality: list[tuple[float, float]] = []
    whole: dict[str, list[bool]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    for number, picture in enumerate(pictures):
        pixels, other = np.asarray(picture), pictures[(number + 1) % len(pictures)]
        began = time.perf_counter()
        marked, reads = mark(pixels, number)
        seconds["embed"].append(time.perf_counter() - began)
        quality.append((psnr(pixels, marked), float(structural_similarity(pixels, marked, channel_axis=2))))
        lists = {"mild": attacks.mild(other, number), "harder": attacks.harder(other, number)}
        for kind, listed in lists.items():
            for attack, change in listed.items():
                seen = np.asarray(change(Image.fromarray(marked)).convert("RGB"))
                began = time.perf_counter()
                whole[f"{kind}: {attack}"].append(_tried(reads, seen))
                seconds["read"].append(time.perf_counter() - began)
        print(f"{name}: {number + 1} of {len(pictures)}, {quality[-1][0]:.1f} dB", flush=True)
    return summary(quality, whole, seconds) | {"name": name, "pictures": len(pictures)}


def _tried(reads: Reader, seen: Pixels) -> bool:
    """A peer may fail in any way on a picture that it does not expect; that is a failure to read."""
    try:
        return reads(seen)
    except Exception:  # noqa: BLE001
        return False


def summary(
    quality: list[tuple[float, float]], whole: dict[str, list[bool]], seconds: dict[str, list[float]]
) -> dict[str, object]:
    """Means, minima and shares."""
    of = {kind: [hit for name, hits in whole.items() if name.startswith(kind) for hit in hits] for kind in KINDS}
    return {
        "psnr_mean_db": round(statistics.mean(db for db, _ in quality), 2),
        "psnr_min_db": round(min(db for db, _ in quality), 2),
        "ssim_mean": round(statistics.mean(ssim for _, ssim in quality), 4),
        **{f"whole_{kind}": round(statistics.mean(hits), 4) for kind, hits in of.items()},
        "by_attack": {name: round(statistics.mean(hits), 3) for name, hits in whole.items()},
        "embed_s_median": round(statistics.median(seconds["embed"]), 3),
        "read_s_median": round(statistics.median(seconds["read"]), 3),
    }


KINDS = ("mild", "harder")
_LINES = (
    ("pictures", "pictures"),
    ("PSNR mean, dB", "psnr_mean_db"),
    ("PSNR min, dB", "psnr_min_db"),
    ("SSIM", "ssim_mean"),
    ("34 mild attacks, whole payload", "whole_mild"),
    ("41 harder attacks, whole payload", "whole_harder"),
    ("embed, s", "embed_s_median"),
    ("read, s", "read_s_median"),
)


def table(rows: list[dict[str, object]]) -> str:
    """For people: one column a mark, one line an attack."""
    names = [str(row["name"]) for row in rows]
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines += [f"| {label} | {' | '.join(str(row[key]) for row in rows)} |" for label, key in _LINES]
    first: dict[str, float] = rows[0]["by_attack"]  # type: ignore[assignment]
    lines += [f"| {name} | {' | '.join(str(row['by_attack'][name]) for row in rows)} |" for name in first]  # type: ignore[index]
    return "\n".join(lines) + "\n"


_GROUND = (
    '<rect width="820" height="360" fill="#fafaf8"/><text x="60" y="20">whole payload read blind, by how little the '
    'picture changed (PSNR)</text><circle cx="560" cy="300" r="5" fill="#46647f"/>'
    '<text x="570" y="304">34 mild attacks</text>'
    '<rect x="555" y="315" width="10" height="10" fill="#a3342f"/><text x="570" y="324">41 harder ones</text>'
)


def plot(rows: list[dict[str, object]]) -> str:
    """Whole payload against PSNR, as SVG: up and to the right is better."""
    points = []
    for row in rows:
        x = 60 + (float(str(row["psnr_mean_db"])) - 34) / 18 * 560
        for kind, shape in (("mild", "circle"), ("harder", "rect")):
            y = 330 - 290 * float(str(row[f"whole_{kind}"]))
            drawn = (
                f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="#46647f"/>'
                if shape == "circle"
                else f'<rect x="{x - 5:.0f}" y="{y - 5:.0f}" width="10" height="10" fill="#a3342f"/>'
            )
            points.append(f'{drawn}<text x="{x + 9:.0f}" y="{y + 4:.0f}">{row["name"]}</text>')
    ticks = "".join(f'<text x="{60 + (db - 34) / 18 * 560:.0f}" y="350">{db} dB</text>' for db in range(36, 52, 4))
    sides = "".join(f'<text x="10" y="{334 - 290 * share / 100:.0f}">{share} %</text>' for share in range(0, 101, 25))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 360" font-family="sans-serif" font-size="12">'
        "<title>Whole payload read blind, against how little the picture changed: circles, 34 mild ones; squares, 41 "
        f"harder ones</title>{sides}{ticks}{''.join(points)}</svg>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--peer-pictures", type=int, default=4)
    parser.add_argument("--trustmark", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    files = sorted(path for path in given.folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    pictures = [load(path) for path in files[: given.pictures]]
    newest = ours()
    rows = [tried(lambda p, n: marked_by_us(newest, p, n), pictures, newest.name)]
    few = pictures[: given.peer_pictures]
    for peer in at_hand(V2.code_bits, given.trustmark):
        rows.append(tried(lambda p, n, o=peer: marked_by(o, p, n), few, peer.name))
        told(rows, given.threads)
    told(rows, given.threads)
    print(table(rows))


def told(rows: list[dict[str, object]], threads: int) -> None:
    """Figures, table and plot of what is known so far."""
    write("watermark", {"longest_px": LONGEST_PX, "threads": threads, "marks": rows})
    (RESULTS / "watermark.md").write_text(table(rows), encoding="utf-8")
    (RESULTS / "watermark.svg").write_text(plot(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
