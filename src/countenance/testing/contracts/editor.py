"""The contract of expression engines (`countenance.edit.ports.EditorEngine`), as checks.

In an engine's own tests:

    from countenance.testing.contracts.editor import CHECKS, Sitting, sit

    @pytest.fixture(scope="session")
    def sitting() -> Sitting:
        return sit(my_engine(), my_pixels)

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check, sitting):
        check(sitting)

A check passes silently or raises `BrokenContractError`, which says what is wrong.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from countenance.core import facs
from countenance.edit.ports import Box, EditorEngine, FaceReading, Proposal
from countenance.edit.render import render
from countenance.errors import CountenanceError, EngineError, NoFaceError
from countenance.media.tensors import Frames

STRENGTH = 500
"""Permille at which units are tried."""
MIRROR_SHARE = 0.5
"""Largest difference that a mirrored edit may show, as a share of what the edit changes: faces are read with noise."""
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class BrokenContractError(AssertionError):
    """An engine does not do what the port says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """An engine, a picture of one frontal face, and what the engine reads there."""

    engine: EditorEngine
    pixels: Frames
    box: Box
    reading: FaceReading
    plan: Mapping[str, int]
    """One unit that the engine renders and this face allows."""


def sit(engine: EditorEngine, pixels: Frames) -> Sitting:
    """Finds and reads the picture's one face.

    Raises:
        BrokenContractError: not exactly one face is found, or no unit is left to try.
    """
    boxes = engine.detect(pixels)
    require(len(boxes) == 1, f"finds {len(boxes)} faces in a picture of one")
    reading = engine.perceive(pixels, boxes[0])
    free = sorted(engine.renders - set(reading.blocked), key=lambda unit: (unit != "AU12", unit))
    require(free, "every unit is blocked on a plain face")
    return Sitting(engine=engine, pixels=pixels, box=boxes[0], reading=reading, plan={free[0]: STRENGTH})


def require(holds: object, message: str) -> None:
    """Pass where it holds.

    Raises:
        BrokenContractError: it does not.
    """
    if not holds:
        raise BrokenContractError(message)


def says_what_it_is(sitting: Sitting) -> None:
    """Name, version, source type, weights: what recipe and manifest will say."""
    engine = sitting.engine
    require(_NAME.fullmatch(engine.name), f"name `{engine.name}`: lower case letters, digits, hyphens")
    require(engine.version and ":" not in engine.version, "version is empty or holds a colon")
    require(engine.digital_source_type.startswith(_SOURCE_TYPE), "digital source type is none of IPTC's")
    wrong = [name for name, digest in engine.weights.items() if not _DIGEST.fullmatch(digest)]
    require(not wrong, f"weights without a digest `sha256:<64 hex>`: {', '.join(wrong)}")


def names_units(sitting: Sitting) -> None:
    """It renders and measures action units of the table, and publishes an error for each that it measures."""
    renders, errors = sitting.engine.renders, sitting.engine.errors
    require(renders, "renders nothing")
    require(renders <= set(facs.NAMES), f"renders unknown units: {sorted(renders - set(facs.NAMES))}")
    require(set(errors) <= set(facs.NAMES), f"measures unknown units: {sorted(set(errors) - set(facs.NAMES))}")
    require(all(type(error) is int and error > 0 for error in errors.values()), "an error is no positive permille")


def detects_in_order(sitting: Sitting) -> None:
    """Boxes are whole px inside the picture, left to right, the same each time, the picture left alone."""
    engine, pixels = sitting.engine, sitting.pixels
    twice = torch.cat([pixels, pixels.flip(-1)], -1)
    kept = twice.clone()
    boxes = engine.detect(twice)
    require(len(boxes) == 2, f"finds {len(boxes)} faces where the picture stands beside its mirror image")
    require(list(boxes) == sorted(boxes), "boxes are not numbered from left to right")
    height, width = twice.shape[-2:]
    for box in boxes:
        x0, y0, x1, y1 = box
        require(all(type(side) is int for side in box), "a box is not in whole px")
        require(0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height, "a box leaves the picture")
    require(engine.detect(twice) == boxes, "detects differently the second time")
    require(torch.equal(twice, kept), "detect changed its input")


