"""Stage 2 of 7: facts and policy to a decision."""
