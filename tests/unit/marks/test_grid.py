import io
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from countenance.errors import UncheckedError
from countenance.manifest.labels import GRID_PRINT
from countenance.marks import grid
from countenance.verify.findings import CROP_AREA_PERMILLE, CROP_LIKENESS_PERMILLE

EXAMPLES = Path(__file__).parents[3] / "examples"
PORTRAIT, OTHER, GROUP = (
    Image.open(EXAMPLES / name).convert("RGB") for name in ("portrait.jpg", "portrait-2.jpg", "group.jpg")
)


def tensor(picture):
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def saved(picture):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


STORED = grid.grid_print(tensor(PORTRAIT))


def part(picture, left, top, right, bottom):
    width, height = picture.size
    return picture.crop((round(width * left), round(height * top), round(width * right), round(height * bottom)))


def test_the_manifest_names_it_by_the_same_name():
    assert grid.ALGORITHM == GRID_PRINT


def test_it_says_how_many_cells_it_has():
    data = bytes.fromhex(STORED)
    columns, rows = data[:2]
    assert abs(columns * rows - grid.CELLS) < 64
    assert len(data) == 2 + -(-2 * columns * rows // 8)


@pytest.mark.parametrize(
    ("box", "area"),
    [((0, 0, 1, 1), 1.0), ((0.1, 0.05, 1, 0.9), 0.77), ((0.15, 0.15, 0.85, 0.85), 0.49), ((0, 0.3, 0.6, 0.9), 0.36)],
)
def test_a_crop_is_found_with_its_size(box, area):
    found = grid.find(tensor(saved(part(PORTRAIT, *box))), STORED)
    assert found.likeness_permille >= CROP_LIKENESS_PERMILLE
    assert abs(found.area_permille / 1000 - area) < 0.12
    assert not found.mirrored


def test_a_mirrored_crop_is_found_as_one():
    found = grid.find(tensor(ImageOps.mirror(part(PORTRAIT, 0, 0, 0.9, 0.9))), STORED)
    assert found.likeness_permille >= CROP_LIKENESS_PERMILLE
    assert found.mirrored


@pytest.mark.parametrize("other", [OTHER, GROUP])
@pytest.mark.parametrize("box", [(0, 0, 1, 1), (0.1, 0.1, 0.9, 0.9), (0, 0, 0.6, 0.6)])
def test_another_picture_is_not_found(other, box):
    found = grid.find(tensor(part(other, *box)), STORED)
    assert found.likeness_permille < CROP_LIKENESS_PERMILLE or found.area_permille < CROP_AREA_PERMILLE


def test_a_picture_without_contrast_is_like_nothing():
    assert grid.find(torch.full((1, 3, 90, 120), 0.5), STORED).likeness_permille == 0
    assert grid.find(torch.rand(1, 3, 6, 6), STORED).likeness_permille <= 1000


@pytest.mark.parametrize("text", ["", "zz", "00", "0000", STORED[:-2], STORED + "00", "ff00"])
def test_what_is_no_grid_is_refused(text):
    with pytest.raises(UncheckedError, match="no grid fingerprint"):
        grid.find(torch.rand(1, 3, 20, 20), text)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 99))
def test_any_size_has_a_grid_in_which_it_finds_itself(width, height, seed):
    picture = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))
    text = grid.grid_print(picture)
    assert text == grid.grid_print(picture)
    assert 0 <= grid.find(picture, text).likeness_permille <= 1000


@pytest.mark.parametrize(("width", "height"), [(640, 640), (600, 900), (1000, 531), (333, 512)])
def test_the_aspect_is_among_those_that_a_fingerprint_allows(width, height):
    allowed = grid.aspects(grid.grid_print(torch.rand(1, 3, height, width)))
    assert min(abs(one * height / width - 1) for one in allowed) < 0.01
    assert len(allowed) <= 5
    with pytest.raises(UncheckedError):
        grid.aspects("ff")
