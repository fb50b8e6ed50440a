"""One mark put to the test: pictures, the 75 attacks, blind readings. Shared by survive.py and ablations.py.

What was measured of a picture is kept with what it hangs on, so that a run that was cut short goes on from there.
"""

import datetime as dt
import hashlib
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from common import RESULTS
from ours import Ours, Pixels
from PIL import Image
from skimage.metrics import structural_similarity

import attacks
from countenance.errors import CountenanceError

LONGEST_PX = 1024
KINDS = ("mild", "harder")
Row = dict[str, Any]
Reader = Callable[[Pixels], float | None]
"""None where the payload is not read whole; else how clearly it lies there, or 1 where nothing tells."""
Marker = Callable[[Pixels, int], tuple[Pixels, Reader]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A picture, the one that is pasted into it, and the number that its random things come from."""

    picture: Image.Image
    other: Image.Image
    number: int

    @property
    def digest(self) -> str:
        """Of both pictures' pixels and the number."""
        return _digest(self.picture.tobytes(), self.other.tobytes(), str(self.number).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is put to the test, and what its figures hang on beside pictures and attacks."""

    name: str
    payload: str
    made_of: str
    mark: Marker

    @property
    def key(self) -> str:
        """Figures of the same key are figures of the same thing."""
        return _digest(self.name.encode(), self.made_of.encode(), Path(attacks.__file__).read_bytes())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture, marked once and attacked in every way."""

    psnr_db: float
    ssim: float
    lost: list[str]
    clearness: float
    """Mean over the attacks; nothing for what was lost."""
    embed_s: float
    read_s: float
    """Median over the attacks."""
    read_mean_s: float
    """What cannot be read is searched longest."""


def chosen(folder: Path, count: int) -> list[Subject]:
    """So many pictures, spread over the folder."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not files:
        raise SystemExit("no JPEG or PNG in the folder")
    pictures = [load(path) for path in files[:: max(1, len(files) // count)][:count]]
    following = [*pictures[1:], pictures[0]]
    pairs = zip(pictures, following, strict=True)
    return [Subject(picture=one, other=other, number=number) for number, (one, other) in enumerate(pairs)]


def load(path: Path) -> Image.Image:
    """A picture of at most LONGEST_PX, with sides that are multiples of 8, as some peers need."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    return picture.crop((0, 0, picture.width // 8 * 8, picture.height // 8 * 8))


def marked_by_us(mark: Ours, pixels: Pixels, number: int) -> tuple[Pixels, Reader]:
    """The marked picture, and how clearly a reading gives its id."""
    mark_id = mark.draw(np.random.default_rng([7, number]))

    def reads(seen: Pixels) -> float | None:
        try:
            found = mark.find(seen)
        except CountenanceError:  # too small to be read
            return None
        return found.clearness if found.mark_id == mark_id else None

    return mark.embed(pixels, mark_id, seed=number), reads


def listed(subject: Subject) -> dict[str, attacks.Attack]:
    """All 75, each named with its list."""
    made = {kind: getattr(attacks, kind)(subject.other, subject.number) for kind in KINDS}
    return {f"{kind}: {name}": one for kind, many in made.items() for name, one in many.items()}


def shot(mark: Marker, subject: Subject) -> Shot:
    """Mark one picture, attack it, read it."""
    pixels = np.asarray(subject.picture)
    began = time.perf_counter()
    marked, reads = mark(pixels, subject.number)
    embed_s = time.perf_counter() - began
    lost, clear, seconds = [], [], []
    for attack, change in listed(subject).items():
        seen = np.asarray(change(Image.fromarray(marked)).convert("RGB"))
        began = time.perf_counter()
        clearness = reads(seen)
        seconds.append(time.perf_counter() - began)
        clear.append(clearness or 0.0)
        if clearness is None:
            lost.append(attack)
    return Shot(
        psnr_db=round(float(cv2.PSNR(pixels, marked)), 2),
        ssim=round(float(structural_similarity(pixels, marked, channel_axis=2)), 4),
        lost=lost,
        clearness=round(statistics.mean(clear), 4),
        embed_s=round(embed_s, 3),
        read_s=round(statistics.median(seconds), 3),
        read_mean_s=round(statistics.mean(seconds), 3),
    )


def measured(entry: Entry, subjects: list[Subject], before: Mapping[str, Row]) -> Iterator[Row]:
    """The figures of one mark, anew after each picture; pictures that were measured before are not marked again."""
    earlier = before.get(entry.key, {"shots": {}, "date": _today()})
    kept = {one.digest: Shot(**earlier["shots"][one.digest]) for one in subjects if one.digest in earlier["shots"]}
    about = {"name": entry.name, "payload": entry.payload, "key": entry.key}
    names = list(listed(subjects[0]))
    if kept:
        yield about | {"date": earlier["date"]} | summary(kept, names)
    for subject in subjects:
        if subject.digest not in kept:
            kept[subject.digest] = shot(entry.mark, subject)
            print(f"{entry.name}: {len(kept)} of {len(subjects)}, {asdict(kept[subject.digest])}", flush=True)
            yield about | {"date": _today()} | summary(kept, names)


def summary(shots: Mapping[str, Shot], names: list[str]) -> Row:
    """Means, minima and shares, with the single pictures."""
    many = list(shots.values())
    share = {name: sum(name not in one.lost for one in many) / len(many) for name in names}
    of = {kind: [value for name, value in share.items() if name.startswith(kind)] for kind in KINDS}
    return {
        "pictures": len(many),
        "psnr_mean_db": round(statistics.mean(one.psnr_db for one in many), 2),
        "psnr_min_db": min(one.psnr_db for one in many),
        "ssim_mean": round(statistics.mean(one.ssim for one in many), 4),
        **{f"whole_{kind}": round(statistics.mean(shares), 4) for kind, shares in of.items()},
        "clearness_mean": round(statistics.mean(one.clearness for one in many), 4),
        "embed_s_median": round(statistics.median(one.embed_s for one in many), 3),
        "read_s_median": round(statistics.median(one.read_s for one in many), 3),
        "read_s_mean": round(statistics.mean(one.read_mean_s for one in many), 3),
        "by_attack": {name: round(value, 3) for name, value in share.items()},
        "shots": {digest: asdict(one) for digest, one in shots.items()},
    }


def part_of(row: Row, pictures: list[str]) -> Row:
    """The same figures of some of the pictures, which are named by their digests."""
    shots = {digest: Shot(**row["shots"][digest]) for digest in pictures}
    return row | summary(shots, list(row["by_attack"]))


def earlier(name: str) -> dict[str, Row]:
    """The rows of a result file by their keys; rows of older forms are left out."""
    path = RESULTS / f"{name}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["marks"] if path.exists() else []
    return {row["key"]: row for row in rows if "shots" in row}


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]
