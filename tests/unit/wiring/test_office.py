import shutil

import pytest

from countenance.audit.check import check_log
from countenance.errors import ConfigError, StoreError, UncheckedError
from countenance.settings import Settings
from countenance.wiring.office import Office, Secrets

WORDS = {"passphrase": "all of us", "operator_passphrase": "only me"}


def never(what):
    pytest.fail(f"asked for the passphrase of {what}")


def open_office(home, *, ask=never, **flags):
    settings = Settings.load({"home": home, **flags})
    return Office(settings, Secrets(settings, ask=ask))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """An initialised home with one operator. Tests only add to its log."""
    made = open_office(tmp_path_factory.mktemp("office") / "deep" / "home", **WORDS)
    made.initialise(name="Studio", domain="studio.example")
    made.hire(name="Ada", role="retoucher")
    return made


@pytest.fixture
def nowhere(tmp_path):
    return open_office(tmp_path / "home", **WORDS)


def test_what_a_home_holds(office):
    home = office.settings.home
    assert {path.name for path in home.iterdir()} >= {
        "keys",
        "books.sqlite3",
        "log",
        "trust.pem",
        "trust-operators.pem",
    }
    assert home.stat().st_mode & 0o077 == 0
    assert office.settings.trust.read_text() != office.settings.operators_trust.read_text()
    assert "PRIVATE" not in office.settings.trust.read_text()
    assert not list(home.glob("*.new"))


def test_the_first_acts_are_signed_and_logged(office):
    report = check_log(office.books, office.keys.log_public, [], actor_key=office.books.actor_key)
    assert report.opened == report.size >= 2
    assert office.origin.startswith("studio.example/log-")
    organisation = office.organisation()
    assert organisation.public_pem == office.keys.unlock_claim(office.secrets.organisation).public_pem
    assert organisation.log_public_pem == office.keys.log_public


def test_the_operator_has_a_key_and_a_passphrase_of_their_own(office):
    (operator,) = office.books.operators()
    assert operator.passphrase == "own"
    assert office.pen(None).actor.key.public_pem == office.pen(operator.id).actor.key.public_pem
    assert office.books.actor_key(operator.id) == office.pen(operator.id).actor.key.public_pem
    assert office.organisation_pen().actor.id == office.organisation().id


def test_a_wrong_passphrase_opens_no_pen(office):
    other = open_office(office.settings.home, passphrase="all of us", operator_passphrase="guessed")
    with pytest.raises(ConfigError, match="wrong passphrase for the operator"):
        other.pen(None)
    other = open_office(office.settings.home, passphrase="guessed", operator_passphrase="only me")
    with pytest.raises(ConfigError, match="wrong passphrase for the claim signer"):
        other.organisation_pen()


def test_initialised_once(office):
    before = (office.settings.trust.read_text(), office.books.size())
    again = open_office(office.settings.home, **WORDS)
    with pytest.raises(ConfigError, match="initialised already"):
        again.initialise(name="Studio", domain="studio.example")
    assert (office.settings.trust.read_text(), office.books.size()) == before
    with pytest.raises(ConfigError, match="another organisation"):
        again.initialise(name="Other", domain="studio.example")


def test_init_picks_up_where_a_crash_left_off(tmp_path):
    first = open_office(tmp_path / "home", **WORDS)
    first.keys.create_organisation("Studio", "", "all of us", first.clock.now())
    with pytest.raises(ConfigError, match="not initialised"):
        _ = first.books
    again = open_office(tmp_path / "home", **WORDS)
    organisation = again.initialise(name="Studio", domain="")
    assert again.books.organisation() == organisation
    assert again.settings.trust.read_text() == first.keys.claim_root_pem


def test_before_init_there_is_nothing(nowhere):
    for act in (lambda: nowhere.books, nowhere.organisation, lambda: nowhere.pen(None), nowhere.organisation_pen):
        with pytest.raises(ConfigError, match="not initialised") as refused:
            act()
        assert "init" in refused.value.hint
    assert not nowhere.settings.home.exists()


def test_books_without_an_organisation(office, tmp_path, monkeypatch):
    monkeypatch.setattr(type(office.books), "organisation", lambda _: None)
    with pytest.raises(ConfigError, match="not initialised"):
        office.organisation()


@pytest.mark.parametrize(
    "words",
    [
        {"name": ""},
        {"name": "\ud800"},
        {"name": "x" * 201},
        {"domain": "a b"},
        {"domain": "a+b"},
        {"domain": "x" * 254},
    ],
)
def test_a_name_or_domain_that_will_not_do_leaves_nothing_behind(nowhere, words):
    with pytest.raises(ConfigError):
        nowhere.initialise(**{"name": "Studio", "domain": ""} | words)
    assert not nowhere.settings.home.exists()
    assert nowhere.initialise(name="Studio", domain="").name == "Studio"


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 201])
def test_no_keys_are_made_for_a_name_that_will_not_do(office, name):
    def keys():
        return sorted(path.name for path in (office.settings.keys / "operators").iterdir())

    before = keys()
    with pytest.raises(ConfigError, match="`name`"):
        office.hire(name=name, role="rights")
    assert keys() == before


