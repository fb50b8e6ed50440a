import torch
from torch import Tensor

from countenance.edit.face.atlas import CELLS, EXTENT, flatten
from countenance.edit.face.drawn import warnings_of
from countenance.edit.face.landmarks import Reading

ROWS, COLUMNS = round((EXTENT[3] - EXTENT[2]) * CELLS), round((EXTENT[1] - EXTENT[0]) * CELLS)


def test_a_portrait_is_no_drawing(portrait: Tensor, reading: Reading, mean: Tensor) -> None:
    assert warnings_of(flatten(portrait, reading.points, mean)[0], portrait) == ()


def test_flat_colours_are_a_drawing(portrait: Tensor) -> None:
    flat = torch.tensor([1.0, 0.8, 0.6])[:, None, None].expand(3, ROWS, COLUMNS)
    (said,) = warnings_of(flat, portrait)
    assert "drawn" in said


def test_grey_skin_in_a_coloured_picture_is_strange_and_in_a_grey_one_is_not(
    portrait: Tensor, reading: Reading, mean: Tensor
) -> None:
    grey = portrait.mean(0, keepdim=True).expand(3, -1, -1)
    flat, _ = flatten(grey, reading.points, mean)
    assert warnings_of(flat, grey) == ()
    garden = grey.clone()
    garden[1, :, : grey.shape[2] // 3] *= 0.5
    (said,) = warnings_of(flat, garden)
    assert "statue" in said
