"""Stage 1 of 7: bounds, sniffs and hashes what the caller hands in."""
