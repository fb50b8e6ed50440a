"""docs/guides/rules.md lists every rule, in its own words."""

from rules_page import GROUPS, PAGE, ROOT, page

from countenance.adapters.policies.rules import load_rules

RULES = load_rules(ROOT / "policies")


def test_every_rule_stands_in_one_group() -> None:
    listed = [one for ids in GROUPS.values() for one in ids]
    assert sorted(listed) == sorted(rule.id for rule in RULES.rules.values() if rule.effect == "forbid")


def test_the_page_is_that_of_the_rules() -> None:
    said = PAGE.read_text(encoding="utf-8")
    assert said == page(RULES), "write it anew with `python tests/support/rules_page.py`"
