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
    coded = payload.encode(int(published, 16), tools.check_key)
    residue = room.watermark.embed(original, coded, tools.tile_key, seed=1) - original
    innocent = room.images.decode((EXAMPLES / "portrait-2.jpg").read_bytes(), "image/jpeg").pixels
    forged = ((innocent + residue) * 255).round().clamp(0, 255).byte()[0].permute(1, 2, 0).numpy()
    Image.fromarray(np.ascontiguousarray(forged)).save(tmp_path / "forged.png")
    answer = agency.run("verify", tmp_path / "forged.png")
    findings = {finding["check"]: finding for finding in answer.json["findings"]}
    assert answer.code == 4
    assert findings["watermark"]["result"] == "holds"
    assert "mark of another picture" in findings["fingerprint"]["detail"]
    assert agency.run("recover", tmp_path / "forged.png").json["verdict"] == "mark-of-another-picture"
