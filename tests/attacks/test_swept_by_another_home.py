"""A crash left a file that is logged as published. Another home's edits in that folder must leave it where it is."""

from pathlib import Path

import pytest
from agency import PORTRAIT, Agency, edit_tools_of, order_of

from countenance.pipeline import edit_photo
from countenance.publish.ports import Outputs
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow


class Crash(BaseException):
    """What no handler expects."""


def crash_before_letting_out(agency: Agency, out: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool) -> Path:
    """Publish up to the last step: logged, held, not out. The path of the held file."""
    tools = edit_tools_of(agency)
    outputs: Outputs = tools.outputs

    def release(held: Path, _target: Path, *, replace: bool) -> None:
        del replace
        outputs._unlock(held)  # type: ignore[attr-defined] # as the end of the process does
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(type(outputs), "release", lambda _self, *args, **kwargs: release(*args, **kwargs))
        with pytest.raises(Crash):
            edit_photo(order_of(agency, {"AU12": 300}), Target(path=out, media_type="image/jpeg", replace=force), tools)
    (held,) = (path for path in out.parent.iterdir() if path != out)
    return held


@pytest.mark.parametrize("force", [False, True])
def test_only_the_home_that_decided_lets_out(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool
) -> None:
    out = tmp_path / "out" / "out.jpg"
    out.parent.mkdir()
    if force:
        out.write_bytes(b"older")
    held = crash_before_letting_out(agency, out, monkeypatch, force=force)
    data = held.read_bytes()

    other = Agency(home=tmp_path / "other", folder=tmp_path, secrets={"passphrase": "another agency's"})
    other.ok("init", "--organisation", "Another Agency")
    other.ok("operator", "add", "Stranger", "--role", "retoucher")
    refused = other.run(
        "edit", PORTRAIT, "--out", out.with_name("theirs.jpg"), "--smile", "0.2",
        "--purpose", "film", "--medium", "web", "--territory", "DE",
    )  # fmt: skip
    assert refused.code == 3
    assert held.read_bytes() == data

    answer = agency.edit(out.with_name("next.jpg"), "--au", "AU12=0.9")
    assert answer.code == 3
    assert out.read_bytes() == data
    assert list(out.parent.iterdir()) == [out]
    assert agency.ok("verify", out)["verdict"] == "trusted"
