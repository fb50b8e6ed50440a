"""Shape aliases of the render room: every tensor in a public signature has one of these names.

Pixels: x right, y down, origin at the corner of the top-left pixel; sRGB-encoded float32 in [0, 1].
A still is a sequence of one frame.
"""

from jaxtyping import Bool, Float
from torch import Tensor

Frames = Float[Tensor, "frames 3 h w"]
"""Pictures, sRGB-encoded, [0, 1]."""
Image = Float[Tensor, "3 h w"]
"""One picture of a sequence."""
Mask = Bool[Tensor, "frames h w"]
"""True where pixels may change, or did."""
Landmarks = Float[Tensor, "478 3"]
"""MediaPipe's face points with irises: x, y in px, z in px-like depth, smaller is nearer."""
Shape = Float[Tensor, "468 3"]
"""Mesh points in the canonical frame: inter-ocular units, +x image right, +y up, +z to the viewer."""
Flow = Float[Tensor, "2 h w"]
"""Displacement field in px: where to sample, minus where to write."""
