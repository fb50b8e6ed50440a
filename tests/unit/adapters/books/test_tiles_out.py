from pathlib import Path

import pytest

from countenance.adapters.books import tiles_out
from countenance.audit import merkle
from countenance.audit.append import append, append_many
from countenance.audit.checkpoint import open_checkpoint, sign_checkpoint
from countenance.errors import StoreError, TamperedLogError, UncheckedError
from countenance.testing.log_keys import log_key

KEY = log_key()


def fill(books, scribe, count):
    with books.transaction():
        append_many([scribe.write() for _ in range(count)], books, KEY)


def read_back(folder):
    """The log as a reader of the folder alone sees it: size, and the root of its entry bundles."""
    newest = open_checkpoint((folder / "checkpoint").read_text(), KEY.public_pem, "log.example/countenance")
    leaves = []
    while len(leaves) < newest.size:
        name = f"{len(leaves) // 256:03}"
        width = min(256, newest.size - len(leaves))
        data = (folder / "tile/entries" / (name if width == 256 else f"{name}.p/{width}")).read_bytes()
        hashes = b""
        while data:
            length = int.from_bytes(data[:2])
            leaves.append(data[2 : 2 + length])
            hashes += merkle.leaf_hash(leaves[-1])
            data = data[2 + length :]
        assert (folder / "tile/0" / (name if width == 256 else f"{name}.p/{width}")).read_bytes() == hashes
    nodes = {}
    for index, leaf in enumerate(leaves):
        closed = merkle.closed_nodes(index, merkle.leaf_hash(leaf), lambda level, position: nodes[level, position])
        nodes.update({(level, position): hashed for level, position, hashed in closed})
    assert merkle.root(newest.size, lambda level, position: nodes[level, position]).hex() == newest.root_hex
    return newest.size


def test_the_folder_alone_is_the_log(books, scribe, tmp_path):
    folder = tmp_path / "log"
    assert books.write_tiles(folder, KEY.public_pem) == 0
    assert books.check(folder, KEY.public_pem).size == 0
    scribe.found(books, KEY)
    for count in (0, 3, 252, 1, 300):
        fill(books, scribe, count)
        assert books.write_tiles(folder, KEY.public_pem) == books.size() == read_back(folder)
        assert books.check(folder, KEY.public_pem).held == 1
    assert (folder / "tile/1/000.p/2").stat().st_size == 64
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert books.write_tiles(folder, KEY.public_pem) == 557
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_tiles_are_written_after_the_commit(books, scribe, tmp_path):
    with books.transaction():
        append(*scribe.write(), books, KEY)
        with pytest.raises(StoreError, match="after the commit"):
            books.write_tiles(tmp_path / "log", KEY.public_pem)


def test_a_crash_at_any_write_is_caught_up(books, scribe, tmp_path, monkeypatch):
    folder, real = tmp_path / "log", Path.replace
    fill(books, scribe, 250)
    books.write_tiles(folder, KEY.public_pem)
    fill(books, scribe, 20)
    for crash_at in range(5):
        left = [crash_at]

        def replace(path, target, left=left):
            if left[0] == 0:
                raise OSError(28, "No space left on device")
            left[0] -= 1
            return real(path, target)

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(StoreError, match="no space left"):
            books.write_tiles(folder, KEY.public_pem)
        monkeypatch.undo()
        assert read_back(folder) == 250
        assert list(folder.rglob(".new-*")) == []
    books.write_tiles(folder, KEY.public_pem)
    assert read_back(folder) == 270


def test_a_shown_checkpoint_is_only_replaced_by_one_that_extends_it(books, scribe, tmp_path):
    folder = tmp_path / "log"
    fill(books, scribe, 3)
    books.write_tiles(folder, KEY.public_pem)
    for note, line in [
        (sign_checkpoint(books.origin, 2, b"x" * 32, KEY), "forked"),
        (sign_checkpoint(books.origin, 9, b"x" * 32, KEY), "cut"),
        ("nonsense", "checkpoint in the log folder"),
    ]:
        (folder / "checkpoint").write_text(note)
        with pytest.raises(TamperedLogError, match=line):
            books.write_tiles(folder, KEY.public_pem)
        assert (folder / "checkpoint").read_text() == note
        with pytest.raises(TamperedLogError):
            books.check(folder, KEY.public_pem)


def test_guarded_books_begin_nothing_on_an_older_copy(books, scribe, tmp_path):
    folder = tmp_path / "log"
    scribe.found(books, KEY)
    books.guard(folder, KEY.public_pem)
    fill(books, scribe, 1)  # one entry and no checkpoint: a crash right after the first act
    with pytest.raises(UncheckedError, match="no checkpoint is held"):
        fill(books, scribe, 1)
    with pytest.raises(UncheckedError, match="no checkpoint is held"):
        books.check(folder, KEY.public_pem)
    books.write_tiles(folder, KEY.public_pem)
    fill(books, scribe, 3)  # ahead of the folder: a crash before the tiles
    fill(books, scribe, 1)
    size = books.size()
    (folder / "checkpoint").write_text(sign_checkpoint(books.origin, size + 1, b"x" * 32, KEY))
    with pytest.raises(TamperedLogError, match="cut"):
        fill(books, scribe, 1)
    (folder / "checkpoint").write_text(sign_checkpoint(books.origin, 3, b"x" * 32, KEY))
    with pytest.raises(TamperedLogError, match="forked"):
        fill(books, scribe, 1)
    assert books.size() == size


def test_a_newest_checkpoint_of_another_key_is_an_alarm(books, scribe, tmp_path):
    folder, other = tmp_path / "log", log_key("mallory")
    fill(books, scribe, 2)
    books.write_tiles(folder, KEY.public_pem)
    with books.transaction():
        books.keep_checkpoint(sign_checkpoint(books.origin, 3, b"x" * 32, other), 3)
    with pytest.raises(TamperedLogError, match="last checkpoint: the note is not signed"):
        books.require_held(folder, KEY.public_pem)


def test_a_checkpoint_beside_an_empty_log_is_an_alarm(books, tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "checkpoint").write_text(sign_checkpoint(books.origin, 9, b"x" * 32, KEY))
    with pytest.raises(TamperedLogError, match="cut"):
        books.write_tiles(tmp_path / "log", KEY.public_pem)


def test_a_folder_that_cannot_be_made(books, scribe, tmp_path):
    (tmp_path / "file").write_text("")
    fill(books, scribe, 1)
    with pytest.raises(StoreError, match="log folder"):
        books.write_tiles(tmp_path / "file", KEY.public_pem)
    assert tiles_out.held_notes(tmp_path / "missing") == ()
