"""The way back: any bytes to a report."""
