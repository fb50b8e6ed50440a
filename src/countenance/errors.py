"""The whole exception tree, with the exit codes that `cli/main.py` maps them to.

```
CountenanceError                    1  a bug, or unforeseen
├── ConfigError                     2  usage or settings
├── DeniedError                     3  policy says no; carries the decisions
├── EvidenceError                   4  verified: it does not hold
├── UncheckedError                  5  could not be checked
├── AuditError                      6
│   └── TamperedLogError            6  the log disagrees with itself or with a held checkpoint
├── InputError                      7  this picture cannot be worked on
│   ├── NoFaceError                 7
│   ├── UnsupportedMediaError       7
│   └── TooLargeError               7
└── BackendError                    8  a plug-in or service failed; nothing was let out
    ├── EngineError                 8
    ├── MarkUnreadableError         8
    ├── SealError                   8
    ├── StoreError                  8
    └── LogUnavailableError         8
```
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class CountenanceError(Exception):
    """A failure with one plain line for people and, in `hint`, what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(CountenanceError):
    """Wrong usage or settings."""

    exit_code = 2


class DeniedError(CountenanceError):
    """Policy says no, or could not say yes.

    `decisions` are the records behind it, `log_index` where it was logged, `measured` what the refused result measured,
    if it came that far.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        decisions: Sequence[Any] = (),
        log_index: int | None = None,
        measured: Any = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.decisions = tuple(decisions)
        self.log_index = log_index
        self.measured = measured


class EvidenceError(CountenanceError):
    """Evidence was checked and does not hold."""

    exit_code = 4


class UncheckedError(CountenanceError):
    """Evidence could not be checked: unknown algorithm, newer schema, missing key."""

    exit_code = 5


class AuditError(CountenanceError):
    """The audit log cannot be relied on."""

    exit_code = 6


class TamperedLogError(AuditError):
    """The log disagrees with itself or with a held checkpoint."""


class InputError(CountenanceError):
    """This picture cannot be worked on."""

    exit_code = 7


class NoFaceError(InputError):
    """No face, or no usable face, in the picture."""


class UnsupportedMediaError(InputError):
    """Not a picture of a kind that is handled, or a broken one."""


class TooLargeError(InputError):
    """More bytes or pixels than the settings allow."""


class BackendError(CountenanceError):
    """A plug-in or service failed; nothing was let out."""

    exit_code = 8


class EngineError(BackendError):
    """The expression engine failed or broke its contract."""


class MarkUnreadableError(BackendError):
    """The watermark could not be read back from the encoded file."""


class SealError(BackendError):
    """The manifest could not be signed, or did not verify after signing."""


class StoreError(BackendError):
    """A file or the database could not be written or read."""


class LogUnavailableError(BackendError):
    """The audit log could not be appended to."""
