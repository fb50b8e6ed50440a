import base64
from pathlib import Path

import iscc_lib
import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from countenance.adapters.fingerprints.iscc import build
from countenance.core.records.marks import CONTENT_CODE
from countenance.errors import UncheckedError

EXAMPLES = Path(__file__).parents[4] / "examples"


def picture(name: str) -> torch.Tensor:
    return torch.from_numpy(np.array(Image.open(EXAMPLES / name).convert("RGB"))).permute(2, 0, 1)[None].float() / 255


def test_it_is_the_standards_own_code() -> None:
    code = build().fingerprint(picture("portrait.jpg"))
    grey = Image.open(EXAMPLES / "portrait.jpg").convert("L").resize((32, 32), Image.Resampling.BICUBIC)
    said = iscc_lib.iscc_decode(iscc_lib.gen_image_code_v0(grey.tobytes(), bits=256).iscc)
    assert code == "2107" + said[4].hex()
    assert (said[0], said[1], said[2], len(said[4])) == (iscc_lib.MT.CONTENT, iscc_lib.ST.IMAGE, iscc_lib.VS.V0, 32)
    assert build().algorithm == CONTENT_CODE == "io.iscc.v0"


def test_the_header_is_that_of_a_content_code_of_an_image_of_256_bits() -> None:
    whole = iscc_lib.gen_image_code_v0(bytes(1024), bits=256).iscc.removeprefix("ISCC:")
    padded = whole + "=" * (-len(whole) % 8)
    assert base64.b32decode(padded)[:2].hex() == "2107"


def test_the_library_conforms() -> None:
    assert iscc_lib.conformance_selftest()


def test_a_smaller_copy_is_near_and_another_picture_far() -> None:
    printer, portrait = build(), picture("portrait.jpg")
    smaller = functional.interpolate(portrait, scale_factor=0.4, mode="bilinear", antialias=True)
    mine = printer.fingerprint(portrait)
    assert printer.distance(mine, printer.fingerprint(smaller)) <= 8
    assert printer.distance(mine, printer.fingerprint(picture("group.jpg"))) > 60


def test_distance_counts_bits() -> None:
    assert build().distance("2107ff" + "0" * 62, "21070f" + "0" * 62) == 4


@pytest.mark.parametrize("text", ["", "2107", "0" * 64, "2107" + "0" * 65, "2106" + "0" * 64, "2107" + "g" * 64])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(UncheckedError, match="68 hexadecimal"):
        build().distance("2107" + "0" * 64, text)
