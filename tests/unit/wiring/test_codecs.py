import pytest
from open_marks import installed

from countenance.errors import BackendError, ConfigError
from countenance.settings import Settings
from countenance.wiring.codecs import codec_of, readers, require_codec
from countenance.wiring.plugins import load


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings.load({"home": tmp_path_factory.mktemp("none")})


@pytest.fixture(scope="module")
def store(settings):
    return load("models", "pip")(settings.models, settings.model_cache)


@pytest.mark.parametrize("uri", ["spread", "spread:v2", "spread:2"])
def test_ours_by_every_name_that_it_has(settings, store, uri):
    assert codec_of(uri, settings, store).algorithm == "org.countenance.mark.spread2"


@pytest.mark.parametrize("uri", ["stencil", "", "Spread", "trustmark2:q", "../spread"])
def test_an_unknown_one_is_refused_with_what_there_is(settings, store, uri):
    with pytest.raises(ConfigError, match="no watermark codec") as refused:
        codec_of(uri, settings, store)
    assert refused.value.hint == "use one of spread, trustmark:q, trustmark:p, trustmark:b, trustmark:c"


def test_a_plug_in_that_the_settings_allow_is_listed(settings, store):
    plugged = settings.model_copy(update={"plugins": ("watermarks/stencil", "editors/mesh")})
    with pytest.raises(ConfigError, match="no watermark codec") as refused:
        codec_of("mesh", plugged, store)
    assert refused.value.hint.endswith("trustmark:c, stencil")
    with pytest.raises(ConfigError, match="`stencil` for watermarks is not installed"):
        codec_of("stencil", plugged, store)


def test_another_version_is_refused(settings, store):
    with pytest.raises(ConfigError, match="ask for `spread:v1`, installed is version 2"):
        codec_of("spread:v1", settings, store)


@pytest.mark.parametrize("uri", ["spread", "spread:v2"])
def test_ours_is_always_there(settings, uri):
    require_codec(settings.model_copy(update={"watermark": uri}))


@pytest.mark.skipif(installed(), reason="the extra `trustmark` is installed")
def test_without_its_extra_the_other_one_is_refused_and_ours_still_read(settings, store):
    chosen = settings.model_copy(update={"watermark": "trustmark:q"})
    with pytest.raises(BackendError, match="trustmark is not installed"):
        require_codec(chosen)
    assert [one.name for one in readers(chosen, store)] == ["spread"]
