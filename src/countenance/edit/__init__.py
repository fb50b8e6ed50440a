"""Stage 3 of 7: changes the expression, inside the permitted mask only, and measures what changed."""
