"""Markets' rule packs: `markets/<id>/pack.toml` beside `rules.cedar`. A pack only ever adds forbids."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from countenance.adapters.policies.rules import Rule, RuleSet, digest_of, joined, read_rules, read_text
from countenance.decision.duties import ELEMENTS, Pack
from countenance.errors import ConfigError

FOLDER = "markets"
_DATA, _RULES = "pack.toml", "rules.cedar"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPack:
    """A pack's duties, its rules in Cedar's JSON form and as people see them, and the digest of its files."""

    pack: Pack
    static: Mapping[str, object]
    rules: Mapping[str, Rule]
    digest: str


def load_packs(policies_dir: Path, house: RuleSet, *, instead: Path | None = None) -> dict[str, LoadedPack]:
    """Every pack of the folder `markets`, one of them perhaps from another folder; none where it is absent.

    Raises:
        ConfigError: a pack cannot be read, its rules do more than forbid, or law and rules do not fit each other.
    """
    folders = sorted(path for path in (policies_dir / FOLDER).glob("*") if path.is_dir())
    found = {folder.name: load_pack(folder, policies_dir) for folder in (*folders, *([instead] if instead else []))}
    taken = set(house.rules)
    for market, loaded in found.items():
        twice = sorted(taken & set(loaded.rules))
        if twice:
            raise ConfigError(f"two rules have the id `{twice[0]}`", hint=f"rename the rule of `{market}`")
        taken |= set(loaded.rules)
    return found


def load_pack(folder: Path, policies_dir: Path) -> LoadedPack:
    """One pack.

    Raises:
        ConfigError: as `load_packs`.
    """
    data = read_text(folder / _DATA)
    pack = _parse(folder.name, data)
    text = read_text(folder / _RULES) if (folder / _RULES).is_file() else ""
    static, rules = read_rules({_RULES: text} if text else {}, policies_dir)
    _check(pack, rules)
    laws = {duty.id: duty for duty in pack.duty}
    cited = {
        rule.id: replace(rule, law=laws[rule.duty].citation, since=laws[rule.duty].in_force_from.isoformat())
        for rule in rules.values()
    }
    return LoadedPack(pack=pack, static=static, rules=cited, digest=digest_of({_DATA: data, _RULES: text}))


def with_packs(house: RuleSet, packs: Mapping[str, LoadedPack]) -> RuleSet:
    """The house rules and those of these packs as one set."""
    static = dict(house.static)
    rules = dict(house.rules)
    for loaded in packs.values():
        static |= loaded.static
        rules |= loaded.rules
    digests = {"house": house.digest} | {market: loaded.digest for market, loaded in packs.items()}
    return joined(static, rules, house.schema, digest_of(digests))


def _parse(name: str, text: str) -> Pack:
    try:
        pack = Pack.model_validate(tomllib.loads(text), strict=False)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        said = str(error.errors()[0]["loc"]) if isinstance(error, ValidationError) else str(error)
        raise ConfigError(f"the rule pack `{name}` cannot be read", hint=said) from error
    if pack.id != name:
        raise ConfigError(f"the rule pack `{name}` says that it is `{pack.id}`", hint="name the folder after its id")
    unknown = [element for duty in pack.duty for element in duty.elements if element not in ELEMENTS]
    if unknown:
        raise ConfigError(f"`{unknown[0]}` in the pack `{name}` is no element of consent", hint=", ".join(ELEMENTS))
    if len({duty.id for duty in pack.duty}) != len(pack.duty):
        raise ConfigError(f"two duties of the rule pack `{name}` have one id")
    return pack


def _check(pack: Pack, rules: Mapping[str, Rule]) -> None:
    """Each rule forbids and enforces a duty that bars; each duty that bars has a rule."""
    barring = {duty.id for duty in pack.duty if duty.bars}
    for rule in rules.values():
        if rule.effect != "forbid":
            raise ConfigError(f"the rule `{rule.id}` of the pack `{pack.id}` permits", hint="a pack may only forbid")
        if not rule.id.startswith(f"{pack.id}-"):
            raise ConfigError(f"the id of the rule `{rule.id}` does not begin with `{pack.id}-`")
        if rule.duty not in barring:
            raise ConfigError(f"the rule `{rule.id}` names no duty that bars", hint='write @duty("...") before it')
    bare = sorted(barring - {rule.duty for rule in rules.values()})
    if bare:
        raise ConfigError(f"no rule enforces the duty `{bare[0]}`", hint="write the rule, or say bars = false")
