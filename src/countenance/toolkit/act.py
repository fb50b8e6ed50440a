"""One act on the books: whole or not at all, of someone who may act now."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from countenance.errors import ConfigError, DeniedError
from countenance.toolkit.pen import Books, Pen

REVOKED = "operator-revoked"


@contextmanager
def act(pen: Pen) -> Iterator[None]:
    """One act: a transaction, of someone who may act now, with records that the books will take.

    Raises:
        DeniedError: the operator has been revoked.
        ConfigError: a value will not do; it names the field.
    """
    with pen.books.transaction():
        check_active(pen.books, pen.actor.id)
        try:
            yield
        except ValidationError as error:
            raise _plain(error) from error


def _plain(error: ValidationError) -> ConfigError:
    problem = error.errors(include_input=False)[0]
    field = str(problem["loc"][0]) if problem["loc"] else "record"
    kind, limits = problem["type"], problem.get("ctx", {})
    if kind == "string_too_short":
        return ConfigError(f"`{field}` is empty")
    if kind == "string_too_long":
        return ConfigError(f"`{field}` is longer than {limits['max_length']} characters")
    if kind == "string_unicode":
        return _not_text(field)
    return ConfigError(f"the value of `{field}` is not allowed")


def encoded(field: str, text: str) -> bytes:
    """The text as UTF-8.

    Raises:
        ConfigError: it holds characters that are no text.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise _not_text(field) from error


def _not_text(field: str) -> ConfigError:
    return ConfigError(f"`{field}` holds characters that are no text", hint="write it in UTF-8")


def check_active(books: Books, actor_id: str) -> None:
    """Stop whose right to act has been revoked.

    Raises:
        DeniedError: it has.
    """
    if books.revocations(actor_id):
        raise DeniedError(
            f"refused: the operator's right to act has been revoked [{REVOKED}]", hint="let another operator do it"
        )
