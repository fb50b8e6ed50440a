"""A release lets one edit of a picture be published; more are asked for, of the picture and of what came of it."""

import pytest
from agency import FOR, PORTRAIT, Agency, output_as_original, reasons, under

pytestmark = pytest.mark.slow


def test_what_was_published_counts(agency: Agency) -> None:
    """Also what was published under another release of the same face, before."""
    dry = ("edit", PORTRAIT, "--dry-run", *FOR, "--au", "AU4=0.1")
    assert under(agency, "most_edits: 3").run(*dry).code == 0
    full = under(agency, "most_edits: 2").run(*dry)
    assert full.code == 3
    assert reasons(full) == {"most-edits-reached"}, "the two that the agency published before"
    free = under(agency, "most_edits: 3")
    assert free.edit(agency.folder / "third.jpg", "--au", "AU4=0.1").code == 0
    assert reasons(free.run(*dry)) == {"most-edits-reached"}


def test_edits_of_the_outputs_count_with_those_of_the_original(agency: Agency) -> None:
    first = agency.folder / "published.jpg"
    output_as_original(agency, first)
    dry = ("edit", first, "--dry-run", *FOR, "--au", "AU12=0.01")
    assert under(agency, "most_edits: 3", "generations: 2", photo=first).run(*dry).code == 0
    full = under(agency, "most_edits: 2", "generations: 2", photo=first).run(*dry)
    assert reasons(full) == {"most-edits-reached"}
