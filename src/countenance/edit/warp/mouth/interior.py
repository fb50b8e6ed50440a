"""The inside of a mouth: made, kept from the same picture, or borrowed from another."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.basis import LIPS_UPPER
from countenance.edit.warp.grid import blur
from countenance.edit.warp.mouth.borrow import Loan, borrowed, loan_of, on_picture
from countenance.edit.warp.mouth.columns import over_u
from countenance.edit.warp.mouth.frame import MouthFrame
from countenance.edit.warp.mouth.grain import grain
from countenance.edit.warp.mouth.inside import jaws_of, paint_inside
from countenance.edit.warp.mouth.keep import Opening, keep, opening_of
from countenance.edit.warp.mouth.light import Light, encoded, light_of
from countenance.edit.warp.mouth.pyramid import blend
from countenance.edit.warp.mouth.seam import SAMPLES, Lines
from countenance.edit.warp.scene import Scene
from countenance.media.tensors import Image

SOFTENED = 0.65
"""Blur of what is made over that of the picture's edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the inside comes from."""

    light: Light
    opening: Opening | None
    """The same mouth, where it was open before."""
    loan: Loan | None
    """Another picture's, where this one shows no teeth."""


def source_of(scene: Scene, frame: MouthFrame, lines: Lines) -> Source:
    """Own pixels before another picture's, another picture's before made ones."""
    light = light_of(scene.picture, scene.landmarks, scene.eye_distance_px)
    opening = None if lines.shut else opening_of(scene.picture, frame, lines)
    tooth = None if opening is None else opening.tooth
    loan = loan_of(scene, light) if tooth is None else None
    if loan is not None and loan.opening.tooth is not None:
        tooth = (loan.opening.tooth * loan.gain).clamp(0, 0.9)
    return Source(light=light if tooth is None else replace(light, tooth=tooth), opening=opening, loan=loan)


def paint_interior(scene: Scene, frame: MouthFrame, lines: Lines, open_sky: Float[Tensor, "h w"]) -> Image:
    """The inside over the frame's box, encoded; `open_sky` is how much light comes in."""
    source = source_of(scene, frame, lines)
    jaws = jaws_of(scene, frame, _edge(scene, frame, source))
    made = encoded(paint_inside(frame, jaws, source.light, open_sky))
    picture = blur(made, SOFTENED * source.light.blur_px)
    picture = picture + grain(frame.box, picture) * source.light.grain
    under = _under_lip(scene, frame, lines)
    if source.opening is not None and source.loan is None:
        for part in keep(scene.picture, frame, lines, source.opening, jaws, under):
            picture = torch.lerp(picture, part.pixels, part.alpha)
    if source.loan is not None:
        for part in borrowed(source.loan, scene, frame, under):
            picture = blend(picture, part.pixels, part.alpha)
    return picture.clamp(0, 1)


def _under_lip(scene: Scene, frame: MouthFrame, lines: Lines) -> Float[Tensor, "h w"]:
    """How far each place lies below the edge of the upper lip after the edit, in eye distances."""
    ring = list(LIPS_UPPER)
    before = frame.place(scene.landmarks[ring, :2])
    after = frame.place(scene.landmarks[ring, :2] + scene.moved_px[ring])
    rim = after[:, 1] - before[:, 1] + lines.at(lines.upper, before[:, 0])
    place = frame.place(frame.pixels())
    return place[..., 1] - over_u(rim, LIPS_UPPER, scene, frame, place[..., 0])


def _edge(scene: Scene, frame: MouthFrame, source: Source) -> Tensor | None:
    """Height (v) of the middle of the edge of the upper teeth, where it is known."""
    if source.loan is not None:
        return frame.place(on_picture(source.loan.edge, scene.pose))[1]
    return None if source.opening is None else source.opening.edge[SAMPLES // 2]
