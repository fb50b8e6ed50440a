"""Soft values to code words: ordered-statistics decoding of the payload's code.

M. P. C. Fossorier, S. Lin, *Soft-decision decoding of linear block codes based on ordered statistics*, IEEE Trans. Inf.
Theory 41, 1995: trust the most reliable independent bits, then try to flip one or two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from countenance.core.payload import Format, generator_rows
from countenance.marks.spread.tile import Soft

LIST_SIZE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A code word near the soft values."""

    info: tuple[int, ...]
    metric: float
    """Share of the soft weight that disagrees: 0 is perfect. No proof: noise has a word within 0.03 or so too."""


def decode(soft: Soft, version: Format) -> list[Word]:
    """Return four code words, nearest first; none where there is nothing to go by.

    Args:
        soft: one value a coded bit, positive for 1; only their proportions count.
        version: of the word.
    """
    values = soft.detach().cpu().double().nan_to_num()
    total = values.abs().sum().item()
    if not total:
        return []
    order: list[int] = torch.argsort(-values.abs(), stable=True).tolist()
    values = values[order]
    flips, pivots = _flips(order, version)
    nearest = (flips[1:][(values > 0)[pivots]].sum(0) % 2).bool()
    metric = _metrics(values / total, nearest, flips)
    best = torch.topk(metric.flatten(), LIST_SIZE, largest=False, sorted=True)
    words = [nearest ^ flips[k // len(flips)] ^ flips[k % len(flips)] for k in best.indices.tolist()]
    return [_word(word, order, value, version) for word, value in zip(words, best.values.tolist(), strict=True)]


def _flips(order: Sequence[int], version: Format) -> tuple[Bool[Tensor, "flips coded"], list[int]]:
    """Return what flipping none, or each, of the trusted bits does to a word, and the places of the trusted bits."""
    basis, pivots = _reliable_basis(order, version)
    last = version.code_bits - 1
    rows = [[row >> (last - i) & 1 for i in range(last + 1)] for row in (0, *basis)]
    return torch.tensor(rows, dtype=torch.bool), pivots


def _metrics(
    weights: Float[Tensor, "coded"], nearest: Bool[Tensor, "coded"], flips: Bool[Tensor, "flips coded"]
) -> Float[Tensor, "flips flips"]:
    """Return the share of the weight that disagrees with `nearest ^ flips[i] ^ flips[j]`; infinite where i, j repeats.

    With -1 and 1 for bits, xor is a product, so that all pairs come from one product of matrices.
    """
    signs = 1 - 2 * flips.double()
    agreeing = weights.abs() * (1 - 2 * (nearest ^ (weights > 0)).double())
    metric = ((1 - (signs * agreeing) @ signs.T) / 2).clamp_min(0)
    once = torch.ones_like(metric, dtype=torch.bool).triu(1)
    once[0, 0] = True
    return metric.masked_fill(~once, torch.inf)


def _reliable_basis(order: Sequence[int], version: Format) -> tuple[list[int], list[int]]:
    """Reduce the generator, columns sorted by reliability, so that the earliest independent columns are unit columns.

    Returns:
        One row for each information bit, as integers, and the column in which each of them alone has a one.
    """
    rows = [_permuted(row, order) for row in generator_rows(version)]
    pivots: list[int] = []
    for column in range(version.code_bits):
        mask = 1 << (version.code_bits - 1 - column)
        done = len(pivots)
        found = next((i for i in range(done, version.info_bits) if rows[i] & mask), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        pivot = rows[done]
        rows = [row ^ pivot if row & mask and i != done else row for i, row in enumerate(rows)]
        pivots.append(column)
        if len(pivots) == version.info_bits:
            break
    return rows, pivots


def _permuted(row: int, order: Sequence[int]) -> int:
    value = 0
    for index in order:
        value = value << 1 | (row >> (len(order) - 1 - index) & 1)
    return value


def _word(bits: Bool[Tensor, "coded"], order: Sequence[int], metric: float, version: Format) -> Word:
    straight = [0] * version.code_bits
    for index, bit in zip(order, bits.tolist(), strict=True):
        straight[index] = int(bit)
    return Word(info=tuple(straight[: version.info_bits]), metric=metric)
