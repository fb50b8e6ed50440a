import pytest

from countenance.adapters.books import mounts
from countenance.adapters.books.mounts import network_kind
from countenance.adapters.books.sqlite import build
from countenance.errors import ConfigError

TABLE = r"""
/dev/sda1 / ext4 rw 0 0
server:/export /mnt/nas nfs4 rw,vers=4.2 0 0
//server/share /mnt/office\040share cifs rw 0 0
me@server: /mnt/far fuse.sshfs rw 0 0
/dev/sdb1 /mnt/nas/local xfs rw 0 0
systemd-1 /auto autofs rw 0 0
server:/auto /auto nfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ada/books", None),
        ("/mnt/nas/home", "nfs4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas2/home", None),
        ("/mnt/office share/home", "cifs"),
        ("/mnt/far/home", "fuse.sshfs"),
        ("/mnt/nas/local/home", None),
        ("/auto/home", "nfs"),
    ],
)
def test_what_a_path_is_on(path, kind):
    assert network_kind(TABLE, path) == kind


def test_no_table():
    assert network_kind("", "/home") is None


def test_the_books_are_not_opened_there(tmp_path, monkeypatch):
    monkeypatch.setattr(mounts, "network_kind", lambda _table, _path: "nfs4")
    with pytest.raises(ConfigError, match="network file system") as refused:
        build(tmp_path / "books.db", "log.example")
    assert "local disk" in refused.value.hint
    assert not (tmp_path / "books.db").exists()


def test_here():
    assert mounts.network_kind_of(mounts.Path(__file__)) is None
