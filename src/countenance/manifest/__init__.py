"""Stage 5 of 7: describes the edit as C2PA assertions and seals them into the file."""
