"""Stage 6 of 7: the transparency log of decisions and publications."""
