"""Only this changed: what a published picture and its original show together, against what was signed."""

from collections.abc import Mapping, Sequence

import numpy as np

from countenance.core.records.recipe import EditRecipe, Measured
from countenance.core.records.report import Finding, Result
from countenance.errors import CountenanceError
from countenance.manifest.labels import TRUSTMARK_PREFIX
from countenance.manifest.ports import ManifestReading
from countenance.request.sniff import media_type_of, sniff
from countenance.verify.against import TOLERANCE, UNSEEN, Compared, Reach, compare
from countenance.verify.against import inside as within
from countenance.verify.findings import bound_algorithm
from countenance.verify.ports import Eyes, KnownEdit, VerifyTools

_LEAST_CHANGE = 0.001
"""Share of the region that must have changed visibly to be spoken of."""


def findings(
    data: bytes,
    original: bytes,
    reading: ManifestReading | None,
    known: KnownEdit | None,
    tools: VerifyTools,
    *,
    copy: bool = False,
) -> list[Finding]:
    """The signed proof, what changed outside the signed region and inside, and the units read anew.

    A `copy`, whose manifest was recovered, may have been saved by anyone: what is too much for mark and codec is then
    `unchecked`, not a failure.
    """
    found = [proof(reading, known)]
    try:
        compared = seen_against(data, original, reading, tools, copy=copy)
    except CountenanceError as error:
        return [*found, Finding(check="outside", result="unchecked", detail=error.message)]
    if isinstance(compared, Finding):
        return [*found, compared]
    seen = (outside(compared, other_mark(reading), copy=copy), inside(compared))
    read = units(data, original, reading, known, tools.eyes)
    return [*found, *labels(reading, compared, copy=copy), *seen, read]


def side_by_side(data: bytes, original: bytes, tools: VerifyTools) -> Compared | None:
    """Both pictures compared, by the region that the file itself signs; None where they cannot be.

    Raises:
        CountenanceError: one of them cannot be read.
    """
    reading = tools.manifests.read(data, media_type_of(data) or "", tools.trust)
    compared = seen_against(data, original, reading, tools)
    return None if isinstance(compared, Finding) else compared


def seen_against(
    data: bytes, original: bytes, reading: ManifestReading | None, tools: VerifyTools, *, copy: bool = False
) -> Compared | Finding:
    """Both pictures compared, or why they cannot be.

    Raises:
        CountenanceError: one of them cannot be read.
    """
    polygon = reading.edit.get("region_px", ()) if reading else ()
    media_type, original_type = media_type_of(data), media_type_of(original)
    if tools.eyes is None or media_type is None or media_type not in TOLERANCE or original_type is None:
        return Finding(check="outside", result="unchecked", detail="the two pictures cannot be compared here")
    if len(polygon) < 3:
        return Finding(check="outside", result="unchecked", detail="no signed region says where it may have changed")
    for one in (data, original):
        sniff(one, max_pixels=tools.max_pixels)
    after, before = tools.eyes.levels(data, media_type), tools.eyes.levels(original, original_type)
    if after.shape != before.shape:
        result: Result = "unchecked" if copy else "fails"
        return Finding(check="outside", result=result, detail="the two pictures differ in size")
    drawn = [region for _, region in (reading.labels if reading else ())]
    return compare(after, before, polygon, media_type, labels=drawn)


def proof(reading: ManifestReading | None, known: KnownEdit | None) -> Finding:
    """The records whose digests the manifest signs: what was changed before marks, and what was not."""
    if reading is None or known is None or known.recipe is None or known.measured is None:
        return Finding(check="proof", result="unchecked", detail="its records are in the books of whoever published it")
    recipe, measured = known.recipe, known.measured
    signed = (recipe.digest(), measured.digest()) == tuple(
        reading.edit.get(f"{kind}_sha256") for kind in ("recipe", "measured")
    )
    if not signed:
        return Finding(check="proof", result="fails", detail="the records in the books are not those that were signed")
    result: Result = "holds" if measured.changed_outside_before_marks_px == 0 else "fails"
    return Finding(check="proof", result=result, detail="; ".join(_told(recipe, measured)))


def labels(reading: ManifestReading | None, compared: Compared, *, copy: bool = False) -> list[Finding]:
    """What the signed visible labels say, and whether something is drawn where each should be; none where none is."""
    signed = reading.labels if reading else ()
    if not signed:
        return []
    told = ", ".join(f"`{words}` at {region[0][0]}, {region[0][1]}" for words, region in signed)
    gone = [words for words, region in signed if not drawn_in(region, compared)]
    if gone:
        result: Result = "unchecked" if copy else "fails"
        return [Finding(check="labels", result=result, detail=f"not drawn where it was signed: {', '.join(gone)}")]
    return [
        Finding(check="labels", result="holds", detail=f"visible labels, each in a signed region of its own: {told}")
    ]


