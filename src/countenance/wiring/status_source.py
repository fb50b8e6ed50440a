"""A status list that somebody published: from a file, or from a site where the user names one."""

import http.client
import urllib.request
from pathlib import Path

from countenance.core import status_credential
from countenance.errors import ConfigError, CountenanceError, TooLargeError, UncheckedError

_MAX_BYTES = 32_000_000
"""More than the text of the largest list that is read."""
_PATIENCE_S = 20


def fetch(source: str) -> bytes:
    """A status list from a file, or from a site where the user named one by its URL.

    Raises:
        ConfigError: there is no such file.
        UncheckedError: the site does not answer with it.
        TooLargeError: it is larger than any list.
    """
    if source.startswith(("https://", "http://")):
        data = _download(source)
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(_MAX_BYTES + 1)
        except OSError as error:
            raise ConfigError("the status list cannot be read", hint="give a file, or a URL") from error
    if len(data) > _MAX_BYTES:
        raise TooLargeError("the status list is larger than any list that is read")
    return data


def require_list(token: bytes, roots_pem: str) -> None:
    """Refuse what is no status list, or none that counts: whoever gives one wants it to be asked.

    Raises:
        ConfigError: it is none, or signed by nobody who is trusted.
    """
    try:
        status_credential.read(token, roots_pem)
    except CountenanceError as error:
        raise ConfigError(
            f"the given status list does not count: {error.message}",
            hint="give the file as it was published, and with --trust the root of who published it",
        ) from error


def _download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_S) as answer:  # noqa: S310 the scheme was checked
            return bytes(answer.read(_MAX_BYTES + 1))
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise UncheckedError("the status list cannot be fetched", hint="give a file that you have fetched") from error
