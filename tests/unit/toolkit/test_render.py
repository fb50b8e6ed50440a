from countenance.adapters.fingerprints.iscc import build as iscc
from countenance.adapters.fingerprints.phash import build as phash
from countenance.adapters.images.vips import build as vips
from countenance.manifest.ports import EngineFacts
from countenance.toolkit.render import RenderTools


class Engine:
    """As much of an engine as its facts need."""

    name = "warp"
    version = "3"
    digital_source_type = "compositeSynthetic"


def test_the_facts_are_those_of_the_engine_and_of_this_program():
    tools = RenderTools(
        images=vips(), engine=Engine(), watermark=None, fingerprinter=phash(), content_code=iscc(),
        toolkit_version="0.1.0", device="cpu",
    )  # fmt: skip
    assert tools.fingerprinters == (phash(), iscc())
    assert tools.engine_facts() == EngineFacts(
        name="warp", version="3", digital_source_type="compositeSynthetic", toolkit_version="0.1.0"
    )
