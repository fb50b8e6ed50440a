import shutil

import pytest

from countenance.errors import ConfigError
from countenance.settings import Settings
from countenance.wiring.office import Office, Secrets
from countenance.wiring.verify_tools import verify_tools

NO_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def initialised(home):
    settings = Settings.load({"home": home, "passphrase": "all of us"})
    office = Office(settings, Secrets(settings, ask=pytest.fail))
    office.initialise(name="Studio", domain="")
    return settings


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return initialised(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    return initialised(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture
def bare(tmp_path):
    """Somebody who has no home, and only verifies."""
    return Settings.load({"home": tmp_path / "none"})


def test_a_home_has_all_at_hand(home):
    tools, at = verify_tools(home)
    assert tools.trust.claim_pem == home.trust.read_text()
    assert tools.trust.operators_pem == home.operators_trust.read_text()
    assert tools.trust.claim_pem != tools.trust.operators_pem
    assert tools.shelf.by_mark("000000000") is None
    assert tools.marks is not None
    assert tools.max_pixels == home.max_pixels
    assert at.endswith("Z")


def test_no_passphrase_is_needed_to_verify(home):
    locked = Settings.load({"home": home.home})
    assert locked.passphrase is None
    assert verify_tools(locked)[0].marks is not None


def test_without_a_home_a_root_must_be_given(bare, elsewhere):
    with pytest.raises(ConfigError, match="no root to trust") as refused:
        verify_tools(bare)
    assert "--trust" in refused.value.hint
    assert verify_tools(bare, looking=True)[0].trust.claim_pem == ""
    tools, _ = verify_tools(bare, trust=elsewhere.trust)
    assert tools.trust.claim_pem == elsewhere.trust.read_text()
    assert (tools.trust.operators_pem, tools.marks, tools.shelf) == (None, None, None)


def test_roots_of_two_houses_are_never_mixed(home, elsewhere):
    assert verify_tools(home, trust=elsewhere.trust)[0].trust.operators_pem is None
    assert verify_tools(home, trust=home.trust)[0].trust.operators_pem == home.operators_trust.read_text()
    both, _ = verify_tools(home, trust=elsewhere.trust, operators=elsewhere.operators_trust)
    assert both.trust.operators_pem == elsewhere.operators_trust.read_text()


@pytest.mark.parametrize("which", ["trust", "operators", "tsa"])
@pytest.mark.parametrize("data", [None, b"\xff\xfe", b"", b"just text", NO_CERTIFICATE])
def test_a_given_root_that_cannot_be_read(home, tmp_path, which, data):
    if data is not None:
        (tmp_path / "root.pem").write_bytes(data)
    with pytest.raises(ConfigError, match="no root to trust") as refused:
        verify_tools(home, **{which: tmp_path / "root.pem"})
    assert "PEM" in refused.value.hint


def test_the_home_knows_its_own_root(home, elsewhere, bare):
    assert verify_tools(home)[0].own_root == home.trust.read_text()
    assert verify_tools(home, trust=elsewhere.trust)[0].own_root == home.trust.read_text()
    assert verify_tools(bare, trust=elsewhere.trust)[0].own_root is None


def test_words_around_a_root_are_left_out(home, tmp_path):
    (tmp_path / "root.pem").write_text(f"the root of Stüdio\n{home.trust.read_text()}", encoding="utf-8")
    tools, _ = verify_tools(home, trust=tmp_path / "root.pem")
    assert tools.trust.claim_pem == tools.own_root
    assert tools.trust.operators_pem == home.operators_trust.read_text()


def test_time_stamps_are_trusted_by_a_root_of_their_own(home, elsewhere):
    assert verify_tools(home)[0].trust.tsa_pem is None
    assert verify_tools(home, tsa=elsewhere.trust)[0].trust.tsa_pem == elsewhere.trust.read_text()


@pytest.fixture
def damaged(home, tmp_path):
    shutil.copytree(home.home, tmp_path / "home")
    return Settings.load({"home": tmp_path / "home"})


def test_a_whole_home_has_no_problem(home):
    tools, _ = verify_tools(home)
    assert (tools.marks_problem, tools.shelf_problem) == (None, None)


def test_missing_books(damaged):
    for path in damaged.home.glob("books.sqlite3*"):
        path.unlink()
    tools, _ = verify_tools(damaged)
    assert (tools.shelf, tools.shelf_problem) == (None, "the books of this home are missing")
    assert not damaged.database.exists()


@pytest.mark.parametrize("name", ["mark.json", "organisation.json", "claim-root.pem", "log.pem"])
@pytest.mark.parametrize("data", [None, b"", b"\xff", b"[]"])
def test_a_damaged_key_folder(damaged, name, data):
    path = damaged.keys / "organisation" / name
    path.unlink() if data is None else path.write_bytes(data)
    tools, _ = verify_tools(damaged)
    assert (tools.marks is None) is (tools.marks_problem is not None) is (name == "mark.json")
    assert (tools.shelf is None) is (tools.shelf_problem is not None)
    assert tools.shelf is None or name not in {"organisation.json", "log.pem"}
    assert tools.own_root == damaged.trust.read_text()