def test_a_crash_right_after_the_first_act_is_caught_up(tmp_path):
    first = open_office(tmp_path / "home", **WORDS)
    first.initialise(name="Studio", domain="")
    shutil.rmtree(first.settings.log_folder)
    again = open_office(tmp_path / "home", **WORDS)
    again.hire(name="Ada", role="retoucher")
    assert again.books.check(again.settings.log_folder, again.keys.log_public).held == 1


def test_without_the_held_checkpoint_nobody_writes(tmp_path):
    first = open_office(tmp_path / "home", **WORDS)
    first.initialise(name="Studio", domain="")
    first.hire(name="Ada", role="retoucher")
    shutil.rmtree(first.settings.log_folder)
    again = open_office(tmp_path / "home", **WORDS)
    for act in (lambda: again.pen(None), again.organisation_pen, again.write_log):
        with pytest.raises(UncheckedError, match="no checkpoint is held"):
            act()


def test_a_home_that_cannot_be_made(tmp_path):
    (tmp_path / "home").symlink_to(tmp_path / "gone")
    with pytest.raises(StoreError, match="home folder cannot be made") as refused:
        open_office(tmp_path / "home", **WORDS).initialise(name="Studio", domain="")
    assert str(tmp_path) not in refused.value.message


def test_trust_that_cannot_be_written(office):
    trust = office.settings.trust
    trust.with_suffix(".new").mkdir()
    try:
        with pytest.raises(StoreError, match=r"`trust.pem` cannot be written"):
            office._write_trust()
    finally:
        trust.with_suffix(".new").rmdir()


def test_asked_once_for_all(tmp_path):
    asked = []
    settings = Settings.load({"home": tmp_path})
    secrets = Secrets(settings, ask=lambda what: asked.append(what) or "typed")
    assert (secrets.organisation, secrets.new_operator, secrets.organisation) == ("typed", "typed", "typed")
    assert asked == ["the organisation"]
    assert not secrets.own


def test_a_passphrase_of_ones_own(tmp_path):
    (tmp_path / "words").write_text("only me\n")
    settings = Settings.load({"home": tmp_path, "passphrase": "all", "operator_passphrase_file": tmp_path / "words"})
    secrets = Secrets(settings, ask=never)
    assert (secrets.organisation, secrets.new_operator, secrets.own) == ("all", "only me", True)


def test_an_empty_passphrase_is_not_asked_for_again_and_guards_nothing(tmp_path):
    with pytest.raises(ConfigError, match="empty"):
        open_office(tmp_path / "home", passphrase="").initialise(name="Studio", domain="")
    assert not (tmp_path / "home" / "keys" / "organisation").exists()


def test_a_signer_that_is_not_allowed(tmp_path):
    with pytest.raises(ConfigError, match="not an allowed plug-in for signers"):
        open_office(tmp_path, signer="pkcs11:token")


def test_an_operators_own_passphrase_is_asked_for(office, tmp_path):
    asked = []
    settings = Settings.load({"home": office.settings.home, "passphrase": WORDS["passphrase"]})
    other = Office(settings, Secrets(settings, ask=lambda what: asked.append(what) or "only me"))
    (operator,) = other.books.operators()
    assert other.pen(None).actor.id == other.pen(operator.id).actor.id == operator.id
    assert asked == ["the operator"]
    other.books.close()


def test_a_shared_passphrase_is_not_asked_for_twice(tmp_path):
    settings = Settings.load({"home": tmp_path / "home", "passphrase": "all of us"})
    made = Office(settings, Secrets(settings, ask=never))
    made.initialise(name="Studio", domain="")
    made.hire(name="Ada", role="retoucher")
    assert made.pen(None).actor.id == made.books.operators()[0].id


def test_new_passphrases_are_chosen(tmp_path):
    chosen = iter(["all of us", "only me"])
    asked = []
    settings = Settings.load({"home": tmp_path / "home"})
    secrets = Secrets(settings, ask=never, ask_new=lambda whose, **how: asked.append((whose, how)) or next(chosen))
    made = Office(settings, secrets)
    made.initialise(name="Studio", domain="")
    assert made.hire(name="Ada", role="retoucher").passphrase == "own"
    assert asked == [("the organisation", {}), ("the operator", {"shared": True})]
    again = open_office(tmp_path / "home", passphrase="all of us", operator_passphrase="only me")
    assert again.pen(None).actor.id == again.books.operators()[0].id


def test_an_operator_who_chooses_none_shares_the_organisations():
    secrets = Secrets(Settings.load({"passphrase": "all of us"}), ask=never, ask_new=lambda _, **__: "")
    assert (secrets.new_operator, secrets.own) == ("all of us", False)


def test_the_settings_may_name_who_acts(office):
    (operator,) = office.books.operators()
    named = open_office(office.settings.home, **WORDS, operator="ADA")
    assert named.operator(None).id == named.operator_id(None) == named.pen(None).actor.id == operator.id
    assert open_office(office.settings.home, **WORDS, operator="").operator(None).id == operator.id
    other = open_office(office.settings.home, **WORDS, operator="Zoe")
    assert other.operator_id(operator.id) == operator.id
    with pytest.raises(ConfigError, match="`Zoe` is no operator here"):
        other.pen(None)
