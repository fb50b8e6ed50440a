"""`release invite --serve`, as a process of its own: a person signs in a browser, and nothing secret is left behind.

And with the person's own face on the page: what is signed names the pictures, and they are erased with the person.
"""

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request

from agency import EXAMPLES, PORTRAIT
from studio import fast_derivations, make_home

from countenance.core.digest import of_file


def test_a_person_signs_at_the_desk(tmp_path):
    with fast_derivations():
        home, _ = make_home(tmp_path / "home")
    person = home.ok("person", "add", "--alias", "Mia", "--adult")["id"]
    words = ["release", "invite", EXAMPLES / "release.yaml", "--person", person, "--out", tmp_path / "a", "--serve"]
    told = {
        "COUNTENANCE_HOME": str(home.path), "COUNTENANCE_PASSPHRASE": home.organisation,
        "COUNTENANCE_OPERATOR_PASSPHRASE": home.operator,
    }  # fmt: skip
    command = [
        sys.executable,
        "-c",
        "from countenance.cli.main import main; main()",
        *map(str, words),
        "--minutes",
        "2",
    ]
    with subprocess.Popen(
        command, env={**os.environ, **told}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        url = re.search(r"http://127\.0\.0\.1:\d+/[0-9a-f]{48}/", served.stderr.readline()).group()
        page = urllib.request.urlopen(url, timeout=20).read().decode()  # noqa: S310 - http, as matched
        once = re.search(r'name="once" value="([0-9a-f]{48})"', page).group(1)
        form = urllib.parse.urlencode({"once": once, "answer": "yes", "read": "yes", "name": "Mia"}).encode()
        done = urllib.request.urlopen(url, form, timeout=60).read().decode()  # noqa: S310
        out, err = served.communicate(timeout=60)
    assert served.returncode == 0, err
    release = out.strip()
    assert release in done
    assert "cw1_" in done
    assert "cw1_" not in out + err
    assert "Mia" not in out + err
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["page.html"]
    assert "e-signature" in str(home.ok("release", "show", release))
    assert home.run("log", "check")[0] == 0


def test_their_own_face_at_the_limits(tmp_path):
    """The pictures on the page are those that were logged; a sheet is logged before anything else names the release."""
    with fast_derivations():
        home, _ = make_home(tmp_path / "home")
    person = home.ok("person", "add", "--alias", "Mia", "--adult")["id"]
    words = ("release", "invite", EXAMPLES / "release.yaml", "--person", person, "--out", tmp_path / "a")
    said = home.ok(*words, "--sheet", PORTRAIT)
    (sheet,) = said["sheet_digests"]
    assert of_file((tmp_path / "a" / "sheet-1.png").read_bytes()) == sheet
    page = (tmp_path / "a" / "page.html").read_text()
    assert all(digest in page for digest in (sheet, *said["cell_digests"]))
    assert len(said["cell_digests"]) > 5
    key = tmp_path / "a" / "key.txt"
    assert home.ok("release", "sign", "--token-file", key, "--yes", "--name", "Mia")["sheets"] == [sheet]
    assert sheet in json.dumps(home.ok("release", "show", said["release"]))
    assert home.run("log", "check")[0] == 0
    erased = home.ok("person", "erase", person, "--yes", "--reason", "request")["erased"]
    assert erased["log_statement"] == 7  # person, sheet asked for and drawn, invitation, signing, release, link
    assert (erased["invitation"], erased["signing"]) == (1, 1)
