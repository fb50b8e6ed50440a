"""Marks upon marks: each generation of a picture is marked under a tile key of its own, so that both stay readable.

Two marks under one tile key share their carriers: one of them is lost, and it may be the new one. Under keys that have
nothing to do with each other both are read (benchmarks/mark_layers.py). So a picture that carries a mark is marked in
the next layer; the highest one is the newest.
"""

import hmac
from typing import Final

LAYERS: Final = 4
"""Generations that can be told apart; what comes after them shares the last layer, and may not be readable."""


def layer_key(tile_key: bytes, layer: int) -> bytes:
    """The tile key of a layer; that of the first one is the tile key itself. Whoever has that can derive the others."""
    if layer == 0:
        return tile_key
    return hmac.digest(b"countenance/mark/layer/1/" + bytes([layer]), tile_key, "sha256")
