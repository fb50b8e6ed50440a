"""Documents that a release rests on: what was found in one, and what that amounts to. Pure.

A PDF counts as signed only if all of its signatures hold, reach a given root, and nothing followed the last of them
but what keeps it checkable (validation data, time-stamps) or form filling that a certification expressly permits.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import Field

from countenance.core.records.base import Digest, Instant, Part
from countenance.core.records.terms import DocumentCheck

MAX_BYTES = 50_000_000
PDF_MAGIC = b"%PDF-"
_HEAD = 1024
"""Within how many bytes a PDF may begin (ISO 32000-1, annex H.3.4.1)."""

Coverage = Literal["entire-file", "entire-revision", "from-start", "unclear"]
Modification = Literal["none", "lta-updates", "form-filling", "annotations", "other"]
DocumentResult = Literal["signed", "scan", "altered", "partly-signed", "untrusted", "unsigned", "unreadable"]


class SignatureFound(Part):
    """One signature of a PDF, as it was checked. `checked` is false where its kind is not known."""

    field: str
    signer: str
    checked: bool = True
    intact: bool = False
    trusted: bool = False
    coverage: Coverage = "unclear"
    modification: Modification = "other"
    permitted: bool = False
    """Whether what followed is permitted by this signature."""
    certified: bool = False
    """Whether it is a certification that expressly permits form filling."""
    signed_at: Instant | None = None
    timestamped_at: Instant | None = None
    root: Digest | None = None
    problem: str = ""


class Findings(Part):
    """What was found in a document: the signatures in the order made, and what they amount to."""

    check: DocumentCheck
    signatures: tuple[SignatureFound, ...] = ()
    why: str = Field(default="", max_length=200)


class DocumentChecker(Protocol):
    """Checks the signatures of a PDF. It must end in bounded time, in bounded memory, and without a network."""

    name: str
    version: str

    def check(self, data: bytes, *, roots_pem: Sequence[str], at: str) -> Findings:
        """What is found in the file, with these roots, at that instant. Any bytes give findings."""
        ...


def is_pdf(data: bytes) -> bool:
    """Whether the bytes begin as a PDF does."""
    return PDF_MAGIC in data[:_HEAD]


def judge(found: Sequence[SignatureFound]) -> tuple[DocumentResult, str]:
    """What the signatures of a PDF, in the order made, amount to; and why, in words."""
    if not found:
        return "unsigned", "it holds no signature"
    checked = [one for one in found if one.checked]
    if any(not one.intact for one in checked):
        return "altered", "a signature does not fit what it signed"
    if any(one.coverage in ("from-start", "unclear") for one in checked):
        return "partly-signed", "a signature covers a part of the file only"
    if any(not one.permitted or one.modification in ("annotations", "other") for one in checked):
        return "altered", "it was changed after it was signed"
    if len(checked) < len(found):
        return "partly-signed", "a signature is of a kind that is not known here"
    if found[-1].coverage == "entire-revision" and found[-1].modification == "none":
        return "partly-signed", "bytes follow the last signature that it does not cover"
    if found[-1].modification == "form-filling" and not found[-1].certified:
        return "altered", "form fields were filled in after the last signature"
    if not all(one.trusted for one in found):
        return "untrusted", next(one.problem for one in found if not one.trusted)
    return "signed", "every signature holds and reaches a given root"
