"""What an edit often does not look like: said beside the result, so that somebody looks.

Judged by eye on the people of `docs/guides/quality.md`; no measurement finds it.
"""

from collections.abc import Mapping

WIDE_JAW_PERMILLE = 500
RAISED_LIP_PERMILLE = 250
TAKEN_BACK_PERMILLE = -300


def doubts(plan: Mapping[str, int], *, teeth_visible: bool) -> tuple[str, ...]:
    """Why to look closely, in plain words, for a plan in permille on a face that shows its teeth, or does not."""
    found = []
    if plan.get("AU27", 0) > WIDE_JAW_PERMILLE:
        found.append("a jaw opened this wide presses the chin instead of lowering it: look at the result")
    if max(plan.get(name, 0) for name in ("AU10", "AU10L", "AU10R")) > RAISED_LIP_PERMILLE and not teeth_visible:
        found.append("teeth drawn under a raised lip often look like a hard strip: look at the result")
    if plan.get("AU12", 0) <= TAKEN_BACK_PERMILLE and teeth_visible:
        found.append("a toothy smile taken back often leaves the mouth a little open: look at the result")
    return tuple(found)
