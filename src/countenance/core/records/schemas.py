"""JSON Schema of every record, as `to_json` writes it."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from countenance.core import records
from countenance.core.records.base import Record
from countenance.errors import ConfigError


def kinds() -> dict[str, type[Record]]:
    """Every kind of record, by its name."""
    for module in pkgutil.iter_modules(records.__path__):
        importlib.import_module(f"{records.__name__}.{module.name}")
    return dict(sorted((one.KIND, one) for one in _below(Record)))


def schema_of(kind: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of one kind.

    Raises:
        ConfigError: there is no such kind.
    """
    found = kinds().get(kind)
    if found is None:
        raise ConfigError("there is no record of this kind", hint=f"known: {', '.join(kinds())}")
    schema = found.model_json_schema()
    name = {"const": found.schema_name()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "properties": {"schema": name, **schema["properties"]},
        "required": ["schema", *schema.get("required", ())],
    }


def _below(base: type[Record]) -> Iterator[type[Record]]:
    for one in base.__subclasses__():
        yield one
        yield from _below(one)
