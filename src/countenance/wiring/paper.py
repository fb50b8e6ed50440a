"""Pages for people: one HTML file each, which opens without a network and escapes whatever it is given."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from countenance.errors import StoreError


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("countenance.wiring", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def text_of(template: str, **told: Any) -> str:
    """The page's HTML."""
    return _environment().get_template(template).render(**told)


def page(path: Path, template: str, **told: Any) -> Path:
    """Write a page whole or not at all, for its owner only.

    Raises:
        StoreError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.touch(mode=0o600)
        fresh.chmod(0o600)
        fresh.write_text(text_of(template, **told), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"`{path.name}` cannot be written", hint="check the folder") from error
    return path
