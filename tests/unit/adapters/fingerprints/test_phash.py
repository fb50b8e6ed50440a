from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from countenance.adapters.fingerprints.phash import build
from countenance.errors import UncheckedError

EXAMPLES = Path(__file__).parents[4] / "examples"


def picture(name: str) -> torch.Tensor:
    return torch.from_numpy(np.array(Image.open(EXAMPLES / name).convert("RGB"))).permute(2, 0, 1)[None].float() / 255


def test_a_fingerprint_is_64_hexadecimal_digits() -> None:
    fingerprint = build().fingerprint(picture("portrait.jpg"))
    assert len(fingerprint) == 64
    assert int(fingerprint, 16) >= 0


def test_a_smaller_copy_is_near_and_another_picture_far() -> None:
    printer, portrait = build(), picture("portrait.jpg")
    smaller = functional.interpolate(portrait, scale_factor=0.4, mode="bilinear", antialias=True)
    mine = printer.fingerprint(portrait)
    assert printer.distance(mine, printer.fingerprint(smaller)) <= 8
    assert printer.distance(mine, printer.fingerprint(picture("group.jpg"))) > 60


def test_distance_counts_bits() -> None:
    assert build().distance("ff" + "0" * 62, "0f" + "0" * 62) == 4


@pytest.mark.parametrize("text", ["", "xyz", "00", "0" * 65, "g" * 64, "\u0660" * 64])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(UncheckedError, match="64 hexadecimal"):
        build().distance("0" * 64, text)