def finds_no_face_in_nothing(sitting: Sitting) -> None:
    """A grey picture has no face: none is detected, reading one raises NoFaceError."""
    empty = torch.full_like(sitting.pixels, 0.5)
    require(not sitting.engine.detect(empty), "finds a face in a grey picture")
    try:
        sitting.engine.perceive(empty, sitting.box)
    except NoFaceError:
        return
    raise BrokenContractError("reads a face in a grey picture")


def reads_a_face(sitting: Sitting) -> None:
    """Every field of a reading is what the port says."""
    reading, (height, width) = sitting.reading, sitting.pixels.shape[-2:]
    require(reading.box == sitting.box, "the reading is of another box")
    require(tuple(reading.landmarks.shape) == (478, 3), "landmarks are not 478 points")
    require(bool(torch.isfinite(reading.landmarks).all()), "a landmark is not finite")
    require(tuple(reading.head.shape) == (height, width) and reading.head.dtype == torch.bool, "head is no mask")
    share = float(reading.head.float().mean())
    require(0 < share < 1, f"the head is {share:.0%} of the picture")
    require(reading.eye_distance_px > 0, "eye distance is not above 0")
    require(all(math.isfinite(v) for v in (reading.yaw_deg, reading.pitch_deg, reading.roll_deg)), "no pose")
    require(set(reading.units) <= set(facs.NAMES), "present units that are not in the table")
    require(set(reading.blocked) <= set(facs.NAMES), "blocked units that are not in the table")
    require(all(reason.strip() for reason in reading.blocked.values()), "a unit is blocked without a reason")
    require(all(warning.strip() for warning in reading.warnings), "an empty warning")


def reads_the_same_twice(sitting: Sitting) -> None:
    """The same picture gives the same bits."""
    again = sitting.engine.perceive(sitting.pixels, sitting.box)
    require(torch.equal(again.landmarks, sitting.reading.landmarks), "landmarks differ the second time")
    require(torch.equal(again.head, sitting.reading.head), "the head differs the second time")
    require(dict(again.blocked) == dict(sitting.reading.blocked), "other units are blocked the second time")


def changes_nothing_for_zero(sitting: Sitting) -> None:
    """No units, or units at 0, keep every bit."""
    for plan in ({}, dict.fromkeys(sitting.plan, 0)):
        proposal = _propose(sitting, plan)
        require(torch.equal(proposal.pixels, sitting.pixels), "a plan of nothing changes the picture")
        require(not proposal.touched.any(), "a plan of nothing touches the picture")


def proposes_pictures(sitting: Sitting) -> None:
    """Every unit it renders gives a picture of the same shape and type, in range, changed inside the head only."""
    moved = 0
    for unit in sorted({facs.plain(unit) for unit in sitting.engine.renders} & sitting.engine.renders):
        for permille in (STRENGTH, -STRENGTH):
            proposal = _propose(sitting, {unit: permille})
            _check_proposal(sitting, proposal, unit)
            moved += bool(proposal.touched.any())
    require(moved, "no unit changes anything")


def _check_proposal(sitting: Sitting, proposal: Proposal, unit: str) -> None:
    before, after = sitting.pixels, proposal.pixels
    require(after.shape == before.shape and after.dtype == before.dtype, f"{unit}: another shape or type")
    require(bool(((after >= 0) & (after <= 1)).all()), f"{unit}: values that are not colours")
    touched = proposal.touched
    require(touched.dtype == torch.bool and touched.shape == before[:, 0].shape, f"{unit}: `touched` is no mask")
    changed = (after != before).any(1)
    outside = int((changed & ~sitting.reading.head).sum())
    require(not outside, f"{unit}: changed {outside} pixels outside the permitted region")
    hidden = int((changed & ~touched).sum())
    require(not hidden, f"{unit}: changed {hidden} pixels without saying so in `touched`")


def repeats_itself(sitting: Sitting) -> None:
    """The same inputs and seed give the same bits, and the input stays as it was."""
    kept = sitting.pixels.clone()
    first, second = (_propose(sitting, sitting.plan) for _ in range(2))
    require(torch.equal(first.pixels, second.pixels), "differs the second time")
    require(first.field_digest == second.field_digest, "another field digest the second time")
    require(torch.equal(kept, sitting.pixels), "propose changed its input")


