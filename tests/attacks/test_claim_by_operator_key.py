"""An operator signs a claim with the certificate that is meant for identity assertions only."""

from dataclasses import replace

import pytest

from countenance.adapters.manifests.c2pa import build_sealer
from countenance.errors import SealError
from countenance.manifest.ports import Trust


@pytest.fixture
def forged(studio, forge):
    return forge(studio.encoded(), studio.draft.definition, studio.operator, parent=studio.source)


def test_operator_is_no_claim_signer(studio, forged):
    reading = studio.read(forged)
    assert reading.signature_valid
    assert not reading.claim_trusted
    assert not reading.claim_eku


def test_even_under_one_root_the_usage_is_missing(studio, forged):
    """The SDK alone may call this trusted; our own look at the leaf does not."""
    muddled = replace(studio, trust=Trust(claim_pem=studio.keys.operators_root_pem))
    assert not muddled.read(forged).claim_eku


def test_anchors_of_operators_never_make_a_claim_trusted(studio, sealed):
    only_operators = replace(
        studio, trust=Trust(claim_pem=studio.keys.operators_root_pem, operators_pem=studio.keys.claim_root_pem)
    )
    reading = only_operators.read(sealed.data)
    assert not reading.claim_trusted
    assert reading.identity.trusted is False


def test_our_sealer_refuses_to_do_it(studio):
    sealer = build_sealer(studio.operator, studio.operator)
    with pytest.raises(SealError, match="claim signer's certificate"):
        sealer.seal(studio.encoded(), "image/jpeg", studio.draft, parent=studio.source, parent_type="image/jpeg")
