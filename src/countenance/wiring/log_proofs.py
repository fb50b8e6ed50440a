"""Which entry of the log is meant: a number, a published file, or the id of what was logged."""

from typing import Any

from countenance.audit.proofs import LogExtension, LogReceipt
from countenance.core import digest
from countenance.errors import ConfigError, CountenanceError, EvidenceError

_FILES = {
    "output_digest": "what was let out",
    "source_digest": "its original",
    "asset_digest": "the picture asked about",
}
_KINDS: tuple[type[LogReceipt] | type[LogExtension], ...] = (LogReceipt, LogExtension)


def index_of(wanted: str, books: Any, data: bytes | None) -> int:
    """The index of the entry that is meant; `data`: of the file, where one is.

    Raises:
        ConfigError: the log knows none, or several.
    """
    if data is not None:
        return _of_file(digest.of_file(data), books)
    if wanted.isdecimal():
        if int(wanted) >= books.size():
            raise ConfigError(f"the log has no entry {wanted}", hint=f"it holds entries 0 to {books.size() - 1}")
        return int(wanted)
    found = [(index, kind) for index, kind, said in books.opened_statements() if wanted in _names(said)]
    if not found:
        raise ConfigError(
            f"no entry of the log is about `{wanted}`", hint="give a published file, an id, or the number of an entry"
        )
    if len(found) > 1:
        listed = ", ".join(f"{index} ({kind})" for index, kind in found)
        raise ConfigError(f"`{wanted}` has several entries: {listed}", hint="give the number of one")
    return int(found[0][0])


def read_proof(data: bytes) -> LogReceipt | LogExtension:
    """A receipt or a proof of consistency.

    Raises:
        EvidenceError: it is neither.
    """
    for kind in _KINDS:
        try:
            found: LogReceipt | LogExtension = kind.from_bytes(data)
        except CountenanceError:
            continue
        return found
    raise EvidenceError("this is neither a log's receipt nor a proof of consistency")


def about_file(body: dict[str, Any], data: bytes) -> str:
    """As what a statement names this very file.

    Raises:
        EvidenceError: it is about something else.
    """
    found = digest.of_file(data)
    said = next((said for name, said in _FILES.items() if body.get(name) == found), "")
    if not said:
        raise EvidenceError("what was logged is about another file")
    return said


def _of_file(file_digest: str, books: Any) -> int:
    places = [index for _, _, index in books.published(output_digest=file_digest)]
    places += [index for _, index in books.markings(output_digest=file_digest)]
    if not places:
        raise ConfigError("the log knows no published file with these bytes", hint="give it as it was published")
    return int(places[0])


def _names(said: dict[str, Any]) -> set[Any]:
    body = said.get("body")
    return {said.get("subject"), body.get("id") if isinstance(body, dict) else None}
