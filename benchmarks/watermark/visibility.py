"""How near a change comes to being seen where a picture is flat, by a published model of what eyes can see.

The standard observer of A. B. Watson and A. J. Ahumada, *A standard model for foveal detection of spatial contrast*,
Journal of Vision 5(9):6, 2005, fitted to thresholds of 16 people (ModelFest): contrast, filtered by the eye's
sensitivity to fine and coarse detail, summed over the part of a degree that is looked at. 1 is the threshold.

Stricter than the model: no direction is seen worse than another, and nothing in the picture hides anything. Its
thresholds were measured with short looks at 30 cd/m2; the light of the screen is taken into account by the ratio that
P. G. J. Barten gives, *Formula for the contrast sensitivity of the human eye*, Proc. SPIE 5294, 2004. A long look,
to and fro between two pictures, sees more than either says.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

PX_PER_DEGREE = (24, 47, 94)
"""The CSS reference pixel (W3C, *CSS Values and Units*: 1/96 inch at 28 inches) from half, whole and twice as far."""

_GAIN, _F0, _F1, _A, _P = 373.08, 4.1726, 1.3625, 0.8493, 0.7786
_BETA, _APERTURE_DEGREES = 2.4081, 0.6273
_LUMA = np.array([0.2126, 0.7152, 0.0722])  # of linear light: Rec. ITU-R BT.709
_VEIL = 0.2 / 80  # light on a black screen over white: IEC 61966-2-1, reference display
_WHITE_CD_M2, _MEASURED_CD_M2 = 250.0, 30.0  # a bright screen; the screen of ModelFest
_FIELD_DEGREES = 2.0
FLATTEST_PERCENT, _NEAR_PX = 10, 9
_CLIPPED = (1, 254)


def sensitivity(cycles_per_degree: Plane) -> Plane:
    """Return the inverse of the contrast that is just seen: a difference of two hyperbolic secants."""
    slow = 1 / np.cosh(cycles_per_degree / _F1)
    return np.asarray(_GAIN * (1 / np.cosh((cycles_per_degree / _F0) ** _P) - _A * slow), np.float32)


def brightened(cycles_per_degree: Plane, cd_m2: float) -> Plane:
    """Return how many times as well a grating is seen by that much light as by the light of ModelFest."""

    def seen(light_cd_m2: float) -> Plane:
        per_degree = np.maximum(cycles_per_degree, 0.1)
        bound = 63 / light_cd_m2**0.83 + 1 / (1 - np.exp(-0.02 * per_degree**2))
        field = 1 + 144 / _FIELD_DEGREES**2 + 0.64 * per_degree**2
        eye = 5200 * np.exp(-0.0016 * per_degree**2 * (1 + 100 / light_cd_m2) ** 0.08)
        return np.asarray(eye / np.sqrt(field * bound), np.float32)

    return seen(cd_m2) / seen(_MEASURED_CD_M2)


def light(levels: NDArray[Any]) -> Plane:
    """Return the light that the reference display of sRGB gives, white 1, for levels of 255 (h w 3)."""
    value = levels.astype(np.float32) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(_VEIL + (1 - _VEIL) * (linear @ _LUMA), np.float32)


def response(before: Plane, after: Plane, px_per_degree: float) -> Plane:
    """Return, for each place that may be looked at, the change there in units of its threshold.

    Args:
        before: h w, light.
        after: h w, light.
        px_per_degree: of visual angle.
    """
    contrast = (after - before) / _blurred(before, _APERTURE_DEGREES * px_per_degree)
    reach = int(2 * _APERTURE_DEGREES * px_per_degree)
    wide = cv2.copyMakeBorder(contrast, reach, reach, reach, reach, cv2.BORDER_REFLECT)
    down, across = np.fft.fftfreq(wide.shape[0])[:, None], np.fft.rfftfreq(wide.shape[1])
    waves = (np.hypot(down, across) * px_per_degree).astype(np.float32)
    eye = sensitivity(waves) * brightened(waves, float(np.median(before)) * _WHITE_CD_M2)
    seen = np.fft.irfft2(np.fft.rfft2(wide) * eye, wide.shape)
    seen = seen[reach : reach + contrast.shape[0], reach : reach + contrast.shape[1]]
    sigma = _APERTURE_DEGREES / np.sqrt(_BETA)  # of the aperture to the power of beta
    summed = _blurred((np.abs(seen) ** _BETA).astype(np.float32), sigma * px_per_degree) * (2 * np.pi * sigma**2)
    return np.asarray(summed ** (1 / _BETA), np.float32)


def unevenness(levels: NDArray[Any], px_per_degree: float) -> Plane:
    """Return the usual deviation from the near surroundings, in levels, over all that is looked at at each place."""
    grey = levels.astype(np.float32).mean(2)
    mean = cv2.blur(grey, (_NEAR_PX, _NEAR_PX))
    power = np.maximum(cv2.blur(grey * grey, (_NEAR_PX, _NEAR_PX)) - mean * mean, 0)
    power[(mean < _CLIPPED[0]) | (mean > _CLIPPED[1])] = np.square(255)
    return np.asarray(np.sqrt(_blurred(power, _APERTURE_DEGREES / np.sqrt(_BETA) * px_per_degree)), np.float32)


def greatest_in_flat(before: NDArray[Any], after: NDArray[Any], px_per_degree: float) -> float:
    """Return the greatest response to a change (levels of 255, h w 3) in the flattest tenth of the picture."""
    uneven = unevenness(before, px_per_degree)
    places = uneven <= np.percentile(uneven, FLATTEST_PERCENT)
    return float(response(light(before), light(after), px_per_degree)[places].max())


def _blurred(plane: Plane, sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT), np.float32)
