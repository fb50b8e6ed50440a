"""Procedural pictures to train on: dead leaves, gradients, textures, shaded bodies. They show no person.

Dead leaves (opaque shapes of power-law size, one over another) have the edges and scale-invariance of natural pictures:
A. B. Lee, D. Mumford, J. Huang, *Occlusion models for natural images*, Int. J. Computer Vision 41, 2001. Flat skies and
smooth skin are where a mark is seen and read worst, so a third of the pictures is smooth.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
_SHAPES = 260


def picture(seed: int, side_px: int) -> Picture:
    """One picture, side x side x 3, RGB: the same seed gives the same picture."""
    rng = np.random.default_rng(seed)
    kinds = (_dead_leaves, _dead_leaves, _gradient, _body, _texture)
    drawn = kinds[seed % len(kinds)](rng, side_px)
    return np.clip(_developed(rng, drawn), 0, 255).round().astype(np.uint8)


def noise_field(rng: np.random.Generator, side_px: int, slope: float) -> Field:
    """Gaussian noise whose amplitude falls with frequency to the power of `slope`; unit deviation."""
    axis = np.fft.fftfreq(side_px)
    radius = np.hypot(axis[:, None], axis[None]) + 1 / side_px
    spectrum = np.fft.fft2(rng.standard_normal((side_px, side_px))) / radius**slope
    field = np.fft.ifft2(spectrum).real
    return ((field - field.mean()) / (field.std() + 1e-9)).astype(np.float32)


def _colour(rng: np.random.Generator) -> Field:
    """A colour of natural saturation: grey with a little hue."""
    grey = rng.uniform(10, 245)
    return (grey + rng.normal(0, 28, 3)).clip(0, 255).astype(np.float32)


def _dead_leaves(rng: np.random.Generator, side_px: int) -> Field:
    drawn = np.empty((side_px, side_px, 3), np.float32)
    drawn[:] = _colour(rng)
    grain = noise_field(rng, side_px, rng.uniform(0.4, 1.4))[..., None]
    for _ in range(_SHAPES):
        radius = 4 * (1 - rng.random()) ** (-1 / 2) * side_px / 256  # density of radii falls as r^-3
        centre = tuple(int(v) for v in rng.integers(0, side_px, 2))
        axes = (max(1, int(min(radius, side_px / 2))), max(1, int(min(radius * rng.uniform(0.3, 1), side_px / 2))))
        mask = np.zeros((side_px, side_px), np.float32)
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1, cv2.LINE_AA)
        light = _colour(rng) + grain * rng.exponential(9)
        drawn += (light - drawn) * mask[..., None]
    return drawn


def _gradient(rng: np.random.Generator, side_px: int) -> Field:
    corners = np.stack([_colour(rng) for _ in range(9)]).reshape(3, 3, 3)
    drawn = cv2.resize(corners, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return drawn + noise_field(rng, side_px, rng.uniform(0, 1.6))[..., None] * np.float32(rng.exponential(1.5))


def _texture(rng: np.random.Generator, side_px: int) -> Field:
    light = noise_field(rng, side_px, rng.uniform(0.5, 1.8))[..., None] * np.float32(rng.uniform(8, 50))
    tint = noise_field(rng, side_px, 1.8)[..., None] * rng.normal(0, 12, 3).astype(np.float32)
    return _colour(rng) + light + tint


def _body(rng: np.random.Generator, side_px: int) -> Field:
    """A smooth shaded ellipsoid before a blurred ground: what skin and a backdrop are to a mark."""
    ground = cv2.GaussianBlur(_dead_leaves(rng, side_px), (0, 0), float(rng.uniform(4, 20)))
    axis = np.linspace(-1, 1, side_px, dtype=np.float32)
    across, down = rng.uniform(0.4, 0.8), rng.uniform(0.5, 1.0)
    inside = 1 - ((axis[None] - rng.uniform(-0.2, 0.2)) / across) ** 2 - ((axis[:, None]) / down) ** 2
    cover = 1 / (1 + np.exp(-np.clip(inside * 30, -30, 30)))
    shade = 0.6 + 0.4 * np.sqrt(np.clip(inside, 0, 1)) + 0.2 * axis[None] * rng.uniform(-1, 1)
    skin = rng.uniform((150, 90, 60), (240, 200, 175)).astype(np.float32) * shade[..., None]
    skin += noise_field(rng, side_px, 0.7)[..., None] * np.float32(rng.uniform(0.5, 4))
    return (ground * (1 - cover[..., None]) + skin * cover[..., None]).astype(np.float32)


def _developed(rng: np.random.Generator, drawn: Field) -> Field:
    """As a camera would: a curve, a grain that follows the light, sometimes sharpened or blurred."""
    bounded = np.clip(drawn, 0, 255) / 255
    curved = bounded ** np.exp(rng.uniform(-0.4, 0.4)) * 255
    if rng.random() < 0.4:
        blurred = cv2.GaussianBlur(curved, (0, 0), float(rng.uniform(0.6, 2)))
        curved = blurred if rng.random() < 0.5 else curved + (curved - blurred) * rng.uniform(0.2, 1)
    grain = rng.standard_normal((*curved.shape[:2], 1 if rng.random() < 0.5 else 3))
    return (curved + grain * rng.exponential(1.8) * np.sqrt(np.clip(curved, 4, 255) / 128)).astype(np.float32)
