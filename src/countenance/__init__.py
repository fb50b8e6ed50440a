"""Changes the expression of a face only when it may, says so in the file, and remembers it."""
