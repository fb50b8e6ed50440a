"""Stage 4 of 7: the invisible mark and the fingerprint."""
