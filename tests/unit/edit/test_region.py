import torch

from countenance.edit.region import MOST_CORNERS, enclosing_polygon


def _inside(polygon: tuple[tuple[int, int], ...], x: float, y: float) -> bool:
    turns = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    ]
    return all(turn >= 0 for turn in turns)


def test_the_polygon_holds_every_changed_pixel() -> None:
    y, x = torch.meshgrid(torch.arange(200), torch.arange(300), indexing="ij")
    changed = ((x - 140) / 90) ** 2 + ((y - 100) / 70) ** 2 < 1
    polygon = enclosing_polygon(changed)
    assert 8 <= len(polygon) <= MOST_CORNERS
    assert all(_inside(polygon, b + 0.5, a + 0.5) for a, b in torch.nonzero(changed)[::37].tolist())
    assert not _inside(polygon, 5, 5)


def test_a_region_on_the_rim_stays_in_the_picture() -> None:
    changed = torch.zeros(40, 50, dtype=torch.bool)
    changed[0, 0] = changed[39, 49] = True
    polygon = enclosing_polygon(changed)
    assert all(0 <= x <= 50 and 0 <= y <= 40 for x, y in polygon)
    assert _inside(polygon, 0.5, 0.5)
    assert _inside(polygon, 49.5, 39.5)


def test_nothing_changed_has_no_region() -> None:
    assert enclosing_polygon(torch.zeros(8, 8, dtype=torch.bool)) == ()
