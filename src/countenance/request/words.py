"""A prompt cut into clauses, and a clause into phrases of the lexicon. Every word must be known."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from countenance.errors import ConfigError
from countenance.request import lexicon

MOST_CHARACTERS = 500
_TOKEN = re.compile(r"\d*\.\d+|\d+|%|[^\W\d_]+|[,;:.&+/]|\S")
_MARKS = frozenset(",;:.&+/")
_MINUS = re.compile(r"(?<!\w)[-\N{MINUS SIGN}\N{EN DASH}]\s*\.?\d")
_LONGEST = 3


def words_of(prompt: str) -> list[str]:
    """The prompt's words and separators.

    Raises:
        ConfigError: too long, empty, a negative number, or words that are not known; it names them.
    """
    if len(prompt) > MOST_CHARACTERS:
        raise ConfigError(f"the prompt is longer than {MOST_CHARACTERS} characters", hint="say it shorter")
    text = unicodedata.normalize("NFKC", prompt).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if _MINUS.search(text):
        raise ConfigError("the prompt holds a negative number", hint="say `less`: `40 % less of a smile`")
    tokens = _TOKEN.findall(re.sub(r"'s\b", "", text).replace("'", ""))
    words = [token for token in tokens if token in _MARKS or not _is_punctuation(token)]
    refused = [word for word in words if word in lexicon.REFUSED]
    if refused:
        raise ConfigError(f"only expressions can be changed, and `{refused[0]}` is none", hint=KNOWN)
    unknown = [word for word in dict.fromkeys(words) if not _known(word)]
    if unknown:
        raise ConfigError(f"not understood: {', '.join(f'`{word[:40]}`' for word in unknown[:8])}", hint=KNOWN)
    return words


def _is_punctuation(token: str) -> bool:
    return len(token) == 1 and token != "%" and unicodedata.category(token)[0] in "PZ"


def _known(word: str) -> bool:
    return word in _SINGLE or word in _MARKS or word in ("%", "percent") or _is_number(word)


def _is_number(word: str) -> bool:
    return word.isascii() and word.replace(".", "", 1).isdigit()


def clauses_of(words: Sequence[str]) -> list[list[str]]:
    """The words between separators, without fillers. `without` begins a clause and negates it."""
    clauses: list[list[str]] = [[]]
    for word in words:
        if word in _MARKS or word in lexicon.SEPARATORS:
            clauses.append([])
        if word not in _MARKS and word not in _SKIPPED:
            clauses[-1].append(word)
    return clauses


def sides_out(words: list[str]) -> tuple[list[str], list[str]]:
    """The sides that a clause names, as the person's own, and its other words: a side may stand inside a phrase."""
    sides: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        side = _SIDES.get(pair) or _SIDES.get(words[at])
        if side is None:
            rest.append(words[at])
        else:
            sides.append(side)
        at += 2 if pair in _SIDES else 1
    return sides, rest


def phrases_of(words: list[str]) -> Iterable[tuple[str, Any, str]]:
    """Kind, value and words of each phrase: cut so that the fewest words stray, then into the fewest phrases."""
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # strays, phrases and length of the first, of the rest from the end
    for at in reversed(range(len(words))):
        cuts = []
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            known = _phrase(words[at : at + length]) is not None
            if known or length == 1:
                strays, phrases, _ = best[length - 1]
                cuts.append((strays + (not known), phrases + 1, length))
        best.insert(0, min(cuts, key=lambda cut: cut[:2]))
    at = 0
    while at < len(words):
        length = best[at][2]
        yield _phrase(words[at : at + length]) or ("stray", None, words[at])
        at += length


def _phrase(words: list[str]) -> tuple[str, Any, str] | None:
    """What these words are together; None where they are nothing."""
    said = " ".join(words)
    if _is_number(words[0]) and words[1:] in ([], ["%"], ["percent"]):
        return "number", said, said
    return (*_PHRASES[said], said) if said in _PHRASES else None


_PHRASES: dict[str, tuple[str, Any]] = {
    **{word: ("expression", meaning) for meaning in lexicon.EXPRESSIONS for word in meaning.words},
    **{word: ("part", part) for part, words in lexicon.PARTS.items() for word in words},
    **{word: ("verb", verb) for verb, words in lexicon.VERBS.items() for word in words},
    **{word: ("degree", degree) for degree, words in lexicon.DEGREES.items() for word in words},
    **dict.fromkeys(lexicon.FULL, ("full", 1000)),
    **dict.fromkeys(lexicon.LESS, ("sign", -1)),
    **dict.fromkeys(lexicon.MORE, ("sign", 1)),
    **dict.fromkeys(lexicon.VERY, ("very", None)),
    **dict.fromkeys(lexicon.NOT, ("not", None)),
    **dict.fromkeys(lexicon.CLOSED, ("closed", None)),
}
_SIDES: dict[str, str] = {
    **dict.fromkeys(lexicon.LEFT, "L"),
    **dict.fromkeys(lexicon.RIGHT, "R"),
    **dict.fromkeys(lexicon.IMAGE_LEFT, "R"),
    **dict.fromkeys(lexicon.IMAGE_RIGHT, "L"),
}
_SKIPPED = frozenset(lexicon.FILLERS) | (frozenset(lexicon.SEPARATORS) - frozenset(lexicon.NOT))
_SINGLE = frozenset(word for phrase in (*_PHRASES, *_SIDES) for word in phrase.split()) | _SKIPPED
KNOWN = (
    f"expressions: {', '.join(meaning.name for meaning in lexicon.EXPRESSIONS)}; "
    f"parts: {', '.join(lexicon.PARTS)}; what they do: {', '.join(lexicon.VERBS)}; "
    "degrees: hint, slight, moderate, broad, strong, very, fully, 40 %; left, right; less, more; no, without"
)
