"""Visible labels, drawn after the edit and before the mark."""
