"""Where a label goes: a corner that no face and no edited pixel touches."""

from collections.abc import Iterable, Sequence

from countenance.errors import InputError

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in px, half open."""


def free_corner(size: tuple[int, int], picture: tuple[int, int], taken: Sequence[Box], *, margin: int) -> Box:
    """The box of a label in the corner that is farthest from everything taken.

    Bottom corners come before top ones where two are equally far, and the right before the left.

    Args:
        size: width and height of the label in px.
        picture: width and height of the picture in px.
        taken: faces, the edited region, other labels.
        margin: distance from the sides of the picture in px.

    Raises:
        InputError: no corner is free.
    """
    (width, height), (across, down) = size, picture
    left, right = margin, across - margin - width
    top, bottom = margin, down - margin - height
    corners = [(x, y, x + width, y + height) for y in (bottom, top) for x in (right, left)]
    fits = left + width <= across - margin and top + height <= down - margin
    free = [box for box in corners if fits and not any(_touch(box, one) for one in taken)]
    if not free:
        raise InputError(
            "no corner of the picture is free for the visible label",
            hint="use a picture with room beside the faces, or disclose it in another way and leave the label out",
        )
    return max(free, key=lambda box: min((_apart(box, one) for one in taken), default=0))


def around(corners: Iterable[tuple[int, int]]) -> Box:
    """The box around a polygon."""
    across, down = zip(*corners, strict=True)
    return min(across), min(down), max(across), max(down)


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _apart(a: Box, b: Box) -> int:
    """Squared distance of two boxes."""
    across = max(a[0] - b[2], b[0] - a[2], 0)
    down = max(a[1] - b[3], b[1] - a[3], 0)
    return across * across + down * down
