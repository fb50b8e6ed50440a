"""Stage 7 of 7: quarantine, check, release into place."""
