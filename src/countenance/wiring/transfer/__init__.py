"""Facts of a registry into a folder, and from a folder or a table into a registry."""
