import shutil
from pathlib import Path

import pytest

from countenance.adapters.policies.cedar import build
from countenance.errors import ConfigError

POLICIES = Path(__file__).parents[4] / "policies"
ENGINE = build(POLICIES)


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(POLICIES, tmp_path / "policies"))


def test_seven_markets_each_duty_with_its_law_date_and_source():
    assert set(ENGINE.packs) == {"eu", "us-ca", "us-ny", "us-il", "us-wa", "uk", "cn"}
    for market, pack in ENGINE.packs.items():
        assert pack.id == market
        assert all(duty.id.startswith(f"{market}-") for duty in pack.duty)
        assert all(duty.citation and duty.source for duty in pack.duty)


def test_a_rule_carries_law_and_date_of_its_duty():
    rules = {rule.id: rule for rule in ENGINE.for_markets(("cn",)).rules()}
    assert rules["cn-label-missing"].law.startswith("GB 45438-2025")
    assert rules["cn-label-missing"].since == "2025-09-01"


def test_put_together_once_in_any_order():
    assert ENGINE.for_markets(("eu", "cn")) is ENGINE.for_markets(("cn", "eu", "eu"))
    assert ENGINE.for_markets(()) is ENGINE


def test_a_market_without_a_pack_is_an_error_here():
    with pytest.raises(ConfigError, match="no pack"):
        ENGINE.for_markets(("fr",))


RULE = '@id("eu-more") @duty("eu-art50-label") @reason("r")\n'


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (RULE + 'permit (principal, action in [Action::"edit"], resource);', "permits"),
        (RULE.replace("eu-more", "more") + "forbid (principal, action, resource);", "does not begin"),
        (
            RULE.replace("eu-art50-label", "eu-gdpr-consent") + "forbid (principal, action, resource);",
            "no duty that bars",
        ),
        ('@id("eu-more") @reason("r") forbid (principal, action, resource);', "no duty that bars"),
        ('@id("eu-more") @duty("eu-art50-label") forbid (principal, action, resource);', "no @reason"),
        (RULE + "forbid (principal, action, resource) when { context has nonsense };", "not a known fact"),
    ],
)
def test_a_pack_only_forbids_and_names_its_duty(folder, text, wrong):
    with (folder / "markets/eu/rules.cedar").open("a") as file:
        file.write(text)
    with pytest.raises(ConfigError, match=wrong):
        build(folder)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('id = "eu"', 'id = "cn"', "says that it is"),
        ("version = 1", "version = 'x'", "cannot be read"),
        ("version = 1", "version = ", "cannot be read"),
        ('"retention"', '"blood type"', "no element of consent"),
        ('id = "eu-gdpr-erasure"', 'id = "eu-gdpr-consent"', "one id"),
        ('status = "secondary"\nin_force_from', 'status = "certain"\nin_force_from', "cannot be read"),
    ],
)
def test_a_pack_that_is_not_as_described_is_not_loaded(folder, old, new, wrong):
    path = folder / "markets/eu/pack.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=wrong):
        build(folder)


def test_a_duty_that_bars_needs_a_rule(folder):
    (folder / "markets/cn/rules.cedar").unlink()
    with pytest.raises(ConfigError, match="no rule enforces"):
        build(folder)


def test_an_id_of_the_house_is_taken(folder):
    with (folder / "default/more.cedar").open("w") as file:
        file.write('@id("eu-label-missing") @reason("r") forbid (principal, action == Action::"leave", resource);')
    with pytest.raises(ConfigError, match="two rules"):
        build(folder)


def test_another_version_of_one_pack(folder):
    path = folder / "markets/eu/pack.toml"
    path.write_text(path.read_text().replace("version = 1", "version = 2"))
    other = build(POLICIES, pack=folder / "markets/eu")
    assert other.packs["eu"].version == 2
    assert other.digest == ENGINE.digest
    assert other.for_markets(("eu",)).digest != ENGINE.for_markets(("eu",)).digest
