import torch

from countenance.edit.face.atlas import CELLS, EXTENT, cell
from countenance.edit.face.traits import MAPS, POOL, fold, skin, traits

ROWS, COLUMNS = round((EXTENT[3] - EXTENT[2]) * CELLS), round((EXTENT[1] - EXTENT[0]) * CELLS)


def _face(seed: int = 1) -> torch.Tensor:
    noise = torch.rand(3, ROWS, COLUMNS, generator=torch.Generator().manual_seed(seed))
    return torch.tensor([0.7, 0.5, 0.4])[:, None, None] * (0.95 + 0.1 * noise)


def test_shape_and_mirror() -> None:
    found = traits(_face())
    assert found.shape == (len(MAPS), ROWS // POOL, COLUMNS // POOL // 2)
    assert torch.allclose(found, traits(_face().flip(-1)), atol=1e-5)


def test_neither_light_nor_its_colour_matter() -> None:
    face = _face() * 0.8
    found = traits(face)
    tinted = traits(face * torch.tensor([1.1, 1.0, 0.7])[:, None, None])
    assert (found - tinted)[:3].abs().max() < 0.05
    assert (found - traits(face * 0.5))[:3].abs().max() < 0.1


def test_a_line_across_the_nose_is_seen_as_one() -> None:
    face = _face()
    row, column = cell(0.0, -0.05)
    face[:, row : row + 2, column - 20 : column + 20] *= 0.4
    less, more = traits(_face()), traits(face)
    gained = (more - less)[3]
    assert gained[row // POOL, 0] > 1
    assert gained[row // POOL, 0] > 2 * (more - less)[4, row // POOL, 0]


def test_one_side_covered_shows_in_the_difference() -> None:
    face = _face()
    face[:, :, : COLUMNS // 2] *= 0.3
    assert (traits(face)[5] > 0.9).all()
    assert (traits(_face())[5] < 0.1).all()


def test_skin_is_the_median_of_where_it_shows() -> None:
    plain = torch.zeros(3, ROWS, COLUMNS)
    plain[:, cell(0, -0.9)[0] :] = 5.0
    assert not skin(plain).any()


def test_fold_keeps_the_greater_side() -> None:
    cells = torch.zeros(ROWS, COLUMNS)
    cells[:POOL, :POOL] = 1
    assert fold(cells)[0, -1] == 1
    assert fold(cells).sum() == 1
