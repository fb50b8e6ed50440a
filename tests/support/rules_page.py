"""Writes docs/guides/rules.md from the rules themselves: `python tests/support/rules_page.py`."""

from collections.abc import Iterator
from pathlib import Path

from countenance.adapters.policies.rules import RuleSet, load_rules

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guides" / "rules.md"

INTRO = """# The rules, one by one

Nothing is edited and nothing let out unless every rule below is silent. There is one rule that permits, `{permit}`; all others refuse, and one
refusal is enough. Each is asked before a picture is rendered, or about the finished picture before it is let out, or both times. What is not on
file, or was not measured, refuses too. Refusals are logged with their reasons: `countenance policy explain EDIT` shows them.

The rules record and enforce what the release and the title on file say. They are no legal advice, and they do not tell whether what is on file
is true. The law of a market comes on top, where it is named: [markets](markets.md).

This page is written from `policies/default`, and a test compares the two. `countenance policy show` prints the rules that are in force in a home.
"""

OUTRO = """
## By how much

A refusal over a limit says how far: unit, what was asked or measured, what is allowed, the error of the measurement, and what is too much.

```
refused: AU12: changed further than the model release allows, even after allowing for the error of the measurement
(AU12: .62 measured, .50 allowed, error .07: .05 too far) [measured-beyond-limit]
```

With `--json` the same figures stand in `reasons[].excess`, in thousandths. Where the person denied something, the refusal ends with their own
words, read from the release. They are told to who asked, and kept neither in the decision nor in a manifest.

## What stands behind some of them

- **Names** (advertiser, product line, campaign, platform) are compared without regard to capital letters and spaces, and only where the release
  names one. The request names them with `--advertiser`, `--product-line`, `--campaign`, `--platform`.
- **Sensitive uses** are what the operator declares with `--sensitive`. Nobody guesses them.
- **Edits of one picture** are those that were published, of the picture itself and of what came of it, under this release or of this face.
- **Generations** count every edit on the way, of whichever face. Without a word in the release there may be one: an output is not edited again.
- **How much may show at all** is asked when the edit is asked for: no face shows less than nothing, so it will show at least the change, and with
  `--target` at least the target. What a finished face shows is another matter: an expression cannot be told from a face in one picture well
  enough to publish an error. On rendered people with known expressions a smile was read .43 off in the median
  (`benchmarks/results/truth.json`). So the default engine publishes none, and such an edit is let out only where the person
  said yes to that change of that picture: `countenance approve PHOTO --of picture`. An engine that publishes an error
  (`shown_errors`) is believed within it.
- **Eyes closed** goes by the lid that is further down, so a wink counts; half a lid may be read as a narrowed eye. **Asymmetry** goes by the
  largest difference of a left and a right side over all units that can be measured; its readings err, and no error is allowed for.
- **A yes to each picture** counts up to what was approved: a weaker change in the same direction is covered, a stronger one, the opposite and
  another unit are not. Two approvals do not add up. It ends on its day, also between render and publication.
"""

GROUPS: dict[str, tuple[str, ...]] = {
    "Who asks": ("operator-unknown", "operator-revoked", "operator-role", "four-eyes"),
    "The right to the picture": (
        "title-missing", "title-disputed", "near-duplicate", "alteration-barred", "alteration-needs-approval",
        "alteration-unknown", "licence-missing", "licence-expired", "licence-territory", "licence-editorial-only",
        "property-release-missing", "property-release-expired",
    ),
    "Every face in it": (
        "face-not-found", "face-not-tied", "face-must-stay-untouched", "face-not-decided", "person-tied-twice",
    ),
    "The depicted person's consent": (
        "release-missing", "release-withdrawn", "release-not-yet-valid", "release-expired", "release-disputed",
    ),
    "Age": ("age-unknown", "minor", "minor-needs-approval", "lapsed-at-majority", "signed-by-minor"),
    "The use": (
        "purpose-not-granted", "medium-not-granted", "territory-not-granted", "platform-not-granted",
        "advertiser-not-granted", "product-line-not-granted", "campaign-not-granted", "picture-not-granted",
        "sensitive-use-not-granted", "sensitive-use-needs-approval",
    ),
    "How far the face may change": (
        "nothing-asked", "unit-asked-twice", "unit-not-granted", "unit-beyond-limit", "edits-add-up-beyond-limit",
        "absolute-beyond-limit", "most-edits-reached", "generation-not-granted",
    ),
    "The person's yes to each picture": ("approval-missing", "beyond-approval", "measured-beyond-approval"),
    "What the person denied": (
        "denied-incomplete", "denied-unit", "denied-unit-changed", "denied-teeth", "denied-eyes-closed",
        "denied-asymmetry-asked", "denied-asymmetry",
    ),
    "What really changed": (
        "measured-missing", "measured-beyond-limit", "shown-missing", "shown-beyond-limit", "teeth-not-granted",
        "drift-beyond-limit", "changed-outside",
    ),
    "Clock and log": ("log-unknown", "log-ahead-of-clock"),
}  # fmt: skip
"""Every forbid once, as a lawyer reads them."""


def page(rules: RuleSet) -> str:
    """The page in Markdown."""
    permit = next(rule.id for rule in rules.rules.values() if rule.effect == "permit")
    return INTRO.format(permit=permit) + "".join(f"\n{line}" for line in _tables(rules)) + "\n" + OUTRO


def _tables(rules: RuleSet) -> Iterator[str]:
    for heading, ids in GROUPS.items():
        yield f"## {heading}"
        yield ""
        yield "| Rule | Refuses where | Asked about |"
        yield "|---|---|---|"
        for one in ids:
            yield f"| `{one}` | {rules.rules[one].reason} | {_asked(rules.static[one]['action'])} |"
        yield ""


def _asked(scope: dict) -> str:
    entities = scope.get("entities") or [scope["entity"]] if scope["op"] != "All" else [{"id": "edit"}, {"id": "leave"}]
    named = {one["id"] for one in entities}
    if named == {"publish"}:
        return "the result"
    return (
        "the other faces" if named == {"leave"} else "request and result" + (", every face" if "leave" in named else "")
    )


if __name__ == "__main__":
    PAGE.write_text(page(load_rules(ROOT / "policies")), encoding="utf-8")
