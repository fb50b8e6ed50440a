"""An output of ours is registered as an original and edited again, though the person agreed to one edit."""

from agency import FOR, Agency, output_as_original, reasons, under


def test_an_edit_of_an_edit_needs_a_grant(agency: Agency) -> None:
    """Even a change that takes the first one back a little."""
    first = agency.folder / "published.jpg"
    output_as_original(agency, first)
    agency.ok("title", "face", first, "0", "--release", agency.release)
    dry = ("edit", first, "--dry-run", *FOR, "--au", "AU12=-0.1")
    refused = agency.run(*dry)
    assert refused.code == 3
    assert reasons(refused) == {"generation-not-granted"}
    assert under(agency, "generations: 2", photo=first).run(*dry).code == 0
