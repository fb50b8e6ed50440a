"""What a command works with: settings, output, passphrases, books. Heavy parts are loaded on first use."""

import contextlib
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from countenance.errors import ConfigError, CountenanceError, DeniedError, StoreError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from countenance.settings import Settings
    from countenance.toolkit.render import RenderTools
    from countenance.wiring.office import Office, Secrets


SHORTEST_PASSPHRASE = 8
"""Of a passphrase that is typed; one from the settings is taken as it is, with a warning."""


class UnansweredError(Exception):
    """stdout does not take the answer."""


@dataclass
class State:
    """The command line's own state."""

    home: str | None = None
    json: bool = False
    flags: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    """What a command adds to the JSON of its own failure."""
    runner: "Callable[..., int]" = field(default=lambda *_, **__: 1)

    @cached_property
    def settings(self) -> "Settings":
        """Settings of this process."""
        from countenance.settings import Settings  # noqa: PLC0415

        return Settings.load({**self.flags, "home": self.home})

    @cached_property
    def office(self) -> "Office":
        """Books and keys of an initialised home."""
        from countenance.wiring.office import Office  # noqa: PLC0415

        return Office(self.settings, self.secrets)

    @cached_property
    def secrets(self) -> "Secrets":
        """Passphrases: from the settings, or asked for."""
        from countenance.wiring.office import Secrets  # noqa: PLC0415

        return Secrets(self.settings, ask=ask_passphrase, ask_new=ask_new_passphrase if sys.stdin.isatty() else None)

    def person_id(self, wanted: str) -> str:
        """The id of a person who is named by id or alias."""
        from countenance.toolkit.naming import person_named  # noqa: PLC0415

        return wanted if wanted.startswith("person_") else person_named(self.office.books.persons(), wanted).id

    @cached_property
    def room(self) -> "RenderTools":
        """The render room, opened once."""
        from countenance.wiring.render_tools import render_tools  # noqa: PLC0415

        return render_tools(self.settings)

    @cached_property
    def talk(self) -> "Console":
        """Where people are told things: stderr."""
        from rich.console import Console  # noqa: PLC0415

        return Console(stderr=True, highlight=False, soft_wrap=True)

    @cached_property
    def page(self) -> "Console":
        """Where people read results: stdout."""
        from rich.console import Console  # noqa: PLC0415

        return Console(highlight=False, soft_wrap=True)

    def read(self, path: str) -> bytes:
        """A file's bytes, as many as the settings allow; `-` is stdin."""
        return read_file(path, max_bytes=self.settings.max_bytes)

    def say(self, message: str) -> None:
        """One line to people, unless a machine listens."""
        if not self.json:
            sys.stderr.write(f"{message}\n")

    def answer(self, data: dict[str, Any], text: str = "") -> None:
        """The result: JSON for machines, text for people."""
        self._write(json.dumps(data, ensure_ascii=False) if self.json else text)

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(f"{text}\n" if text else "")
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UnansweredError from error

    def fail(self, error: CountenanceError) -> None:
        """One plain line, and what to do; as JSON on stdout where a machine listens."""
        if self.json:
            with contextlib.suppress(UnansweredError):
                self._write(json.dumps(failure(error) | self.asked, ensure_ascii=False))
                return
        sys.stderr.write(f"error: {printable(error.message)}\n")
        if error.hint:
            sys.stderr.write(f"  what to do: {printable(error.hint)}\n")

    @contextmanager
    def progress(self, total: int) -> "Iterator[Any]":
        """A function that names the step now at work, as a line on stderr."""
        done = 0

        def step(name: str) -> None:
            nonlocal done
            done += 1
            self.say(f"[{done}/{total}] {name}")

        yield step


