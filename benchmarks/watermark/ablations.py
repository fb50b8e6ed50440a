"""What each part of the mark is worth: the mark as it is, and with one thing changed at a time.

    python benchmarks/watermark/ablations.py FOLDER [--pictures 4] [--threads 1] [--only NAME]

The same pictures, ids and 75 attacks (attacks.py) for all, read blind. Writes benchmarks/results/mark_ablations.json
and, for people, the table mark_ablations.md and the plot mark_ablations.svg, after every picture. What was measured
before is kept as long as code, weights, attacks, device and threads are the same; so a run may be cut short. Where a
change makes the mark stronger or weaker, its PSNR tells: only rows of the same PSNR compare the same price.

Whole payloads come out alike where the mark is strong. `clearness` is finer: the cosine between what lies in the
picture and what the word puts there, the mean over all attacks, nothing for what was not read.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
import torch

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import RESULTS, write  # noqa: E402
from ours import FLAT, Ours, Pixels, made_of, ours, with_network, without_network  # noqa: E402
from peers import CODED  # noqa: E402
from trial import LONGEST_PX, Entry, Reader, Row, chosen, earlier, marked_by_us, measured  # noqa: E402

from countenance.marks.spread import embed, signed  # noqa: E402

AS_IS = "as it is"
ROUNDS, PILOT = embed._ROUNDS, signed.PILOT_ENERGY  # noqa: SLF001
Grid = torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One thing changed: in the mark, or in a constant of its code for as long as it embeds and reads."""

    change: Callable[[Ours], Ours] = lambda mark: mark
    during: Callable[[], AbstractContextManager[object]] = nullcontext


def constant(module: object, name: str, value: object) -> Variant:
    """Another value of a constant, or function, of a module; the product has no switch for it."""
    return Variant(during=lambda: patch.object(module, name, value))


def plain_rounding() -> AbstractContextManager[object]:
    """Round to the nearest level: one half wherever the embedder would draw a number at random."""
    usual = embed._add  # noqa: SLF001

    def rounded(*given: Any, **named: Any) -> None:
        with patch.object(torch, "rand", lambda *size, **_: torch.full(size, 0.5)):
            usual(*given, **named)

    return patch.object(embed, "_add", rounded)


def even_mask() -> AbstractContextManager[object]:
    """Strength alike everywhere, as much in all as the picture's own mask would let in."""
    usual = embed._fitting_mask  # noqa: SLF001

    def even(grid_luma: Grid, drawn: Grid) -> Grid:
        mask = usual(grid_luma, drawn)
        return torch.full_like(mask, float((mask * drawn).square().mean().sqrt() / drawn.square().mean().sqrt()))

    return patch.object(embed, "_fitting_mask", even)


def one_share() -> AbstractContextManager[object]:
    """The same share of the texture in every picture, also in smooth ones and in those full of it."""
    return patch.object(embed, "_TEXTURE_SHARES", (embed._TEXTURE_SHARE,))  # noqa: SLF001


VARIANTS = {
    AS_IS: Variant(),
    **{f"informed rounds {n} (as it is: {ROUNDS})": constant(embed, "_ROUNDS", n) for n in (0, 1, 2, 4) if n != ROUNDS},
    "no dither": Variant(during=plain_rounding),
    **{
        f"pilot share {n} (as it is: {PILOT})": constant(signed, "PILOT_ENERGY", n)
        for n in (0.1, 0.2, 0.3, 0.4)
        if n != PILOT
    },
    "draw gains flat": Variant(change=lambda mark: with_network(mark, draw_gains=FLAT)),
    "read gains flat": Variant(change=lambda mark: with_network(mark, read_gains=FLAT)),
    "all gains flat": Variant(change=lambda mark: with_network(mark, draw_gains=FLAT, read_gains=FLAT)),
    "no slant of the bands": constant(signed, "_slanted", lambda gains, *_: gains),
    "bands not evened in reading": constant(signed, "evened", lambda found, _: found.soft),
    "no network": Variant(change=without_network),
    "no network, gains flat": Variant(change=partial(without_network, draw_gains=FLAT, read_gains=FLAT)),
    "one share of texture": Variant(during=one_share),
    "even mask of the same power": Variant(during=even_mask),
}


def marked(mark: Ours, variant: Variant, pixels: Pixels, number: int) -> tuple[Pixels, Reader]:
    """The marked picture and its reader, with the one thing changed in both."""
    with variant.during():
        out, reads = marked_by_us(variant.change(mark), pixels, number)

    def changed(seen: Pixels) -> float | None:
        with variant.during():
            return reads(seen)

    return out, changed


_NOT_ALWAYS = ("one share of texture", "bands not evened in reading")  # the usual share in many; changes no marking


def require_effect(mark: Ours, pixels: Pixels) -> None:
    """Stop where a change changes nothing: its constant has lost its meaning, and its figures would be a lie."""
    usual = marked(mark, VARIANTS[AS_IS], pixels, 0)[0]
    for name, variant in VARIANTS.items():
        if name not in {AS_IS, *_NOT_ALWAYS} and np.array_equal(marked(mark, variant, pixels, 0)[0], usual):
            raise SystemExit(f"`{name}` changes nothing")


