"""Look-alikes among the titles: everything that is near is found, and nothing else."""

import pytest
from house import BLACK, WHITE, a_picture, make_house, near_to
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.adapters.books.near import Prints
from countenance.core.digest import of_file
from countenance.verify.findings import SAME_PICTURE_BITS


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path)
    yield made
    made.books.close()


def found(house, title):
    return [(near.other_id, near.distance_bits) for near in house.books.near_titles(title)]


def another(house, number, bits, *, owner="Other"):
    return house.title(
        asset=a_picture(b"%d" % number), fingerprint=near_to(BLACK, bits) if bits else BLACK, owner=owner
    )


def test_the_nearest_of_other_owners_come_first(house):
    ours = house.title()
    far, edge = another(house, 1, SAME_PICTURE_BITS + 1), another(house, 2, SAME_PICTURE_BITS)
    same, own = another(house, 3, 0), another(house, 4, 2, owner=" STUDIO ")
    assert found(house, ours) == [(same.id, 0), (edge.id, SAME_PICTURE_BITS)]
    assert (ours.id, 0) in found(house, same), "it is found from either side"
    assert (edge.id, SAME_PICTURE_BITS - 2) in found(house, own)
    assert [other for other, _ in found(house, far)] == []


def test_a_later_title_is_found_by_an_earlier_look(house):
    ours = house.title()
    assert found(house, ours) == []
    later = another(house, 1, 5)
    assert found(house, ours) == [(later.id, 5)]


def test_another_owners_title_to_the_very_file(house):
    theirs = house.title(owner="Other")
    ours = house.title(owner="Studio")
    assert found(house, ours) == [(theirs.id, 0)]


def test_of_one_owners_titles_to_one_picture_the_newest(house):
    ours = house.title()
    another(house, 1, 5)
    newest = another(house, 1, 5)
    assert found(house, ours) == [(newest.id, 5)]


def test_a_title_that_was_erased_is_gone_even_where_its_place_is_taken_again(house):
    ours = house.title()
    gone = another(house, 1, 5)
    assert found(house, ours) == [(gone.id, 5)]
    with house.books.transaction(), house.books.writing() as connection:
        connection.exec_driver_sql("DELETE FROM title WHERE id = ?", (gone.id,))
    assert found(house, ours) == []
    next_one = another(house, 2, 7)
    assert found(house, ours) == [(next_one.id, 7)]


def test_what_came_to_nothing_is_not_found(house):
    ours = house.title()
    foreign = ours.model_copy(update={"id": "title_" + "a" * 32, "owner": "Other"})

    def broken_off():
        with house.books.transaction():
            house.books.add(foreign)
            assert len(found(house, ours)) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert found(house, ours) == []


def test_books_as_they_stood(house):
    ours = house.title()
    then = house.claim.clock.now()
    another(house, 1, 5)
    assert house.books.as_of(then, last_entry_at=then).near_titles(ours) == ()


@pytest.mark.parametrize("fingerprint", ["0f", "", "z" * 64, "0" * 65])
def test_a_fingerprint_of_another_kind_is_not_compared(house, fingerprint):
    ours = house.title(fingerprint=fingerprint)
    assert house.books.near_titles(ours) is None
    assert found(house, another(house, 1, 0)) == []


def test_a_text_in_a_record_is_no_fingerprint(house):
    ours = house.title(fingerprint=WHITE)
    house.title(asset=a_picture(b"x"), fingerprint=BLACK, owner='"fingerprint":"' + WHITE + '"')
    assert found(house, ours) == []


PRINTS = st.lists(st.integers(0, 2**256 - 1), max_size=30)


@settings(max_examples=60, deadline=None)
@given(others=PRINTS, wanted=st.integers(0, 2**256 - 1), flips=st.lists(st.integers(0, 255), max_size=50))
def test_the_scan_finds_what_counting_every_bit_finds(others, wanted, flips):
    near = wanted
    for place in flips:
        near ^= 1 << place
    scan = Prints()
    scan._add([(seq, f"{value:064x}") for seq, value in enumerate([*others, near], start=1)])
    expected = [
        (seq, (value ^ wanted).bit_count())
        for seq, value in enumerate([*others, near], start=1)
        if (value ^ wanted).bit_count() <= SAME_PICTURE_BITS
    ]
    assert scan._scan(f"{wanted:064x}", SAME_PICTURE_BITS) == expected


def test_evidence_names_look_alikes_and_their_reviews(house):
    ours = house.title()
    theirs = another(house, 1, 5)
    evidence = house.evidence(house.request())
    assert [(one.title_id, one.other_id) for one in evidence.near] == [(ours.id, theirs.id)]
    assert evidence.reviews == ()
    unknown = house.request(asset=a_picture(b"nobody's"))
    assert house.evidence(unknown).near == ()
    assert of_file(b"nobody's") == unknown.asset.digest_of_file
