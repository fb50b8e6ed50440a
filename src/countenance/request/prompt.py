"""Plain English to a wish, through the tables of `lexicon.py`: no network, no guess, and every word must be known.

    prompt := clause { separator clause }
    clause := words of at most one expression, or of parts and one verb, with at most
              one side, one degree, one of less and more, and a negation; in any order

What clauses ask for is joined: where two name a unit, the larger change counts, and opposite ones are an error. What a
negated clause names is taken out of the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countenance.core import facs
from countenance.errors import ConfigError
from countenance.request import lexicon
from countenance.request.wish import Wish, combine
from countenance.request.words import KNOWN, clauses_of, phrases_of, sides_out, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a prompt means."""

    wish: Wish
    said: tuple[str, ...]
    """The same for people, a line a clause."""
    compares: bool
    """It says less or more, which is about changes and not about targets."""


@dataclass(slots=True)
class _Clause:
    """The words of a clause, by what they are."""

    expressions: list[lexicon.Meaning]
    parts: list[str]
    verbs: list[str]
    degrees: list[int]
    peaks: list[int]
    sides: list[str]
    signs: list[int]
    very: bool = False
    negated: bool = False
    closed: bool = False

    @property
    def empty(self) -> bool:
        """Nothing but fillers."""
        return self == _nothing()

    @property
    def thing(self) -> str:
        """What it is about, for people."""
        named = [meaning.name for meaning in self.expressions] + self.parts + self.verbs
        return " ".join(named) or "this"


def understand(prompt: str) -> Understood:
    """The wish that a prompt spells out.

    Raises:
        ConfigError: it holds a word that is not known, or no expression, or contradicts itself.
    """
    clauses = [_sorted_out(words) for words in clauses_of(words_of(prompt))]
    items = [(clause, meaning) for clause in clauses if not clause.empty for meaning in _meanings(clause)]
    removed = {name for clause, meaning in items if clause.negated for name in _removed(clause, meaning)}
    wanted = [(clause, meaning) for clause, meaning in items if not clause.negated]
    units = _without(_joined(_units(clause, meaning) for clause, meaning in wanted if not meaning.target), removed)
    targets = combine(*{id(m.target): m.target for _, m in wanted if m.target}.values())
    wish = combine(Wish(changes=units), targets)
    if not (any(units.values()) or wish.needs_reading):
        raise ConfigError(
            "nothing is asked for in the prompt",
            hint="`no` and `without` only take out of what is asked for; try `less of a smile`, or `neutral`",
        )
    said = tuple(dict.fromkeys(sorted(_said(clause, meaning) for clause, meaning in items)))
    return Understood(wish=wish, said=said, compares=any(clause.signs for clause in clauses))


def _sorted_out(words: list[str]) -> _Clause:
    """The words of a clause, longest phrases first; sides come out before, so that they may stand inside a phrase."""
    clause = _nothing()
    clause.sides, rest = sides_out(words)
    for kind, value, phrase in phrases_of(rest):
        match kind:
            case "expression":
                clause.expressions.append(value)
            case "part":
                clause.parts.append(value)
            case "verb":
                clause.verbs.append(value)
            case "degree":
                clause.degrees.append(value)
            case "number":
                clause.peaks.append(_peak(value))
            case "full":
                clause.peaks.append(value)
            case "sign":
                clause.signs.append(value)
            case "very":
                clause.very = True
            case "not":
                clause.negated = True
            case "closed":
                clause.closed = True
            case _:
                raise ConfigError(f"`{phrase}` stands alone in the prompt", hint=KNOWN)
    return clause


def _peak(said: str) -> int:
    """`40 %` or `0.4` in permille."""
    number, _, percent = said.partition(" ")
    value = float(number) * (10 if percent else 1000)
    if not 0 < value <= 1000:
        raise ConfigError(f"`{number[:20]}` is not a degree", hint="write `40 %`, or a number up to 1 such as 0.4")
    return round(value)


def _meanings(clause: _Clause) -> list[lexicon.Meaning]:
    """What a clause is about.

    Raises:
        ConfigError: several things at once, a part that does nothing, or a word about nothing.
    """
    _require_one_of_each(clause)
    if clause.closed and not (clause.expressions or clause.parts or clause.verbs):
        return [_closed(clause)]
    if len(clause.expressions) == 1 and not (clause.parts or clause.verbs or clause.closed):
        return [_checked(clause, clause.expressions[0])]
    if clause.parts and len(clause.verbs) == 1 and not (clause.expressions or clause.closed):
        return [_checked(clause, _moved(part, clause.verbs[0])) for part in clause.parts]
    if clause.expressions or clause.closed or len(clause.verbs) > 1:
        raise ConfigError(
            f"several things at once: {clause.thing}", hint="join them with `and`: `smile and raise brows`"
        )
    if clause.parts:
        raise ConfigError(f"what is to happen to {clause.thing}?", hint=f"known: {_moves_of(clause.parts[0])}")
    if clause.verbs:
        raise ConfigError(f"what is to {clause.thing}?", hint=f"known: {', '.join(lexicon.PARTS)}")
    raise ConfigError("a degree, a side or a negation stands beside no expression", hint=KNOWN)


