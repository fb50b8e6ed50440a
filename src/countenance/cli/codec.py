"""`--watermark`: which mark a picture gets."""

from typing import Annotated

import typer

from countenance.cli.state import State

WatermarkOption = Annotated[
    str | None, typer.Option("--watermark", metavar="NAME", help="Which mark it gets: spread (default) or trustmark:q.")
]


def choose_codec(state: State, name: str | None) -> None:
    """Take the name, or what the settings say, before anything is decided.

    Raises:
        ConfigError: there is no such codec.
        BackendError: its package or its weights are not here.
    """
    from countenance.wiring.codecs import require_codec  # noqa: PLC0415

    if name is not None:
        state.flags["watermark"] = name
    require_codec(state.settings)
