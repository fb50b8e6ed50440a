"""An independent C2PA core accepts what the command line published. Its telemetry and network are off."""

from pathlib import Path

import encypher_c2pa
import pytest
from agency import Agency

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "media_type"), [("published.jpg", "image/jpeg"), ("published.png", "image/png")])
def test_it_trusts_the_published_file(
    shared_agency: Agency, name: str, media_type: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # it keeps its telemetry preference there
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    report = encypher_c2pa.verify(
        (shared_agency.folder / name).read_bytes(),
        media_type,
        trust_pem=(shared_agency.home / "trust.pem").read_text(),
        cawg_trust_pem=(shared_agency.home / "trust-operators.pem").read_text(),
        no_default_trust=True,
        telemetry=False,
        online=False,
    )
    assert report["validation_state"] == "Trusted"
    assert report["validation_results"]["failure"] == []
