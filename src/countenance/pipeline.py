"""THE way of a photo: request, decision, edit, marks, manifest, audit, publish. No logic of its own.

Three rooms. `authorise` sees the registry and no pixels; `render_photo` sees pixels, no keys and no registry; `attest`
sees keys and the log, and bytes only.
"""

from countenance.core import payload
from countenance.core.records.audit import Receipt
from countenance.core.records.decision import Decision, Permit
from countenance.decision.choose import choose_face
from countenance.decision.decide import check_permit, decide, permit_of
from countenance.decision.refuse import require_permit, spend
from countenance.edit.photo import edit_face, require_renders, write_recipe
from countenance.errors import CountenanceError
from countenance.manifest.describe import describe
from countenance.manifest.ports import SealedAsset
from countenance.manifest.receipt import consent_receipt
from countenance.manifest.xmp import xmp_packet
from countenance.marks.photo import draw_mark, mark_photo
from countenance.publish.publish import publication_of, publish
from countenance.request.receive import EditOrder, receive
from countenance.toolkit.edit import EditTools
from countenance.toolkit.render import RenderTools
from countenance.toolkit.turnstiles import Authorised, Outcome, Rendered, Target
from countenance.verify.inspect import inspect
from countenance.verify.verdict import require

STAGES = ("request", "decision", "edit", "marks", "manifest", "audit", "publish")


def edit_photo(order: EditOrder, target: Target, tools: EditTools) -> Outcome:
    """Change one face in one photo and publish it at the target, or raise and let nothing out.

    Raises:
        CountenanceError: of the kind that says who must act; see `errors`.
    """
    with tools.outputs.claim(target.path, replace=target.replace):
        authorised = authorise(order, tools)
        room = tools.render()
        require_renders(authorised.permit.units, room.engine)
        mark_id = draw_mark(tools.pen.ids, lambda mark: tools.pen.books.reserve_mark(mark, authorised.permit.edit_id))
        receipt_id = tools.pen.ids.new("receipt")
        rendered = render_photo(order.data, authorised.permit, target, mark_id, receipt_id, room, tools)
        return attest(order, authorised, rendered, receipt_id, target, tools)


def authorise(order: EditOrder, tools: EditTools) -> Authorised:
    """Stages 1 and 2: decide on what was requested, and log the decision whether it permits or denies.

    Raises:
        DeniedError: policy says no, or could not say yes.
    """
    tools.progress("request")
    pen = tools.pen
    request = receive(order, clock=pen.clock, ids=pen.ids, max_bytes=tools.max_bytes, max_pixels=tools.max_pixels)
    tools.progress("decision")
    with pen.books.transaction():
        at = pen.clock.now()
        evidence = pen.books.evidence_for(request, at=at)
        request = choose_face(request, evidence)
        decision = decide(request, evidence, tools.policy, at=at, decision_id=pen.ids.new("decision"))
        receipt = _log_decision(decision, tools)
    require_permit(decision, log_index=receipt.index)
    permit = permit_of(decision, request, evidence, nonce=pen.ids.secret(16).hex(), at=at)
    return Authorised(request=request, decision=decision, permit=permit, receipt=receipt)


def render_photo(
    data: bytes, permit: Permit, target: Target, mark_id: str, receipt_id: str, room: RenderTools, tools: EditTools
) -> Rendered:
    """Stages 3 and 4: edit the permitted face, measure, mark, encode, and read the mark back from the encoded bytes."""
    seed = int.from_bytes(tools.pen.ids.secret(4))
    coded = payload.encode(int(mark_id, 16), tools.check_key)
    xmp = xmp_packet(permit=permit, receipt_id=receipt_id, operator=tools.pseudonym, engine=room.engine_facts())
    tools.progress("edit")
    picture = room.images.decode(data, permit.asset.media_type)
    edit = edit_face(picture, permit, room.engine, device=room.device, seed=seed)
    tools.progress("marks")
    marked = mark_photo(
        edit.picture, mark_id, coded, target.media_type, xmp,
        images=room.images, codec=room.watermark, fingerprinter=room.fingerprinter,
        tile_key=tools.tile_key, seed=seed,
    )  # fmt: skip
    recipe = write_recipe(permit, edit, room.engine, seed=seed, toolkit=room.toolkit_version, device=room.device)
    return Rendered(
        data=marked.data,
        pixels_digest=marked.pixels_digest,
        recipe=recipe,
        measured=edit.measured,
        bindings=marked.bindings,
    )


