"""Perception: finds faces, their 478 points and their pose."""
