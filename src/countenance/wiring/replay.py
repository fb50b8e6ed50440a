"""`verify --replay`: the edit made again from its recipe in this home's render room, and compared before marks.

With the kept reading, on the same device and runtime, the pixels are the same bits. Without it the face is perceived
anew, which on the same device gives the same bits too, as far as perception is deterministic; otherwise the picture
made again must be the published one within what mark and codec may do (`verify.against.TOLERANCE`).
"""

from collections.abc import Callable
from typing import Any

from countenance.core import digest
from countenance.core.records.audit import Publication
from countenance.core.records.recipe import EditRecipe
from countenance.core.records.report import Finding, VerificationReport
from countenance.edit.kept import unpack
from countenance.edit.ports import Donor, EditorEngine, FaceReading
from countenance.edit.proof import pixels_digest, runtime_of
from countenance.edit.render import Edited, render
from countenance.errors import CountenanceError, UncheckedError
from countenance.manifest.labels import TRUSTMARK_PREFIX
from countenance.media.ports import Picture
from countenance.request.sniff import sniff
from countenance.settings import Settings
from countenance.toolkit.render import RenderTools
from countenance.verify.against import TOLERANCE, UNSEEN, compare
from countenance.wiring.eyes import PictureEyes
from countenance.wiring.kept import KeptReadings
from countenance.wiring.plugins import load
from countenance.wiring.render_tools import render_tools
from countenance.wiring.verify_tools import books_at_hand


def replay(
    settings: Settings,
    passphrase: Callable[[], str],
    report: VerificationReport,
    data: bytes,
    original: bytes,
    reference: bytes | None = None,
) -> Finding:
    """What making the edit again says of a published file.

    Raises:
        UncheckedError: the books, the engine or its weights are not those of the recipe.
    """
    books, problem = books_at_hand(settings)
    publication = books.publication(report.edit_id) if books is not None and report.edit_id else None
    if publication is None:
        raise UncheckedError(problem or "these books do not hold the recipe", hint="replay where it was published")
    if digest.of_file(original) != publication.source_digest:
        return Finding(
            check="replay", result="unchecked", detail="the given original is not the picture that was edited"
        )
    recipe = publication.recipe
    _require_replayable(recipe, reference)
    room = render_tools(settings)
    require_same_engine(recipe, room.engine)
    picture = room.images.decode(original, sniff(original, max_pixels=settings.max_pixels).media_type)
    kept, told = _kept(settings, passphrase, publication.edit_id)
    donor = None if reference is None else _donor(room, books, publication, reference, settings.max_pixels)
    face = _face(books, publication)
    edited = again(picture, recipe, face, room.engine, kept=kept, donor=donor, device=room.device)
    if pixels_digest(edited.pixels, edited.permitted, levels=picture.levels) == recipe.pixels_digest_before_marks:
        return Finding(check="replay", result="holds", detail=f"made again, bit-identical before marks; {told}")
    return _close(
        settings, edited, data, publication, f"{told}; then on {recipe.runtime}, now on {runtime_of(room.device)}"
    )


def require_same_engine(recipe: EditRecipe, engine: EditorEngine) -> None:
    """Pass only where the engine and every weight file are those of the recipe.

    Raises:
        UncheckedError: it says which is not.
    """
    there, here = f"{recipe.engine} {recipe.engine_version}", f"{engine.name} {engine.version}"
    if there != here:
        raise UncheckedError(f"it was made with engine {there}, here is {here}", hint="install that version to replay")
    names = sorted({*recipe.weights, *engine.weights})
    other = [name for name in names if recipe.weights.get(name) != engine.weights.get(name)]
    if other:
        raise UncheckedError(f"the weights are not those of the recipe: {', '.join(other)}", hint="pull those models")


