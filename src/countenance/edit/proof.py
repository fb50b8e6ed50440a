"""What proves that only what was asked has changed: digests of where it might, of what came out, and the leakage."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from countenance.core import digest, facs
from countenance.core.records.recipe import Leakage, PermittedMask
from countenance.media.tensors import Frames


def permitted_mask(mask: Bool[Tensor, "h w"]) -> PermittedMask:
    """Digest and area of the permitted region."""
    packed = np.packbits(mask.cpu().numpy()).tobytes()
    return PermittedMask(digest=digest.of_mask(tuple(mask.shape), packed), area_px=int(torch.count_nonzero(mask)))


def pixels_digest(pixels: Frames, mask: Bool[Tensor, "h w"], *, levels: int = 255) -> str:
    """Digest of the pixels in the box around a mask, as samples of 8 or 16 bits, little endian, and of its place."""
    rows, columns = mask.any(1).nonzero()[:, 0], mask.any(0).nonzero()[:, 0]
    if not len(rows):
        return digest.of_pixels((0,), b"")
    area = pixels[:, :, int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    whole = (area * levels).round()
    samples = whole.byte().cpu().numpy() if levels == 255 else whole.cpu().numpy().astype("<u2")
    return digest.of_pixels((*samples.shape, int(rows[0]), int(columns[0])), samples.tobytes())


def leakage(asked: Collection[str], measured: Mapping[str, tuple[int, int]]) -> Leakage | None:
    """Of the units that were not asked for, the one that changed most for its measuring error; None where all were.

    The plain unit and its sides are one movement: who asks for both sides asks for each, and who asks for one moves
    the mean of both.
    """
    wanted = set(asked) | {facs.plain(name) for name in asked}
    whole = {name for name in asked if name == facs.plain(name)}
    unasked = {n: v for n, v in measured.items() if n not in wanted and facs.plain(n) not in whole}
    if not unasked:
        return None
    name = max(unasked, key=lambda unit: (abs(unasked[unit][0]) / max(1, unasked[unit][1]), unit))
    return Leakage(unit=name, value_permille=unasked[name][0], error_permille=unasked[name][1])


def runtime_of(device: Any) -> str:
    """What computes: within one of these the same inputs give the same bits."""
    on_card = torch.device(device).type == "cuda"
    what = torch.cuda.get_device_name(device) if on_card else torch.backends.cpu.get_cpu_capability()
    return f"torch {torch.__version__}, {what}"
