"""THE way of a picture that is marked and not edited: the same stages and rooms as an edit, without stage 3.

It is decided and logged before a pixel is touched, and decided again once it is known what the picture carries; the
sealed file waits in quarantine until its entry is durable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countenance.core import digest, payload
from countenance.core.layers import layer_key
from countenance.core.records.asset import Asset
from countenance.core.records.audit import Receipt
from countenance.core.records.marks import CONTENT_CODE, InputMark, Marking, MarkingDecision, SoftBinding
from countenance.decision.marking import against_marking
from countenance.errors import CountenanceError, DeniedError
from countenance.manifest.describe import describe_marking
from countenance.manifest.ports import SealedAsset
from countenance.manifest.xmp import marking_packet
from countenance.marks.photo import Marked, draw_mark, mark_photo
from countenance.publish.publish import publish
from countenance.request.receive import receive_asset
from countenance.toolkit.edit import EditTools
from countenance.toolkit.input_marks import Carried, input_mark, lost_mark, marks_in
from countenance.toolkit.render import RenderTools
from countenance.toolkit.turnstiles import Target
from countenance.verify.inspect import inspect
from countenance.verify.verdict import require

STAGES = ("request", "decision", "marks", "manifest", "audit", "publish")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingOutcome:
    """A published picture that was marked."""

    marking: Marking
    receipt: Receipt
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A picture that may be marked: what the logged decision says."""

    data: bytes
    asset: Asset
    decision: MarkingDecision


def mark_original(data: bytes, target: Target, tools: EditTools) -> MarkingOutcome:
    """Mark one titled picture without editing it and publish it at the target, or raise and let nothing out.

    Raises:
        CountenanceError: of the kind that says who must act; see `errors`.
    """
    with tools.outputs.claim(target.path, replace=target.replace):
        tools.progress("request")
        asset = receive_asset(data, max_bytes=tools.max_bytes, max_pixels=tools.max_pixels)
        tools.progress("decision")
        marking_id = tools.pen.ids.new("marking")
        asked = _Asked(data=data, asset=asset, decision=_decide(marking_id, asset, tools, edited_before=False))
        tools.progress("marks")
        room = tools.render()
        carried = _carried(asked, room, tools)
        mark_id = draw_mark(
            tools.pen.ids, lambda one: tools.pen.books.reserve_mark(one, marking_id), room.watermark.payload
        )
        marked = _mark(asked, mark_id, carried.free_layer, target, room, tools)
        return _attest(asked, marked, carried, target, room, tools)


def _decide(marking_id: str, asset: Asset, tools: EditTools, *, edited_before: bool) -> MarkingDecision:
    """Decide as things stand, and log that, whatever it says.

    Raises:
        DeniedError: something speaks against it.
    """
    pen, books = tools.pen, _books(tools)
    with pen.books.transaction():
        at = pen.clock.now()
        evidence = books.marking_evidence(asset.digest_of_file, pen.actor.id, at=at)
        reasons = against_marking(evidence, operator_id=pen.actor.id, at=at, edited_before=edited_before)
        decision = MarkingDecision(
            id=pen.ids.new("decision"),
            marking_id=marking_id,
            operator_id=pen.actor.id,
            asset_digest=asset.digest_of_file,
            title_id=evidence.title.id if evidence.title else None,
            effect="deny" if reasons else "permit",
            reasons=reasons,
            at=max(at, pen.books.last_instant() or ""),
        )
        receipt = pen.write("marking", decision, subject=marking_id, at=decision.at)
    if reasons:
        why = "; ".join(f"{reason.reason} [{reason.policy}]" for reason in reasons)
        hint = "the refusal is logged; nothing was written"
        raise DeniedError(f"refused: {why}", decisions=(decision,), log_index=receipt.index, hint=hint)
    return decision


def _carried(asked: _Asked, room: RenderTools, tools: EditTools) -> Carried:
    """The marks of ours that the picture carries already.

    Raises:
        DeniedError: one of them is that of a published edit; logged.
    """
    picture = room.images.decode(asked.data, asked.asset.media_type)
    found = marks_in(picture.pixels.to(room.device), room.codecs, tools.mark_ring)
    if any(_books(tools).published(watermark_id=one) for one in found.mark_ids):
        _decide(asked.decision.marking_id, asked.asset, tools, edited_before=True)
    return found


