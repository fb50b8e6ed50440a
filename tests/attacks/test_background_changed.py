"""The region's promise is broken behind the guard: a program changes the background after the engine was checked, marks
and signs that, and logs it. The file alone looks right, since its signer lies; beside the original it does not."""

import dataclasses
from pathlib import Path

import torch
from agency import PORTRAIT, Agency, edit_tools_of, order_of
from PIL import Image

from countenance.pipeline import edit_photo
from countenance.toolkit.turnstiles import Target

X, Y, SIDE = 120, 140, 28


class Tampering:
    """The mark's codec, in a program that first brightens a spot of the background a little."""

    def __init__(self, inner: object, levels: int) -> None:
        self._inner, self._levels = inner, levels

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def embed(self, frames: torch.Tensor, *words: object, **how: object) -> torch.Tensor:
        frames = frames.clone()
        frames[..., Y : Y + SIDE, X : X + SIDE] = (frames[..., Y : Y + SIDE, X : X + SIDE] + self._levels / 255).clamp(
            0, 1
        )
        return self._inner.embed(frames, *words, **how)


def published(agency: Agency, levels: int, name: str) -> Path:
    tools, target = edit_tools_of(agency), agency.folder / name

    def room() -> object:
        inner = tools.render()
        return dataclasses.replace(inner, watermark=Tampering(inner.watermark, levels))

    media_type = "image/jpeg" if name.endswith(".jpg") else "image/png"
    edit_photo(
        order_of(agency, {"AU12": 300}),
        Target(path=target, media_type=media_type),
        dataclasses.replace(tools, render=room),
    )
    return target


def test_a_spot_in_the_background_is_found_beside_the_original(agency: Agency) -> None:
    file = published(agency, 16, "tampered.jpg")
    assert agency.run("verify", file).json["verdict"] == "trusted"
    answer = agency.run("verify", file, "--against", PORTRAIT)
    found = {one["check"]: one for one in answer.json["findings"]}
    assert (answer.code, answer.json["verdict"], found["outside"]["result"]) == (4, "invalid", "fails")
    assert found["source"]["result"] == "holds"
    with Image.open(answer.json["heat"]) as heat:
        red, _, blue = heat.getpixel((X + SIDE // 2, Y + SIDE // 2))
        assert red > blue + 60
        red, _, blue = heat.getpixel((X + 4 * SIDE, Y + 4 * SIDE))
        assert abs(red - blue) < 10


def test_another_picture_given_as_the_original_is_found_too(agency: Agency) -> None:
    answer = agency.run("verify", agency.folder / "published.jpg", "--against", PORTRAIT.with_name("portrait-2.jpg"))
    results = {one["check"]: one["result"] for one in answer.json["findings"]}
    assert (answer.code, results["source"], results["outside"]) == (4, "fails", "fails")
