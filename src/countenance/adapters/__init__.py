"""Every touch of the world, loaded by entry point only."""
