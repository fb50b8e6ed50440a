"""Cedar rule files to a checked, named rule set with a digest."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cedarpy

from countenance.core import canon, digest
from countenance.errors import ConfigError

SCHEMA_FILE = "schema.cedarschema"
RULES_FOLDER = "default"
_PAYLOAD_TYPE = "application/vnd.countenance.policy-set+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as people see it. `per_unit`: about one action unit. `says_no`: false where nothing can be said.

    Of a market's rule: the `duty` that it enforces, its `law`, and the day `since` which it holds.
    """

    id: str
    effect: str
    reason: str
    per_unit: bool
    says_no: bool
    duty: str = ""
    law: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules that were parsed once and found valid, and the digest of exactly those files. `static`: in Cedar's JSON."""

    rules: Mapping[str, Rule]
    static: Mapping[str, Any]
    parsed: Any
    schema: Any
    digest: str


def load_rules(policies_dir: Path) -> RuleSet:
    """The rule set of a folder: `schema.cedarschema` and `default/*.cedar`, in order of name.

    Raises:
        ConfigError: unreadable, not Cedar, not valid under the schema, a rule without `@id` or `@reason`, or an id
            used twice.
    """
    files = {path.name: read_text(path) for path in sorted((policies_dir / RULES_FOLDER).glob("*.cedar"))}
    if not files:
        raise ConfigError("there are no policy rules", hint="the policies folder holds default/*.cedar")
    schema_text = read_text(policies_dir / SCHEMA_FILE)
    static, rules = read_rules(files, policies_dir)
    listed = {SCHEMA_FILE: schema_text} | {f"{RULES_FOLDER}/{name}": text for name, text in files.items()}
    return joined(static, rules, cedarpy.Schema.from_str(schema_text), digest_of(listed))


def read_rules(files: Mapping[str, str], policies_dir: Path) -> tuple[dict[str, Any], dict[str, Rule]]:
    """The rules in these texts, by id: in Cedar's JSON form, and as people see them.

    Raises:
        ConfigError: as `load_rules`.
    """
    _validate(files, read_text(policies_dir / SCHEMA_FILE))
    static: dict[str, Any] = {}
    for name, text in files.items():
        for policy in json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values():
            rule_id = _annotation(policy, "id", of=f"a rule in `{name}`")
            if rule_id in static:
                raise ConfigError(f"two rules have the id `{rule_id}`", hint="give each rule an @id of its own")
            static[rule_id] = policy
    return static, {rule_id: _rule(rule_id, policy) for rule_id, policy in static.items()}


def joined(static: Mapping[str, Any], rules: Mapping[str, Rule], schema: Any, digest_of_files: str) -> RuleSet:
    """The rules as one parsed set."""
    text = json.dumps({"staticPolicies": static, "templates": {}, "templateLinks": []})
    return RuleSet(
        rules=rules, static=static, parsed=cedarpy.PolicySet.from_json_str(text), schema=schema, digest=digest_of_files
    )


def read_text(path: Path) -> str:
    """The text of a policy file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"the policy file `{path.name}` cannot be read") from error


def _validate(files: Mapping[str, str], schema_text: str) -> None:
    """Each file by itself, so that the message can name it.

    Cedar accepts `context has x` for an `x` that the schema lacks, as always false: a misspelt `forbid` would never
    apply. So every fact that a rule asks for must be in the schema.
    """
    known = set(re.findall(r"(\w+)\s*\??\s*:", re.sub(r"//.*", "", schema_text)))
    for name, text in files.items():
        try:
            result = cedarpy.validate_policies(text, schema_text)
            parsed = json.loads(cedarpy.policies_to_json_str(text))
        except ValueError as error:
            raise ConfigError(f"the policy file `{name}` is not valid", hint=_one_line(error)) from error
        if not result:
            raise ConfigError(f"the policy file `{name}` is not valid", hint=_one_line(result.errors[0]))
        if parsed["templates"]:
            raise ConfigError(f"the policy file `{name}` holds a template", hint="write plain rules only")
        unknown = sorted(set(_asked_for(parsed)) - known)
        if unknown:
            raise ConfigError(f"`{unknown[0]}` in the policy file `{name}` is not a known fact", hint="see the schema")


def _asked_for(node: Any) -> Iterator[str]:
    """Every `x` in `... has x`, anywhere in Cedar's JSON form of rules."""
    if isinstance(node, dict):
        if "has" in node:
            yield node["has"]["attr"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _asked_for(one)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:300]


def _rule(rule_id: str, policy: Mapping[str, Any]) -> Rule:
    notes = policy["annotations"]
    return Rule(
        id=rule_id,
        effect=policy["effect"],
        reason=_annotation(policy, "reason", of=f"the rule `{rule_id}`"),
        per_unit=notes.get("about") == "unit",
        says_no=notes.get("outcome") != "indeterminate",
        duty=notes.get("duty", ""),
    )


def _annotation(policy: Mapping[str, Any], key: str, *, of: str) -> str:
    value = policy.get("annotations", {}).get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{of} has no @{key}", hint=f'write @{key}("...") before it')
    return value


def digest_of(files: Mapping[str, str]) -> str:
    """One digest of several texts, by name."""
    listed = {name: digest.of_file(text.encode()) for name, text in files.items()}
    return digest.of_record(_PAYLOAD_TYPE, canon.canonical(listed))
