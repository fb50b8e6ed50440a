"""The render room's tools."""

from dataclasses import dataclass

from countenance.edit.ports import EditorEngine
from countenance.manifest.ports import EngineFacts
from countenance.marks.ports import Fingerprinter, WatermarkCodec
from countenance.media.ports import ImageCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderTools:
    """The render room: pixels and networks, no keys, no registry."""

    images: ImageCodec
    engine: EditorEngine
    watermark: WatermarkCodec
    fingerprinter: Fingerprinter
    """The one by which look-alikes are found."""
    content_code: Fingerprinter
    """The one that others know too."""
    toolkit_version: str
    device: str
    other_marks: tuple[WatermarkCodec, ...] = ()
    """Further codecs, which only read what a picture carries already."""

    @property
    def codecs(self) -> tuple[WatermarkCodec, ...]:
        """All of them, the one that marks first."""
        return self.watermark, *self.other_marks

    @property
    def fingerprinters(self) -> tuple[Fingerprinter, Fingerprinter]:
        """Both, in the order in which a manifest binds them."""
        return self.fingerprinter, self.content_code

    def engine_facts(self) -> EngineFacts:
        """What the file's metadata say of the engine."""
        return EngineFacts(
            name=self.engine.name,
            version=self.engine.version,
            toolkit_version=self.toolkit_version,
            digital_source_type=self.engine.digital_source_type,
        )
