"""TrustMark behind the codec's port: refused without its package; with it, run on weights that are made here."""

import importlib.util
import socket

import numpy as np
import pytest
import torch
from open_marks import PLAIN, UNTRAINED, installed, package_with

from countenance.adapters.watermarks import trustmark as adapter
from countenance.adapters.watermarks.trustmark import build
from countenance.core import payload
from countenance.core.payload import TRUSTMARK
from countenance.errors import BackendError, ConfigError, UncheckedError, UnsupportedMediaError

KEY, MARK = b"check key of the unit tests", "0123456789"
with_package = pytest.mark.skipif(not installed(), reason="the extra `trustmark` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # what the package and what it needs say about themselves


def test_without_the_package_it_is_refused_and_says_what_to_install(monkeypatch):
    monkeypatch.setattr(adapter, "find_spec", lambda name: None)
    with pytest.raises(BackendError, match="trustmark is not installed") as refused:
        build(None, "q")
    assert "countenance[trustmark]" in refused.value.hint


def test_without_its_models_it_is_refused_and_nothing_is_fetched(tmp_path, monkeypatch):
    (tmp_path / "trustmark" / "models").mkdir(parents=True)
    (tmp_path / "trustmark" / "__init__.py").write_text("raise AssertionError('imported')\n")
    spec = importlib.util.spec_from_file_location("trustmark", tmp_path / "trustmark" / "__init__.py")
    monkeypatch.setattr(adapter, "find_spec", lambda name: spec)
    with pytest.raises(BackendError, match="the models of trustmark:p are not here") as refused:
        build(None, "p")
    assert "TrustMark(model_type='P', loadRemover=False)" in refused.value.hint
    (tmp_path / "trustmark" / "models" / "encoder_P.ckpt").write_bytes(b"")
    with pytest.raises(BackendError, match="are not here"):
        build(None, "p")


@pytest.mark.parametrize("version", ["x", "Q", "2", "../q"])
def test_another_variant_is_refused(version):
    with pytest.raises(ConfigError, match="no variant") as refused:
        build(None, version)
    assert refused.value.hint == "use one of trustmark:q, trustmark:p, trustmark:b, trustmark:c"


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((100, 200), 2.0, (0, 100, 0, 200)),
        ((100, 202), 2.0, (0, 100, 51, 151)),
        ((202, 100), 2.0, (51, 151, 0, 100)),
        ((100, 101), 0.0, (0, 100, 0, 100)),
        ((90, 90), 0.0, (0, 90, 0, 90)),
    ],
)
def test_long_pictures_carry_it_in_their_centre_square(size, longest, expected):
    rows, columns = adapter._area(*size, longest)
    assert (rows.start, rows.stop, columns.start, columns.stop) == expected


def test_the_residual_is_enlarged_as_torch_does_and_feathered():
    image, residual = torch.full((3, 600, 300), 0.5), torch.randn(1, 3, 256, 256) * 0.01
    out = torch.empty_like(image)
    adapter._add(image, residual, 3, 65535, out)
    wanted = torch.nn.functional.interpolate(residual, (600, 300), mode="bilinear")[0]
    assert (out - image - wanted)[:, 3:-3, 3:-3].abs().max() < 2 / 65535
    assert (out - image - wanted / 3)[:, 0, 3:-3].abs().max() < 2 / 65535
    assert torch.equal((out * 65535).round() / 65535, out)


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def codec(tmp_path, monkeypatch, offline):
    package_with(tmp_path, monkeypatch, PLAIN)
    return build(None, "q")


@pytest.fixture
def pixels():
    noise = torch.randn(1, 3, 40, 50, generator=torch.Generator().manual_seed(1))
    smooth = torch.nn.functional.interpolate(noise, (480, 600), mode="bicubic").mul(0.1).add(0.5).clamp(0, 1)
    return (smooth * 65535).round() / 65535


@with_package
@pytest.mark.parametrize("levels", [255, 65535])
def test_what_is_embedded_is_read_in_the_pictures_own_depth(codec, pixels, levels):
    given = (pixels * levels).round() / levels
    coded = payload.encode_text(MARK, KEY)
    marked = codec.embed(given, coded, b"", seed=1, levels=levels)
    assert torch.equal(marked, codec.embed(given, coded, b"another key", seed=1, levels=levels))
    assert marked.shape == given.shape
    assert torch.equal((marked * levels).round() / levels, marked)
    assert len(torch.unique((marked * levels).round())) > (150 if levels == 255 else 10_000)
    (word,) = codec.candidates(marked, b"", deep=False)
    assert (payload.open_text(word.info, KEY), word.path) == (MARK, "unframed")
    assert word.certainty_permille > 990
    assert codec.open_words(marked) == (codec.written(word.info),)
    turned = marked.rot90(1, (-2, -1))
    assert not list(codec.candidates(turned, b"", deep=False))
    assert [payload.open_text(one.info, KEY) for one in codec.candidates(turned, b"", deep=True)] == [MARK]
    assert list(codec.candidates(given, b"", deep=True)) == []
    assert codec.open_words(given) == ()