def ignores_the_order_of_units(sitting: Sitting) -> None:
    """A plan is a set: its order makes no difference."""
    units = sorted(sitting.engine.renders)[:3]
    plan = dict.fromkeys(units, STRENGTH // 2)
    there, back = _propose(sitting, plan), _propose(sitting, dict(reversed(plan.items())))
    require(torch.equal(there.pixels, back.pixels), "the order of units makes a difference")


def edits_frames_alike(sitting: Sitting) -> None:
    """A still is a sequence of one frame: two equal frames give the picture twice."""
    one, two = _propose(sitting, sitting.plan), _propose(sitting, sitting.plan, sitting.pixels.repeat(2, 1, 1, 1))
    require(torch.equal(two.pixels, one.pixels.repeat(2, 1, 1, 1)), "frames are not edited alike")


def mirrors(sitting: Sitting) -> None:
    """The mirrored picture with the sides changed over gives the mirrored edit, as far as faces are read alike."""
    units = sorted(sitting.engine.renders - set(sitting.reading.blocked), key=lambda name: (name[:-1] != "AU12", name))
    sided = [name for name in units if name.endswith("L") and f"{name[:-1]}R" in units]
    if not sided:
        return
    unit = sided[0]
    there = _propose(sitting, {unit: STRENGTH}).pixels
    flipped = sitting.pixels.flip(-1)
    boxes = sitting.engine.detect(flipped)
    require(len(boxes) == 1, "finds other faces in the mirror")
    reading = sitting.engine.perceive(flipped, boxes[0])
    back = sitting.engine.propose(flipped, reading, {f"{unit[:-1]}R": STRENGTH}, seed=0).pixels.flip(-1)
    change, apart = ((a - sitting.pixels).square().mean().sqrt() for a in (there, back))
    wrong = (there - back).square().mean().sqrt() / torch.maximum(change, apart).clamp_min(1e-9)
    require(float(wrong) < MIRROR_SHARE, f"{unit} in the mirror is off by {float(wrong):.0%} of what it changes")


def measures_what_it_publishes(sitting: Sitting) -> None:
    """`reread` gives whole permille for every unit with a published error, and nothing for a face that stayed."""
    same = sitting.engine.reread(sitting.reading, sitting.reading)
    require(set(same) >= set(sitting.engine.errors), "a unit with a published error is not measured")
    require(all(type(value) is int for value in same.values()), "a measured change is not in whole permille")
    least = sitting.engine.errors_at(same)
    require(set(sitting.engine.errors) <= set(least), "a measured unit has no error at what was measured")
    require(all(type(error) is int and error > 0 for error in least.values()), "an error is no positive permille")
    moved = [unit for unit in sitting.engine.errors if abs(same[unit]) > least[unit]]
    require(not moved, f"measures a change of {', '.join(moved)} where nothing changed")


def refuses_unknown_units(sitting: Sitting) -> None:
    """A unit that it does not render raises EngineError."""
    try:
        _propose(sitting, {"AU99": STRENGTH})
    except EngineError:
        return
    except Exception as error:
        raise BrokenContractError(f"an unknown unit raises {type(error).__name__}") from error
    raise BrokenContractError("an unknown unit is silently taken")


def passes_the_guard(sitting: Sitting) -> None:
    """`render` takes the proposal: this is what an edit does."""
    try:
        edited = render(sitting.pixels, sitting.reading, sitting.plan, sitting.engine, seed=0)
    except CountenanceError as error:
        raise BrokenContractError(f"the guard stops the engine: {error.message}") from error
    require(edited.changed_px > 0, "the edit changes nothing")
    require(edited.changed_outside_px == 0, "the edit changes pixels outside the permitted region")


def _propose(sitting: Sitting, plan: Mapping[str, int], pixels: Frames | None = None) -> Proposal:
    given = sitting.pixels if pixels is None else pixels
    return sitting.engine.propose(given, sitting.reading, plan, seed=0)


CHECKS: tuple[Callable[[Sitting], None], ...] = (
    says_what_it_is,
    names_units,
    detects_in_order,
    finds_no_face_in_nothing,
    reads_a_face,
    reads_the_same_twice,
    changes_nothing_for_zero,
    proposes_pictures,
    repeats_itself,
    ignores_the_order_of_units,
    edits_frames_alike,
    mirrors,
    measures_what_it_publishes,
    refuses_unknown_units,
    passes_the_guard,
)
"""Every check of the contract."""
