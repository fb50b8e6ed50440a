"""The composition root: settings and entry points to tools."""
