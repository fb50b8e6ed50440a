"""THE way of a photo: request, decision, edit, marks, manifest, audit, publish. No logic of its own.

Three rooms. `authorise` sees the registry and no pixels; `render_photo` sees pixels, no keys and no registry; `attest`
sees keys and the log, and bytes only.
"""

from dataclasses import replace

from countenance.core import payload
from countenance.core.layers import layer_key
from countenance.core.records.decision import Decision, Permit
from countenance.decision.choose import choose_face
from countenance.decision.decide import check_permit, decide, permit_of
from countenance.decision.own_words import own_words
from countenance.decision.reading import require_read, to_be_read
from countenance.decision.refuse import require_permit, spend
from countenance.edit.measure import readable
from countenance.edit.photo import edit_face, read_donor, require_renders, write_recipe
from countenance.errors import CountenanceError
from countenance.manifest.describe import describe
from countenance.manifest.ports import SealedAsset
from countenance.manifest.receipt import consent_receipt
from countenance.manifest.xmp import xmp_packet
from countenance.marks.label.draw import label_photo
from countenance.marks.photo import draw_mark, mark_photo
from countenance.publish.publish import publication_of, publish
from countenance.request.receive import EditOrder, receive
from countenance.toolkit.borrowing import ABOUT, Lent, ask_about, lent, received
from countenance.toolkit.edit import EditTools
from countenance.toolkit.input_marks import input_mark, lost_mark, marks_in
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
        require_read(authorised.to_be_read, readable(room.engine), room.engine.name)
        edit_id, version = authorised.permit.edit_id, room.watermark.payload
        mark_id = draw_mark(tools.pen.ids, lambda mark: tools.pen.books.reserve_mark(mark, edit_id), version)
        receipt_id = tools.pen.ids.new("receipt")
        reference = lent(order, authorised)
        rendered = render_photo(order.data, authorised.permit, target, mark_id, receipt_id, room, tools, reference)
        return attest(order, authorised, rendered, receipt_id, target, tools)


def authorise(order: EditOrder, tools: EditTools) -> Authorised:
    """Stages 1 and 2: decide on what was requested, and log the decision whether it permits or denies.

    Raises:
        DeniedError: policy says no, or could not say yes.
    """
    tools.progress("request")
    pen = tools.pen
    request = receive(order, clock=pen.clock, ids=pen.ids, max_bytes=tools.max_bytes, max_pixels=tools.max_pixels)
    borrowed = received(order, request, max_bytes=tools.max_bytes, max_pixels=tools.max_pixels)
    tools.progress("decision")
    with pen.books.transaction():
        at = pen.clock.now()
        evidence = pen.books.evidence_for(request, at=at)
        request = choose_face(request, evidence)
        decision = decide(request, evidence, tools.policy, at=at, decision_id=pen.ids.new("decision"))
        receipt = pen.log_decision(decision)
        borrowing = ask_about(borrowed, pen, tools.policy, source=request, evidence=evidence, at=at)
        logged = pen.log_decision(borrowing.decision) if borrowing else receipt
    require_permit(decision, log_index=receipt.index, said=own_words(decision, evidence))
    permit = permit_of(decision, request, evidence, nonce=pen.ids.secret(16).hex(), at=at)
    reference = borrowing.authorised(logged, nonce=pen.ids.secret(16).hex(), at=at) if borrowing else None
    return Authorised(
        request=request,
        decision=decision,
        permit=permit,
        receipt=receipt,
        reference=reference,
        to_be_read=to_be_read(request, evidence, at=at),
    )


def render_photo(
    data: bytes, permit: Permit, target: Target, mark_id: str, receipt_id: str, room: RenderTools, tools: EditTools,
    reference: Lent | None = None,
) -> Rendered:  # fmt: skip
    """Stages 3 and 4: edit the permitted face, measure, mark, encode, and read the mark back from the encoded bytes."""
    seed = int.from_bytes(tools.pen.ids.secret(4))
    coded = payload.encode_text(mark_id, tools.check_key)
    xmp = xmp_packet(permit=permit, receipt_id=receipt_id, operator=tools.pseudonym, engine=room.engine_facts())
    tools.progress("edit")
    picture = room.images.decode(data, permit.asset.media_type)
    carried = marks_in(picture.pixels, room.codecs, tools.mark_ring)
    donor = None
    if reference is not None:
        lent_picture = room.images.decode(reference.data, reference.media_type)
        donor = read_donor(lent_picture, reference.permit, room.engine, room.device)
    edit = edit_face(picture, permit, room.engine, device=room.device, seed=seed, donor=donor)
    tools.progress("marks")
    labelled = label_photo(edit.picture, permit, edit.region_px)
    marked = mark_photo(
        labelled.picture, mark_id, coded, target.media_type, xmp,
        images=room.images, codec=room.watermark, fingerprinters=room.fingerprinters,
        tile_key=layer_key(tools.tile_key, carried.free_layer), seed=seed,
    )  # fmt: skip
    recipe = write_recipe(
        permit, edit, room.engine, seed=seed, toolkit=room.toolkit_version, device=room.device,
        reference_digest=reference.permit.asset.digest_of_file if reference else None,
        labels=labelled.labels or None,
    )  # fmt: skip
    before = input_mark(carried, marked.pixels, room.codecs, tools.mark_ring)
    return Rendered(
        data=marked.data, pixels_digest=marked.pixels_digest, recipe=recipe, measured=edit.measured,
        bindings=marked.bindings, kept=edit.kept, input_mark=before, warnings=(*edit.warnings, *lost_mark(before)),
    )  # fmt: skip


