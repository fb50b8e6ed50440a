"""Keys and certificates: where they lie, and how they sign."""
