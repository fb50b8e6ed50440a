import io

import pytest

from countenance.adapters.signers.archive import ArchiveReader, ArchiveWriter
from countenance.adapters.signers.wrap import Cost
from countenance.errors import ConfigError, CountenanceError, StoreError, UncheckedError

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
CHUNK = 1 << 20


def written(data: bytes) -> bytes:
    out = io.BytesIO()
    writer = ArchiveWriter(out, "words", cost=CHEAP)
    writer.write(data)
    writer.close()
    return out.getvalue()


def opened(archive: bytes, size: int, words: str = "words") -> bytes:
    reader = ArchiveReader(io.BytesIO(archive), words)
    data = reader.read(size)
    reader.finish()
    return data


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_is_read(size):
    data = bytes(range(256)) * (size // 256 + 1)
    assert opened(written(data[:size]), size) == data[:size]


def test_nothing_stands_in_the_clear():
    assert b"a person's name" not in written(b"a person's name" * 50)


def test_a_wrong_passphrase():
    with pytest.raises(ConfigError, match="wrong passphrase for the backup"):
        opened(written(b"x"), 1, "other words")


def parts(archive: bytes) -> tuple[bytes, list[bytes]]:
    """Head and chunks of an archive."""
    start = archive.index(b"\n", archive.index(b"\n") + 1) + 1
    head, chunks = archive[:start], []
    while start < len(archive):
        end = start + 4 + int.from_bytes(archive[start : start + 4], "big")
        chunks.append(archive[start:end])
        start = end
    return head, chunks


def test_chunks_cannot_be_cut_repeated_moved_or_added():
    size = 2 * CHUNK + 5
    head, (one, two, three) = parts(written(bytes(size)))
    for chunks in ((one, two), (one, one, two, three), (two, one, three), (one, two, three, three), (one, three), ()):
        with pytest.raises(CountenanceError) as refused:
            opened(head + b"".join(chunks), size)
        assert isinstance(refused.value, StoreError | ConfigError)


def test_every_flipped_byte_is_found():
    archive = written(b"a short one")
    for place in range(len(archive)):
        flipped = bytearray(archive)
        flipped[place] ^= 1
        with pytest.raises(CountenanceError):
            opened(bytes(flipped), 11)


def test_every_cut_is_found():
    archive = written(b"a short one")
    for end in range(len(archive)):
        with pytest.raises(CountenanceError):
            opened(archive[:end], 11)


def test_more_is_not_there():
    with pytest.raises(StoreError, match="ends too early"):
        opened(written(b"abc"), 4)
    with pytest.raises(StoreError, match="something follows"):
        opened(written(b"abc"), 2)


def test_what_is_no_backup():
    with pytest.raises(StoreError, match="not a backup"):
        opened(b"PK\x03\x04 something", 1)
    with pytest.raises(UncheckedError):
        opened(b"countenance-backup/2\nwhatever", 1)
