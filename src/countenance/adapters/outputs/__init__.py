"""Where published files go."""
