"""The list of attacks on a mark, fixed on 2026-11-24 before mark version 2 was tuned: 34 mild ones and 41 harder ones.

`mild` is the list that mark version 1 was made with. `harder` holds what defeated it, and what nobody had tried. Every
attack takes a picture and gives one; what is random in it depends on the seed and the attack's name alone.
"""

import io
import math
import zlib
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

BICUBIC, LANCZOS = Image.Resampling.BICUBIC, Image.Resampling.LANCZOS
Attack = Callable[[Image.Image], Image.Image]
Noisy = Callable[[Image.Image, np.random.Generator], Image.Image]


def mild(other: Image.Image, seed: int) -> dict[str, Attack]:
    """The 34 attacks of version 1."""
    sharp = ImageFilter.UnsharpMask
    return _seeded(seed) | {
        "none": lambda p: p,
        **{f"jpeg {quality}": jpeg(quality) for quality in (90, 70, 50, 40)},
        **{f"webp {quality}": partial(saved, kind="WEBP", quality=quality) for quality in (80, 50)},
        "resize 0.5": sized(0.5, 0.5),
        "resize 0.4": sized(0.4, 0.4, LANCZOS),
        "resize 2": sized(2, 2),
        "resize 0.5, jpeg 70": then(sized(0.5, 0.5), jpeg(70)),
        "stretch 1.1": sized(1.1, 1),
        **{f"rotate {degrees}": turned(degrees) for degrees in (2, -5, 10)},
        "mirror": ImageOps.mirror,
        "brightness 1.3": lambda p: ImageEnhance.Brightness(p).enhance(1.3),
        "contrast 0.7": lambda p: ImageEnhance.Contrast(p).enhance(0.7),
        "grey": lambda p: ImageEnhance.Color(p).enhance(0),
        "saturation 1.5": lambda p: ImageEnhance.Color(p).enhance(1.5),
        "hue 20 degrees": on_array(hue),
        "gamma 0.7": on_array(lambda a: 255 * (a / 255) ** 0.7),
        "blur 1.5": on_array(lambda a: cv2.GaussianBlur(a, (0, 0), 1.5)),
        "median 3": on_array(lambda a: cv2.medianBlur(a, 3)),
        "sharpen": lambda p: p.filter(sharp(1.5, 120, 0)),
        "22% replaced": replaced(other),
        "22% replaced, jpeg 60": then(replaced(other), jpeg(60)),
        "screenshot": screenshot,
        "social network": social,
    }


