"""How well the invisible mark survives, beside its peers: the same pictures, the same attacks, read blind.

    python benchmarks/watermark/survive.py FOLDER [--pictures 16] [--peer-pictures 4] [--slow-peer-pictures 1]
                                                  [--resume]

Writes benchmarks/results/watermark.json and, for people, the table watermark.md and the plot watermark.svg beside it,
after every picture. The list of attacks (attacks.py) was fixed before version 2 was tuned; FOLDER holds pictures that
nothing was tuned on. All are cut so that their sides are multiples of 8, as some peers need. `whole`: every bit of the
payload, after decoding where there is a code. `--resume` keeps what was measured before: the same picture, attacks,
code, weights, device and number of threads.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from common import RESULTS, write  # noqa: E402
from ours import CHECK_KEY, Pixels, bare, made_of, ours  # noqa: E402
from peers import CODED, Peer, at_hand  # noqa: E402
from trial import LONGEST_PX, Entry, Reader, Row, chosen, earlier, marked_by_us, measured, part_of  # noqa: E402

from countenance.core.payload import V2, encode, open_word  # noqa: E402
from countenance.marks.spread.ecc import decode  # noqa: E402


def marked_by(peer: Peer, pixels: Pixels, number: int) -> tuple[Pixels, Reader]:
    """What a peer marked, and whether a reading gives every bit, or the id where bits are coded."""
    rng = np.random.default_rng([7, number])
    coded = peer.payload == CODED
    mark_id = int(rng.integers(0, 1 << V2.id_bits))
    word = np.array(encode(mark_id, CHECK_KEY, V2)) if coded else rng.integers(0, 2, peer.bits)

    def reads(seen: Pixels) -> float | None:
        try:
            soft = peer.read(seen)
        except Exception:  # noqa: BLE001 - a peer may fail in any way on a picture that it does not expect
            return None
        if not coded:
            return 1.0 if ((soft > 0) == word).all() else None
        words = decode(torch.from_numpy(soft), V2)
        return 1.0 if any(open_word(one.info, CHECK_KEY, V2) == mark_id for one in words) else None

    return peer.embed(pixels, word), reads


def entries(given: argparse.Namespace) -> list[tuple[Entry, int]]:
    """Ours first, then ours with nothing learned in it, then the peers; and on how many pictures each."""
    where = f"{given.threads} threads, {given.device}"
    found = []
    for mark, count in ((ours(given.device), given.pictures), (bare(given.device), given.peer_pictures)):
        made = f"{made_of(mark)}, {where}"
        found.append((Entry(name=mark.name, payload=CODED, made_of=made, mark=partial(marked_by_us, mark)), count))
    for peer in at_hand(V2.code_bits):
        made = f"{peer.package}, {given.threads} threads"
        entry = Entry(name=peer.name, payload=peer.payload, made_of=made, mark=partial(marked_by, peer))
        found.append((entry, given.slow_peer_pictures if peer.slow else given.peer_pictures))
    return found


_LINES = (
    ("payload", "payload"),
    ("pictures", "pictures"),
    ("measured on", "date"),
    ("PSNR mean, dB", "psnr_mean_db"),
    ("PSNR min, dB", "psnr_min_db"),
    ("SSIM", "ssim_mean"),
    ("34 mild attacks, whole payload", "whole_mild"),
    ("41 harder attacks, whole payload", "whole_harder"),
    ("embed, s", "embed_s_median"),
    ("read, s, median", "read_s_median"),
    ("read, s, mean", "read_s_mean"),
)


def columns(rows: list[Row]) -> list[Row]:
    """Ours also on the fewer pictures that each of the others was tried on, so that like stands beside like."""
    mine, *others = rows
    out, shown = [mine], {mine["pictures"]}
    for row in others:
        if row["pictures"] not in shown and set(row["shots"]) <= set(mine["shots"]):
            shown.add(row["pictures"])
            few = part_of(mine, list(row["shots"]))
            out.append(few | {"name": f"{mine['name']}, {few['pictures']} of them"})
        out.append(row)
    return out


def table(rows: list[Row]) -> str:
    """For people: one column a mark, one line an attack."""
    lines = [f"| | {' | '.join(row['name'] for row in rows)} |", f"|---|{'---|' * len(rows)}"]
    lines += [f"| {label} | {' | '.join(str(row[key]) for row in rows)} |" for label, key in _LINES]
    lines += [
        f"| {name} | {' | '.join(str(row['by_attack'][name]) for row in rows)} |" for name in rows[0]["by_attack"]
    ]
    return "\n".join(lines) + "\n"


_LEFT, _RIGHT, _TOP, _BOTTOM, _NAMES = 60, 540, 50, 340, 575
_FROM_DB, _TO_DB = 34, 52
_LINE_PX = 17
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 380" font-family="sans-serif" font-size="12">'
    "<title>Whole payload read blind, against how little the picture changed: circles, 34 mild attacks; squares, 41 "
    'harder ones</title><rect width="900" height="380" fill="#fff"/><text x="14" y="20">whole payload read blind, by '
    'how little the picture changed (PSNR)</text><circle cx="581" cy="16" r="5" fill="#46647f"/><text x="592" y="20">'
    '34 mild attacks</text><rect x="696" y="11" width="10" height="10" fill="#a3342f"/><text x="712" y="20">41 harder '
    "ones</text>"
)


def plot(rows: list[Row]) -> str:
    """Whole payload against PSNR, as SVG: up and to the right is better. Names stand in a column of their own."""
    sides = "".join(
        f'<path d="M{_LEFT} {_y(share):.0f}H{_RIGHT}" stroke="#e6e6e0"/>'
        f'<text x="{_LEFT - 8}" y="{_y(share) + 4:.0f}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    ticks = "".join(
        f'<text x="{_x(db):.0f}" y="{_BOTTOM + 26}" text-anchor="middle">{db} dB</text>'
        for db in range(_FROM_DB, _TO_DB + 1, 3)
    )
    places = _apart([_y(row["whole_mild"]) for row in rows])
    named = "".join(_named(row, place) for row, place in zip(rows, places, strict=True))
    return _HEAD + sides + ticks + named + "".join(_dots(row) for row in rows) + "</svg>\n"


def _named(row: Row, place: float) -> str:
    """A mark's name with its figures, and the thread from there to its two dots."""
    x, mild, harder = _x(row["psnr_mean_db"]), _y(row["whole_mild"]), _y(row["whole_harder"])
    said = f"{row['name']} ({row['pictures']} pictures): {row['whole_mild']:.0%}, {row['whole_harder']:.0%}"
    return (
        f'<path d="M{x:.0f} {harder:.0f}V{mild:.0f}L{_NAMES - 6} {place:.0f}" fill="none" stroke="#b9b9b0"/>'
        f'<text x="{_NAMES}" y="{place + 4:.0f}">{said}</text>'
    )


