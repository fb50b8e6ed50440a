"""The built-in watermark: structured spread spectrum, read by a small learned estimator. Pure functions."""