def attest(
    order: EditOrder, authorised: Authorised, rendered: Rendered, receipt_id: str, target: Target, tools: EditTools
) -> Outcome:
    """Stages 5 to 7: describe, seal, quarantine, inspect our own work, decide again and log in one go, let out."""
    tools.progress("manifest")
    permit, salt, reference = authorised.permit, tools.pen.ids.secret(32), lent(order, authorised)
    receipt = consent_receipt(
        permit, authorised.request, authorised.receipt, receipt_id=receipt_id, salt=salt, status=tools.status(permit)
    )
    draft = describe(
        permit=permit, purpose=authorised.request.purpose, recipe=rendered.recipe, measured=rendered.measured,
        bindings=rendered.bindings, receipt=receipt, operator=tools.pseudonym, input_mark=rendered.input_mark,
    )  # fmt: skip
    sealed = tools.sealer.seal(
        rendered.data, target.media_type, draft, parent=order.data, parent_type=permit.asset.media_type,
        component=(reference.data, reference.media_type) if reference else None,
    )  # fmt: skip
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
    tools.keep(permit.edit_id, rendered.kept)
    tools.note(authorised.request, target.path)
    return replace(outcome, warnings=(*outcome.warnings, *tools.shelve(outcome.publication)))


def _log_publication(
    authorised: Authorised,
    rendered: Rendered,
    sealed: SealedAsset,
    receipt_id: str,
    salt: bytes,
    tools: EditTools,
) -> Outcome:
    """Decide on what was measured, and on the registry as it is now, in the transaction that logs the publication."""
    pen, request, permit, reference = tools.pen, authorised.request, authorised.permit, authorised.reference
    with pen.books.transaction():
        at = pen.clock.now()
        evidence = pen.books.evidence_for(request, at=at)
        decision = decide(
            request, evidence, tools.policy, at=at, decision_id=pen.ids.new("decision"), measured=rendered.measured
        )
        decision = _spent(decision, authorised, at, tools)
        receipt = pen.log_decision(decision)
        again = ask_about(
            reference.request if reference else None, pen, tools.policy,
            source=request, evidence=evidence, at=at, measured=rendered.measured,
        )  # fmt: skip
        borrowed = () if again is None or reference is None else (_spent(again.decision, reference, at, tools),)
        logged = [pen.log_decision(one) for one in borrowed]
        decisions = (authorised.decision, decision, *((reference.decision,) if reference else ()), *borrowed)
        publication = publication_of(
            permit, decisions, sealed.data, sealed.manifest,
            manifest_id=sealed.manifest_id, receipt_id=receipt_id, pixels_digest=rendered.pixels_digest,
            recipe=rendered.recipe, measured=rendered.measured, bindings=rendered.bindings, at=at,
            input_mark=rendered.input_mark,
        )  # fmt: skip
        if all(one.effect == "permit" for one in decisions):
            receipt = pen.write("publication", publication, subject=publication.edit_id, at=at)
            pen.books.add_publication(publication, sealed.manifest, salt, pen.actor.id)
    require_permit(decision, log_index=receipt.index, measured=rendered.measured, said=own_words(decision, evidence))
    for said, where in zip(borrowed, logged, strict=True):
        require_permit(said, log_index=where.index, measured=rendered.measured, about=ABOUT)
    return Outcome(
        request=request, decision=decision, measured=rendered.measured, publication=publication, receipt=receipt,
        warnings=rendered.warnings,
    )  # fmt: skip


def _spent(decision: Decision, authorised: Authorised, at: str, tools: EditTools) -> Decision:
    """The decision, once its permit has served; or the refusal where that may not serve."""
    permit = authorised.permit
    return spend(
        decision,
        lambda: check_permit(permit, authorised.request, at, decision=decision),
        lambda: tools.pen.books.use_permit(permit.nonce, permit.edit_id),
    )
