import pytest
import torch

from countenance.core import payload
from countenance.core.payload import V1, V2, Format
from countenance.marks.spread.ecc import LIST_SIZE, decode

ID = 0x2468ACE13
KEY = b"check key of the unit tests"


@pytest.fixture(params=[V1, V2], ids=["v1", "v2"])
def version(request: pytest.FixtureRequest) -> Format:
    return request.param


@pytest.fixture
def coded(version: Format) -> tuple[int, ...]:
    return payload.encode(ID, KEY, version)


@pytest.fixture
def soft(coded: tuple[int, ...]) -> torch.Tensor:
    return torch.tensor(coded) * 2.0 - 1.0


def test_clean_values_give_the_word_first(soft: torch.Tensor, coded: tuple[int, ...], version: Format) -> None:
    words = decode(soft, version)
    assert words[0].info == coded[: version.info_bits]
    assert words[0].metric == pytest.approx(0, abs=1e-12)
    assert [word.metric for word in words] == sorted(word.metric for word in words)
    assert len(words) <= LIST_SIZE


def test_two_strong_errors_are_mended(soft: torch.Tensor, coded: tuple[int, ...], version: Format) -> None:
    soft[[20, 60]] *= -3
    assert decode(soft, version)[0].info == coded[: version.info_bits]


def test_twelve_weak_errors_are_mended(soft: torch.Tensor, coded: tuple[int, ...], version: Format) -> None:
    wrong = torch.arange(3, 99, 8)
    soft[wrong] *= -0.2
    assert decode(soft, version)[0].info == coded[: version.info_bits]


def test_noise_is_mended_far_beyond_the_hard_limit(soft: torch.Tensor, coded: tuple[int, ...], version: Format) -> None:
    found = 0
    for seed in range(20):
        noisy = soft + 0.6 * torch.randn(len(soft), generator=torch.Generator().manual_seed(seed))
        found += coded[: version.info_bits] in [word.info for word in decode(noisy, version)]
    assert found >= 18


def test_only_proportions_count(soft: torch.Tensor, version: Format) -> None:
    noisy = soft + 0.5 * torch.randn(len(soft), generator=torch.Generator().manual_seed(5))
    assert [w.info for w in decode(noisy, version)] == [w.info for w in decode(noisy * 1e-3, version)]


def test_every_word_is_a_code_word_at_its_distance(version: Format) -> None:
    last = version.code_bits - 1
    soft = torch.randn(version.code_bits, generator=torch.Generator().manual_seed(6))
    rows = payload.generator_rows(version)
    for word in decode(soft, version):
        total = 0
        for bit, row in zip(word.info, rows, strict=True):
            total ^= row * bit
        bits = torch.tensor([total >> (last - i) & 1 for i in range(version.code_bits)], dtype=torch.bool)
        disagreeing = soft.abs()[bits != (soft > 0)].sum() / soft.abs().sum()
        assert word.metric == pytest.approx(disagreeing.item(), abs=1e-5)


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_nothing_gives_nothing(value: float, version: Format) -> None:
    assert decode(torch.full((version.code_bits,), value), version) == []
