"""The eyes: lids that move over a ball that stays."""
