"""The light in a mouth, from the white of the person's eyes, never from the skin; and the picture's grain and blur."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as nn
from jaxtyping import Float
from torch import Tensor

from countenance.edit.warp.mouth.seam import LUMA
from countenance.media.tensors import Image, Landmarks

GAMMA = 2.2
LIDS = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133), 468, (469, 471)),
    ((263, 466, 388, 387, 386, 385, 384, 398, 362), (263, 249, 390, 373, 374, 380, 381, 382, 362), 473, (474, 476)),
)
"""Upper and lower lid from the outer corner, middle of the iris, two ends of its width; right eye, left eye."""
USUAL = 0.33
"""Linear light of the brighter eye's white in a well exposed portrait (median of the same people)."""
TOOTH = 0.72
"""Linear light of the upper incisors in the same pictures, 0.60 to 0.75 whatever the skin, where lips shade them little
(Face Research Lab London Set, smiling)."""
FOLLOWS, WITHIN = 0.25, 0.9
"""Exponent with which teeth follow the white of the eye, and the log range in which it holds: within it the white
differs more by the shade of lids and lashes than by the light (correlation with the same people's teeth 0.1); beyond,
by the light."""
TINT = (1.045, 1.0, 0.905)
"""Red, green and blue of the same incisors, less the tint that the white of the eye brings."""
BRIGHTEST = 0.78
CHEEKS = ((50, 205), (280, 425))
SKIN = (151, 9, 50, 280, 101, 330, 205, 425)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """How teeth would look in this picture."""

    tooth: Float[Tensor, "3"]
    """Linear colour of a front tooth in full light."""
    white: Float[Tensor, "3"]
    """Linear colour of the white of the brighter eye."""
    side: float
    """Log light of the person's left cheek over the right one."""
    grain: float
    """Standard deviation of the picture's noise, encoded."""
    blur_px: float
    """Spread of the picture's sharpest edges."""


def light_of(picture: Image, landmarks: Landmarks, eye_distance_px: float) -> Light:
    """Reads the light of a picture from a face in it."""
    whites = [_bright(_white(picture, landmarks, *eye)) for eye in LIDS]
    white = max(whites, key=lambda colour: float(luma(colour[:, None])[0]))
    level = float(luma(white[:, None])[0])
    chroma = (white / max(level, 1e-4)).clamp(0.5, 1.6)
    tint = chroma**0.35 * white.new_tensor(TINT)
    tint = tint / float(luma(tint[:, None])[0])
    tooth = min(BRIGHTEST, TOOTH * math.exp(_log_light(level)))
    right, left = (luma(linear(_at(picture, landmarks[list(points), :2]))).mean() for points in CHEEKS)
    side = float((left.clamp_min(1e-3) / right.clamp_min(1e-3)).log().clamp(-1, 1))
    return Light(
        tooth=(tint * tooth).clamp(0, 0.84),
        white=white,
        side=side,
        grain=_grain(picture, landmarks, eye_distance_px),
        blur_px=_blur(picture, landmarks),
    )


def _log_light(white: float) -> float:
    """Log light on the teeth over the usual, from that on the white of the eye."""
    off = math.log(max(white, 1e-3) / USUAL)
    near = max(-WITHIN, min(WITHIN, off))
    return FOLLOWS * near + off - near


def linear(colours: Tensor) -> Tensor:
    """Linear light of encoded colours, gamma taken as 2.2."""
    return colours.clamp(0, 1) ** GAMMA


def encoded(colours: Tensor) -> Tensor:
    """Its inverse."""
    return colours.clamp(0, 1) ** (1 / GAMMA)


def skin_colour(picture: Image, landmarks: Landmarks) -> Float[Tensor, "3"]:
    """Linear colour of the skin of forehead and cheeks, the median of some places."""
    return linear(_at(picture, landmarks[list(SKIN), :2])).median(1).values


def luma(colours: Float[Tensor, "3 *n"]) -> Float[Tensor, "*n"]:
    """Luma of colours, encoded or linear as they are."""
    return torch.einsum("c,c...->...", colours.new_tensor(LUMA), colours)


def _bright(whites: Float[Tensor, "3 n"]) -> Float[Tensor, "3"]:
    """The white of one eye in the light: neither shaded by lashes nor a reflection."""
    order = luma(whites).argsort()
    first, last = len(order) * 3 // 4, len(order) * 24 // 25 + 1
    return whites[:, order[first:last]].mean(1)


def _at(picture: Image, at: Float[Tensor, "n 2"]) -> Float[Tensor, "3 n"]:
    scale = torch.tensor([2 / picture.shape[2], 2 / picture.shape[1]], device=picture.device)
    return nn.grid_sample(picture[None], (at * scale - 1)[None, None], align_corners=False, padding_mode="border")[
        0, :, 0
    ]


def _white(
    picture: Image, points: Landmarks, upper: tuple[int, ...], lower: tuple[int, ...], iris: int, rim: tuple[int, int]
) -> Float[Tensor, "3 n"]:
    """Linear colours between the lids, iris left out."""
    lids = nn.interpolate(points[[*upper, *lower], :2].reshape(2, 9, 2).permute(0, 2, 1), 33, mode="linear")
    share = torch.linspace(0.2, 0.8, 11, device=points.device)[:, None, None]
    at = (lids[0] + (lids[1] - lids[0]) * share)[..., 3:-3].permute(0, 2, 1).reshape(-1, 2)
    radius = (points[rim[0], :2] - points[rim[1], :2]).norm() / 2
    outside = (at - points[iris, :2]).norm(dim=1) > 1.15 * radius
    return linear(_at(picture, at[outside] if bool(outside.any()) else at))


def _grain(picture: Image, points: Landmarks, eye_distance_px: float) -> float:
    """Noise of the smoothest of some patches of skin: mean absolute Laplacian (Immerkaer 1996)."""
    half = max(4, round(0.05 * eye_distance_px))
    found = []
    for point in (50, 280, 101, 330, 151, 9):
        x, y = (int(v) for v in points[point, :2])
        part = picture[1:2, max(0, y - half) : y + half, max(0, x - half) : x + half]
        if min(part.shape[1:]) < 5:
            continue
        kernel = part.new_tensor([[1.0, -2, 1], [-2, 4, -2], [1, -2, 1]])[None, None]
        found.append(float(nn.conv2d(part[None], kernel).abs().mean()) / 6 * (math.pi / 2) ** 0.5)
    return min(found, default=0.0)


def _blur(picture: Image, points: Landmarks) -> float:
    """Spread of the steepest edge about the eyes, in px: height of the edge over its slope."""
    ring = points[[33, 133, 263, 362, 159, 386, 145, 374], :2]
    low, high = ring.amin(0).long().clamp_min(0).tolist(), ring.amax(0).long().tolist()
    part = picture[1, low[1] : high[1] + 1, low[0] : high[0] + 1]
    if min(part.shape) < 4:
        return 1.0
    slope = (part[2:] - part[:-2]).abs().flatten() / 2
    steep = slope.topk(max(1, len(slope) // 200)).values.mean()
    height = part.flatten()[::3].quantile(0.95) - part.flatten()[::3].quantile(0.05)
    return float((height / steep.clamp_min(1e-3) / 2.5).clamp(0.6, 12))
