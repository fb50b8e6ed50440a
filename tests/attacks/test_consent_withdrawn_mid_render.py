"""Consent is withdrawn while the edit renders: the second decision sees it, and nothing leaves."""

import dataclasses
from pathlib import Path

import pytest
from agency import Agency, edit_tools_of, order_of

from countenance.errors import DeniedError
from countenance.pipeline import edit_photo
from countenance.toolkit.render import RenderTools
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow


def test_nothing_leaves(agency: Agency) -> None:
    tools = edit_tools_of(agency)
    out = agency.folder / "late.jpg"

    def room() -> RenderTools:
        agency.ok("consent", "withdraw", agency.release)
        return tools.render()

    with pytest.raises(DeniedError) as refused:
        edit_photo(
            order_of(agency, {"AU12": 300}),
            Target(path=out, media_type="image/jpeg"),
            dataclasses.replace(tools, render=room),
        )
    assert "release-withdrawn" in {reason.policy for reason in refused.value.decisions[0].reasons}
    assert refused.value.decisions[0].stage == "measured"
    assert leftovers(agency.folder) == set()
    assert agency.ok("log", "check")["size"] == refused.value.log_index + 1


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {
        "home", "published.jpg", "published.png", "published.jpg.json", "published.png.json",
    }  # fmt: skip