def drawn_in(region: Sequence[tuple[int, int]], compared: Compared) -> bool:
    """Whether most of a region differs by more than a mark and a codec account for."""
    differs = np.abs(compared.difference[within(region, compared.region.shape)]).max(-1, initial=0)
    return bool(np.count_nonzero(differs > compared.allowed.pixel) > differs.size // 2)


def other_mark(reading: ManifestReading | None) -> str | None:
    """The C2PA name of the mark, where it is not of our own kind, whose reach is known."""
    algorithm = bound_algorithm(reading.soft_bindings) if reading else None
    return algorithm if algorithm and algorithm.startswith(TRUSTMARK_PREFIX) else None


def outside(compared: Compared, other: str | None = None, *, copy: bool = False) -> Finding:
    """Nothing outside the signed region differs by more than mark and codec account for.

    Of a mark of an `other` kind it was never measured how far it reaches: what our own could not have done is then
    `unchecked`, and what no mark that is to stay unseen does still fails.
    """
    seen, allowed = compared.outside, compared.allowed
    share = f"{compared.region.mean():.0%} of the picture"
    told = f"at most {_levels(seen)} levels of 255 by pixel, fine and coarse cell; mark and codec: {_levels(allowed)}"
    if seen.within(allowed):
        return Finding(check="outside", result="holds", detail=f"outside the signed region ({share}) {told}")
    if other and seen.within(UNSEEN):
        told = f"{told}; how much a mark of the kind {other} changes was not measured"
        return Finding(check="outside", result="unchecked", detail=f"outside the signed region ({share}) {told}")
    result: Result = "unchecked" if copy else "fails"
    return Finding(
        check="outside", result=result, detail=f"outside the signed region ({share}) something changed: {told}"
    )


def inside(compared: Compared) -> Finding:
    """How much of the signed region changed visibly."""
    share = compared.changed_inside
    if share < _LEAST_CHANGE:
        return Finding(
            check="inside", result="absent", detail="no change inside the signed region is larger than mark and codec"
        )
    return Finding(
        check="inside",
        result="holds",
        detail=f"{share:.1%} of the signed region changed, by up to {compared.inside.pixel:.0f} levels of 255",
    )


def units(
    data: bytes, original: bytes, reading: ManifestReading | None, known: KnownEdit | None, eyes: Eyes | None
) -> Finding:
    """The units read anew from both pictures are those that were signed as measured; else as asked, with more room.

    The room is twice the unit's published error, and three times where only what was asked for is known. Our mark and a
    codec were seen to move a reading by 1.5 times that error at most, on small faces (benchmarks/results/against.json);
    what a mark of another kind does was not measured.
    """
    if eyes is None or reading is None:
        return Finding(check="units", result="unchecked", detail="no perception is at hand")
    try:
        now = eyes.changes(
            data, media_type_of(data) or "", original, media_type_of(original) or "", reading.edit["region_px"]
        )
    except CountenanceError as error:
        return Finding(check="units", result="unchecked", detail=error.message)
    measured = known.measured if known else None
    signed = (
        {name: unit.value_permille for name, unit in measured.units.items()} if measured else reading.edit.get("au", {})
    )
    errors = 2 if measured else 3
    off = {n: (now[n][0], v) for n, v in signed.items() if n in now and abs(now[n][0] - v) > errors * now[n][1]}
    what = "measured" if measured else "asked for"
    if off:
        told = ", ".join(f"{name} {_decimal(a)}, signed {_decimal(b)}" for name, (a, b) in sorted(off.items()))
        other = other_mark(reading)
        why = f"; how much a mark of the kind {other} moves a reading was not measured" if other else ""
        result: Result = "unchecked" if other else _mismatch(known, eyes)
        return Finding(check="units", result=result, detail=f"read anew, not as {what}: {told}{why}")
    shown = ", ".join(f"{name} {_decimal(now[name][0])}" for name in sorted(reading.edit.get("au", {})) if name in now)
    return Finding(check="units", result="holds", detail=f"read anew as {what}: {shown or 'none can be measured'}")


def _mismatch(known: KnownEdit | None, eyes: Eyes) -> Result:
    """Another perception may read otherwise."""
    recipe = known.recipe if known else None
    same = recipe is not None and eyes.engine == f"{recipe.engine} {recipe.engine_version}"
    return "fails" if same else "unchecked"


def _told(recipe: EditRecipe, measured: Measured) -> list[str]:
    area = f" of {recipe.mask.area_px} permitted" if recipe.mask else ""
    told = [
        f"before marks, {measured.changed_outside_before_marks_px} pixels changed outside the permitted region",
        f"{recipe.changed_px}{area} inside",
        f"rigid landmarks moved {measured.rigid_drift_permille} permille of the eye distance",
        _teeth(measured),
    ]
    if measured.leakage is None:
        return told
    unit, value, error = measured.leakage.unit, measured.leakage.value_permille, measured.leakage.error_permille
    return [*told, f"most changed of what was not asked for: {unit} {_decimal(value)} ± {error / 1000:.2f}"]


def _teeth(measured: Measured) -> str:
    words: Mapping[bool, str] = {True: "visible", False: "not visible"}
    return f"teeth {words[measured.teeth_visible_before]} before, {words[measured.teeth_visible_after]} after"


def _levels(reach: Reach) -> str:
    return f"{reach.pixel:.0f}, {reach.fine:.1f}, {reach.coarse:.1f}"


def _decimal(permille: int) -> str:
    return f"{permille / 1000:+.2f}"
