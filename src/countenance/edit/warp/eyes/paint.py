"""What shows between the lids, and the lids themselves, after they moved."""

from collections.abc import Sequence

from countenance.edit.warp.scene import Patch, Scene
from countenance.media.tensors import Image


def paint_eyes(scene: Scene, skin: Image) -> Sequence[Patch]:
    """Layers to lay over the warped picture `skin`, in order."""
    del scene, skin
    return ()