def _dots(row: Row) -> str:
    x, mild, harder = _x(row["psnr_mean_db"]), _y(row["whole_mild"]), _y(row["whole_harder"])
    return (
        f'<circle cx="{x:.0f}" cy="{mild:.0f}" r="5" fill="#46647f"/>'
        f'<rect x="{x - 5:.0f}" y="{harder - 5:.0f}" width="10" height="10" fill="#a3342f"/>'
    )


def _x(db: float) -> float:
    return _LEFT + (db - _FROM_DB) / (_TO_DB - _FROM_DB) * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _apart(wanted: list[float]) -> list[float]:
    """Places for lines of text, near to where they are wanted, none over another."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    places, above = [0.0] * len(wanted), 0.0
    for number, index in enumerate(order):
        lowest = _BOTTOM - _LINE_PX * (len(order) - 1 - number)
        places[index] = above = max(min(wanted[index], lowest), above + _LINE_PX)
    return places


def told(rows: list[Row], given: argparse.Namespace) -> None:
    """Figures, table and plot of what is known so far."""
    write("watermark", {"longest_px": LONGEST_PX, "threads": given.threads, "device": given.device, "marks": rows})
    (RESULTS / "watermark.md").write_text(table(columns(rows)), encoding="utf-8")
    (RESULTS / "watermark.svg").write_text(plot(rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=16, help="for ours, spread over the folder")
    parser.add_argument(
        "--peer-pictures", type=int, default=4, help="the first of those; ours without its network, peers"
    )
    parser.add_argument("--slow-peer-pictures", type=int, default=1, help="the first of those, for rivaGan")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="for ours; peers run where their packages do")
    parser.add_argument("--resume", action="store_true", help="keep what was measured before under the same conditions")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    subjects = chosen(given.folder, given.pictures)
    before = earlier("watermark") if given.resume else {}
    every = entries(given)
    rows = {entry.name: before[entry.key] for entry, _ in every if entry.key in before}
    for entry, count in every:
        for row in measured(entry, subjects[:count], before):
            rows[entry.name] = row
            told([rows[one.name] for one, _ in every if one.name in rows], given)
    print(table(columns([rows[one.name] for one, _ in every])))


if __name__ == "__main__":
    main()
