"""Which of the marks in a picture is read, on codecs that give what they are told."""

from dataclasses import dataclass, field

import pytest

from countenance.core import payload
from countenance.core.layers import layer_key
from countenance.errors import BackendError, UncheckedError
from countenance.marks.ports import Candidate
from countenance.wiring.mark_openers import CheckKey
from countenance.wiring.mark_search import MarkSearch

SPREAD, OPEN = "org.countenance.mark.spread2", "com.adobe.trustmark.Q"
KEY, OLD = (CheckKey(tile_key=one * 16, check_key=one * 32, key_id=f"sha256:{one.hex() * 32}") for one in (b"n", b"o"))


@dataclass
class Codec:
    """`WatermarkCodec`, as far as it reads. `words`: by tile key and depth; without a key, by depth."""

    algorithm: str
    words: dict = field(default_factory=dict)
    keyed: bool = True
    broken: bool = False
    looked: list = field(default_factory=list)

    def candidates(self, pixels, tile_key, *, deep):
        self.looked.append(deep)
        if self.broken:
            raise BackendError("the package cannot be loaded")
        for mark_id, key in self.words.get((tile_key, deep) if self.keyed else deep, ()):
            info = payload.encode_text(mark_id, key.check_key)[: payload.format_of(mark_id).info_bits]
            yield Candidate(info=info, certainty_permille=990, path="direct" if self.keyed else "unframed")

    def algorithm_of(self, info):
        return self.algorithm


def search(spread=(), open_=(), *, ring=(KEY, OLD), **how):
    ours = Codec(SPREAD, dict(spread))
    return MarkSearch(object(), (ours, Codec(OPEN, dict(open_), keyed=False, **how)), ring), ours


HERE = {(KEY.tile_key, False): [("0123456789ab", KEY)]}
CROPPED = {(KEY.tile_key, True): [("0123456789ab", KEY)]}
BESIDE = {False: [("0123456789", KEY)]}
STRANGE = CheckKey(tile_key=b"s" * 16, check_key=b"s" * 32, key_id="")


def test_the_cheap_reading_of_every_codec_comes_before_the_search():
    found, ours = search(CROPPED, BESIDE)
    mark = found.first(checked=True).mark
    assert (mark.mark_id, mark.algorithm, mark.whole, mark.checked) == ("0123456789", OPEN, False, True)
    assert True not in ours.looked
    assert found.beside(checked=True) == ()


def test_both_are_there_and_each_can_be_asked_for():
    found, _ = search(HERE, BESIDE)
    assert found.first(checked=True).mark.mark_id == "0123456789ab"
    assert [one.mark.mark_id for one in found.beside(checked=True)] == ["0123456789"]
    assert found.of(OPEN).mark.mark_id == "0123456789"
    assert found.of("org.countenance.mark.spread1").mark.mark_id == "0123456789ab"


def test_nothing_is_looked_for_twice():
    found, ours = search()
    assert (found.first(checked=True), found.first(checked=True), found.of(SPREAD)) == (None, None, None)
    assert sorted(ours.looked) == [False, False, True, True]  # for each key


def test_an_older_key_and_a_higher_layer():
    older, _ = search(open_={False: [("0123456789", OLD)]})
    assert older.first(checked=True).mark.retired_key == OLD.key_id
    layers = HERE | {(layer_key(KEY.tile_key, 1), False): [("00000000000c", KEY)]}
    assert search(layers)[0].first(checked=True).mark.mark_id == "00000000000c"


def test_what_no_key_opens_counts_only_where_something_else_confirms_it():
    theirs = {False: [("0123456789", STRANGE)]}
    found, _ = search(open_=theirs)
    assert found.first(checked=True) is None
    assert (found.first(checked=False).mark.mark_id, found.first(checked=False).mark.checked) == ("0123456789", False)
    assert found.of(OPEN).mark.checked is False
    assert search(open_=theirs, ring=())[0].first(checked=False).mark.mark_id == "0123456789"


def test_looks_count_as_words():
    found, _ = search(open_={True: [("0123456789", OLD)]})
    tried = found.first(checked=True).mark.words_tried
    assert tried == 2 + 2 + 2  # two keys looked for upright, two turned, each of which held one word


def test_a_codec_that_does_not_work_keeps_nobody_from_reading_ours():
    found, _ = search(CROPPED, broken=True)
    assert found.first(checked=True).mark.mark_id == "0123456789ab"
    with pytest.raises(UncheckedError, match=f"`{OPEN}` cannot be read here"):
        found.of(OPEN)


@pytest.mark.parametrize("algorithm", ["com.adobe.trustmark.P", "org.example", "", "x" * 900])
def test_a_kind_without_a_codec_is_unchecked(algorithm):
    with pytest.raises(UncheckedError) as refused:
        search(HERE, BESIDE)[0].of(algorithm)
    assert len(refused.value.message) < 120


def test_ours_has_to_work():
    ours = Codec(SPREAD, broken=True)
    with pytest.raises(BackendError):
        MarkSearch(object(), (ours,), (KEY,)).first(checked=True)
