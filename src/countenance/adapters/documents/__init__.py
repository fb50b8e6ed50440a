"""Checkers of documents."""
