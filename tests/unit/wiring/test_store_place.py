import pytest

from countenance.errors import ConfigError
from countenance.wiring.store_place import require_place, require_there


@pytest.mark.parametrize(
    "url",
    [
        "blah",
        "/srv/manifests",
        "http://example.com/x",
        "ftp://a/b",
        "memory://x",
        "file://srv",
        "file:srv",
        "s3:///x",
        "",
    ],
)
def test_what_is_no_place(url):
    with pytest.raises(ConfigError, match="there is no such store") as refused:
        require_place(url)
    assert "file:///" in refused.value.hint


def test_a_bucket_and_a_folder_are_places(tmp_path):
    require_there("s3://bucket/prefix")
    (tmp_path / "my store").mkdir()
    require_there((tmp_path / "my store").as_uri())
    require_place((tmp_path / "none").as_uri())


def test_a_folder_must_be_there(tmp_path):
    (tmp_path / "file").write_text("")
    for name in ("none", "file"):
        with pytest.raises(ConfigError, match="does not exist"):
            require_there((tmp_path / name).as_uri())
