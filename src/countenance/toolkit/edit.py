"""An edit's tools."""

from collections.abc import Callable
from dataclasses import dataclass

from countenance.decision.ports import PolicyEngine
from countenance.manifest.ports import Sealer
from countenance.publish.ports import Outputs
from countenance.toolkit.pen import Pen
from countenance.toolkit.render import RenderTools
from countenance.verify.ports import VerifyTools


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTools:
    """What an edit needs. `render` opens the render room on its first call, which is after a permit."""

    pen: Pen
    policy: PolicyEngine
    render: Callable[[], RenderTools]
    sealer: Sealer
    verify: VerifyTools
    outputs: Outputs
    pseudonym: str
    tile_key: bytes
    check_key: bytes
    max_bytes: int
    max_pixels: int
    progress: Callable[[str], None]
