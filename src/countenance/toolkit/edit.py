"""An edit's tools."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from countenance.core.records.audit import Publication
from countenance.core.records.decision import EditRequest, Permit
from countenance.core.records.marks import Marking
from countenance.core.records.status import StatusEntry
from countenance.decision.ports import PolicyEngine
from countenance.manifest.ports import Sealer
from countenance.publish.ports import Outputs
from countenance.toolkit.input_marks import MarkKey
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
    status: Callable[[Permit], StatusEntry]
    """Takes the entry of an edit in the published status list, for good."""
    note: Callable[[EditRequest, Path], None]
    """Keeps where the published file was put, and for what, so that a withdrawal can name it."""
    mark_ring: Sequence[MarkKey]
    """The keys of marks, the newest first: what a picture may carry already."""
    shelve: Callable[[Publication | Marking], tuple[str, ...]]
    """Puts what was let out into the manifest store, if there is one; what went wrong is told."""
    keep: Callable[[str, bytes | None], None]
    """Keeps the face reading of an edit, encrypted, where there is one: the release allows it."""
