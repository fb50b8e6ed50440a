"""Faces as numbers, on an engine that is a few lines."""

import io
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from countenance.cli.dry_run import _at_the_engine
from countenance.cli.state import State
from countenance.edit.ports import FaceReading
from countenance.errors import ConfigError, NoFaceError
from countenance.media.ports import Picture
from countenance.settings import Settings
from countenance.wiring.faces import see_face, see_faces

BOXES = ((1, 2, 10, 12), (20, 2, 30, 12))


class Engine:
    name = "few-lines"
    renders = frozenset({"AU12", "AU4"})

    def __init__(self, boxes=BOXES, turned=()):
        self.boxes, self.turned = boxes, turned

    def detect(self, pixels):
        return self.boxes

    def perceive(self, pixels, box):
        if box in self.turned:
            raise NoFaceError("face turned away", hint="another picture")
        return FaceReading(
            box=box, landmarks=torch.zeros(478, 3), head=torch.zeros(40, 40, dtype=torch.bool), eye_distance_px=99.0,
            yaw_deg=-7.0, pitch_deg=0.0, roll_deg=0.0, units={"AU12": box[0]}, face_logit=9.0, disagreement=0.0,
            teeth_visible=True, blocked={"AU4": "hair lies over the brows"}, warnings=("a drawing?",),
        )  # fmt: skip


def room(engine):
    images = SimpleNamespace(decode=lambda data, media_type: Picture(pixels=torch.zeros(1, 3, 40, 40)))
    return SimpleNamespace(engine=engine, images=images, device="cpu")


@pytest.fixture(scope="module")
def data():
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings.load({"home": tmp_path_factory.mktemp("home")})


def test_every_face_with_what_it_shows(data, settings):
    seen = see_faces(data, room(Engine()), settings)
    assert [(face.box.number, face.units) for face in seen] == [(0, {"AU12": 1}), (1, {"AU12": 20})]
    assert (seen[0].yaw_deg, seen[0].eye_distance_px, seen[0].teeth_visible) == (-7.0, 99.0, True)
    assert (seen[0].blocked, seen[0].warnings) == ({"AU4": "hair lies over the brows"}, ("a drawing?",))


def test_a_face_that_cannot_be_read_says_why_and_hides_no_other(data, settings):
    first, second = see_faces(data, room(Engine(turned=BOXES[:1])), settings)
    assert (first.problem, first.units) == ("face turned away", {})
    assert (second.problem, second.units) == ("", {"AU12": 20})


def test_no_face_at_all(data, settings):
    with pytest.raises(NoFaceError, match="no face was found"):
        see_faces(data, room(Engine(boxes=())), settings)


def one(engine, data, settings, number):
    return see_face(data, room(engine), settings, number=number, option="--like-face")


def test_the_chosen_face_or_the_only_one(data, settings):
    assert one(Engine(), data, settings, 1).box.number == 1
    assert one(Engine(boxes=BOXES[:1]), data, settings, None).box.number == 0


@pytest.mark.parametrize("number", [2, -1])
def test_a_face_that_is_not_there(data, settings, number):
    with pytest.raises(ConfigError, match=f"no face {number}"):
        one(Engine(), data, settings, number)


def test_several_faces_and_no_choice(data, settings):
    with pytest.raises(ConfigError, match="2 faces and none was chosen") as refused:
        one(Engine(), data, settings, None)
    assert "--like-face N" in refused.value.hint


def test_the_chosen_face_must_be_readable(data, settings):
    with pytest.raises(NoFaceError, match="turned away"):
        one(Engine(turned=BOXES), data, settings, 0)


@pytest.mark.parametrize(
    ("units", "problems"),
    [
        ({"AU12": 300}, []),
        ({"AU9": 300}, ["permitted, but the engine `few-lines` cannot do AU9 yet; it does AU4, AU12"]),
        (
            {"AU4": 300},
            [
                (
                    "AU4 cannot be done on this face: hair lies over the brows; leave it out, or use another picture; "
                    "`countenance faces PHOTO` shows what is blocked"
                )
            ],
        ),
    ],
)
def test_a_dry_run_says_what_the_engine_could_not_do(data, settings, units, problems):
    state = State()
    state.__dict__ |= {"room": room(Engine()), "settings": settings}
    found, warnings = _at_the_engine(state, SimpleNamespace(data=data), SimpleNamespace(units=units, face=0), ())
    assert ["; ".join(filter(None, (one.message, one.hint))) for one in found] == problems
    assert warnings == ("a drawing?",)
