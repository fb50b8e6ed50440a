import pytest
import torch

from countenance.edit.proof import leakage, permitted_mask, pixels_digest, runtime_of


def mask(*cells, size=(20, 30)):
    made = torch.zeros(size, dtype=torch.bool)
    for y, x in cells:
        made[y, x] = True
    return made


def test_a_mask_is_known_by_every_bit_and_its_shape():
    one = permitted_mask(mask((3, 4), (5, 6)))
    assert one.area_px == 2
    others = [mask((3, 4), (5, 7)), mask((3, 4)), mask((3, 4), (5, 6), size=(30, 20)), mask()]
    assert len({one.digest, *(permitted_mask(other).digest for other in others)}) == 5
    assert permitted_mask(mask((3, 4), (5, 6))) == one


def test_pixels_are_known_inside_the_box_of_the_mask():
    pixels = torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(1))
    region = mask((3, 4), (9, 12))
    before = pixels_digest(pixels, region)
    elsewhere, within = pixels.clone(), pixels.clone()
    elsewhere[..., 15, 20] = 0
    within[0, 2, 5, 6] += 1 / 255
    assert pixels_digest(elsewhere, region) == before
    assert pixels_digest(within, region) != before
    assert pixels_digest(pixels.roll(1, -1), region.roll(1, -1)) != before
    assert pixels_digest(pixels, mask()) == pixels_digest(within, mask())


def test_sixteen_bits_are_told_apart():
    pixels, region = torch.full((1, 3, 20, 30), 100 / 65535), mask((1, 1), (5, 5))
    assert pixels_digest(pixels, region, levels=65535) != pixels_digest(pixels + 1 / 65535, region, levels=65535)


MEASURED = {"AU12": (450, 90), "AU12L": (470, 95), "AU12R": (430, 96), "AU4": (-60, 300), "AU4L": (70, 310)}


@pytest.mark.parametrize(
    ("asked", "unit"),
    [(["AU12"], "AU4L"), (["AU4"], "AU12"), (["AU12L"], "AU12R"), (["AU12L", "AU12R"], "AU4L"), ([], "AU12")],
)
def test_the_largest_change_for_its_error_that_nobody_asked_for(asked, unit):
    found = leakage(asked, MEASURED)
    assert found is not None
    assert (found.unit, found.value_permille, found.error_permille) == (unit, *MEASURED[unit])


def test_where_all_was_asked_nothing_leaks():
    assert leakage(["AU12", "AU4"], MEASURED) is None


def test_the_runtime_is_named():
    assert runtime_of("cpu").startswith(f"torch {torch.__version__}, ")
