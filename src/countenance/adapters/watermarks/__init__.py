"""Watermark codecs, entry point group `countenance.watermarks`."""
