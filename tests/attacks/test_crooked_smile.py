"""The person denied a crooked smile; it is asked for by one side, and an engine draws it though it was not asked for."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from agency import FOR, PORTRAIT, Agency, edit_tools_of, order_of, reasons, under

from countenance.edit.ports import EditorEngine, FaceReading, Proposal
from countenance.errors import DeniedError
from countenance.media.tensors import Frames
from countenance.pipeline import edit_photo
from countenance.toolkit.turnstiles import Target

DENIED = "denied: [{test: asymmetry, limit: 0.3, reason: No crooked smile.}]"


class OneSided:
    """An engine that draws with one side what it was asked for with both."""

    def __init__(self, engine: EditorEngine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def propose(self, pixels: Frames, reading: FaceReading, plan: Mapping[str, int], **more: Any) -> Proposal:
        return self._engine.propose(pixels, reading, {f"{unit}L": value for unit, value in plan.items()}, **more)


def test_one_side_is_refused_when_it_is_asked_for(agency: Agency) -> None:
    dry = ("edit", PORTRAIT, "--dry-run", *FOR, "--au")
    agency = under(agency, DENIED)
    refused = agency.run(*dry, "AU12L=0.4,AU12R=0.05")
    assert reasons(refused) == {"denied-asymmetry-asked"}
    assert "(.35 sides apart, .30 allowed: .05 too far)" in refused.json["reasons"][0]["reason"]
    assert agency.run(*dry, "AU12L=0.4,AU12R=0.1").code == 0


@pytest.mark.slow
def test_one_side_is_refused_when_it_comes_out_so(agency: Agency) -> None:
    agency = under(agency, DENIED)
    tools = edit_tools_of(agency)

    def room() -> Any:
        opened = tools.render()
        return dataclasses.replace(opened, engine=OneSided(opened.engine))

    target = Target(path=agency.folder / "crooked.jpg", media_type="image/jpeg")
    with pytest.raises(DeniedError, match="No crooked smile") as refused:
        edit_photo(order_of(agency, {"AU12": 500}), target, dataclasses.replace(tools, render=room))
    assert "denied-asymmetry" in {reason.policy for reason in refused.value.decisions[0].reasons}
    assert not target.path.exists()
