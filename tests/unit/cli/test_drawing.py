import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from countenance.cli.drawing import draw_faces, heat_map, save_picture, sheet
from countenance.core.records.asset import FaceBox
from countenance.errors import ConfigError, StoreError

YELLOW = (255, 210, 0)


def png(levels: np.ndarray, **how: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(out, "PNG", **how)
    return out.getvalue()


@pytest.fixture
def levels() -> np.ndarray:
    return np.random.default_rng(1).integers(40, 200, (60, 80, 3))


def grey(image: Image.Image) -> np.ndarray:
    """True where nothing but grey is shown."""
    shown = np.asarray(image)
    return (shown == shown[..., :1]).all(-1)


def test_equal_pictures_have_no_heat(levels):
    heat = heat_map(png(levels), png(levels))
    assert heat.size == (80, 60)
    assert grey(heat).all()


def test_differences_of_the_size_of_a_watermark_are_not_drawn(levels):
    for sign in (-6, 6):
        assert grey(heat_map(png(levels), png(levels + sign))).all()


def test_heat_where_it_differs_and_stronger_where_it_differs_more(levels):
    after = levels.copy()
    after[10:20, 10:20, 1] += 20
    after[40:50, 60:70, 2] += 50
    shown = np.asarray(heat_map(png(levels), png(after))).astype(int)
    hot = ~grey(heat_map(png(levels), png(after)))
    changed = (after != levels).any(-1)
    assert (hot == changed).all()
    redness = shown[..., 0] - shown[..., 2]
    assert redness[40:50, 60:70].min() > redness[10:20, 10:20].max()


def test_sizes_differ(levels):
    with pytest.raises(ConfigError, match="differ in size"):
        heat_map(png(levels), png(levels[:-1]))
    with pytest.raises(ConfigError, match="differ in size"):
        sheet(png(levels), png(levels.transpose(1, 0, 2)))


def test_a_sheet_shows_all_three(levels):
    page = sheet(png(levels), png(levels))
    assert page.width > 3 * 600
    thirds = [np.asarray(page)[60:, start : start + 600].std() for start in (20, 650, 1280)]
    assert min(thirds) > 5


def test_boxes_are_where_the_faces_are(levels):
    faces = [FaceBox(number=0, x0_px=10, y0_px=10, x1_px=70, y1_px=55)]
    drawn = draw_faces(png(levels), faces)
    assert drawn.size == (80, 60)
    assert drawn.getpixel((70, 40)) == YELLOW
    assert drawn.getpixel((60, 50)) == tuple(levels[50, 60])


def test_a_large_picture_is_shown_small():
    wide = np.full((200, 1800, 3), 90)
    drawn = draw_faces(png(wide), [FaceBox(number=12, x0_px=1000, y0_px=20, x1_px=1400, y1_px=180)])
    assert drawn.size == (900, 100)
    assert drawn.getpixel((700, 60)) == YELLOW
    assert drawn.getpixel((400, 60)) == (90, 90, 90)


def test_a_picture_stored_sideways_is_drawn_upright(levels):
    exif = Image.Exif()
    exif[0x0112] = 6
    assert draw_faces(png(levels, exif=exif), []).size == (60, 80)


@pytest.fixture
def image() -> Image.Image:
    return Image.new("RGB", (4, 4), YELLOW)


def test_saved_whole(image, tmp_path: Path):
    save_picture(image, tmp_path / "a.png", replace=False)
    with Image.open(tmp_path / "a.png") as stored:
        assert (stored.format, stored.getpixel((0, 0))) == ("PNG", YELLOW)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_replaced_only_where_asked(image, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"before")
    with pytest.raises(ConfigError, match="exists already"):
        save_picture(image, tmp_path / "a.png", replace=False)
    assert (tmp_path / "a.png").read_bytes() == b"before"
    save_picture(image, tmp_path / "a.png", replace=True)
    assert (tmp_path / "a.png").read_bytes() != b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_no_folder(image, tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be written"):
        save_picture(image, tmp_path / "none" / "a.png", replace=False)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_put_in_place_leaves_nothing_behind(image, tmp_path: Path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        save_picture(image, tmp_path / "a.png", replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_folder_that_is_a_file(image, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        save_picture(image, tmp_path / "file" / "a.png", replace=False)


def test_a_name_that_is_too_long(image, tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be written"):
        save_picture(image, tmp_path / f"{'x' * 300}.png", replace=False)
