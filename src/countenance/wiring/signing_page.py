"""The page that a person reads before they sign: one file with everything on it, which asks nothing of a network."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from countenance.core import facs
from countenance.core.records.consent import Grant, ModelRelease
from countenance.core.records.showing import Showing
from countenance.core.records.terms import Limit, SignerRole
from countenance.request.forms.versions import changes
from countenance.request.forms.words import denied_words, rows
from countenance.wiring.paper import text_of

SIGN_FROM, SIGN_TO = "<!--sign-->", "<!--/sign-->"
"""Between these stands how to sign; a page that is served has a form there instead."""
_ELSEWHERE = ("changes of the face", "denied besides", "signed on", "signatures", "text", "withdrawal")
"""What other parts of the page say, or what is not so yet."""
_EFFECTS = {
    "future": "What was published before may stay.",
    "stop-use": "What was published before must no longer be used.",
    "delete": "What was published before must no longer be used, and must be deleted.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A contact sheet, as it was made and logged."""

    png: bytes
    showing: Showing


def style() -> str:
    """The style of the page."""
    return text_of("signing.css")


def content_policy() -> str:
    """What a browser may do with the page: show its own style and pictures, and send its own form."""
    known = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{known}'; img-src data:; form-action 'self'; base-uri 'none'"


def page_of(
    draft: ModelRelease, *, role: SignerRole, name: str, organisation: str, until: str, sheets: Sequence[Sheet],
    why_no_sheet: str, limits: Sequence[dict[str, str]], before: ModelRelease | None = None,
) -> bytes:  # fmt: skip
    """The page's bytes, of which the digest is signed. `before`: the version that this one is to supersede."""
    told = draft.revocability
    return text_of(
        "signing.html",
        policy=content_policy(),
        style=Markup(style()),  # noqa: S704 - our own file
        organisation=organisation,
        name=name,
        role=role,
        relation=draft.guardian.relation if draft.guardian else "",
        day=draft.added_at[:10],
        until=until[:10],
        language=draft.language,
        text=draft.text,
        limits=limits,
        denied=list(denied_of(draft.grant)),
        terms=[(label.capitalize(), said) for label, said in rows(draft) if label not in _ELSEWHERE],
        sheets=[_sheet(one) for one in sheets],
        why_no_sheet=why_no_sheet,
        after=_EFFECTS[told.effect if told else "future"],
        revocation_terms=told.terms if told else None,
        before=before,
        differs=changes(before, draft) if before else None,
        draft_digest=draft.digest(),
        text_digest=draft.text_digest,
        draft=draft.canonical().decode(),
    ).encode()


def form_of(*, action: str, once: str, name: str = "", problem: str = "", pictures: bool) -> str:
    """The form that stands on a page that is served."""
    return text_of("signing_form.html", action=action, once=once, name=name, problem=problem, pictures=pictures)


def done_page(title: str, lines: Sequence[str], *, key: str = "") -> bytes:
    """What is shown last."""
    return text_of(
        "signing_done.html",
        style=Markup(style()),  # noqa: S704 - our own file
        title=title,
        lines=lines,
        key=key,
    ).encode()


def with_form(page: bytes, form: str) -> bytes:
    """The page as it is served: the form in the place of the way to sign with a file."""
    before, _, rest = page.decode().partition(SIGN_FROM)
    return f"{before}{form}{rest.partition(SIGN_TO)[2]}".encode()


def limit_rows(grant: Grant, words: Sequence[tuple[str, dict[str, int]]]) -> list[dict[str, str]]:
    """One row for each direction in which a unit may change. `words`: in people's words, with its unit and limit."""
    return [
        {"words": said, "far": _far(value, grant.units.get(unit) or grant.units[facs.plain(unit)]), "unit": unit}
        for said, units in words
        for unit, value in units.items()
    ]


def denied_of(grant: Grant) -> Iterator[str]:
    """What must not be seen, in words."""
    found = grant.denied or ()
    if not grant.teeth_visible and "teeth-visible" not in [one.test for one in found]:
        yield "visible teeth"
    for one in found:
        yield f"{denied_words(one)} (the reason on file: {one.reason})"


def _sheet(sheet: Sheet) -> dict[str, Any]:
    shown = sheet.showing
    return {
        "data": base64.b64encode(sheet.png).decode(),
        "digest": shown.sheet_digest,
        "labels": [cell.label for cell in shown.cells],
        "cells": [(cell.label, cell.pixels_digest) for cell in shown.cells],
        "not_shown": shown.not_shown,
    }


def _far(value: int, limit: Limit) -> str:
    most = limit.absolute_max_permille
    cap = "" if most is None or value < 0 else f"; the finished face shows at most {most / 1000:g}"
    return f"by up to {value / 1000:+g}{cap}"
