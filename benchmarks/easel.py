"""A picture to draw on in the coordinates of its face, for `covers.py` and `bare.py`."""

from collections.abc import Callable

import cv2
import numpy as np

Picture = np.ndarray
SHIFT = 4


class Easel:
    """A picture (h, w, 3, 0 to 255, float) with face coordinates: origin between the eyes, unit their distance."""

    def __init__(self, picture: Picture, landmarks: np.ndarray, seed: int) -> None:
        self.picture = picture.astype(np.float32).copy()
        self.mesh = landmarks
        self.points = landmarks[:, :2]
        right, left = (self.points[list(pair)].mean(0) for pair in ((33, 133), (263, 362)))
        self.unit = float(np.linalg.norm(left - right))
        self.across = (left - right) / self.unit
        self.down = np.array([-self.across[1], self.across[0]])
        self.origin = (left + right) / 2
        self.rng = np.random.default_rng(seed)

    def at(self, places: np.ndarray) -> np.ndarray:
        """Face coordinates (x to the picture's right, y down) to px."""
        places = np.asarray(places, float)
        return self.origin + self.unit * (places[..., :1] * self.across + places[..., 1:] * self.down)

    def mouth(self) -> np.ndarray:
        return self.local(self.points[[0, 17]].mean(0))

    def local(self, px: np.ndarray) -> np.ndarray:
        away = (np.asarray(px) - self.origin) / self.unit
        return np.array([away @ self.across, away @ self.down])

    def blank(self) -> np.ndarray:
        return np.zeros(self.picture.shape[:2], np.uint8)

    def line(self, mask: np.ndarray, places: np.ndarray, width: float, *, closed: bool = False) -> None:
        px = np.round(self.at(places) * 2**SHIFT).astype(np.int32)
        cv2.polylines(mask, [px], closed, 255, max(1, round(width * self.unit)), cv2.LINE_AA, SHIFT)

    def fill(self, mask: np.ndarray, places: np.ndarray) -> None:
        cv2.fillPoly(mask, [np.round(self.at(places) * 2**SHIFT).astype(np.int32)], 255, cv2.LINE_AA, SHIFT)

    def lay(self, mask: np.ndarray, colour: np.ndarray, alpha: float = 1.0, grain: float = 2.0) -> None:
        x, y, width, height = cv2.boundingRect(mask)
        area = np.s_[max(0, y - 3) : y + height + 3, max(0, x - 3) : x + width + 3]
        share = cv2.GaussianBlur(mask[area].astype(np.float32), (0, 0), 0.6)[..., None] / 255 * alpha
        noise = self.rng.normal(0, grain, share.shape)
        self.picture[area] += share * (np.asarray(colour, np.float32) + noise - self.picture[area])

    def skin(self) -> np.ndarray:
        patches = [
            self.picture[int(b) - 4 : int(b) + 5, int(a) - 4 : int(a) + 5].reshape(-1, 3)
            for a, b in self.points[[50, 280, 151]]
        ]
        return np.median(np.concatenate(patches), 0)


Draw = Callable[[Easel], None]


def hair_colour(easel: Easel) -> np.ndarray:
    return np.array(
        [[25, 20, 18], [60, 40, 28], [110, 80, 50], [165, 135, 90], [90, 45, 25]][easel.rng.integers(5)], float
    )


def drawn(picture: Picture, landmarks: np.ndarray, draw: Draw, seed: int) -> Picture:
    """The picture with something drawn on it, 8 bit."""
    easel = Easel(picture, landmarks, seed)
    draw(easel)
    return np.clip(np.round(easel.picture), 0, 255).astype(np.uint8)
