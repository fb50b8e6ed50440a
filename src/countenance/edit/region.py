"""The outline of what changed, short enough for a manifest."""

import math

import torch
from jaxtyping import Bool
from torch import Tensor

MOST_CORNERS = 24


def enclosing_polygon(changed: Bool[Tensor, "h w"]) -> tuple[tuple[int, int], ...]:
    """Corners x, y in px, clockwise on screen, of a convex polygon that holds every changed pixel; () if none changed.

    The polygon is cut by 20 half planes that touch the region and by the sides of the picture, with a px to spare
    for rounding.
    """
    height, width = changed.shape
    y, x = torch.nonzero(changed, as_tuple=True)
    if not len(x):
        return ()
    centres = torch.stack([x, y], 1).double() + 0.5
    sides = MOST_CORNERS - 4
    polygon = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    for side in range(sides):
        angle = 2 * math.pi * side / sides
        normal = (math.cos(angle), math.sin(angle))
        reach = float((centres @ torch.tensor(normal, dtype=torch.float64, device=centres.device)).max()) + 2.0
        polygon = _cut(polygon, normal, reach)
    corners = [(min(max(round(a), 0), width), min(max(round(b), 0), height)) for a, b in polygon]
    return tuple(corner for i, corner in enumerate(corners) if corner != corners[i - 1])


def _cut(polygon: list[tuple[float, float]], normal: tuple[float, float], reach: float) -> list[tuple[float, float]]:
    """The part of a convex polygon in which normal . point <= reach (Sutherland and Hodgman)."""
    over = [normal[0] * x + normal[1] * y - reach for x, y in polygon]
    out: list[tuple[float, float]] = []
    for i, (point, here) in enumerate(zip(polygon, over, strict=True)):
        before, there = polygon[i - 1], over[i - 1]
        if here * there < 0:
            t = there / (there - here)
            out.append((before[0] + t * (point[0] - before[0]), before[1] + t * (point[1] - before[1])))
        if here <= 0:
            out.append(point)
    return out
