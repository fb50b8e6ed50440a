"""The U-Net of `countenance.marks.spread.estimator` as it is trained: with batch normalisation and gradients.

Names of parameters are those that the estimator reads.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from countenance.marks.spread.tile import GAIN_BANDS

_CONFIDENT = 1e-3


def _step(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.SiLU())


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.a = _step(width, width)
        self.b = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.silu(x + self.b(self.a(x)))


class Network(nn.Module):
    """n 3 h w on the working grid, Y'CbCr in [-1, 1], sides multiples of 8; to the estimated pattern n 1 h w."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _step(3, 24)
        self.d1 = nn.Sequential(_step(24, 48, 2), _Block(48))
        self.d2 = nn.Sequential(_step(48, 96, 2), _Block(96))
        self.d3 = nn.Sequential(_step(96, 128, 2), _Block(128), _Block(128))
        self.u2, self.r2 = _step(128, 96), _Block(96)
        self.u1, self.r1 = _step(96, 48), _Block(48)
        self.u0, self.f0 = _step(48, 24), _step(48, 24)
        self.out = nn.Conv2d(24, 1, 3, padding=1)
        self.lg, self.dg = nn.Parameter(torch.zeros(GAIN_BANDS)), nn.Parameter(torch.zeros(GAIN_BANDS))
        self.sc = nn.Parameter(torch.tensor(0.0))
        nn.init.normal_(self.out.weight, std=_CONFIDENT)

    def forward(self, x: Tensor) -> Tensor:
        stem = self.stem(x)
        half = self.d1(stem)
        quarter = self.d2(half)
        eighth = self.d3(quarter)
        quarter = self.r2(self.u2(_doubled(eighth)) + quarter)
        half = self.r1(self.u1(_doubled(quarter)) + half)
        return self.out(self.f0(torch.cat([self.u0(_doubled(half)), stem], 1)))


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def gains(logarithm: Tensor) -> Tensor:
    """The gains of the bands: bounded, so that none dies."""
    return torch.exp(0.8 * torch.tanh(logarithm))
