"""Single bits are flipped where C2PA hashes nothing: in the segments and boxes around the manifest."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from agency import Agency

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.verify.inspect import inspect
from countenance.wiring.verify_tools import verify_tools

CONTAINERS = (b"jumb", b"jumd")
STEP = 15
"""Odd, so that all bits of a byte have their turn."""
EN = range(-6, -4)
"""Box instance of a JPEG's one segment, from the store's start: any number is legal, so nothing can tell."""


def flips(data: bytes, places: Iterator[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    for place, bit in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << bit
        yield place, bytes(flipped)


def frame(data: bytes) -> list[tuple[int, int]]:
    """Every bit of the file's header of the store, and of the length, type, description and toggles of each box."""
    start, length = data.index(b"jumb") - 4, int.from_bytes(data[data.index(b"jumb") - 4 : data.index(b"jumb")])
    places = set(range(20, start))
    for word in CONTAINERS:
        at = data.find(word, start)
        while 0 <= at < start + length:
            places |= set(range(at - 4, at + (4 if word == b"jumb" else 40)))
            at = data.find(word, at + 1)
    return [(place, bit) for place in sorted(places) for bit in range(8)]


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_a_stranger_sees_every_flip_in_the_frame(studio, media_type):
    """Without the log: the file is not known, and its manifest is the only witness."""
    data = studio.seal(media_type=media_type).data
    start = data.index(b"jumb") - 4
    bits = frame(data)[::STEP]
    unseen = {place - start for place, flipped in flips(data, iter(bits)) if holds(studio, flipped, media_type)}
    assert unseen <= (set(EN) if media_type == "image/jpeg" else set())


def holds(studio, data: bytes, media_type: str) -> bool:
    try:
        reading = studio.reader.read(data, media_type, studio.trust)
    except CountenanceError:
        return False
    if reading is None or reading.identity is None:
        return False
    signed = reading.signature_valid and reading.claim_trusted and reading.pad_is_zero and reading.identity.valid
    return reading.data_hash_matches and signed and not reading.failures


@pytest.mark.slow
@pytest.mark.parametrize("name", ["published.jpg", "published.png"])
def test_no_flip_of_a_published_file_is_trusted(shared_agency: Agency, name: str) -> None:
    tools, at = verify_tools(Settings.load({"home": shared_agency.home}))
    tools = replace(tools, marks=None)
    data = (shared_agency.folder / name).read_bytes()
    start = data.index(b"jumb") - 4
    length = int.from_bytes(data[start : start + 4])
    anywhere = [(place, place % 8) for place in range(start, start + length, length // 60)]
    bits = [*[(start + place, 0) for place in EN], *frame(data)[:: 7 * STEP], *anywhere]
    assert inspect(data, tools, at=at).verdict == "trusted"
    for place, flipped in flips(data, iter(bits)):
        assert inspect(flipped, tools, at=at).verdict not in {"trusted", "valid"}, place - start


@pytest.mark.slow
def test_verify_explain_and_recover_end_alike(shared_agency: Agency, tmp_path: Path) -> None:
    data = bytearray((shared_agency.folder / "published.jpg").read_bytes())
    data[data.index(b"jumb") - 10] ^= 1
    data[-2000] ^= 1
    (tmp_path / "flipped.jpg").write_bytes(data)
    for command, verdict in (("verify", "invalid"), ("explain", "invalid"), ("recover", "unknown")):
        answer = shared_agency.run(command, tmp_path / "flipped.jpg")
        assert (answer.code, answer.json["verdict"]) == (4, verdict), command
    assert shared_agency.run("explain", shared_agency.folder / "published.jpg").json["verdict"] == "trusted"
