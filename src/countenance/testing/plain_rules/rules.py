"""Every plain rule: importing this fills the book."""

from countenance.testing.plain_rules import measured, operator, person, picture, scope
from countenance.testing.plain_rules.book import BOOK

FILES = {"measured": measured, "operator": operator, "person": person, "picture": picture, "scope": scope}
"""The modules, by the rule file that each one says again."""

__all__ = ["BOOK", "FILES"]
