"""What the render room reads on faces, as plain numbers: for people to look at, and to turn targets into changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countenance.core.records.asset import FaceBox
from countenance.edit.photo import boxes_of
from countenance.errors import ConfigError, NoFaceError
from countenance.request.receive import receive_asset
from countenance.settings import Settings
from countenance.toolkit.render import RenderTools


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFace:
    """One face as it was read. Numbers only: no landmarks, no pixels."""

    box: FaceBox
    problem: str = ""
    """Why it cannot be worked on; everything below is empty then."""
    units: Mapping[str, int] = field(default_factory=dict)
    """Action units that the face shows, in permille: those that can be read in one picture."""
    yaw_deg: float = 0.0
    eye_distance_px: float = 0.0
    teeth_visible: bool = False
    blocked: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def see_faces(data: bytes, room: RenderTools, settings: Settings) -> tuple[SeenFace, ...]:
    """Every face of a picture, read. The picture is only held in memory.

    Raises:
        TooLargeError, UnsupportedMediaError: as the file is.
        NoFaceError: no face is found.
    """
    asset = receive_asset(data, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    pixels = room.images.decode(data, asset.media_type).pixels.to(room.device)
    found = room.engine.detect(pixels)
    if not found:
        raise NoFaceError("no face was found in the picture", hint="give a picture that shows a face")
    seen = []
    for numbered, box in zip(boxes_of(found), found, strict=True):
        try:
            reading = room.engine.perceive(pixels, box)
        except NoFaceError as error:
            seen.append(SeenFace(box=numbered, problem=error.message))
            continue
        seen.append(
            SeenFace(
                box=numbered,
                units=dict(reading.units),
                yaw_deg=reading.yaw_deg,
                eye_distance_px=reading.eye_distance_px,
                teeth_visible=reading.teeth_visible,
                blocked=dict(reading.blocked),
                warnings=reading.warnings,
            )
        )
    return tuple(seen)


def see_face(data: bytes, room: RenderTools, settings: Settings, *, number: int | None, option: str) -> SeenFace:
    """One face of a picture: the one of that number, or the only one.

    Args:
        data: the picture file.
        room: where it is read.
        settings: bounds.
        number: which face, from image left.
        option: the option by which people name it.

    Raises:
        ConfigError: several faces and no choice, or no face of that number.
        NoFaceError: no face is found, or this one cannot be read.
    """
    seen = see_faces(data, room, settings)
    if number is None and len(seen) > 1:
        raise ConfigError(
            f"the picture has {len(seen)} faces and none was chosen",
            hint=f"name one with {option} N; `countenance faces PHOTO` shows their numbers",
        )
    chosen = [face for face in seen if face.box.number == (number or 0)]
    if not chosen:
        raise ConfigError(
            f"the picture has no face {number}", hint=f"{option}: `countenance faces PHOTO` shows their numbers"
        )
    if chosen[0].problem:
        raise NoFaceError(chosen[0].problem, hint="use a picture that shows the face larger and from the front")
    return chosen[0]
