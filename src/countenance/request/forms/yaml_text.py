"""YAML as text: a scalar stays the text that it is, because YAML's own guesses turn Norway (`NO`) into *false*.

Aliases are refused, so that a small file cannot unfold into a large one, and so is a key that stands twice.
"""

from typing import Any

import yaml

from countenance.errors import ConfigError

MAX_BYTES = 200_000
_MAX_NODES = 4_000


class _TextLoader(yaml.BaseLoader):
    """Text, lists and mappings only; no aliases; each key once; a bounded number of nodes."""

    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.nodes += 1
        if self.nodes > _MAX_NODES or self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """As PyYAML calls it."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                raise yaml.MarkedYAMLError(problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read_yaml(data: bytes, *, what: str, hint: str) -> dict[str, Any]:
    """The mapping in a YAML file: text, lists and mappings.

    Raises:
        ConfigError: too large, not YAML, an alias, a key that stands twice, or no mapping.
    """
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{what} is larger than {MAX_BYTES} bytes")
    try:
        value = _TextLoader(data.decode("utf-8")).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f": see line {mark.line + 1}" if mark is not None else ""
        raise ConfigError(
            f"{what} is not plain YAML{where}", hint=f"name each key once, and use no aliases; {hint}"
        ) from error
    if not isinstance(value, dict):
        raise ConfigError(f"{what} holds no keys", hint=hint)
    return value