def _mark(asked: _Asked, mark_id: str, layer: int, target: Target, room: RenderTools, tools: EditTools) -> Marked:
    picture = room.images.decode(asked.data, asked.asset.media_type)
    return mark_photo(
        picture, mark_id, payload.encode_text(mark_id, tools.check_key), target.media_type,
        marking_packet(at=asked.decision.at, toolkit=room.toolkit_version),
        images=room.images, codec=room.watermark, fingerprinters=room.fingerprinters,
        tile_key=layer_key(tools.tile_key, layer), seed=int.from_bytes(tools.pen.ids.secret(4)),
    )  # fmt: skip


def _attest(
    asked: _Asked, marked: Marked, carried: Carried, target: Target, room: RenderTools, tools: EditTools
) -> MarkingOutcome:
    """Describe, seal, quarantine, inspect our own work, decide again and log in one go, let out."""
    tools.progress("manifest")
    marking_id, kept = asked.decision.marking_id, input_mark(carried, marked.pixels, room.codecs, tools.mark_ring)
    draft = describe_marking(
        marking_id=marking_id, source_digest=asked.asset.digest_of_file, at=asked.decision.at,
        bindings=marked.bindings, operator=tools.pseudonym, toolkit_version=room.toolkit_version, input_mark=kept,
    )  # fmt: skip
    sealed = tools.sealer.seal(
        marked.data, target.media_type, draft, parent=asked.data, parent_type=asked.asset.media_type
    )
    held = tools.outputs.hold(marking_id, sealed.data, near=target.path, replace=target.replace)
    try:
        require(inspect(sealed.data, tools.verify, at=tools.pen.clock.now()), at_least="trusted")
        tools.progress("audit")
        marking, receipt = _log(asked, marked, sealed, kept, tools)
    except CountenanceError:  # anything else may have come after the log entry was durable: the next sweep sees to it
        tools.outputs.discard(held)
        raise
    tools.progress("publish")
    publish(held, target.path, receipt, tools.outputs, replace=target.replace)
    return MarkingOutcome(marking=marking, receipt=receipt, warnings=(*lost_mark(kept), *tools.shelve(marking)))


def _log(
    asked: _Asked, marked: Marked, sealed: SealedAsset, kept: InputMark | None, tools: EditTools
) -> tuple[Marking, Receipt]:
    """Decide on the registry as it is now, in the transaction that logs the marking.

    Raises:
        DeniedError: the title was contested, or the operator revoked, meanwhile; nothing is kept.
    """
    pen, books = tools.pen, _books(tools)
    with pen.books.transaction():
        at = pen.clock.now()
        evidence = books.marking_evidence(asked.asset.digest_of_file, pen.actor.id, at=at)
        against = against_marking(evidence, operator_id=pen.actor.id, at=at, edited_before=False)
        if not against and evidence.title is not None:
            marking = _marking(asked, marked, sealed, kept, title_id=evidence.title.id, at=at)
            receipt = pen.write("marking", marking, subject=marking.id, at=at)
            books.add_marking(marking, sealed.manifest)
            return marking, receipt
    _decide(asked.decision.marking_id, asked.asset, tools, edited_before=False)
    raise DeniedError("refused: what speaks against it changed meanwhile", hint="try again")


def _marking(
    asked: _Asked, marked: Marked, sealed: SealedAsset, kept: InputMark | None, *, title_id: str, at: str
) -> Marking:
    watermark = next(one for one in marked.bindings if one.scope == "watermark")
    prints = [one for one in marked.bindings if one.scope == "fingerprint"]
    return Marking(
        id=asked.decision.marking_id,
        decision_id=asked.decision.id,
        title_id=title_id,
        operator_id=asked.decision.operator_id,
        source_digest=asked.asset.digest_of_file,
        output_digest=digest.of_file(sealed.data),
        pixels_digest=marked.pixels_digest,
        manifest_id=sealed.manifest_id,
        manifest_digest=digest.of_file(sealed.manifest),
        watermark_id=watermark.value,
        watermark=watermark.algorithm,
        fingerprint=prints[0].value,
        at=at,
        content_code=_content_code(prints),
        input_mark=kept,
    )


def _content_code(prints: Sequence[SoftBinding]) -> str | None:
    return next((one.value for one in prints if one.algorithm == CONTENT_CODE), None)


def _books(tools: EditTools) -> Any:
    """The books, with what they have for markings besides what `Books` says."""
    return tools.pen.books
