"""What a picture's own metadata say of who took it, the copyright notice and the day: EXIF, and IPTC-IIM before it.

Anybody can write there. It is offered to whoever registers a title, and is their statement once they do.
"""

import re
from datetime import date
from typing import Any

import pyvips

_EXIF = {
    "photographer": "exif-ifd0-Artist",
    "notice": "exif-ifd0-Copyright",
    "captured_on": "exif-ifd2-DateTimeOriginal",
}
_IIM = {(2, 80): "photographer", (2, 116): "notice", (2, 55): "captured_on"}
"""IPTC-IIM 4.2: By-line, Copyright Notice, Date Created."""
_LONGEST = {"photographer": 200, "notice": 500}
_SPELLED = re.compile(r"(?P<value>.*) \((?P=value), [^()]*\)", re.DOTALL)
_TAG = 0x1C
_HEADER = 5


def said_in(data: bytes) -> dict[str, Any]:
    """`photographer`, `notice`, `captured_on` (a date), as far as they are there; nothing where it cannot be read."""
    try:
        image = pyvips.Image.new_from_buffer(data, "")
        fields = set(image.get_fields())
        found = {name: _text(image.get(field)) for name, field in _EXIF.items() if field in fields}
        found |= _iim(bytes(image.get("iptc-data"))) if "iptc-data" in fields else {}
    except (pyvips.Error, TypeError, ValueError):
        return {}
    read = {name: _value(name, text.strip()) for name, text in found.items()}
    return {name: value for name, value in read.items() if value}


def _text(value: Any) -> str:
    """The value in libvips' spelling: `value (value, ASCII, 9 components, 9 bytes)`."""
    found = _SPELLED.fullmatch(str(value))
    return found["value"] if found else ""


def _iim(block: bytes) -> dict[str, str]:
    """The data sets of a block, wherever in it they begin; lengths of more than two bytes end the reading."""
    found: dict[str, str] = {}
    place = block.find(bytes([_TAG, 2]))
    while 0 <= place <= len(block) - _HEADER and block[place] == _TAG:
        size = int.from_bytes(block[place + 3 : place + _HEADER])
        end = place + _HEADER + size
        name = _IIM.get((block[place + 1], block[place + 2]))
        if name is not None and end <= len(block):
            found.setdefault(name, block[place + _HEADER : end].decode("utf-8", "replace"))
        place = end
    return found


def _value(name: str, text: str) -> Any:
    if name != "captured_on":
        return text if text.isprintable() and len(text) <= _LONGEST[name] else None
    digits = text.replace(":", "").replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if digits.isdecimal() else None
    except ValueError:
        return None
