"""Each way of breaking the contract of engines is found by a check, and the guard stops what is pasted."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from countenance.adapters.editors.warp import build
from countenance.adapters.models.store import ModelStore
from countenance.edit.render import render
from countenance.errors import EngineError
from countenance.testing.contracts import editor
from countenance.testing.contracts.editor import BrokenContractError, Sitting, sit


@pytest.fixture(scope="session")
def sitting(store: ModelStore, portrait: Tensor) -> Sitting:
    return sit(build(store), portrait)


class Spoilt:
    """The default engine, spoilt in one place."""

    def __init__(self, good: Any) -> None:
        self.good = good

    def __getattr__(self, name: str) -> Any:
        return getattr(self.good, name)

    def propose(self, pixels: Tensor, reading: Any, plan: Any, **rest: Any) -> Any:
        return self.spoil(self.good.propose(pixels, reading, plan, **rest), pixels)

    def spoil(self, proposal: Any, pixels: Tensor) -> Any:
        return proposal


class PaintsOutside(Spoilt):
    def spoil(self, proposal, pixels):
        out = proposal.pixels.clone()
        out[:, :, 0, 0] = 1 - out[:, :, 0, 0].round()
        return replace(proposal, pixels=out, touched=torch.ones_like(proposal.touched))


class HidesWhatItTouched(Spoilt):
    def spoil(self, proposal, pixels):
        return replace(proposal, touched=torch.zeros_like(proposal.touched))


class ChangesForNothing(Spoilt):
    def spoil(self, proposal, pixels):
        return replace(proposal, pixels=proposal.pixels * 0.999)


class PaintsOnItsInput(Spoilt):
    def spoil(self, proposal, pixels):
        pixels.mul_(0.5)
        return proposal


class DiffersEachTime(Spoilt):
    count = 0

    def spoil(self, proposal, pixels):
        self.count += 1
        return replace(proposal, pixels=(proposal.pixels + self.count / 1000).clamp(0, 1))


class TakesAnyUnit(Spoilt):
    def propose(self, pixels, reading, plan, **rest):
        return self.good.propose(pixels, reading, {k: v for k, v in plan.items() if k in self.good.renders}, **rest)


class MixesUpSides(Spoilt):
    def propose(self, pixels, reading, plan, **rest):
        return self.good.propose(pixels, reading, {k.replace("R", "L"): v for k, v in plan.items()}, **rest)


class NumbersFromTheRight(Spoilt):
    def detect(self, pixels):
        return tuple(reversed(self.good.detect(pixels)))


class SeesFacesEverywhere(Spoilt):
    def perceive(self, pixels, box):
        return self.good.perceive(pixels, box) if pixels.std() > 0 else None


class BlocksWithoutReason(Spoilt):
    def perceive(self, pixels, box):
        return replace(self.good.perceive(pixels, box), blocked={"AU43": " "})


class HasNoDigests(Spoilt):
    weights = MappingProxyType({"mesh": "1234"})


class PublishesNoError(Spoilt):
    errors = MappingProxyType({"AU12": 0})


@pytest.mark.parametrize(
    ("spoilt", "check"),
    [
        (PaintsOutside, "proposes_pictures"),
        (PaintsOutside, "passes_the_guard"),
        (HidesWhatItTouched, "proposes_pictures"),
        (ChangesForNothing, "changes_nothing_for_zero"),
        (PaintsOnItsInput, "repeats_itself"),
        (DiffersEachTime, "repeats_itself"),
        (TakesAnyUnit, "refuses_unknown_units"),
        (MixesUpSides, "mirrors"),
        (NumbersFromTheRight, "detects_in_order"),
        (SeesFacesEverywhere, "finds_no_face_in_nothing"),
        (BlocksWithoutReason, "reads_a_face"),
        (HasNoDigests, "says_what_it_is"),
        (PublishesNoError, "names_units"),
    ],
)
def test_found(spoilt: type[Spoilt], check: str, sitting: Sitting) -> None:
    engine = spoilt(sitting.engine)
    pixels = sitting.pixels.clone()
    bad = replace(sitting, engine=engine, pixels=pixels, reading=engine.perceive(pixels, sitting.box))
    with pytest.raises(BrokenContractError):
        getattr(editor, check)(bad)


def test_the_guard_stops_it_too(sitting: Sitting) -> None:
    with pytest.raises(EngineError, match="outside the permitted region"):
        render(sitting.pixels, sitting.reading, sitting.plan, PaintsOutside(sitting.engine), seed=0)


def test_two_faces_are_not_a_sitting(sitting: Sitting) -> None:
    with pytest.raises(BrokenContractError, match="finds 2 faces"):
        sit(sitting.engine, torch.cat([sitting.pixels, sitting.pixels.flip(-1)], -1))
