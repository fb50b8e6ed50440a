"""What shows between the lips after they moved."""

from collections.abc import Sequence

from countenance.edit.warp.scene import Patch, Scene
from countenance.media.tensors import Image


def paint_mouth(scene: Scene, skin: Image) -> Sequence[Patch]:
    """Layers to lay over the warped picture `skin`, in order."""
    del scene, skin
    return ()
