"""A published output is registered as if it were an original, and edited again: limits hold for the whole chain."""

from agency import FOR, Agency


def reasons(answer) -> set[str]:
    return {reason["policy"] for reason in answer.json["reasons"]}


def test_the_edits_of_a_chain_add_up(agency: Agency) -> None:
    """The release allows AU12 to 0.5, and the first edit asked for 0.45."""
    first, second = agency.folder / "published.jpg", agency.folder / "second.jpg"
    agency.ok("title", "add", first, "--owner", "Agency", "--basis", "own-work", "--alteration", "yes")
    agency.ok("title", "face", first, "0", "--release", agency.release)
    answer = agency.edit(second, "--au", "AU12=0.3", photo=first)
    assert answer.code == 3, answer.out
    assert reasons(answer) == {"edits-add-up-beyond-limit"}
    assert not second.exists()
    dry = ("edit", first, "--out", second, "--dry-run", *FOR, "--au")
    assert agency.run(*dry, "AU12=0.051").code == 3
    assert agency.run(*dry, "AU12=0.05").code == 0
    assert agency.run(*dry, "AU12=-0.6").code == 0
