import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from countenance.errors import ConfigError
from countenance.settings import Settings, read_passphrase


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os  # noqa: PLC0415

    for name in [name for name in os.environ if name.upper().startswith("COUNTENANCE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def write(home: Path, text: str) -> None:
    (home / "countenance.toml").write_text(text, encoding="utf-8")


def test_flag_before_environment_before_file_before_default(home, monkeypatch):
    where = {"home": home}
    assert Settings.load(where).max_bytes == 200_000_000
    write(home, "max_bytes = 3\n")
    assert Settings.load(where).max_bytes == 3
    monkeypatch.setenv("COUNTENANCE_MAX_BYTES", "2")
    assert Settings.load(where).max_bytes == 2
    assert Settings.load({**where, "max_bytes": 1}).max_bytes == 1


def test_a_flag_not_given_is_no_flag(home):
    write(home, 'tsa_url = "https://tsa.example"\n')
    assert Settings.load({"home": home, "tsa_url": None}).tsa_url == "https://tsa.example"


def test_the_home_itself(home, monkeypatch, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    write(home, "threads = 1\n")
    write(other, "threads = 2\n")
    monkeypatch.setenv("COUNTENANCE_HOME", str(home))
    assert (Settings.load({}).home, Settings.load({}).threads) == (home, 1)
    assert (Settings.load({"home": other}).home, Settings.load({"home": other}).threads) == (other, 2)
    monkeypatch.delenv("COUNTENANCE_HOME")
    assert Settings.load({}).home.name == "countenance"


def test_places_in_the_home(home):
    settings = Settings.load({"home": home})
    places = (settings.keys, settings.database, settings.log_folder, settings.trust, settings.operators_trust)
    assert {place.parent for place in places} == {home}
    assert len(set(places)) == 5


def test_rules_models_and_examples_come_along(home):
    settings = Settings.load({"home": home})
    assert list(settings.policies.rglob("*.cedar"))
    assert settings.models.is_dir()
    assert settings.examples.is_dir()


def test_weights_lie_with_the_environment_that_uses_them(home, monkeypatch):
    monkeypatch.setattr("sys.base_prefix", "/elsewhere")
    assert Path(sys.prefix) in Settings.load({"home": home}).model_cache.parents
    monkeypatch.setattr("sys.base_prefix", sys.prefix)
    assert Path(sys.prefix) not in Settings.load({"home": home}).model_cache.parents


def test_settings_are_frozen(home):
    with pytest.raises(ValidationError, match="frozen"):
        Settings.load({"home": home}).device = "cuda"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("colour = 1", "colour"),
        ("max_bytes = 0", "max_bytes"),
        ('max_pixels = "many"', "max_pixels"),
        ("threads = -1", "threads"),
        ("device = []", "device"),
        ("plugins = [1]", r"plugins\.0"),
    ],
)
def test_an_unknown_or_impossible_setting_is_named(home, line, named):
    write(home, f"{line}\n")
    with pytest.raises(ConfigError, match=f"the setting `{named}` is wrong: "):
        Settings.load({"home": home})


def test_the_value_of_a_wrong_secret_is_not_shown(home):
    write(home, 'passphrase = ["hunter2"]\n')
    with pytest.raises(ConfigError) as refused:
        Settings.load({"home": home})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("data", [b"threads =", b"= 1", b"\xff\xfe", b"[[["])
def test_a_damaged_file(home, data):
    (home / "countenance.toml").write_bytes(data)
    with pytest.raises(ConfigError, match="cannot be read") as refused:
        Settings.load({"home": home})
    assert "TOML" in refused.value.hint


def test_a_file_that_is_a_folder(home):
    (home / "countenance.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings.load({"home": home})


def test_a_wrong_value_in_the_environment(home, monkeypatch):
    monkeypatch.setenv("COUNTENANCE_THREADS", "several")
    with pytest.raises(ConfigError, match="`threads`"):
        Settings.load({"home": home})


def test_a_wrong_list_in_the_environment(home, monkeypatch):
    monkeypatch.setenv("COUNTENANCE_PLUGINS", "editors/mine")
    with pytest.raises(ConfigError, match="plugins"):
        Settings.load({"home": home})


def test_an_empty_home_is_no_home(monkeypatch):
    monkeypatch.setenv("COUNTENANCE_HOME", "")
    assert Settings.load({}).home.name == "countenance"


def test_lists(home, monkeypatch):
    write(home, 'plugins = ["editors/mine"]\n')
    assert Settings.load({"home": home}).plugins == ("editors/mine",)
    monkeypatch.setenv("COUNTENANCE_PLUGINS", '["editors/theirs"]')
    assert Settings.load({"home": home}).plugins == ("editors/theirs",)


def test_where_each_setting_came_from(home, monkeypatch):
    write(home, 'threads = 2\ndevice = "cuda"\n')
    monkeypatch.setenv("COUNTENANCE_DEVICE", "cpu")
    flags = {"home": home, "max_pixels": 5, "tsa_url": None}
    shown = Settings.load(flags).sources(flags)
    assert set(shown) == set(Settings.model_fields)
    assert shown["max_pixels"] == ("5", "flag")
    assert shown["device"] == ("cpu", "COUNTENANCE_DEVICE")
    assert shown["threads"] == ("2", "countenance.toml")
    assert shown["editor"] == ("warp:v2", "default")
    assert shown["tsa_url"] == ("", "default")


def test_secrets_are_masked_wherever_they_come_from(home, monkeypatch):
    write(home, 'operator_passphrase = "hunter2"\n')
    monkeypatch.setenv("COUNTENANCE_PASSPHRASE", "hunter2")
    for flags in ({"home": home}, {"home": home, "operator_passphrase": "hunter2"}):
        settings = Settings.load(flags)
        shown = settings.sources(flags)
        assert shown["passphrase"][0] == shown["operator_passphrase"][0] == "**********"
        assert "hunter2" not in repr(settings) + str(settings) + repr(shown)
        assert settings.passphrase.get_secret_value() == "hunter2"


def test_a_passphrase_before_a_file(tmp_path):
    file = tmp_path / "words"
    file.write_text("from the file \n and more\n", encoding="utf-8")
    assert read_passphrase(SecretStr("given"), file) == "given"
    assert read_passphrase(None, file) == "from the file "
    assert read_passphrase(None, None) is None


@pytest.mark.parametrize("data", [None, b"", b"\xff\xff\n"])
def test_a_passphrase_file_that_cannot_be_read(tmp_path, data):
    file = tmp_path / "words"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(ConfigError, match="passphrase file") as refused:
        read_passphrase(None, file)
    assert str(file) not in refused.value.message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://ada:hidden@db.example:5433/books?sslrootcert=hidden",
            "postgresql://...@db.example:5433/books?...",
        ),
        ("postgresql://db.example/books", "postgresql://db.example/books"),
        ("postgresql:///books?host=/run/hidden", "postgresql:///books?..."),
        ("postgresql://ada:hidden@h:port/books", "postgresql://..."),
        ("postgresql://ada:hidden@[h/books", "postgresql://..."),
    ],
)
def test_of_the_database_s_url_the_server_is_shown(home, url, shown):
    settings = Settings.load({"home": home, "database_url": url})
    assert settings.database_url.get_secret_value() == url
    assert settings.sources({"database_url": url})["database_url"] == (shown, "flag")
    assert "hidden" not in repr(settings)


def test_no_url_is_the_file_in_the_home(home, monkeypatch):
    write(home, 'database_url = "postgresql://h/books"\n')
    assert Settings.load({"home": home}).database_url is not None
    monkeypatch.setenv("COUNTENANCE_DATABASE_URL", "")
    assert Settings.load({"home": home}).database_url is None


@pytest.mark.parametrize("url", ["mysql://root:hidden@h/d", "postgres://root:hidden@h/d", "hidden"])
def test_another_kind_of_database_is_refused_without_showing_it(home, url):
    with pytest.raises(ConfigError, match=r"`database_url` is wrong: .*postgresql://") as refused:
        Settings.load({"home": home, "database_url": url})
    assert "hidden" not in str(refused.value)
