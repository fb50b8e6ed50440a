"""`operator.cedar`: who asks, and whether clock and log agree."""

from countenance.testing.plain_rules.book import Facts, forbids


@forbids("log-unknown", "edit", "publish", "leave")
def log_unknown(facts: Facts) -> bool:
    """Either instant is missing."""
    return facts.get("at_ms") is None or facts.get("last_entry_ms") is None


@forbids("log-ahead-of-clock", "edit", "publish", "leave", says_no=False)
def log_ahead_of_clock(facts: Facts) -> bool:
    """The log's last entry is later than now."""
    return not log_unknown(facts) and bool(facts["at_ms"] < facts["last_entry_ms"])


@forbids("operator-unknown", "edit", "publish")
def operator_unknown(facts: Facts) -> bool:
    """Nobody here knows who asks."""
    return not facts.get("operator_known")


@forbids("operator-revoked", "edit", "publish")
def operator_revoked(facts: Facts) -> bool:
    """Their right has ended, or nobody knows that it has not."""
    return "operator_known" in facts and facts.get("operator_revoked") is not False


@forbids("operator-role", "edit", "publish")
def operator_role(facts: Facts) -> bool:
    """Only retouchers edit."""
    return "operator_known" in facts and facts.get("operator_role") != "retoucher"


@forbids("four-eyes", "edit", "publish")
def four_eyes(facts: Facts) -> bool:
    """The house wants two, and there may be one; without a release nobody may edit at all."""
    if "operator_known" not in facts or "release_on_file" not in facts or facts.get("four_eyes") is False:
        return False
    return "four_eyes" not in facts or facts.get("registered_self") is not False


@forbids("sensitive-use-needs-approval", "edit", "publish")
def sensitive_use_needs_approval(facts: Facts) -> bool:
    """Sensitive, and nobody else looked; or nobody said whether it is."""
    if "operator_known" not in facts or facts.get("sensitive_asked") is False:
        return False
    return "sensitive_asked" not in facts or not facts.get("sensitive_approved")
