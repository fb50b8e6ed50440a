"""The contract of one edit, on an engine that is a few lines: it paints, and reads back what it painted."""

from types import MappingProxyType

import pytest
import torch

from countenance.core import facs
from countenance.core.digest import of_file
from countenance.core.records.asset import FaceBox
from countenance.core.records.decision import Permit
from countenance.core.records.terms import Limit
from countenance.edit.photo import boxes_of, edit_face, read_donor, require_renders, require_unblocked, write_recipe
from countenance.edit.ports import FaceReading, Proposal
from countenance.errors import EngineError, InputError, NoFaceError
from countenance.media.ports import Picture
from countenance.testing.worlds import AT, a_world, an_id

SIDE = 96
LEFT, RIGHT = (8, 8, 40, 48), (52, 8, 88, 48)


class Brush:
    """`EditorEngine`: paints a square as bright as AU12 is strong, and reads it back from there."""

    name = "brush"
    version = "1"
    digital_source_type = "compositeSynthetic"
    weights = MappingProxyType({"bristles": of_file(b"bristles")})
    renders = frozenset({"AU12", "AU12L", "AU4"})
    errors = MappingProxyType({"AU12": 50})

    def __init__(self, *, found=(LEFT, RIGHT), outside=False, blocked=MappingProxyType({}), warnings=()):
        self.found, self.outside, self.asked = found, outside, []
        self.blocked, self.warnings, self.donors = blocked, warnings, []

    def detect(self, pixels):
        return self.found

    def perceive(self, pixels, box):
        x0, y0, x1, y1 = box
        head = torch.zeros(SIDE, SIDE, dtype=torch.bool)
        head[y0:y1, x0:x1] = True
        bright = float(pixels[0, 0, y0 + 5, x0 + 5])
        return FaceReading(
            box=box,
            landmarks=torch.ones(478, 3) * (1 + bright),
            head=head,
            eye_distance_px=10.0,
            yaw_deg=0.0,
            pitch_deg=0.0,
            roll_deg=0.0,
            units={"AU12": round(1000 * bright)},
            face_logit=9.0,
            disagreement=0.0,
            teeth_visible=bright > 0.3,
            blocked=self.blocked,
            warnings=self.warnings,
        )

    def propose(self, pixels, reading, plan, *, seed, donor=None):
        self.asked.append((reading.box, dict(plan), seed))
        self.donors.append(donor)
        x0, y0, _, _ = reading.box
        pixels[:, :, y0 + 2 : y0 + 9, x0 + 2 : x0 + 9] = plan.get("AU12", 0) / 1000
        if self.outside:
            pixels[..., -1, -1] = 1.0
        return Proposal(pixels=pixels, touched=torch.ones(1, SIDE, SIDE, dtype=torch.bool))

    def errors_at(self, changes):
        return dict(self.errors)

    def reread(self, before, after):
        return {"AU12": after.units["AU12"] - before.units["AU12"]}


def permit(face=0, *, boxes=(LEFT, RIGHT), units=None):
    numbered = boxes_of(boxes)
    return Permit(
        nonce="0" * 32,
        edit_id=an_id("edit"),
        decision_id=an_id("decision"),
        request_digest=of_file(b"request"),
        asset=a_world().request.asset,
        face=numbered[face],
        others=tuple(box for box in reversed(numbered) if box.number != face),
        units={"AU12": 400} if units is None else units,
        limits={"AU12": Limit(max_permille=500), "AU4": Limit(max_permille=300)},
        release_id=an_id("release"),
        issued_at=AT,
        expires_at=AT,
    )


@pytest.fixture
def picture():
    return Picture(pixels=torch.zeros(1, 3, SIDE, SIDE), icc_profile=b"profile", dpi=(300.0, 300.0))


def test_boxes_are_numbered_as_they_come():
    assert boxes_of([RIGHT, LEFT]) == (
        FaceBox(number=0, x0_px=52, y0_px=8, x1_px=88, y1_px=48),
        FaceBox(number=1, x0_px=8, y0_px=8, x1_px=40, y1_px=48),
    )
    assert boxes_of([]) == ()


def test_units_that_the_engine_can_do():
    require_renders(["AU12", "AU12L", "AU4"], Brush())
    require_renders([], Brush())


def test_units_that_it_cannot_do_are_named():
    with pytest.raises(InputError, match="`brush` cannot do AU27, AU9 yet") as refused:
        require_renders(["AU27", "AU12", "AU9"], Brush())
    assert refused.value.hint == "it does AU4, AU12"


@pytest.mark.parametrize(
    ("asked", "blocked", "stopped"),
    [
        ("AU4", {}, False),
        ("AU4", {"AU12": "a hand"}, False),
        ("AU4L", {"AU4R": "hair"}, False),
        ("AU4", {"AU4": "hair"}, True),
        ("AU4L", {"AU4L": "hair"}, True),
        ("AU4L", {"AU4": "hair"}, True),
        ("AU4", {"AU4R": "hair"}, True),
    ],
)
def test_units_that_something_is_in_the_way_of(asked, blocked, stopped):
    if not stopped:
        require_unblocked([asked], blocked)
        return
    with pytest.raises(InputError, match=f"{asked} cannot be done on this face: hair"):
        require_unblocked(["AU12", asked], blocked)


