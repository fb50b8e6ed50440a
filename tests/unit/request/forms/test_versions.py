from datetime import date

import pytest

from countenance.core.records.terms import Denied, Limit, Shoot, Signature
from countenance.request.forms.versions import changes, lost_evidence
from countenance.testing.worlds import a_release

OLD = a_release().model_copy(
    update={
        "grant": a_release().grant.model_copy(
            update={
                "purposes": ("advertising", "editorial"),
                "territories": ("DE", "AT"),
                "units": {"AU12": Limit(min_permille=-200, max_permille=500, absolute_max_permille=700)},
                "platforms": ("Instagram",),
                "advertiser": "A",
                "denied": (Denied(test="unit", unit="AU4", reason="r"),),
                "most_edits": 3,
                "approval": "per-picture",
                "sensitive_uses": ("health",),
            }
        )
    }
)


def version(**granted):
    return OLD.model_copy(update={"version": 2, "grant": OLD.grant.model_copy(update=granted)})


@pytest.mark.parametrize(
    ("granted", "more"),
    [
        ({"purposes": ("advertising", "editorial", "film")}, "purposes: film"),
        ({"territories": ("*",)}, "territories: no limit any more"),
        ({"territories": ("DE", "AT", "CH")}, "territories: CH"),
        ({"platforms": None}, "platforms: no limit any more"),
        ({"platforms": ("Instagram", "TikTok")}, "platforms: TikTok"),
        ({"advertiser": None}, "advertiser: no limit any more"),
        ({"sensitive_uses": ("health", "politics")}, "sensitive_uses: politics"),
        ({"teeth_visible": True}, "visible teeth"),
        ({"keep_landmarks": True}, "geometry"),
        ({"denied": None}, "no longer denied: any change of AU4"),
        ({"most_edits": None}, "edits of one picture: no limit, was 3"),
        ({"generations": 2}, "edits upon edits: 2, was 1"),
        ({"approval": None}, "approval of each picture is no longer asked for"),
        ({"valid_until": "2039-01-01T00:00:00.000Z"}, "valid until 2038-12-31"),
        ({"valid_from": "2020-01-01T00:00:00.000Z"}, "valid from 2020-01-01"),
        ({"units": {**OLD.grant.units, "AU1": Limit(max_permille=1)}}, "AU1"),
        ({"units": {"AU12": Limit(min_permille=-200, max_permille=500)}}, "AU12"),
        ({"units": {"AU12": Limit(min_permille=-201, max_permille=500, absolute_max_permille=700)}}, "-0.201 to 0.5"),
        ({"units": {**OLD.grant.units, "AU12L": Limit(max_permille=600, absolute_max_permille=700)}}, "AU12L"),
    ],
)
def test_a_wider_version_says_what_it_adds_and_the_way_back_what_it_takes(granted, more):
    there, back = changes(OLD, version(**granted)), changes(version(**granted), OLD)
    assert any(more in line for line in there.adds)
    assert len(there.adds) == len(back.takes) == 1
    assert not there.other
    if "AU12L" not in str(granted):  # that one is narrower on its other side
        assert (there.takes, back.adds) == ((), ())


def test_a_narrower_unit_is_taken_away_and_not_added():
    found = changes(OLD, version(units={"AU12": Limit(max_permille=100, absolute_max_permille=700)}))
    assert (found.adds, len(found.takes)) == ((), 1)
    assert changes(OLD, version(units={})).adds == ()


def test_the_same_again_is_no_change():
    assert changes(OLD, version()) == changes(OLD, OLD)
    assert changes(OLD, OLD) == type(changes(OLD, OLD))(adds=(), takes=(), other=())


def test_what_neither_permits_nor_denies_is_named():
    other = OLD.model_copy(update={"signed_on": date(2027, 1, 2), "shoot": Shoot(name="s"), "registered_by": "x"})
    assert changes(OLD, other).other == ("shoot", "signed_on")
    assert changes(OLD, version(description="d")).other == ("description",)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ((), ("in-person",), ()),
        (("in-person",), ("pdf",), ()),
        (("in-person",), (), ("the signatures",)),
        (("e-signature",), ("in-person",), ("the e-signature",)),
        (("e-signature",), (), ("the e-signature", "the signatures")),
    ],
)
def test_less_evidence_is_named(before, after, lost):
    old, new = (
        OLD.model_copy(update={"signatures": tuple(
            Signature(role="person", name="P", method=one, on=date(2027, 1, 1)) for one in methods) or None})
        for methods in (before, after)
    )  # fmt: skip
    assert lost_evidence(old, new) == lost


def test_contact_sheets_that_are_no_longer_named_are_lost():
    seen = OLD.model_copy(update={"grant": OLD.grant.model_copy(update={"examples_shown": ("sha256:" + "0" * 64,)})})
    unseen = OLD.model_copy(update={"grant": OLD.grant.model_copy(update={"examples_shown": None})})
    assert lost_evidence(seen, unseen) == ("the contact sheets that they saw",)
