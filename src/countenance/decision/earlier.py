"""What earlier edits changed already in this face: limits are about the original, however many edits it takes."""

from collections import Counter
from collections.abc import Iterable

from countenance.core.records.asset import FaceBox
from countenance.core.records.consent import EarlierEdit

Bounds = tuple[int, int]


def changed_before(earlier: Iterable[EarlierEdit], face: FaceBox | None) -> dict[str, int]:
    """Sum of the changes in permille by unit, over the earlier edits of this face.

    Faces are found anew in an output, so places are compared: an edit was of this face where the centre of one of the
    two boxes lies in the other. Without a face, every edit counts.
    """
    total: Counter[str] = Counter()
    for edit in earlier:
        if face is None or same_place(edit.region_px, face):
            total.update(edit.units)
    return dict(total)


def same_place(region: tuple[tuple[int, int], ...], face: FaceBox) -> bool:
    """Whether an edit was of that face; one that does not say where it was could have been anywhere."""
    if not region:
        return True
    across, down = zip(*region, strict=True)
    one = ((min(across), max(across)), (min(down), max(down)))
    other = ((face.x0_px, face.x1_px), (face.y0_px, face.y1_px))
    return _holds_centre(one, other) or _holds_centre(other, one)


def _holds_centre(outer: tuple[Bounds, Bounds], inner: tuple[Bounds, Bounds]) -> bool:
    return all(2 * low <= first + last <= 2 * high for (low, high), (first, last) in zip(outer, inner, strict=True))
