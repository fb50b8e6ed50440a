"""Which picture: titles, the faces in them, and a picture that shows their numbers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from countenance.cli.state import State, printable, state_of
from countenance.errors import ConfigError, CountenanceError

if TYPE_CHECKING:
    from countenance.core.records.consent import Title
    from countenance.wiring.faces import SeenFace

BasisName = Literal["own-work", "work-for-hire", "assignment", "licence", "public-domain"]
AlterationName = Literal["yes", "no", "approval"]
_LONGEST = 200
title = typer.Typer(help="Titles: the right to a picture, and whose faces are in it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(title, name="title")
    app.command("faces")(faces)


@title.command("add")
def title_add(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    owner: Annotated[str | None, typer.Option(help="Who holds the rights; stays in this home.")] = None,
    basis: Annotated[BasisName | None, typer.Option(help="Why they hold them.")] = None,
    alteration: Annotated[AlterationName | None, typer.Option(help="Whether the picture may be altered.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="YAML", help="All of it; see examples/title.yaml.")] = None,
    name: Annotated[str | None, typer.Option(help="To find it by in lists; it should name nobody.")] = None,
    photographer: Annotated[str | None, typer.Option(help="Who took it.")] = None,
    notice: Annotated[str | None, typer.Option(help="The copyright notice.")] = None,
    credit: Annotated[str | None, typer.Option(help="The credit that must be given.")] = None,
    captured_on: Annotated[str | None, typer.Option(metavar="DATE", help="When it was taken.")] = None,
    moral_rights: Annotated[str | None, typer.Option(help="waived, reserved")] = None,
    agreement: Annotated[Path | None, typer.Option(metavar="FILE", help="How the right came; hashed only.")] = None,
    evidence: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Hashed only; repeatable.")] = None,
    licensor: Annotated[str | None, typer.Option(help="Who gave the licence.")] = None,
    tier: Annotated[str | None, typer.Option(help="What kind of licence.")] = None,
    licence_number: Annotated[str | None, typer.Option(help="Its number.")] = None,
    editorial_only: Annotated[bool, typer.Option("--editorial-only", help="It allows editorial use only.")] = False,
    licence_until: Annotated[str | None, typer.Option(metavar="DATE", help="Its last day.")] = None,
    licence_territory: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Where; repeatable.")] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Add a title, find and number the faces, from 0, left to right, and look for pictures of others that look alike.

    Photographer, notice and day stand in many pictures, and are taken from there where neither option nor file says.
    """
    from countenance.cli.titling import titling  # noqa: PLC0415
    from countenance.desk import add_title  # noqa: PLC0415
    from countenance.wiring.transfer.looking import look  # noqa: PLC0415

    state = state_of(context)
    pen = state.office.pen(operator_id)
    data = state.read(photo)
    options = {"owner": owner, "basis": basis, "alteration": alteration, "name": name, "photographer": photographer,
               "notice": notice, "credit": credit, "captured_on": captured_on, "moral_rights": moral_rights,
               "agreement": agreement, "evidence": evidence, "licensor": licensor, "tier": tier,
               "licence_number": licence_number, "editorial_only": editorial_only, "licence_until": licence_until,
               "licence_territory": licence_territory}  # fmt: skip
    found = _in_picture(state, data)
    said = titling(state, file, options, found)
    asset, boxes, fingerprint = look(data, state.room, state.settings)
    made = add_title(
        pen, asset=asset, fingerprint=fingerprint, owner=said.owner, basis=said.basis, alteration=said.alteration,
        faces=boxes, details=said.details,
    )  # fmt: skip
    state.office.write_log()
    _tell(state, made, [name for name in found if said.details.get(name) == found[name]])


def _tell(state: State, made: "Title", taken: list[str]) -> None:
    near = state.office.books.near_titles(made)
    state.answer(
        {
            "schema": "countenance.title/1",
            "id": made.id,
            "faces": [face.model_dump() for face in made.faces],
            "from_picture": taken,
            "near": None if near is None else [one.model_dump() for one in near],
        },
        made.id,
    )
    if taken:
        state.say(f"taken from the picture itself: {', '.join(taken)}")
    if made.basis == "licence" and made.licence is None:
        state.say("warning: the terms of the licence are not on file, so edits are refused; see `title add --licensor`")
    state.say(f"faces found: {len(made.faces)}; tie each with `countenance title face`")
    if near:
        state.say(
            f"pictures of other owners that look alike: {len(near)}; edits are refused until each is reviewed: "
            "see `countenance title near PHOTO`"
        )


@title.command("face")
def title_face(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO")],
    number: Annotated[int, typer.Argument(metavar="N")],
    release_id: Annotated[
        str | None, typer.Option("--release", metavar="ID", help="The release of this person.")
    ] = None,
    untouched: Annotated[bool, typer.Option("--untouched", help="No release: the face must stay as it is.")] = False,
    not_identifiable: Annotated[
        str | None, typer.Option(metavar="REASON", help="Nobody can be recognised by it; it stays as it is.")
    ] = None,
    operator_id: Annotated[str | None, typer.Option("--operator", metavar="ID")] = None,
) -> None:
    """Say whose face it is: tie it to a release, or mark it untouched. That claim is signed and logged."""
    from countenance.core import digest  # noqa: PLC0415
    from countenance.desk import tie_face  # noqa: PLC0415

    state = state_of(context)
    if [release_id is not None, untouched, not_identifiable is not None].count(True) != 1:
        raise ConfigError(
            "say one of --release ID, --untouched or --not-identifiable REASON",
            hint="a face without any refuses every edit",
        )
    made = tie_face(
        state.office.pen(operator_id),
        asset_digest=digest.of_file(state.read(photo)),
        face=number,
        release_id=release_id,
        not_identifiable=not_identifiable,
    )
    state.office.write_log()
    said = f"face {number} is tied to {release_id}" if release_id else f"face {number} must stay untouched"
    if not_identifiable is not None:
        said = f"{said}: not identifiable, {printable(not_identifiable)}"
    state.answer(
        {
            "schema": "countenance.face-tie/1",
            "id": made.id,
            "face": made.face,
            "release": made.release_id,
            "not_identifiable": made.not_identifiable is not None,
        },
        said,
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


def _in_picture(state: State, data: bytes) -> dict[str, Any]:
    """Photographer, notice, day of capture and label of the C2PA manifest, as far as the picture itself has them."""
    from countenance.manifest.ports import Trust  # noqa: PLC0415
    from countenance.request.sniff import media_type_of  # noqa: PLC0415
    from countenance.wiring.plugins import load  # noqa: PLC0415

    found = dict(load("images", "said")(data))
    trust = Trust(claim_pem=state.office.keys.claim_root_pem)
    try:
        reading = load("manifests", "c2pa")().read(data, media_type_of(data) or "", trust)
    except CountenanceError:  # one that cannot be read names nothing
        return found
    label = {} if reading is None or len(reading.manifest_id) > _LONGEST else {"incoming_manifest": reading.manifest_id}
    return found | label
