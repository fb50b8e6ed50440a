from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.cli.outcome import decimals
from countenance.cli.places import free, media_type_of_name, not_the_input
from countenance.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.JPEG", "image/jpeg"),
        ("a.b.png", "image/png"),
        ("a.PNG", "image/png"),
        ("a.webp", "image/webp"),
        ("a.tif", "image/tiff"),
        ("a.tiff", "image/tiff"),
    ],
)
def test_the_name_says_the_kind(name, kind):
    assert media_type_of_name(Path(name)) == kind


@pytest.mark.parametrize("name", ["a", "a.gif", "a.jpg.bak", ".jpg", "jpg"])
def test_any_other_name(name):
    with pytest.raises(ConfigError, match="is no name for a picture"):
        media_type_of_name(Path("folder") / name)


@given(st.dictionaries(st.sampled_from(["AU1", "AU12"]), st.integers(-1000, 1000)))
def test_decimals_are_what_was_asked(asked):
    shown = decimals(asked)
    assert {name: round(value * 1000) for name, value in shown.items()} == asked


def test_a_free_place(tmp_path):
    free(tmp_path / "new.jpg", force=False)
    (tmp_path / "old.jpg").write_bytes(b"")
    free(tmp_path / "old.jpg", force=True)


@pytest.mark.parametrize(
    ("name", "force", "said"),
    [
        ("old.jpg", False, "exists already"),
        ("folder", False, "is a folder"),
        ("folder", True, "is a folder"),
        ("none/new.jpg", False, "folder does not exist"),
        ("old.jpg/new.jpg", False, "folder does not exist"),
        ("dangling.jpg", False, "is a link"),
        ("dangling.jpg", True, "is a link"),
        ("link.jpg", True, "is a link"),
    ],
)
def test_no_place(tmp_path, name, force, said):
    (tmp_path / "old.jpg").write_bytes(b"before")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "old.jpg")
    with pytest.raises(ConfigError, match=said):
        free(tmp_path / name, force=force)
    assert (tmp_path / "old.jpg").read_bytes() == b"before"


def test_the_picture_is_not_replaced_under_any_name(tmp_path):
    photo, copy, linked = (tmp_path / name for name in ("photo.jpg", "copy.jpg", "linked.jpg"))
    photo.write_bytes(b"the picture")
    copy.write_bytes(b"the picture")
    linked.hardlink_to(photo)
    for out, read in ((photo, str(photo)), (linked, str(photo)), (photo, "-"), (linked, "-"), (copy, "-")):
        with pytest.raises(ConfigError, match="the picture itself"):
            not_the_input(out, read, b"the picture")


def test_another_file_may_be_replaced(tmp_path):
    photo, other = tmp_path / "photo.jpg", tmp_path / "other.jpg"
    photo.write_bytes(b"the picture")
    other.write_bytes(b"the pictura")
    for out in (other, tmp_path / "new.jpg", tmp_path):
        not_the_input(out, str(photo), b"the picture")
        not_the_input(out, "-", b"the picture")