def again(
    picture: Picture,
    recipe: EditRecipe,
    face: int,
    engine: EditorEngine,
    *,
    kept: bytes | None = None,
    donor: Donor | None = None,
    device: str = "cpu",
) -> Edited:
    """The picture as the recipe makes it.

    Raises:
        UncheckedError: detection here finds other faces.
    """
    pixels = picture.pixels.to(device)
    boxes = engine.detect(pixels)
    if face >= len(boxes):
        raise UncheckedError(f"face {face} of the recipe is not found here")
    reading: FaceReading = engine.perceive(pixels, boxes[face]) if kept is None else unpack(kept, device)
    others = [box for number, box in enumerate(boxes) if number != face]
    plan, levels = recipe.units, picture.levels
    return render(pixels, reading, plan, engine, others=others, seed=recipe.seed, levels=levels, donor=donor)


def _require_replayable(recipe: EditRecipe, reference: bytes | None) -> None:
    if recipe.pixels_digest_before_marks is None:
        raise UncheckedError("its recipe is of an earlier version, which cannot be replayed")
    given = None if reference is None else digest.of_file(reference)
    if given != recipe.reference_digest:
        said = (
            "borrowed from a second picture" if recipe.reference_digest else "did not borrow from the given reference"
        )
        raise UncheckedError(
            f"the edit {said}", hint="give exactly the picture that it borrowed from, with --reference"
        )


def _donor(room: RenderTools, books: Any, publication: Publication, reference: bytes, max_pixels: int) -> Donor:
    """The face that was borrowed from."""
    pixels = room.images.decode(reference, sniff(reference, max_pixels=max_pixels).media_type).pixels.to(room.device)
    boxes, face = room.engine.detect(pixels), _face(books, publication, edited=False)
    if face >= len(boxes):
        raise UncheckedError("the face that it borrowed from is not found here")
    return Donor(pixels=pixels, reading=room.engine.perceive(pixels, boxes[face]))


def _kept(settings: Settings, passphrase: Callable[[], str], edit_id: str) -> tuple[bytes | None, str]:
    keys: Any = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
    try:
        found = KeptReadings(settings.home, keys, passphrase).open(edit_id)
    except CountenanceError as error:
        return None, f"face perceived anew ({error.message})"
    return found, "from the kept landmarks" if found is not None else "face perceived anew"


def _face(books: Any, publication: Publication, *, edited: bool = True) -> int:
    """The number of the edited face, or of the one that was borrowed from: each has decisions of its own."""
    asked = publication.request_digest
    decisions = [one for one in books.decisions_of(publication.edit_id) if (one.request_digest == asked) == edited]
    faces = [one.face for one in decisions if one.face is not None]
    if not faces:
        raise UncheckedError("the books do not say which face it was")
    return int(faces[0])


def _close(settings: Settings, edited: Edited, data: bytes, publication: Publication, told: str) -> Finding:
    recipe = publication.recipe
    media_type = sniff(data, max_pixels=settings.max_pixels).media_type
    published = PictureEyes(settings).levels(data, media_type)
    made = (edited.pixels[0].permute(1, 2, 0) * 255).cpu().numpy()
    if published.shape != made.shape:
        return Finding(check="replay", result="unchecked", detail="not the published file: it is of another size")
    drawn = [label.corners() for label in recipe.labels or ()]
    seen = compare(published, made, recipe.region_px, media_type, labels=drawn)
    allowed = TOLERANCE[media_type]
    most = max(seen.inside.fine, seen.outside.fine)
    near = seen.inside.within(allowed) and seen.outside.within(allowed)
    what = "not bit-identical, but the published picture within mark and codec" if near else "not the published picture"
    detail = f"made again, {what}: at most {most:.1f} levels of 255 in a fine cell; {told}"
    other = (publication.watermark or "").startswith(TRUSTMARK_PREFIX)  # how far that reaches was not measured
    if other and not near and seen.inside.within(UNSEEN) and seen.outside.within(UNSEEN):
        return Finding(check="replay", result="unchecked", detail=detail)
    return Finding(check="replay", result="holds" if near else "fails", detail=detail)
