"""Fingerprinters, entry point group `countenance.fingerprints`."""