def _require_one_of_each(clause: _Clause) -> None:
    if len(clause.degrees) + len(clause.peaks) > 1:
        raise ConfigError(f"several degrees for {clause.thing}", hint="give one: `slight`, `very strong` or `40 %`")
    if clause.very and clause.peaks:
        raise ConfigError(f"`very` beside a number for {clause.thing}", hint="give one of them")
    if len(clause.sides) > 1:
        raise ConfigError(f"several sides for {clause.thing}", hint="say it for each side, or leave the side out")
    if len(clause.signs) > 1 or (clause.negated and clause.signs):
        raise ConfigError(f"less, more and not together for {clause.thing}", hint="give one of them")
    if clause.negated and (clause.degrees or clause.peaks or clause.very):
        raise ConfigError(f"a degree beside a negation for {clause.thing}", hint="say `less` instead of `not`")


def _closed(clause: _Clause) -> lexicon.Meaning:
    """`closed mouth`: a negation without the word."""
    if clause.negated or clause.signs or clause.degrees or clause.peaks or clause.sides or clause.very:
        raise ConfigError("`closed mouth` is said with nothing else", hint="to close an open mouth: `close the mouth`")
    clause.negated = True
    return lexicon.Meaning(name="opening the mouth", also_removes=lexicon.CLOSED_REMOVES)


def _moved(part: str, verb: str) -> lexicon.Meaning:
    found = lexicon.MOVES.get((part, verb))
    if found is None:
        raise ConfigError(f"not understood: {verb} {part}", hint=f"known: {_moves_of(part)}")
    return found


def _moves_of(part: str) -> str:
    return ", ".join(f"{verb} {known}" for known, verb in lexicon.MOVES if known == part)


def _checked(clause: _Clause, meaning: lexicon.Meaning) -> lexicon.Meaning:
    if meaning.target and (clause.degrees or clause.peaks or clause.signs or clause.sides or clause.very):
        raise ConfigError(f"`{meaning.name}` takes no degree and no side", hint="it says what the face is to show: 0")
    if meaning.target and clause.negated:
        raise ConfigError(f"`{meaning.name}` cannot be negated", hint="name the expression that is wanted")
    if meaning.needs_side and not clause.sides and not clause.negated:
        raise ConfigError(f"`{meaning.name}` needs a side", hint=f"say `left {meaning.name}` or `right {meaning.name}`")
    if clause.sides and not all(facs.UNITS[name].sided for name in meaning.units):
        raise ConfigError(f"`{meaning.name}` has no sides", hint="leave the side out")
    return meaning


def _units(clause: _Clause, meaning: lexicon.Meaning) -> dict[str, int]:
    """The clause's changes in permille."""
    side = clause.sides[0] if clause.sides else ""
    sign = clause.signs[0] if clause.signs else 1
    peak = max(abs(value) for value in meaning.units.values())
    if clause.peaks:
        share = clause.peaks[0] / peak
    else:
        share = _degree(clause) * (lexicon.COMPARED_PERMILLE if clause.signs else 1000) / 1_000_000
    return {
        f"{name}{side}": max(-1000, min(1000, round(sign * value * share))) for name, value in meaning.units.items()
    }


def _degree(clause: _Clause) -> int:
    degree = clause.degrees[0] if clause.degrees else None
    if not clause.very:
        return 1000 if degree is None else degree
    if degree is None:
        return 1600
    return degree * 6 // 10 if degree < 1000 else degree * 12 // 10


def _joined(changes: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """All changes as one: the larger of two that agree. Where a side is named, the whole is taken apart."""
    given = list(changes)
    apart = {facs.plain(name) for units in given for name in units if name != facs.plain(name)}
    joined: dict[str, int] = {}
    for name, value in (pair for units in given for pair in _apart(units, apart).items()):
        there = joined.get(name, 0)
        if there * value < 0:
            raise ConfigError(f"{name} is asked for both ways", hint="say what is wanted of it once")
        joined[name] = value if abs(value) > abs(there) else there
    return {name: joined[name] for name in facs.NAMES if name in joined}


def _apart(units: Mapping[str, int], plains: set[str]) -> dict[str, int]:
    return {
        side: value
        for name, value in units.items()
        for side in ((f"{name}L", f"{name}R") if name in plains else (name,))
    }


def _removed(clause: _Clause, meaning: lexicon.Meaning) -> set[str]:
    side = clause.sides[0] if clause.sides else ""
    return {f"{name}{side}" for name in (*meaning.units, *meaning.also_removes)}


def _without(units: Mapping[str, int], removed: set[str]) -> dict[str, int]:
    kept = _apart(units, {facs.plain(name) for name in removed if name != facs.plain(name)} & set(units))
    return {name: value for name, value in kept.items() if name not in removed and facs.plain(name) not in removed}


def _said(clause: _Clause, meaning: lexicon.Meaning) -> str:
    if clause.negated:
        return f"without {meaning.name}: {', '.join(sorted(_removed(clause, meaning), key=facs.NAMES.index))} left out"
    if meaning.target:
        return f"{meaning.name}: {', '.join(meaning.target.targets) or 'every unit that can be read'} to 0"
    units = _units(clause, meaning)
    return f"{meaning.name}: {', '.join(f'{name} {value / 1000:+.2f}' for name, value in units.items())}"


def _nothing() -> _Clause:
    return _Clause(expressions=[], parts=[], verbs=[], degrees=[], peaks=[], sides=[], signs=[])