@with_package
def test_variant_p_marks_the_centre_square_alone(tmp_path, monkeypatch, offline, pixels):
    package_with(tmp_path, monkeypatch, PLAIN, "P")
    codec, given = build(None, "p"), (pixels * 255).round() / 255
    marked = codec.embed(given, payload.encode_text(MARK, KEY), b"", seed=1)
    assert torch.equal(marked[..., :60], given[..., :60])
    assert torch.equal(marked[..., 540:], given[..., 540:])
    assert not torch.equal(marked[..., 60:540], given[..., 60:540])
    (word,) = codec.candidates(marked, b"", deep=False)
    assert (payload.open_text(word.info, KEY), codec.algorithm_of(word.info)) == (MARK, "com.adobe.trustmark.P")


@with_package
def test_it_says_what_it_is(codec, pixels):
    assert (codec.algorithm, codec.payload, codec.keyed, codec.version) == (
        "com.adobe.trustmark.Q", TRUSTMARK, False, "q",
    )  # fmt: skip
    assert set(codec.weights) == {"trustmark/encoder_Q.ckpt", "trustmark/decoder_Q.ckpt"}
    assert all(one.startswith("sha256:") for one in codec.weights.values())
    with pytest.raises(UncheckedError, match="does not tell where"):
        codec.presence(pixels, b"", ())
    with pytest.raises(UnsupportedMediaError):
        list(codec.candidates(pixels[..., :20], b"", deep=False))


@with_package
def test_the_package_s_own_networks_run_silently_and_untrained_give_no_mark(
    tmp_path, monkeypatch, offline, pixels, capfd
):
    package_with(tmp_path, monkeypatch, UNTRAINED)
    capfd.readouterr()
    codec = build(None)
    given = (pixels * 255).round() / 255
    marked = codec.embed(given, payload.encode_text(MARK, KEY), b"", seed=1)
    assert marked.shape == given.shape
    assert all(payload.open_text(one.info, KEY) is None for one in codec.candidates(marked, b"", deep=True))
    assert capfd.readouterr().out == ""


@with_package
def test_another_file_in_the_place_of_the_weights_is_not_loaded(tmp_path, monkeypatch, offline, pixels):
    models = package_with(tmp_path, monkeypatch, PLAIN)
    torch.save({"state_dict": {}}, models / "decoder_Q.ckpt")
    with pytest.raises(BackendError, match=r"`decoder_Q\.ckpt` is not the file that trustmark names"):
        list(build(None).candidates(pixels, b"", deep=False))


@with_package
@pytest.mark.parametrize(
    ("state", "said"),
    [({"state_dict": {}}, "lacks weights"), ({"state_dict": adapter._Variant("Q")}, "cannot be loaded")],
)
def test_only_tensors_are_loaded_and_all_of_them(tmp_path, monkeypatch, offline, pixels, state, said):
    models = package_with(tmp_path, monkeypatch, PLAIN)
    torch.save(state, models / "decoder_Q.ckpt")
    monkeypatch.setattr(adapter, "_digest", lambda path, kind: None)
    import trustmark.trustmark  # noqa: PLC0415

    monkeypatch.setattr(trustmark.trustmark, "MODEL_CHECKSUMS", {})
    with pytest.raises(BackendError, match=said):
        list(build(None).candidates(pixels, b"", deep=False))


@with_package
def test_a_network_that_would_be_fetched_is_refused(tmp_path, monkeypatch, offline, pixels):
    models = package_with(tmp_path, monkeypatch, PLAIN)
    plan = models / "trustmark_Q.yaml"
    plan.write_text(
        plan.read_text().replace("params: {}}\n    discriminator", "params: {arch: resnext50}}\n    discriminator")
    )
    assert "resnext50" in plan.read_text()
    monkeypatch.setattr(adapter, "_digest", lambda path, kind: None)
    import trustmark.trustmark  # noqa: PLC0415

    monkeypatch.setattr(trustmark.trustmark, "MODEL_CHECKSUMS", {})
    with pytest.raises(BackendError, match="would be fetched: resnext50"):
        list(build(None).candidates(pixels, b"", deep=False))


@with_package
def test_its_own_layer_carries_our_word_and_mends_five_errors():
    from trustmark.datalayer import DataLayer  # noqa: PLC0415

    layer = DataLayer(100, verbose=False, encoding_mode=1)
    generator = np.random.default_rng(5)
    for number in generator.integers(0, 1 << 40, 50):
        word = payload.encode(int(number), KEY, TRUSTMARK)
        packet = layer.encode_binary(["".join(map(str, word))])[0]
        packet[generator.choice(96, 5, replace=False)] += 1
        data, found, encoding = layer.decode_bitstream(packet[None] % 2, MODE="binary")[0]
        assert (found, encoding) == (True, 1)
        assert payload.open_text(tuple(map(int, data)), KEY) == f"{number:010x}"


@with_package
def test_its_layer_takes_chance_for_a_word_as_often_as_counting_says():
    from trustmark.datalayer import DataLayer  # noqa: PLC0415

    layer = DataLayer(100, verbose=False, encoding_mode=1)
    packets = np.random.default_rng(9).integers(0, 2, (3000, 100))
    packets[:, -2:] = (0, 1)
    taken = sum(found for _, found, _ in layer.decode_bitstream(packets, MODE="binary"))
    assert taken <= 17  # 5.6 are expected
