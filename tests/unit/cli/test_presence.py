import io

import numpy as np
import pytest
from PIL import Image

from countenance.cli.presence import MISSING, draw_presence, missing, share

CELLS = np.ones((20, 30), dtype=np.float32)
CELLS[5:15, 10:20] = 0


def png(size):
    out = io.BytesIO()
    Image.new("RGB", size, (128, 128, 128)).save(out, "PNG")
    return out.getvalue()


def test_the_share_is_of_the_area():
    assert share(CELLS) == pytest.approx(5 / 6)
    assert share(np.zeros((3, 3), dtype=np.float32)) == 0


def test_the_largest_connected_part_counts():
    assert missing(CELLS) == pytest.approx(1 / 6)
    scattered = np.ones((20, 30), dtype=np.float32)
    scattered[::4, ::3] = 0
    assert missing(scattered) == pytest.approx(1 / 600)
    assert missing(scattered) < MISSING
    assert missing(np.full((20, 30), 0.35, dtype=np.float32)) == 0


def test_the_hole_is_red_and_the_rest_blue():
    page = draw_presence(png((600, 400)), CELLS)
    assert page.size == (600, 488)
    red, _, blue = page.getpixel((300, 200))
    assert red > blue + 50
    red, _, blue = page.getpixel((60, 350))
    assert blue > red + 50
    assert len(page.crop((0, 400, 600, 488)).getcolors(100_000)) > 50


def test_a_large_picture_is_drawn_smaller_and_a_small_one_leaves_room_for_the_legend():
    assert draw_presence(png((2800, 1400)), CELLS).size == (1400, 788)
    assert draw_presence(png((90, 60)), CELLS).size == (420, 148)
