"""The mark's residue is added to another picture: it is read, and called out as another picture's."""

from pathlib import Path

import numpy as np
import pytest
from agency import EXAMPLES, PORTRAIT, Agency, edit_tools_of
from PIL import Image

from countenance.core import payload

pytestmark = pytest.mark.slow


def test_a_copied_mark_is_called_out(agency: Agency, tmp_path: Path) -> None:
    tools = edit_tools_of(agency)
    room = tools.render()
    original = room.images.decode(PORTRAIT.read_bytes(), "image/jpeg").pixels
    published = agency.ok("verify", agency.folder / "published.png")["watermark_id"]
    coded = payload.encode_text(published, tools.check_key)
    residue = room.watermark.embed(original, coded, tools.tile_key, seed=1) - original
    innocent = room.images.decode((EXAMPLES / "portrait-2.jpg").read_bytes(), "image/jpeg").pixels
    forged = ((innocent + residue) * 255).round().clamp(0, 255).byte()[0].permute(1, 2, 0).numpy()
    Image.fromarray(np.ascontiguousarray(forged)).save(tmp_path / "forged.png")
    answer = agency.run("verify", tmp_path / "forged.png")
    findings = {finding["check"]: finding for finding in answer.json["findings"]}
    assert answer.code == 4
    assert findings["watermark"]["result"] == "holds"
    assert "mark of another picture" in findings["fingerprint"]["detail"]
    found = agency.run("recover", tmp_path / "forged.png")
    assert (found.code, found.json["verdict"]) == (4, "mark-of-another-picture")
    assert found.json["fingerprint"]["phash_distance"] > 40
    loud = agency.run("recover", tmp_path / "forged.png", as_json=False).out
    assert loud.startswith("MARK OF ANOTHER PICTURE")
    assert (found.json["organisation"], found.json["consent"]["state"]) == ("Test Agency", "unknown")
    _cropped_the_copy_recovers_nothing(agency, tmp_path)


def _cropped_the_copy_recovers_nothing(agency: Agency, folder: Path) -> None:
    """A crop takes the mark out of its framing, so nobody is accused; but the picture is found nowhere in the real one."""
    with Image.open(folder / "forged.png") as picture:
        width, height = picture.size
        picture.crop((width // 12, height // 15, width, height)).save(folder / "crop.png")
    found = agency.run("recover", folder / "crop.png")
    assert found.code in {4, 5}
    assert found.json["verdict"] != "recovered"
    assert found.json["manifest_id"] is not None  # that of the picture that the mark was made for
    _turned_it_recovers_nothing_either(agency, folder)


def _turned_it_recovers_nothing_either(agency: Agency, folder: Path) -> None:
    """Put back into the frame of its mark, it does not look like the picture either."""
    with Image.open(folder / "forged.png") as picture:
        picture.rotate(6, expand=True, resample=Image.Resampling.BICUBIC).save(folder / "turned.png")
    found = agency.run("recover", folder / "turned.png")
    assert (found.code, found.json["verdict"]) == (5, "candidates")
    assert found.json["fingerprint"]["phash_distance"] > 40