def entry_of(name: str, mark: Ours, where: str) -> Entry:
    made = f"{made_of(mark)}, {where}"
    return Entry(name=name, payload=CODED, made_of=made, mark=partial(marked, mark, VARIANTS[name]))


def against(row: Row, usual: Row) -> tuple[int, int]:
    """How many attacked pictures only this row reads, and how many only the mark as it is: the same ones."""
    both = row["shots"].keys() & usual["shots"].keys()
    here = {(digest, attack) for digest in both for attack in row["shots"][digest]["lost"]}
    there = {(digest, attack) for digest in both for attack in usual["shots"][digest]["lost"]}
    return len(there - here), len(here - there)


def table(rows: list[Row]) -> str:
    """For people: one line a variant."""
    usual = next((row for row in rows if row["name"] == AS_IS), None)
    heads = ["", "pictures", "PSNR mean (min), dB", "SSIM", "34 mild attacks", "41 harder ones"]
    heads += ["clearness", "read only so", "read only as it is", "embed, s"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in rows:
        gained, lost = against(row, usual) if usual else ("", "")
        lines.append(
            f"| {row['name']} | {row['pictures']} | {row['psnr_mean_db']} ({row['psnr_min_db']}) | {row['ssim_mean']} "
            f"| {row['whole_mild']:.1%} | {row['whole_harder']:.1%} | {row['clearness_mean']:.3f} "
            f"| {gained} | {lost} | {row['embed_s_median']} |"
        )
    return "\n".join(lines) + "\n"


_LEFT, _RIGHT, _TOP, _LINE = 250, 690, 60, 26


def plot(rows: list[Row]) -> str:
    """A line a variant: the share of whole payloads, mild and harder, and the PSNR beside it."""
    least = min(row[f"whole_{kind}"] for row in rows for kind in ("mild", "harder"))
    start = min(0.9, int(least * 10) / 10)
    x = partial(_x, start)
    bottom = _TOP + _LINE * len(rows)
    steps = [start + (1 - start) * part / 5 for part in range(6)]
    parts = [
        f'<path d="M{x(share):.0f} {_TOP - 16}V{bottom - 10}" stroke="#e6e6e0"/>'
        f'<text x="{x(share):.0f}" y="{bottom + 8}" text-anchor="middle">{share:.0%}</text>'
        for share in steps
    ]
    for number, row in enumerate(rows):
        y = _TOP + _LINE * number
        mild, harder = x(row["whole_mild"]), x(row["whole_harder"])
        parts.append(
            f'<text x="{_LEFT - 16}" y="{y + 4}" text-anchor="end">{row["name"]}</text>'
            f'<path d="M{harder:.0f} {y}H{mild:.0f}" stroke="#b9b9b0"/>'
            f'<circle cx="{mild:.0f}" cy="{y}" r="5" fill="#46647f"/>'
            f'<rect x="{harder - 5:.0f}" y="{y - 5}" width="10" height="10" fill="#a3342f"/>'
            f'<text x="{_RIGHT + 24}" y="{y + 4}">{row["psnr_mean_db"]:.1f} dB</text>'
            f'<text x="{_RIGHT + 92}" y="{y + 4}">{row["clearness_mean"]:.2f}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {bottom + 24}" font-family="sans-serif" '
        'font-size="12"><title>Whole payload read blind with one thing changed at a time</title>'
        f'<rect width="860" height="{bottom + 24}" fill="#fff"/>'
        '<text x="14" y="20">whole payload read blind, one thing changed at a time</text>'
        '<circle cx="446" cy="16" r="5" fill="#46647f"/><text x="457" y="20">34 mild attacks</text>'
        '<rect x="566" y="11" width="10" height="10" fill="#a3342f"/><text x="582" y="20">41 harder ones</text>'
        f'<text x="{_RIGHT + 24}" y="20">PSNR</text><text x="{_RIGHT + 92}" y="20">clearness</text>'
        + "".join(parts)
        + "</svg>\n"
    )


def _x(start: float, share: float) -> float:
    return _LEFT + (share - start) / (1 - start) * (_RIGHT - _LEFT)


def told(rows: list[Row], given: argparse.Namespace) -> None:
    """Figures, table and plot of what is known so far."""
    about = {"longest_px": LONGEST_PX, "threads": given.threads, "device": given.device}
    write("mark_ablations", {**about, "marks": rows})
    (RESULTS / "mark_ablations.md").write_text(table(rows), encoding="utf-8")
    (RESULTS / "mark_ablations.svg").write_text(plot(rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=4, help="spread over the folder")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--only", action="append", choices=tuple(VARIANTS), metavar="NAME", help="; ".join(VARIANTS))
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    subjects = chosen(given.folder, given.pictures)
    mark, where = ours(given.device), f"{given.threads} threads, {given.device}"
    require_effect(mark, np.asarray(subjects[0].picture))
    before = earlier("mark_ablations")
    every = [entry_of(name, mark, where) for name in VARIANTS]
    rows = {entry.name: before[entry.key] for entry in every if entry.key in before}
    for entry in every:
        if not given.only or entry.name in given.only:
            for row in measured(entry, subjects, before):
                rows[entry.name] = row
                told([rows[name] for name in VARIANTS if name in rows], given)
    print(table([rows[name] for name in VARIANTS if name in rows]))


if __name__ == "__main__":
    main()