def attest(
    order: EditOrder,
    authorised: Authorised,
    rendered: Rendered,
    receipt_id: str,
    target: Target,
    tools: EditTools,
) -> Outcome:
    """Stages 5 to 7: describe, seal, quarantine, inspect our own work, decide again and log in one go, let out."""
    tools.progress("manifest")
    permit, salt = authorised.permit, tools.pen.ids.secret(32)
    receipt = consent_receipt(permit, authorised.request, authorised.receipt, receipt_id=receipt_id, salt=salt)
    draft = describe(
        permit=permit,
        purpose=authorised.request.purpose,
        recipe=rendered.recipe,
        measured=rendered.measured,
        bindings=rendered.bindings,
        receipt=receipt,
        operator=tools.pseudonym,
    )
    sealed = tools.sealer.seal(
        rendered.data, target.media_type, draft, parent=order.data, parent_type=permit.asset.media_type
    )
    held = tools.outputs.hold(permit.edit_id, sealed.data, near=target.path, replace=target.replace)
    try:
        require(inspect(sealed.data, tools.verify, at=tools.pen.clock.now()), at_least="trusted")
        tools.progress("audit")
        outcome = _log_publication(authorised, rendered, sealed, receipt_id, salt, tools)
    except CountenanceError:  # anything else may have come after the log entry was durable: the next sweep sees to it
        tools.outputs.discard(held)
        raise
    tools.progress("publish")
    publish(held, target.path, outcome.receipt, tools.outputs, replace=target.replace)
    return outcome


def _log_publication(
    authorised: Authorised,
    rendered: Rendered,
    sealed: SealedAsset,
    receipt_id: str,
    salt: bytes,
    tools: EditTools,
) -> Outcome:
    """Decide on what was measured, and on the registry as it is now, in the transaction that logs the publication."""
    pen, request, permit = tools.pen, authorised.request, authorised.permit
    with pen.books.transaction():
        at = pen.clock.now()
        evidence = pen.books.evidence_for(request, at=at)
        decision = decide(
            request, evidence, tools.policy, at=at, decision_id=pen.ids.new("decision"), measured=rendered.measured
        )
        decision = spend(
            decision,
            lambda: check_permit(permit, request, at, decision=decision),
            lambda: pen.books.use_permit(permit.nonce, permit.edit_id),
        )
        receipt = _log_decision(decision, tools)
        publication = publication_of(
            permit, (authorised.decision, decision), sealed.data, sealed.manifest,
            manifest_id=sealed.manifest_id, receipt_id=receipt_id, pixels_digest=rendered.pixels_digest,
            recipe=rendered.recipe, measured=rendered.measured, bindings=rendered.bindings, at=at,
        )  # fmt: skip
        if decision.effect == "permit":
            receipt = pen.write("publication", publication, subject=publication.edit_id, at=at)
            pen.books.add_publication(publication, sealed.manifest, salt, pen.actor.id)
    require_permit(decision, log_index=receipt.index, measured=rendered.measured)
    return Outcome(
        request=request, decision=decision, measured=rendered.measured, publication=publication, receipt=receipt
    )


def _log_decision(decision: Decision, tools: EditTools) -> Receipt:
    """A decision taken while the clock is behind the log is logged at the log's instant, so that it is not lost."""
    receipt = tools.pen.write(
        "decision", decision, subject=decision.edit_id, at=max(decision.at, tools.pen.books.last_instant() or "")
    )
    tools.pen.books.add_decision(decision)
    return receipt
