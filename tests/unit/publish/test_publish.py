from pathlib import Path

import pytest

from countenance.adapters.outputs.folder import build
from countenance.core.digest import of_file
from countenance.core.records.audit import Checkpoint, Publication, Receipt
from countenance.core.records.decision import Decision, Permit
from countenance.core.records.marks import SoftBinding
from countenance.core.records.recipe import EditRecipe
from countenance.errors import ConfigError, LogUnavailableError
from countenance.publish.publish import publication_of, publish
from countenance.testing.worlds import AT, a_world, an_id

WORLD = a_world()
PERMIT = Permit(
    nonce="7" * 32,
    edit_id=an_id("edit"),
    decision_id=an_id("decision"),
    request_digest=WORLD.request.digest(),
    asset=WORLD.request.asset,
    face=WORLD.evidence.title.faces[0],
    others=(),
    units=WORLD.request.units,
    limits={},
    release_id=an_id("release"),
    issued_at=AT,
    expires_at=AT,
)
RECIPE = EditRecipe(
    edit_id=an_id("edit"),
    toolkit_version="0.1.0",
    engine="warp",
    engine_version="1",
    digital_source_type="compositeSynthetic",
    weights={},
    units={"AU12": 400},
    seed=1,
    device="cpu",
    region_px=((0, 0), (5, 0), (5, 5)),
    changed_px=9,
)
MARK = SoftBinding(algorithm="org.countenance.mark.x", value="0123456ab", scope="watermark")
PRINT = SoftBinding(algorithm="org.countenance.phash.x", value="ff", scope="fingerprint")


def decision(number):
    return Decision(
        id=an_id("decision", number),
        edit_id=an_id("edit"),
        stage="requested",
        face=0,
        effect="permit",
        reasons=(),
        request_digest=WORLD.request.digest(),
        evidence_digest=WORLD.evidence.digest(),
        policy_digest=of_file(b"policy"),
        at=AT,
    )


def made(bindings):
    return publication_of(
        PERMIT,
        [decision(1), decision(2)],
        b"the sealed file",
        b"the manifest store",
        pixels_digest=of_file(b"pixels"),
        manifest_id="urn:c2pa:1",
        receipt_id=an_id("receipt"),
        recipe=RECIPE,
        measured=WORLD.measured,
        bindings=bindings,
        at=AT,
    )


@pytest.mark.parametrize("bindings", [(MARK, PRINT), (PRINT, MARK)])
def test_the_last_fact_of_an_edit(bindings):
    fact = made(bindings)
    assert fact.decision_ids == (an_id("decision", 1), an_id("decision", 2))
    assert (fact.output_digest, fact.manifest_digest) == (of_file(b"the sealed file"), of_file(b"the manifest store"))
    assert fact.source_digest == WORLD.request.asset.digest_of_file
    assert (fact.watermark_id, fact.fingerprint) == (MARK.value, PRINT.value)
    assert (fact.recipe_digest, fact.measured_digest) == (RECIPE.digest(), WORLD.measured.digest())
    assert (fact.edit_id, fact.nonce, fact.release_id) == (PERMIT.edit_id, PERMIT.nonce, PERMIT.release_id)
    assert fact.request_digest == PERMIT.request_digest
    assert Publication.from_bytes(fact.canonical()) == fact


def receipt(*, index=4, size=5):
    checkpoint = Checkpoint(origin="log.example/x", size=size, root_hex="00" * 32, note="")
    return Receipt(index=index, leaf="{}", proof_hex=(), checkpoint=checkpoint)


@pytest.fixture
def outputs():
    return build()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.jpg"


@pytest.fixture
def held(outputs, target):
    return outputs.hold(an_id("edit"), b"the sealed file", near=target, replace=False)


def test_a_logged_file_goes_out(outputs, held, target):
    assert not target.exists()
    publish(held, target, receipt(), outputs, replace=False)
    assert target.read_bytes() == b"the sealed file"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("size", [0, 4])
def test_what_is_not_logged_stays_held(outputs, held, target, size):
    with pytest.raises(LogUnavailableError, match="not covered"):
        publish(held, target, receipt(size=size), outputs, replace=False)
    assert not target.exists()
    assert held.read_bytes() == b"the sealed file"


def test_an_existing_file_is_replaced_only_where_asked(outputs, held, target):
    target.write_bytes(b"before")
    with pytest.raises(ConfigError):
        publish(held, target, receipt(), outputs, replace=False)
    assert target.read_bytes() == b"before"
    publish(held, target, receipt(), outputs, replace=True)
    assert target.read_bytes() == b"the sealed file"
