"""Random attacks whose geometry is known: the network learns to read through them, never to find where the mark lies.

Every function takes and gives a batch n 3 h w in [0, 1] and draws from torch's global generator, which `train` seeds.
What has no gradient (rounding, quantisation) passes it straight through.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

# ITU-T T.81, annex K: the quantisation tables that most encoders scale.
_LUMA = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29),
    *(51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121),
    *(120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
_TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
_MOST_TURN_DEG = 12.0
_HEAVILY = 0.3  # of the JPEGs: qualities that nobody would choose and many sites do
Affine = Tensor
"""n 2 3, from places in the attacked picture to places in the original, both in [-1, 1]."""


def attacked(x: Tensor, strength: float) -> tuple[Tensor, Affine]:
    """The pictures after a random chain of attacks, and the geometry of it. `strength` grows from 0 to 1."""
    geometry = torch.eye(3, device=x.device)[None, :2].repeat(len(x), 1, 1)
    if _chance(0.1):
        return x, geometry
    if _chance(0.5):
        x, geometry = _moved(x, strength)
    for _ in range(2):
        if _chance(0.5):
            x = _photographic(x, strength)
    if _chance(0.4):
        x = _resized(x, strength)
    if _chance(0.7):
        heavily = _chance(_HEAVILY) and strength == 1
        x = jpeg(x, _uniform(len(x), 8, 35) if heavily else _uniform(len(x), 96 - 61 * strength, 97))
    return _straight_through(x, (x.clamp(0, 1) * 255).round() / 255), geometry


def jpeg(x: Tensor, quality: Tensor) -> Tensor:
    """Quantise as JPEG does, colour halved: the same loss without the file."""
    with torch.no_grad():
        height, width = x.shape[-2:]
        padded = functional.pad((x.clamp(0, 1) * 255).round(), (0, -width % 16, 0, -height % 16), mode="replicate")
        to_ycc = torch.tensor(_TO_YCC, device=x.device)
        ycc = torch.einsum("ij,njhw->nihw", to_ycc, padded)
        scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality).view(-1, 1, 1)
        table = torch.tensor(_LUMA, device=x.device, dtype=x.dtype).view(1, 8, 8)
        steps = ((table * scale + 50) / 100).floor().clamp(1, 255)
        luma = _quantised(ycc[:, :1] - 128, steps) + 128
        chroma = _quantised(functional.avg_pool2d(ycc[:, 1:], 2), (steps * 1.4).clamp(1, 255))
        chroma = functional.interpolate(chroma, scale_factor=2.0, mode="bilinear", align_corners=False)
        rgb = torch.einsum("ij,njhw->nihw", torch.linalg.inv(to_ycc), torch.cat([luma, chroma], 1))
        lossy = rgb[..., :height, :width].clamp(0, 255).round() / 255
    return _straight_through(x, lossy)


def _quantised(plane: Tensor, steps: Tensor) -> Tensor:
    count, channels, height, width = plane.shape
    k = torch.arange(8, device=plane.device)
    basis = torch.cos(math.pi * (2 * k[None] + 1) * k[:, None] / 16) * math.sqrt(2 / 8)
    basis[0] /= math.sqrt(2)
    blocks = plane.view(count, channels, height // 8, 8, width // 8, 8).permute(0, 1, 2, 4, 3, 5)
    coefficients = basis @ blocks @ basis.T
    step = steps.view(count, 1, 1, 1, 8, 8)
    restored = basis.T @ ((coefficients / step).round() * step) @ basis
    return restored.permute(0, 1, 2, 4, 3, 5).reshape(count, channels, height, width)


def _moved(x: Tensor, strength: float) -> tuple[Tensor, Affine]:
    """Crops, stretches and turns, sampled from the original."""
    count, device = len(x), x.device
    if _chance(0.6):
        share = _uniform(count, 1 - 0.86 * strength, 1).sqrt()
        wide, high = share, share
        right, down = _uniform(count, -1, 1) * (1 - wide), _uniform(count, -1, 1) * (1 - high)
    else:
        zoom, stretch = _uniform(count, -0.15, 0.2) * strength, _uniform(count, -0.12, 0.12) * strength
        wide, high = (zoom + stretch).exp(), (zoom - stretch).exp()
        right, down = _uniform(count, -0.15, 0.15) * strength, _uniform(count, -0.15, 0.15) * strength
    turned = _uniform(count, -1, 1) * math.radians(_MOST_TURN_DEG) * strength * float(_chance(0.5))
    cosine, sine, ratio = turned.cos(), turned.sin(), x.shape[-1] / x.shape[-2]
    rows = [torch.stack([wide * cosine, -high * sine / ratio, right], 1)]
    rows.append(torch.stack([wide * sine * ratio, high * cosine, down], 1))
    geometry = torch.stack(rows, 1).to(device)
    grid = functional.affine_grid(geometry, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, mode="bilinear", align_corners=False).clamp(0, 1), geometry


def _photographic(x: Tensor, strength: float) -> Tensor:
    """Light, colour, blur, noise, a median, or a part replaced."""
    count = len(x)
    kind = int(torch.randint(0, 8, ()).item())
    amount = _uniform(count, -1, 1).view(-1, 1, 1, 1) * strength
    if kind == 0:
        x = (x - 0.5) * (0.4 * amount).exp() + 0.5 + 0.15 * amount.flip(0)
    elif kind == 1:
        x = x.clamp(1e-3, 1) ** (0.45 * amount).exp()
    elif kind == 2:
        grey = x.mean(1, keepdim=True)
        x = grey + (x - grey) * (1 + 0.9 * amount)
    elif kind == 3:
        x = _blurred(x, 0.3 + 2.7 * strength * float(torch.rand(())) ** 1.5)
    elif kind == 4:
        x = x + torch.randn_like(x) * 0.05 * amount.abs()
    elif kind == 5:
        x = x + (x - _blurred(x, 0.9)) * 1.5 * amount.abs()
    elif kind == 6:
        x = _replaced(x, strength)
    else:
        x = _median(x, 3 + 2 * int(torch.randint(0, 2, ())))
    return x.clamp(0, 1)


def _replaced(x: Tensor, strength: float) -> Tensor:
    """An ellipse of another picture of the batch, over a part of each."""
    count, _, height, width = x.shape
    down = torch.linspace(-1, 1, height, device=x.device).view(1, 1, -1, 1)
    across = torch.linspace(-1, 1, width, device=x.device).view(1, 1, 1, -1)
    centre = [_uniform(count, -0.6, 0.6).view(-1, 1, 1, 1) for _ in range(2)]
    radius = [_uniform(count, 0.1, 0.1 + 0.5 * strength).view(-1, 1, 1, 1) for _ in range(2)]
    inside = torch.sigmoid((1 - ((across - centre[0]) / radius[0]) ** 2 - ((down - centre[1]) / radius[1]) ** 2) * 12)
    return x * (1 - inside) + x.detach().roll(1, 0) * inside


def _resized(x: Tensor, strength: float) -> Tensor:
    low, high = math.log(1 - 0.7 * strength), math.log(1 + 0.4 * strength)
    factor = math.exp(low + (high - low) * float(torch.rand(())))
    size = [max(96, round(side * factor)) for side in x.shape[-2:]]
    return functional.interpolate(x, size, mode="bicubic", antialias=factor < 1, align_corners=False).clamp(0, 1)


def _median(x: Tensor, side: int) -> Tensor:
    """The median of each square, of every other row and column of it where it is a large one: nearly as strong."""
    half, step = side // 2, 1 if side == 3 else 2
    padded = functional.pad(x, (half,) * 4, mode="replicate")
    height, width = x.shape[-2:]
    near = [
        padded[..., down : down + height, across : across + width]
        for down in range(0, side, step)
        for across in range(0, side, step)
    ]
    return torch.stack(near).median(0).values


def _blurred(x: Tensor, sigma_px: float) -> Tensor:
    reach = math.ceil(2.5 * sigma_px)
    offsets = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-(offsets**2) / (2 * sigma_px**2))
    kernel = (kernel / kernel.sum()).repeat(3, 1, 1, 1)
    x = functional.conv2d(functional.pad(x, (reach, reach, 0, 0), mode="replicate"), kernel, groups=3)
    padded = functional.pad(x, (0, 0, reach, reach), mode="replicate")
    return functional.conv2d(padded, kernel.transpose(2, 3), groups=3)


def _straight_through(x: Tensor, changed: Tensor) -> Tensor:
    return x + (changed - x).detach()


def _uniform(count: int, low: float, high: float) -> Tensor:
    return torch.empty(count).uniform_(low, high)


def _chance(probability: float) -> bool:
    return bool(torch.rand(()) < probability)