def test_a_blocked_unit_is_not_rendered(picture):
    engine = Brush(blocked={"AU12": "a hand lies over the mouth"})
    with pytest.raises(InputError, match="a hand lies over the mouth"):
        edit_face(picture, permit(), engine, device="cpu", seed=0)
    assert engine.asked == []


def test_warnings_go_along(picture):
    assert edit_face(picture, permit(), Brush(warnings=("a drawing?",)), device="cpu", seed=0).warnings == (
        "a drawing?",
    )


def test_a_donor_is_the_permitted_face_of_its_own_picture(picture):
    engine = Brush()
    lent = read_donor(picture, permit(1), engine, "cpu")
    assert lent.reading.box == RIGHT
    edit_face(picture, permit(), engine, device="cpu", seed=0, donor=lent)
    assert engine.donors == [lent]


def test_a_donor_whose_faces_are_not_those_of_its_title(picture):
    with pytest.raises(NoFaceError, match="not those of the title"):
        read_donor(picture, permit(), Brush(found=(LEFT,)), "cpu")


@pytest.mark.parametrize(("face", "box", "other"), [(0, LEFT, RIGHT), (1, RIGHT, LEFT)])
def test_only_the_permitted_face_changes(picture, face, box, other):
    engine = Brush()
    edit = edit_face(picture, permit(face), engine, device="cpu", seed=7)
    assert engine.asked == [(box, {"AU12": 400}, 7)]
    changed = (edit.picture.pixels != picture.pixels).any(1)[0]
    assert int(changed.sum()) == edit.changed_px == 49
    assert changed[box[1] : box[3], box[0] : box[2]].sum() == 49
    assert not changed[other[1] : other[3], other[0] : other[2]].any()
    assert len(edit.region_px) >= 3
    assert edit.plan == {"AU12": 400}


def test_profile_and_density_stay_with_the_picture(picture):
    edit = edit_face(picture, permit(), Brush(), device="cpu", seed=0)
    assert (edit.picture.icc_profile, edit.picture.dpi) == (b"profile", (300.0, 300.0))
    assert not picture.pixels.any()


def test_what_was_measured(picture):
    measured = edit_face(picture, permit(), Brush(), device="cpu", seed=0).measured
    assert measured.edit_id == an_id("edit")
    assert (measured.units["AU12"].value_permille, measured.units["AU12"].error_permille) == (400, 50)
    assert set(measured.unchecked) == set(facs.NAMES) - {"AU12"}
    assert (measured.teeth_visible_before, measured.teeth_visible_after) == (False, True)
    assert measured.rigid_drift_permille == 57  # 0.4 * sqrt(2) px of 10
    assert measured.changed_outside_before_marks_px == 0


def test_an_edit_that_changes_no_pixel_is_no_edit(picture):
    engine = Brush()
    with pytest.raises(EngineError, match="changed nothing"):
        edit_face(picture, permit(units={"AU4": 200}), engine, device="cpu", seed=0)
    assert engine.asked == [(LEFT, {"AU4": 200}, 0)]
    assert not picture.pixels.any()


def test_a_plan_of_zeros_never_asks_the_engine(picture):
    engine = Brush()
    with pytest.raises(EngineError, match="changed nothing"):
        edit_face(picture, permit(units={"AU12": 0}), engine, device="cpu", seed=0)
    assert engine.asked == []


@pytest.mark.parametrize(
    "found",
    [
        (),
        (LEFT,),
        (LEFT, RIGHT, (0, 60, 20, 80)),
        (RIGHT, LEFT),
        (LEFT, (64, 8, 96, 48)),
        ((8, 8, 40, 30), RIGHT),
    ],
    ids=["none", "one gone", "one more", "other order", "moved", "smaller"],
)
def test_faces_that_are_not_those_of_the_title(picture, found):
    engine = Brush(found=found)
    with pytest.raises(NoFaceError, match="not those of the title") as refused:
        edit_face(picture, permit(), engine, device="cpu", seed=0)
    assert engine.asked == []
    assert "title add" in refused.value.hint


def test_a_box_may_jitter_by_a_pixel(picture):
    engine = Brush(found=((9, 7, 41, 48), RIGHT))
    edit = edit_face(picture, permit(), engine, device="cpu", seed=0)
    assert engine.asked[0][0] == (9, 7, 41, 48)
    assert edit.changed_px == 49


def test_an_engine_that_paints_outside_is_stopped(picture):
    with pytest.raises(EngineError, match="outside the permitted region"):
        edit_face(picture, permit(), Brush(outside=True), device="cpu", seed=0)


def test_the_recipe_tells_how(picture):
    edit = edit_face(picture, permit(), Brush(), device="cpu", seed=7)
    recipe = write_recipe(permit(), edit, Brush(), seed=7, toolkit="0.1.0", device="cpu")
    assert (recipe.engine, recipe.engine_version, recipe.toolkit_version) == ("brush", "1", "0.1.0")
    assert recipe.weights == {"bristles": of_file(b"bristles")}
    assert (recipe.units, recipe.seed, recipe.changed_px) == ({"AU12": 400}, 7, 49)
    assert recipe.region_px == edit.region_px
    assert type(recipe).from_bytes(recipe.canonical()) == recipe