def harder(other: Image.Image, seed: int) -> dict[str, Attack]:
    """Small crops, any turn, changes together, perspective, heavy compression, small pictures, strong filters."""
    return _seeded_harder(seed) | {
        **{f"rotate {degrees}": turned(degrees) for degrees in (15, -30, 45, 75, 137)},
        "quarter turn": lambda p: p.transpose(Image.Transpose.ROTATE_90),
        "upside down": lambda p: p.transpose(Image.Transpose.ROTATE_180),
        "rotate 30 whole, jpeg 70": then(lambda p: p.rotate(30, BICUBIC, expand=True), jpeg(70)),
        "mirror, rotate -20": then(ImageOps.mirror, turned(-20)),
        "stretch 1.33": sized(1.33, 1),
        "perspective 15 across": perspective(15, 0),
        "perspective -15 down": perspective(0, -15),
        "perspective 10, -10": perspective(10, -10),
        **{f"jpeg {quality}": jpeg(quality) for quality in (30, 20, 10)},
        "webp 20": partial(saved, kind="WEBP", quality=20),
        "resize 0.25": sized(0.25, 0.25),
        "resize 0.4, jpeg 40": then(sized(0.4, 0.4), jpeg(40)),
        "256 px": longest(256),
        "256 px, jpeg 70": then(longest(256), jpeg(70)),
        "256 px, webp 60": then(longest(256), partial(saved, kind="WEBP", quality=60)),
        "blur 3": on_array(lambda a: cv2.GaussianBlur(a, (0, 0), 3)),
        "median 7": on_array(lambda a: cv2.medianBlur(a, 7)),
        "bilateral": on_array(lambda a: cv2.bilateralFilter(a, 9, 40, 5)),
        "non-local means": on_array(lambda a: cv2.fastNlMeansDenoisingColored(a, None, 6, 6, 5, 15)),
        "16 levels": on_array(lambda a: a // 16 * 16 + 8),
        "averaged with another": lambda p: Image.blend(p, other.resize(p.size), 0.5),
        "60% replaced": covered(other, 0.6),
        "social network twice": then(social, social),
    }


def _seeded(seed: int) -> dict[str, Attack]:
    return {
        **{f"crop to {share:.0%}": random(seed, partial(cropped, share=share)) for share in (0.75, 0.5, 0.25)},
        "crop to 50%, jpeg 70": then(random(seed, partial(cropped, share=0.5)), jpeg(70)),
        "noise 10": random(seed, partial(noisy, spread=10)),
    }


def _seeded_harder(seed: int) -> dict[str, Attack]:
    crop = {share: random(seed, partial(cropped, share=share)) for share in (0.2, 0.15, 0.1, 0.25, 0.3, 0.4, 0.5, 0.6)}
    return {
        **{f"crop to {share:.0%}": crop[share] for share in (0.2, 0.15, 0.1)},
        "crop to 10%, jpeg 70": then(crop[0.1], jpeg(70)),
        "crop to 25%, jpeg 50": then(crop[0.25], jpeg(50)),
        "crop to 40%, stretch 1.08": then(crop[0.4], sized(1.08, 1)),
        "crop to 50%, stretch 1.15, scale 0.7": then(crop[0.5], sized(0.7 * 1.15, 0.7)),
        "crop to 30%, stretch 0.9, scale 0.6, jpeg 70": then(crop[0.3], sized(0.54, 0.6), jpeg(70)),
        "rotate 20, crop to 60%, stretch 1.05": then(turned(20), crop[0.6], sized(1.05, 1)),
        "photograph of a screen": random(seed, photographed),
        "noise 25": random(seed, partial(noisy, spread=25)),
    }


def random(seed: int, attack: Noisy) -> Attack:
    """Give an attack its random numbers: the same ones for the same seed, whatever was run before."""
    name = repr(attack.keywords) + attack.func.__name__ if isinstance(attack, partial) else attack.__name__
    return lambda picture: attack(picture, np.random.default_rng([seed, zlib.crc32(name.encode())]))


def then(*attacks: Attack) -> Attack:
    def attack(picture: Image.Image) -> Image.Image:
        for one in attacks:
            picture = one(picture)
        return picture

    return attack


def saved(picture: Image.Image, kind: str, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, kind, quality=quality)
    return Image.open(stream).convert("RGB")


def jpeg(quality: int) -> Attack:
    return partial(saved, kind="JPEG", quality=quality)


def sized(across: float, down: float, kernel: Image.Resampling = BICUBIC) -> Attack:
    return lambda p: p.resize((round(p.width * across), round(p.height * down)), kernel)


def longest(side: int) -> Attack:
    def attack(picture: Image.Image) -> Image.Image:
        scale = side / max(picture.size)
        return sized(scale, scale, LANCZOS)(picture)

    return attack


def cropped(picture: Image.Image, rng: np.random.Generator, *, share: float) -> Image.Image:
    width, height = int(picture.width * share**0.5), int(picture.height * share**0.5)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def turned(degrees: float) -> Attack:
    return lambda picture: picture.rotate(degrees, BICUBIC)


def noisy(picture: Image.Image, rng: np.random.Generator, *, spread: float) -> Image.Image:
    array = np.asarray(picture)
    return _image(array + rng.normal(0, spread, array.shape))


def on_array(change: Callable[[np.ndarray], np.ndarray]) -> Attack:
    return lambda p: _image(change(np.asarray(p)))


def hue(array: np.ndarray) -> np.ndarray:
    hsv = cv2.cvtColor(array, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + 10) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def replaced(other: Image.Image) -> Attack:
    """Put an ellipse of another picture over 22 % of the area."""

    def attack(picture: Image.Image) -> Image.Image:
        down, across = np.mgrid[0 : picture.height, 0 : picture.width]
        x, y = (across / picture.width - 0.5) / 0.22, (down / picture.height - 0.45) / 0.32
        mask = cv2.GaussianBlur((x * x + y * y < 1).astype(np.float32), (0, 0), 4)
        return Image.composite(other.resize(picture.size), picture, Image.fromarray((mask * 255).astype(np.uint8)))

    return attack


def covered(other: Image.Image, share: float) -> Attack:
    """Put another picture over the left part."""

    def attack(picture: Image.Image) -> Image.Image:
        out = picture.copy()
        width = round(picture.width * share)
        out.paste(other.resize(picture.size).crop((0, 0, width, picture.height)), (0, 0))
        return out

    return attack


def screenshot(picture: Image.Image) -> Image.Image:
    shown = sized(0.8, 0.8, LANCZOS)(picture)
    screen = Image.new("RGB", (int(shown.width * 1.06), int(shown.height * 1.12)), (238, 238, 238))
    screen.paste((60, 60, 60), (0, 0, screen.width, int(shown.height * 0.05)))
    screen.paste(shown, (int(shown.width * 0.03), int(shown.height * 0.08)))
    return jpeg(80)(screen)


def social(picture: Image.Image) -> Image.Image:
    return then(sized(0.75, 0.75), lambda p: p.filter(ImageFilter.UnsharpMask(1, 60, 0)), jpeg(72))(picture)


def perspective(across: float, down: float, *, distance: float = 2.5, back: int = 40) -> Attack:
    """See the picture from a camera turned by these degrees, at so many times its longer side; nothing is cut off."""

    def attack(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        far = distance * max(width, height)
        turn = cv2.Rodrigues(np.radians([0.0, float(across), 0.0]))[0]
        turn = cv2.Rodrigues(np.radians([float(down), 0.0, 0.0]))[0] @ turn
        corners = np.array([[x, y, 0] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]) * [width / 2, height / 2, 0]
        seen = corners @ turn.T
        flat = seen[:, :2] * far / (far + seen[:, 2:])
        flat -= flat.min(0)
        size = tuple(math.ceil(edge) for edge in flat.max(0))
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, flat.astype(np.float32))
        array = np.asarray(picture)
        return Image.fromarray(
            cv2.warpPerspective(array, matrix, size, flags=cv2.INTER_AREA, borderValue=(back, back, back))
        )

    return attack


def photographed(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A camera before a screen: turned by up to 12 degrees each way, slightly soft, noisy, another gamma, JPEG 80."""
    across, down = rng.uniform(-12, 12, 2)
    seen = perspective(across, down)(picture)
    array = cv2.GaussianBlur(np.asarray(seen), (0, 0), 0.8).astype(np.float32)
    array = 255 * (array / 255) ** 1.15 * rng.uniform(0.95, 1.05, 3)
    return jpeg(80)(_image(array + rng.normal(0, 4, array.shape)))


def _image(array: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(array + 0.0, 0, 255).round().astype(np.uint8))
