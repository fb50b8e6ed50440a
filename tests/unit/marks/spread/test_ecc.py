import pytest
import torch

from countenance.core import payload
from countenance.marks.spread.ecc import LIST_SIZE, decode


@pytest.fixture
def soft(coded: tuple[int, ...]) -> torch.Tensor:
    return torch.tensor(coded) * 2.0 - 1.0


def test_clean_values_give_the_word_first(soft: torch.Tensor, coded: tuple[int, ...]) -> None:
    words = decode(soft)
    assert words[0].info == coded[: payload.INFO_BITS]
    assert words[0].metric == 0
    assert [word.metric for word in words] == sorted(word.metric for word in words)
    assert len(words) <= LIST_SIZE


def test_two_strong_errors_are_mended(soft: torch.Tensor, coded: tuple[int, ...]) -> None:
    soft[[20, 60]] *= -3
    assert decode(soft)[0].info == coded[: payload.INFO_BITS]


def test_twelve_weak_errors_are_mended(soft: torch.Tensor, coded: tuple[int, ...]) -> None:
    wrong = torch.arange(3, 99, 8)
    soft[wrong] *= -0.2
    assert decode(soft)[0].info == coded[: payload.INFO_BITS]


def test_noise_is_mended_far_beyond_the_hard_limit(soft: torch.Tensor, coded: tuple[int, ...]) -> None:
    found = 0
    for seed in range(20):
        noisy = soft + 0.6 * torch.randn(100, generator=torch.Generator().manual_seed(seed))
        found += coded[: payload.INFO_BITS] in [word.info for word in decode(noisy)]
    assert found >= 18


def test_only_proportions_count(soft: torch.Tensor) -> None:
    noisy = soft + 0.5 * torch.randn(100, generator=torch.Generator().manual_seed(5))
    assert [w.info for w in decode(noisy)] == [w.info for w in decode(noisy * 1e-3)]


def test_every_word_is_a_code_word_at_its_distance() -> None:
    soft = torch.randn(100, generator=torch.Generator().manual_seed(6))
    rows = payload.generator_rows()
    for word in decode(soft):
        total = 0
        for bit, row in zip(word.info, rows, strict=True):
            total ^= row * bit
        bits = torch.tensor([total >> (99 - i) & 1 for i in range(100)], dtype=torch.bool)
        disagreeing = soft.abs()[bits != (soft > 0)].sum() / soft.abs().sum()
        assert word.metric == pytest.approx(disagreeing.item(), abs=1e-5)


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_nothing_gives_nothing(value: float) -> None:
    assert decode(torch.full((100,), value)) == []
