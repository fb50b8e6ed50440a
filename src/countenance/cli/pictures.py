"""Which picture: titles, the faces in them, and a picture that shows their numbers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from countenance.cli.state import State, state_of
from countenance.errors import ConfigError, NoFaceError

if TYPE_CHECKING:
    from countenance.core.records.asset import Asset, FaceBox
    from countenance.wiring.faces import SeenFace

BasisName = Literal["own-work", "work-for-hire", "assignment", "licence", "public-domain"]
AlterationName = Literal["yes", "no", "approval"]
title = typer.Typer(help="Titles: the right to a picture, and whose faces are in it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(title, name="title")
    app.command("faces")(faces)


@title.command("add")
def title_add(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    owner: Annotated[str, typer.Option(help="Who holds the rights; stays in this home.")],
    basis: Annotated[BasisName, typer.Option(help="Why they hold them.")],
    alteration: Annotated[AlterationName, typer.Option(help="Whether the picture may be altered.")],
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Add a title, and find and number the faces, from 0, left to right."""
    from countenance.desk import add_title  # noqa: PLC0415

    state = state_of(context)
    pen = state.office.pen(operator_id)
    asset, found, fingerprint = _look(state, state.read(photo))
    made = add_title(
        pen, asset=asset, fingerprint=fingerprint, owner=owner, basis=basis, alteration=alteration, faces=found
    )
    state.office.write_log()
    state.answer(
        {"schema": "countenance.title/1", "id": made.id, "faces": [face.model_dump() for face in made.faces]},
        made.id,
    )
    state.say(f"faces found: {len(made.faces)}; tie each with `countenance title face`")


@title.command("face")
def title_face(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    number: Annotated[int, typer.Argument(metavar="N")],
    release_id: Annotated[
        str | None, typer.Option("--release", metavar="ID", help="The release of this person.")
    ] = None,
    untouched: Annotated[bool, typer.Option("--untouched", help="No release: the face must stay as it is.")] = False,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Say whose face it is: tie it to a release, or mark it untouched. That claim is signed and logged."""
    from countenance.core import digest  # noqa: PLC0415
    from countenance.desk import tie_face  # noqa: PLC0415

    state = state_of(context)
    if untouched == (release_id is not None):
        raise ConfigError("say either --release ID or --untouched", hint="a face without either refuses every edit")
    made = tie_face(
        state.office.pen(operator_id),
        asset_digest=digest.of_file(state.read(photo)),
        face=number,
        release_id=release_id,
    )
    state.office.write_log()
    said = f"face {number} is tied to {release_id}" if release_id else f"face {number} must stay untouched"
    state.answer(
        {"schema": "countenance.face-tie/1", "id": made.id, "face": made.face, "release": made.release_id}, said
    )


def faces(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    out: Annotated[
        Path | None, typer.Option(help="Where the picture goes; default: beside PHOTO, as .faces.png.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing picture.")] = False,
) -> None:
    """Find the faces, read what each shows, and draw their numbers on a small picture."""
    from countenance.cli.drawing import draw_faces, save_picture  # noqa: PLC0415
    from countenance.wiring.faces import see_faces  # noqa: PLC0415

    state = state_of(context)
    data = state.read(photo)
    seen = see_faces(data, state.room, state.settings)
    target = out or (Path("faces.png") if photo == "-" else Path(photo).with_suffix(".faces.png"))
    save_picture(draw_faces(data, tuple(face.box for face in seen)), target, replace=force)
    state.answer(
        {"schema": "countenance.faces/1", "faces": [_seen_json(face) for face in seen], "picture": str(target)},
        "\n".join([*(line for face in seen for line in _seen_lines(face)), str(target)]),
    )


def _seen_json(face: "SeenFace") -> dict[str, Any]:
    """Numbers only, as people write them; `problem` says why a face cannot be worked on."""
    return {
        **face.box.model_dump(),
        "units": {name: value / 1000 for name, value in face.units.items()},
        "teeth_visible": face.teeth_visible,
        "yaw_deg": round(face.yaw_deg, 1),
        "eye_distance_px": round(face.eye_distance_px, 1),
        "blocked": dict(face.blocked),
        "warnings": list(face.warnings),
        "problem": face.problem or None,
    }


def _seen_lines(face: "SeenFace") -> list[str]:
    from countenance.core import facs  # noqa: PLC0415

    box = face.box
    place = f"{box.number}: {box.x0_px},{box.y0_px} to {box.x1_px},{box.y1_px}"
    if face.problem:
        return [place, f"   cannot be worked on: {face.problem}"]
    turned = f"turned {face.yaw_deg:+.0f} degrees, {face.eye_distance_px:.0f} px between the eyes"
    plain = {name: face.units[name] for name in facs.UNITS if name in face.units}
    shown = "  ".join(f"{name} {value / 1000:.2f}" for name, value in plain.items())
    return [
        f"{place}; {turned}{', teeth show' if face.teeth_visible else ''}",
        f"   shows {shown}",
        *(f"   {name} is blocked: {why}" for name, why in face.blocked.items()),
        *(f"   warning: {warning}" for warning in face.warnings),
    ]


def _look(state: State, data: bytes) -> "tuple[Asset, tuple[FaceBox, ...], str]":
    """Asset, numbered faces and fingerprint of a picture.

    Raises:
        NoFaceError: no face is found.
    """
    from countenance.edit.photo import boxes_of  # noqa: PLC0415
    from countenance.request.receive import receive_asset  # noqa: PLC0415

    settings = state.settings
    asset = receive_asset(data, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    room: Any = state.room
    pixels = room.images.decode(data, asset.media_type).pixels
    found = boxes_of(room.engine.detect(pixels.to(settings.device)))
    if not found:
        raise NoFaceError("no face was found in the picture", hint="give a picture that shows a face")
    return asset, found, room.fingerprinter.fingerprint(pixels)
