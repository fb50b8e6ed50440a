"""An engine that renders more than was asked: the measurement shows it, and nothing leaves."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from agency import Agency, edit_tools_of, order_of

from countenance.cli.state import failure
from countenance.edit.ports import EditorEngine, FaceReading, Proposal
from countenance.errors import DeniedError, EngineError
from countenance.media.tensors import Frames
from countenance.pipeline import edit_photo
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow


class Other:
    """An engine with one thing done otherwise."""

    def __init__(self, engine: EditorEngine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


class Exaggerates(Other):
    def propose(self, pixels: Frames, reading: FaceReading, plan: Mapping[str, int], *, seed: int) -> Proposal:
        return self._engine.propose(pixels, reading, {unit: 3 * value for unit, value in plan.items()}, seed=seed)


class PaintsOutside(Other):
    def propose(self, pixels: Frames, reading: FaceReading, plan: Mapping[str, int], *, seed: int) -> Proposal:
        proposal = self._engine.propose(pixels, reading, plan, seed=seed)
        painted = proposal.pixels.clone()
        painted[..., :4, :4] = 1 - painted[..., :4, :4]
        return dataclasses.replace(proposal, pixels=painted)


def edit_with(agency: Agency, kind: type[Other]) -> None:
    tools = edit_tools_of(agency)

    def room() -> Any:
        opened = tools.render()
        return dataclasses.replace(opened, engine=kind(opened.engine))

    edit_photo(
        order_of(agency, {"AU12": 400}),
        Target(path=agency.folder / "no.jpg", media_type="image/jpeg"),
        dataclasses.replace(tools, render=room),
    )


def test_an_overshoot_is_refused(agency: Agency) -> None:
    with pytest.raises(DeniedError) as refused:
        edit_with(agency, Exaggerates)
    assert "measured-beyond-limit" in {reason.policy for reason in refused.value.decisions[0].reasons}
    said = failure(refused.value)
    assert said["measured"]["AU12"]["value"] > 0.5 + said["measured"]["AU12"]["error"]
    assert said["changed_outside_before_marks"] == 0
    assert not (agency.folder / "no.jpg").exists()


def test_an_engine_that_paints_outside_is_stopped(agency: Agency) -> None:
    with pytest.raises(EngineError, match="outside"):
        edit_with(agency, PaintsOutside)
    assert not (agency.folder / "no.jpg").exists()
