"""What is seen of a change, and what of mark and codec: on noise made here."""

import numpy as np
import pytest

from countenance.verify.against import TOLERANCE, compare, fine_px, inside

SQUARE = ((10, 10), (30, 10), (30, 30), (10, 30))
SHAPE = (64, 80, 3)


def flat(value=100.0, shape=SHAPE):
    return np.full(shape, value, dtype=np.float32)


def noisy(seed=1):
    """Zero-mean noise of a few levels, as mark and codec leave it."""
    return flat() + np.random.default_rng(seed).integers(-4, 5, SHAPE).astype(np.float32)


def test_a_polygon_holds_the_centres_within_it():
    found = inside(SQUARE, (40, 40))
    assert found.sum() == 400
    assert found[10, 10]
    assert found[29, 29]
    assert not found[9, 15]
    assert not found[15, 30]


def test_a_slanted_polygon_and_its_mirror_hold_as_many():
    slanted = ((5, 2), (60, 20), (40, 55), (8, 40))
    mirrored = tuple((64 - x, y) for x, y in slanted)
    assert (inside(slanted, (64, 64)) == inside(mirrored, (64, 64))[:, ::-1]).all()
    assert abs(int(inside(slanted, (64, 64)).sum()) - 1728) < 20  # the shoelace formula gives 1728


@pytest.mark.parametrize("polygon", [(), ((0, 0),), ((-50, -50), (-20, -50), (-30, -10)), ((0, 5), (70, 5))])
def test_a_polygon_of_nothing_holds_nothing(polygon):
    assert not inside(polygon, (20, 20)).any()


def test_a_polygon_larger_than_the_picture_holds_it_all():
    assert inside(((-9, -9), (99, -9), (99, 99), (-9, 99)), (20, 30)).all()


def test_noise_is_within_what_mark_and_codec_may_do():
    seen = compare(noisy(), flat(), SQUARE, "image/png")
    assert seen.outside.within(TOLERANCE["image/png"])
    assert seen.outside.pixel == 4
    assert seen.changed_inside == 0


@pytest.mark.parametrize(
    ("area", "by"),
    [((slice(50, 51), slice(60, 61)), 40), ((slice(40, 60), slice(40, 60)), 14), ((slice(32, 64), slice(40, 80)), 3)],
    ids=["one pixel much", "a spot clearly", "a wide area a little"],
)
def test_a_change_outside_is_seen_however_it_is_spread(area, by):
    changed = noisy()
    changed[area] += by
    seen = compare(changed, flat(), SQUARE, "image/png")
    assert not seen.outside.within(TOLERANCE["image/png"])


def test_a_change_inside_is_no_change_outside():
    changed = noisy()
    changed[12:28, 12:28] += 50
    seen = compare(changed, flat(), SQUARE, "image/jpeg")
    assert seen.outside.within(TOLERANCE["image/jpeg"])
    assert seen.inside.fine > 40
    assert 0.5 < seen.changed_inside <= 1


def test_cells_grow_with_the_picture():
    assert fine_px((1350, 1350)) == 8
    assert fine_px((4900, 4900)) == 29
    assert fine_px((100, 100)) == 4


def test_every_format_that_is_written_has_a_tolerance():
    assert set(TOLERANCE) == {"image/jpeg", "image/png", "image/webp", "image/tiff"}
    assert all(TOLERANCE["image/png"].within(tolerance) for tolerance in TOLERANCE.values())


LABEL = ((40, 40), (72, 40), (72, 56), (40, 56))


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg"])
def test_a_label_in_its_signed_region_is_not_outside_and_anything_beside_it_is(media_type):
    original, published = flat(), noisy()
    published[40:56, 40:72] = 255
    assert not compare(published, original, SQUARE, media_type).outside.within(TOLERANCE[media_type])
    assert compare(published, original, SQUARE, media_type, labels=[LABEL]).outside.within(TOLERANCE[media_type])
    published[4:8, 60:64] = 255
    assert not compare(published, original, SQUARE, media_type, labels=[LABEL]).outside.within(TOLERANCE[media_type])


def test_a_label_is_not_part_of_what_changed_in_the_face():
    original, published = flat(), noisy()
    published[40:56, 40:72] = 255
    with_label = compare(published, original, SQUARE, "image/png", labels=[LABEL])
    assert with_label.inside.within(TOLERANCE["image/png"])
    assert (with_label.difference[40:56, 40:72] > 100).all()
