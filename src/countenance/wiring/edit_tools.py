"""Everything that an edit needs, from the settings and the home."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from countenance.desk import find_operator
from countenance.manifest.ports import Trust
from countenance.publish.ports import Outputs, Swept
from countenance.settings import Settings
from countenance.toolkit.edit import EditTools
from countenance.verify.ports import VerifyTools
from countenance.wiring.kept import KeptReadings
from countenance.wiring.manifest_store import Shelving
from countenance.wiring.office import Office
from countenance.wiring.plugins import load, policy_engine, store_at
from countenance.wiring.render_tools import render_tools
from countenance.wiring.status import note_delivery, take_entry


def edit_tools(settings: Settings, office: Office, operator_id: str, progress: Callable[[str], None]) -> EditTools:
    """Unlock the keys, and choose the adapters. The render room stays closed until a permit asks for it.

    Raises:
        ConfigError: a wrong passphrase, an unknown operator, a bad setting.
    """
    operator = find_operator(office.books, operator_id)
    pen = office.pen_of(operator)
    tile_key, check_key = office.keys.mark_keys()
    claim = office.keys.unlock_claim(office.secrets.organisation)
    kept = KeptReadings(settings.home, office.keys, lambda: office.secrets.organisation)
    kept.sweep(office.books, office.clock.now())
    own = VerifyTools(
        manifests=load("manifests", "c2pa")(),
        trust=Trust(claim_pem=office.keys.claim_root_pem, operators_pem=office.keys.operators_root_pem),
        marks=None,
        shelf=None,
        max_pixels=settings.max_pixels,
    )
    return EditTools(
        pen=pen,
        policy=policy_engine(settings),
        render=partial(render_tools, settings),
        sealer=load("sealers", "c2pa")(claim, pen.actor.key, settings.tsa_url),
        verify=own,
        outputs=load("outputs", "folder")(),
        pseudonym=operator.pseudonym,
        tile_key=tile_key,
        check_key=check_key,
        max_bytes=settings.max_bytes,
        max_pixels=settings.max_pixels,
        progress=progress,
        status=partial(take_entry, office),
        note=partial(note_delivery, office.books),
        mark_ring=office.keys.mark_ring(),
        shelve=Shelving(office, claim, store_at(settings)).shelve,
        keep=kept.keep,
    )


def sweep(outputs: Outputs, books: Any, folder: Path) -> Swept:
    """Let out what an interrupted run had logged as published into this folder, and remove what it had not.

    Only files of edits that these books know are touched.
    """

    def decided(edit_id: str) -> bool:
        known = bool(books.decisions_of(edit_id)) or books.publication(edit_id) is not None  # a decision may be erased
        return known or books.asked_to_mark(edit_id)

    def published(edit_id: str) -> str | None:
        found = books.publication(edit_id) or next((one for one, _ in books.markings(id=edit_id)), None)
        return found.output_digest if found else None

    return outputs.sweep(folder, decided, published)