def failure(error: CountenanceError) -> dict[str, Any]:
    """The JSON of an error; of a refusal, with its decision."""
    data: dict[str, Any] = {
        "schema": "countenance.error/1",
        "error": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }
    if isinstance(error, DeniedError):
        decision = error.decisions[-1] if error.decisions else None
        data |= {
            "schema": "countenance.edit/1",
            "edit_id": getattr(decision, "edit_id", None),
            "output": None,
            "decision": getattr(decision, "effect", "deny"),
            "reasons": [reason.model_dump() for reason in getattr(decision, "reasons", ())],
            "duties": [note.model_dump(mode="json") for note in getattr(decision, "duties", None) or ()],
            "measured": measured_json(error.measured),
            "changed_outside_before_marks": getattr(error.measured, "changed_outside_before_marks_px", None),
            "watermark_id": None,
            "manifest_id": None,
            "log_index": error.log_index,
        }
    return data


def measured_json(measured: Any) -> dict[str, dict[str, float]]:
    """Each measured unit with its error, as people write them; empty where nothing was measured."""
    units = measured.units if measured is not None else {}
    return {
        name: {"value": unit.value_permille / 1000, "error": unit.error_permille / 1000} for name, unit in units.items()
    }


def printable(text: str) -> str:
    """Text from outside without control characters, so that a file cannot write on the terminal by itself."""
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)


def read_file(path: str, *, max_bytes: int = 200_000_000) -> bytes:
    """A file's bytes; `-` is stdin. No more is read than may be.

    Raises:
        TooLargeError: it is larger than `max_bytes`.
        StoreError, ConfigError: it cannot be read.
    """
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        if path and Path(path).is_dir():
            raise ConfigError(f"`{path}` is a folder", hint="name a file in it") from error
        raise ConfigError(f"there is no file `{path}`", hint="check the path") from error
    except OSError as error:
        raise StoreError(f"`{path}` cannot be read: {error.strerror}") from error
    if len(data) > max_bytes:
        raise TooLargeError(f"the file is larger than {max_bytes} bytes", hint="raise max_bytes in the settings")
    return data


def checkpoint_note(path: Path) -> str:
    """A checkpoint's text: of the file itself, or of the one in a home or a log folder. Raises as `read_file` does."""
    places = (path, path / "checkpoint", path / "log" / "checkpoint")
    found = next((place for place in places if place.is_file()), path)
    return read_file(str(found), max_bytes=65_536).decode(errors="replace")


def state_of(context: typer.Context) -> State:
    """The state behind a command."""
    found = context.find_object(State)
    if found is None:
        raise CountenanceError("no command line state")
    return found


def ask_passphrase(what: str) -> str:
    """The passphrase, typed on the terminal. Raises ConfigError where there is none."""
    if not sys.stdin.isatty():
        name = "COUNTENANCE_PASSPHRASE" if what == "the organisation" else "COUNTENANCE_OPERATOR_PASSPHRASE"
        raise ConfigError(f"the passphrase of {what} is needed", hint=f"set {name}, or {name}_FILE")
    return str(typer.prompt(f"Passphrase of {what}", hide_input=True, err=True))


def ask_new_passphrase(whose: str, *, shared: bool = False) -> str:
    """A new passphrase, typed twice on the terminal; `shared`: or none. Raises ConfigError where there is no terminal.

    One that is too short is asked for again.
    """
    if not sys.stdin.isatty():
        raise ConfigError(
            f"the new passphrase of {whose} is needed",
            hint="set COUNTENANCE_NEW_PASSPHRASE, or COUNTENANCE_NEW_PASSPHRASE_FILE",
        )
    note = f"{SHORTEST_PASSPHRASE} characters or more{'; empty: as the organisation' if shared else ''}"
    return str(
        typer.prompt(
            f"New passphrase of {whose} ({note})",
            default="" if shared else None,
            show_default=False,
            hide_input=True,
            err=True,
            confirmation_prompt=True,
            value_proc=_long_enough,
        )
    )


def _long_enough(typed: str) -> str:
    if 0 < len(typed) < SHORTEST_PASSPHRASE:
        raise typer.BadParameter(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")
    return typed
