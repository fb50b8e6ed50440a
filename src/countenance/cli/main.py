"""The console script: options that every command takes, and the one place where errors become exit codes."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from countenance.cli import (
    backup,
    books,
    consent,
    documents,
    edit,
    erase,
    keys,
    log,
    mark,
    oversight,
    people,
    pictures,
    policy,
    release,
    screening,
    sheet,
    show,
    signing,
    store,
    transfer,
    verify,
)
from countenance.cli.state import State, UnansweredError
from countenance.errors import ConfigError, CountenanceError, StoreError

_BUG = "this is a fault of countenance: please report it with the command and its version"
app = typer.Typer(
    name="countenance",
    help="Changes the expression of a face only when it may, says so in the file, and remembers it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (
    people,
    release,
    consent,
    pictures,
    transfer,
    oversight,
    sheet,
    documents,
    signing,
    edit,
    mark,
    verify,
    store,
    policy,
    screening,
    log,
    books,
    keys,
    backup,
    erase,
    show,
):
    group.register(app)


@app.callback()
def options(
    _home: str = typer.Option(None, "--home", metavar="DIR", help="Home folder (COUNTENANCE_HOME)."),
    _json: bool = typer.Option(False, "--json", help="One JSON object on stdout."),
) -> None:
    """Take `--home` and `--json`, which may stand anywhere in the command line; `main` has read them already."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command line, and exit with the code of the table."""
    # Before torch is loaded: its threads sleep when they wait, instead of spinning against whatever else runs.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # noqa: TID251
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a sign must not lose an answer
    code = run(list(sys.argv[1:] if argv is None else argv))
    try:
        sys.stdout.flush()
    except OSError:  # said already; keeps the interpreter from saying it again as a traceback
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(argv: list[str], *, flags: Mapping[str, Any] | None = None) -> int:
    """Run a command line, with settings that come before the environment's; its exit code. Never a traceback."""
    state = State(json="--json" in argv, flags=dict(flags or {}), runner=run)
    try:
        rest, state.home, state.json = _global(argv)
        code = app(args=rest, prog_name="countenance", standalone_mode=False, obj=state)
        return int(code or 0)
    except CountenanceError as error:
        state.fail(error)
        return error.exit_code
    except typer.exceptions.TyperException as error:
        return _usage(error, state)
    except (typer.Abort, KeyboardInterrupt):
        state.say("stopped")
        return 130
    except typer.Exit as stop:
        return stop.exit_code
    except BrokenPipeError:
        return 1
    except UnansweredError:
        sys.stderr.write("error: the answer could not be written\n")
        return StoreError.exit_code
    except Exception as error:  # noqa: BLE001 - the one boundary: a bug is a line and an exit code, never a traceback
        state.fail(CountenanceError(f"unforeseen: {type(error).__name__}", hint=_BUG))
        return 1


def _usage(error: Any, state: State) -> int:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if message.startswith("Usage:") and not state.json:  # nothing was asked for
        sys.stdout.write(f"{message}\n")
        return 2
    said = message.splitlines()[0].replace("Value error, ", "") if message else "wrong usage"
    state.fail(ConfigError(said, hint="see --help"))
    return 2


def _global(argv: list[str]) -> tuple[list[str], str | None, bool]:
    """Take `--home DIR` and `--json` out of the command line, wherever they stand before a `--`."""
    rest: list[str] = []
    home, as_json = None, False
    words = iter(argv)
    for word in words:
        if word == "--":
            return [*rest, word, *words], home, as_json
        if word == "--json":
            as_json = True
        elif word == "--home" or word.startswith("--home="):
            home = word.partition("=")[2] if "=" in word else next(words, "")
            if not home or home.startswith("-"):
                raise ConfigError("`--home` needs a folder", hint="write --home DIR")
        else:
            rest.append(word)
    return rest, home, as_json
