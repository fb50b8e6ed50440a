"""What a picture came of, and what else came of the same original: edits of ours, one upon the other."""

from collections.abc import Callable, Sequence

from countenance.core.records.audit import Publication
from countenance.core.records.consent import EarlierEdit, SiblingEdit

Published = Callable[..., Sequence[Publication]]
"""Publications by `output_digest=` or `source_digest=`."""


def earlier_edits(asset_digest: str, published: Published) -> tuple[EarlierEdit, ...]:
    """The published edits by which the file came to be, the newest first; none where it is no output of ours."""
    found: dict[str, EarlierEdit] = {}
    sources = [asset_digest]
    while sources:
        for edit in published(output_digest=sources.pop()):
            if edit.edit_id not in found:
                recipe = edit.recipe
                found[edit.edit_id] = EarlierEdit(edit_id=edit.edit_id, units=recipe.units, region_px=recipe.region_px)
                sources.append(edit.source_digest)
    return tuple(found.values())


def sibling_edits(asset_digest: str, published: Published) -> tuple[SiblingEdit, ...]:
    """Every published edit that came of the same original: up to it, and down to all that came of it."""
    found: dict[str, Publication] = {}
    seen, waiting = {asset_digest}, [asset_digest]
    while waiting:
        one = waiting.pop()
        for edit in (*published(output_digest=one), *published(source_digest=one)):
            found[edit.edit_id] = edit
            fresh = {edit.source_digest, edit.output_digest} - seen
            seen |= fresh
            waiting += fresh
    return tuple(
        SiblingEdit(edit_id=edit.edit_id, release_id=edit.release_id, region_px=edit.recipe.region_px)
        for edit in found.values()
    )
