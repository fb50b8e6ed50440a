"""Expression engines, entry point group `countenance.editors`."""
