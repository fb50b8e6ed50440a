"""A published output is registered as if it were an original, and edited again: limits hold for the whole chain."""

from agency import FOR, Agency, output_as_original, reasons, under


def test_the_edits_of_a_chain_add_up(agency: Agency) -> None:
    """The release allows AU12 to 0.5, and the first edit asked for 0.45; it allows an edit of an edit."""
    first, second = agency.folder / "published.jpg", agency.folder / "second.jpg"
    output_as_original(agency, first)
    agency = under(agency, "generations: 2", photo=first)
    answer = agency.edit(second, "--au", "AU12=0.3", photo=first)
    assert answer.code == 3, answer.out
    assert reasons(answer) == {"edits-add-up-beyond-limit"}
    assert "AU12: .75 asked in all, .50 allowed: .25 too far" in answer.json["reasons"][0]["reason"]
    assert not second.exists()
    dry = ("edit", first, "--out", second, "--dry-run", *FOR, "--au")
    assert agency.run(*dry, "AU12=0.051").code == 3
    assert agency.run(*dry, "AU12=0.05").code == 0
    assert agency.run(*dry, "AU12=-0.6").code == 0
