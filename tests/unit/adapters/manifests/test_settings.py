import pytest

from countenance.adapters.manifests import settings
from countenance.errors import ConfigError
from countenance.manifest import labels

USAGES = {
    "manifest": labels.EKU_CLAIM_SIGNING,
    "cawg": labels.EKU_EMAIL_PROTECTION,
    "tsa": labels.EKU_TIME_STAMPING,
}


@pytest.mark.parametrize("kind", USAGES)
def test_one_question_has_one_set_of_anchors_and_one_usage(studio, kind):
    trust = settings.for_reading(kind, studio.trust.claim_pem)["trust"]
    (anchor,) = trust["anchors"]
    assert anchor["trust_anchors"] == studio.trust.claim_pem
    assert anchor["trust_kind"] == kind
    assert trust["trust_config"] == USAGES[kind]


@pytest.mark.parametrize("anchors", [None, ""])
def test_without_anchors_nobody_is_trusted(anchors):
    assert "trust" not in settings.for_reading("manifest", anchors)


@pytest.mark.parametrize("made", [settings.for_reading("manifest", None), settings.for_signing()])
def test_nothing_is_ever_fetched(made):
    assert made["verify"]["remote_manifest_fetch"] is False
    assert made["verify"]["ocsp_fetch"] is False


def test_no_thumbnail_is_ever_made():
    assert settings.for_signing()["builder"]["thumbnail"] == {"enabled": False}


@pytest.mark.parametrize(
    "anchors",
    ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\u00e9", "-----BEGIN PUBLIC KEY-----"],
)
def test_anchors_that_are_no_certificates(anchors):
    with pytest.raises(ConfigError, match="no certificates"):
        settings.for_reading("manifest", anchors)
