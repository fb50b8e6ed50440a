"""Each room runs in a process where the other rooms' modules cannot be imported."""

import os
import subprocess
import sys
import textwrap

import pytest
from agency import PORTRAIT, Agency

BLOCK = """
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} belongs to another room")
sys.meta_path.insert(0, Wall())
"""


def in_room(blocked: set[str], code: str, *arguments: str) -> str:
    script = BLOCK.format(blocked=blocked) + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_the_wall_holds() -> None:
    with pytest.raises(AssertionError, match="another room"):
        in_room({"torch"}, "import torch")


def test_authorise_runs_without_pixels_and_networks(shared_agency: Agency) -> None:
    said = in_room(
        {"torch", "cv2", "c2pa", "PIL", "safetensors"},
        """
        from countenance.request.receive import EditOrder
        from countenance.settings import Settings
        from countenance.wiring.dry_run import decide_only
        from countenance.wiring.office import Office, Secrets
        photo, home, operator = sys.argv[1:]
        settings = Settings.load({"home": home})
        office = Office(settings, Secrets(settings, ask=lambda what: ""))
        order = EditOrder(data=open(photo, "rb").read(), operator_id=operator, purpose="advertising", medium="web",
                          territory="DE", face=None, units={"AU12": 300})
        print(decide_only(settings, office, order)[1].effect)
        """,
        str(PORTRAIT),
        str(shared_agency.home),
        shared_agency.operator,
    )
    assert said == "permit"


def test_render_runs_without_keys_and_registry(shared_agency: Agency) -> None:
    said = in_room(
        {"cryptography", "c2pa", "sqlmodel", "sqlalchemy", "sqlite3", "cedarpy", "requests", "httpx"},
        """
        from countenance.edit.render import render
        from countenance.settings import Settings
        from countenance.wiring.render_tools import render_tools
        from countenance.marks.photo import mark_photo
        from countenance.media.ports import Picture
        room = render_tools(Settings.load({}))
        picture = room.images.decode(open(sys.argv[1], "rb").read(), "image/jpeg")
        reading = room.engine.perceive(picture.pixels, room.engine.detect(picture.pixels)[0])
        edited = render(picture.pixels, reading, {"AU12": 300}, room.engine, others=(), seed=1)
        shown = Picture(pixels=edited.pixels, icc_profile=None, dpi=None)
        marked = mark_photo(shown, "0" * 9, [0] * room.watermark.payload.code_bits, "image/jpeg", b"<x/>", images=room.images, codec=room.watermark,
                            fingerprinters=room.fingerprinters, tile_key=b"k" * 32, seed=1)
        print(edited.changed_px > 0, len(marked.data) > 1000)
        """,
        str(PORTRAIT),
    )
    assert said == "True True"


def test_verify_runs_without_networks_until_the_mark_is_asked_for(shared_agency: Agency) -> None:
    said = in_room(
        {"torch", "cv2"},
        """
        import dataclasses
        from countenance.settings import Settings
        from countenance.verify.inspect import inspect
        from countenance.wiring.verify_tools import verify_tools
        tools, at = verify_tools(Settings.load({"home": sys.argv[2]}))
        report = inspect(open(sys.argv[1], "rb").read(), dataclasses.replace(tools, marks=None), at=at)
        print(report.verdict, next(one.result for one in report.findings if one.check == "watermark"))
        """,
        str(shared_agency.folder / "published.jpg"),
        str(shared_agency.home),
    )
    assert said == "trusted unchecked"
