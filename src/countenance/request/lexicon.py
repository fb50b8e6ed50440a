"""The words that `--prompt` knows. Tables only: `prompt.py` holds the grammar, docs/guides/expressions.md shows both.

Words stand in lower case, phrases without `the`, `of` and other words of `FILLERS`. Amounts are this project's choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countenance.request.presets import PRESETS
from countenance.request.wish import Wish

_OPENING = ("AU25", "AU26", "AU27")
_SHOWING_TEETH = (*_OPENING, "AU10", "AU16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Something that can be asked for: its words, and its units in permille at the usual degree."""

    name: str
    words: tuple[str, ...] = ()
    units: Mapping[str, int] = field(default_factory=dict)
    also_removes: tuple[str, ...] = ()
    """What `no` and `without` take away besides its own units."""
    needs_side: bool = False
    target: Wish | None = None
    """What the face is to show, instead of changes."""


def _preset(name: str, *words: str) -> Meaning:
    """An expression that is a preset too."""
    chosen = PRESETS[name]
    target = chosen.wish() if chosen.shown or chosen.rest_to_zero else None
    return Meaning(name=name, words=words, units={} if target else chosen.units, target=target)


EXPRESSIONS: tuple[Meaning, ...] = (
    _preset(
        "closed-mouth-smile",
        *("smile", "smiles", "smiling", "closed mouth smile", "closed mouthed smile", "closed lip smile"),
        *("closed lipped smile", "closed smile"),
    ),
    _preset("open-smile", "open smile", "open mouth smile", "open mouthed smile", "toothy smile"),
    _preset(
        "joy",
        *("joy", "joyful", "joyfully", "happy", "happily", "happiness", "grin", "grinning", "laugh", "laughing"),
        *("delight", "delighted"),
    ),
    _preset("surprise", "surprise", "surprised", "astonished", "astonishment", "amazed", "amazement"),
    _preset("frown", "frown", "frowns", "frowning"),
    _preset("sad", "sad", "sadly", "sadness", "unhappy", "sorrow"),
    _preset("angry", "angry", "angrily", "anger", "furious"),
    _preset("disgust", "disgust", "disgusted"),
    _preset("eyes-wide", "wide eyes", "eyes wide", "wide eyed", "eyes wide open", "wide open eyes"),
    _preset("neutral", "neutral", "expressionless", "deadpan"),
    _preset("relaxed-brow", "relaxed brow", "relaxed brows", "relaxed eyebrows", "relax brow", "relax brows"),
    Meaning(
        name="fear",
        words=("fear", "fearful", "afraid", "scared"),
        units={"AU1": 400, "AU2": 300, "AU4": 300, "AU5": 400, "AU20": 400},
    ),
    Meaning(name="pout", words=("pout", "pouting"), units={"AU17": 400, "AU18": 300}),
    Meaning(name="squint", words=("squint", "squinting"), units={"AU6": 300, "AU7": 500}),
    Meaning(name="dimples", words=("dimple", "dimples"), units={"AU14": 500}),
    Meaning(name="wink", words=("wink", "winking"), units={"AU6": 300, "AU43": 1000}, needs_side=True),
    Meaning(name="smirk", words=("smirk", "smirking"), units={"AU12": 400, "AU14": 300}, needs_side=True),
    Meaning(
        name="teeth",
        words=("teeth", "teeth visible", "visible teeth"),
        units={"AU25": 500},
        also_removes=_SHOWING_TEETH,
    ),
)
"""Whole expressions."""

CLOSED: tuple[str, ...] = (
    "closed mouth",
    "mouth closed",
    "closed lips",
    "lips closed",
    "mouth shut",
    "shut mouth",
    "lips together",
)
"""The same as `without opening the mouth`. To close an open one: `close the mouth`."""
CLOSED_REMOVES = _OPENING

PARTS: Mapping[str, tuple[str, ...]] = {
    "brows": ("brow", "brows", "eyebrow", "eyebrows"),
    "inner brows": ("inner brow", "inner brows", "inner eyebrow", "inner eyebrows"),
    "outer brows": ("outer brow", "outer brows", "outer eyebrow", "outer eyebrows"),
    "eyes": ("eye", "eyes", "lid", "lids", "eyelid", "eyelids"),
    "upper lids": ("upper lid", "upper lids", "upper eyelid", "upper eyelids"),
    "lower lids": ("lower lid", "lower lids", "lower eyelid", "lower eyelids"),
    "cheeks": ("cheek", "cheeks"),
    "nose": ("nose",),
    "upper lip": ("upper lip",),
    "lower lip": ("lower lip", "bottom lip"),
    "lips": ("lip", "lips"),
    "corners of the mouth": (
        *("corner mouth", "corners mouth", "mouth corner", "mouth corners"),
        *("lip corner", "lip corners", "corner lips", "corners lips"),
    ),
    "mouth": ("mouth",),
    "jaw": ("jaw",),
    "chin": ("chin",),
}
"""Parts of the face."""

VERBS: Mapping[str, tuple[str, ...]] = {
    "raise": ("raise", "raises", "raised", "raising", "lift", "lifts", "lifted", "lifting", "arch", "arched", "up"),
    "lower": ("lower", "lowers", "lowered", "lowering", "drop", "drops", "dropped", "dropping", "down", "drooping"),
    "furrow": ("furrow", "furrows", "furrowed", "furrowing", "knit", "knitted", "together", "creased"),
    "open": ("open", "opens", "opened", "opening", "part", "parts", "parted", "parting", "apart"),
    "close": ("close", "closes", "closed", "closing", "shut", "shuts", "shutting"),
    "widen": ("widen", "widens", "widened", "widening", "wide open"),
    "narrow": ("narrow", "narrows", "narrowed", "narrowing"),
    "tighten": ("tighten", "tightens", "tightened", "tightening", "tense", "tensed"),
    "wrinkle": ("wrinkle", "wrinkled", "wrinkling", "scrunch", "scrunched", "crinkle", "crinkled"),
    "press": ("press", "presses", "pressed", "pressing"),
    "purse": ("purse", "purses", "pursed", "pursing", "pucker", "puckered", "puckering"),
    "stretch": ("stretch", "stretches", "stretched", "stretching"),
    "suck": ("suck", "sucks", "sucked", "sucking"),
    "funnel": ("funnel", "funneled", "funnelled"),
}
"""What a part can do."""


def _move(part: str, verb: str, units: Mapping[str, int], *also_removes: str) -> tuple[tuple[str, str], Meaning]:
    return (part, verb), Meaning(name=f"{verb} {part}", units=units, also_removes=also_removes)


_MOVES: tuple[tuple[tuple[str, str], Meaning], ...] = (
    _move("brows", "raise", {"AU1": 400, "AU2": 400}),
    _move("brows", "lower", {"AU4": 400}),
    _move("brows", "furrow", {"AU4": 400}),
    _move("inner brows", "raise", {"AU1": 500}),
    _move("outer brows", "raise", {"AU2": 500}),
    _move("eyes", "open", {"AU5": 400}),
    _move("eyes", "widen", {"AU5": 500}),
    _move("eyes", "close", {"AU43": 1000}),
    _move("eyes", "lower", {"AU43": 400}),
    _move("eyes", "narrow", {"AU7": 500}),
    _move("eyes", "tighten", {"AU7": 500}),
    _move("eyes", "wrinkle", {"AU6": 500}),
    _move("upper lids", "raise", {"AU5": 500}),
    _move("upper lids", "lower", {"AU43": 400}),
    _move("lower lids", "raise", {"AU7": 400}),
    _move("lower lids", "tighten", {"AU7": 400}),
    _move("cheeks", "raise", {"AU6": 500}),
    _move("nose", "wrinkle", {"AU9": 500}),
    _move("upper lip", "raise", {"AU10": 400}),
    _move("lower lip", "lower", {"AU16": 400}),
    _move("corners of the mouth", "raise", {"AU12": 500}),
    _move("corners of the mouth", "lower", {"AU15": 400}),
    _move("lips", "open", {"AU25": 400}, *_OPENING),
    _move("lips", "close", {"AU25": -400}),
    _move("lips", "press", {"AU24": 500}),
    _move("lips", "tighten", {"AU24": 500}),
    _move("lips", "purse", {"AU18": 500}),
    _move("lips", "stretch", {"AU20": 400}),
    _move("lips", "suck", {"AU28": 500}),
    _move("lips", "funnel", {"AU22": 500}),
    _move("mouth", "open", {"AU25": 400, "AU26": 400}, *_OPENING),
    _move("mouth", "close", {"AU25": -500, "AU26": -500}),
    _move("mouth", "stretch", {"AU27": 500}),
    _move("mouth", "purse", {"AU18": 500}),
    _move("jaw", "lower", {"AU26": 500}, *_OPENING),
    _move("jaw", "open", {"AU26": 500}, *_OPENING),
    _move("jaw", "raise", {"AU26": -500}),
    _move("jaw", "close", {"AU26": -500}),
    _move("chin", "raise", {"AU17": 400}),
)
MOVES: Mapping[tuple[str, str], Meaning] = dict(_MOVES)
"""A part and what it does, together."""

DEGREES: Mapping[int, tuple[str, ...]] = {
    300: ("hint", "trace", "touch", "barely", "hardly"),
    500: (
        *("slight", "slightly", "little", "bit", "little bit", "tiny bit", "tiny", "subtle", "subtly", "gentle"),
        *("gently", "soft", "softly", "mild", "mildly", "small", "faint", "faintly", "half", "partly", "light"),
        "lightly",
    ),
    1000: ("moderate", "moderately", "medium", "normal", "normally"),
    1300: ("quite", "rather", "clear", "clearly"),
    1600: (
        *("broad", "broadly", "big", "wide", "widely", "strong", "strongly", "large", "much", "lot", "deep"),
        *("deeply", "great", "greatly", "hard", "heavy", "heavily"),
    ),
    1900: ("huge", "enormous", "extreme", "extremely", "intense", "intensely"),
}
"""Permille of the usual amount."""
FULL: tuple[str, ...] = ("fully", "full", "completely", "complete", "totally", "entirely", "maximum", "maximal")
"""The strongest unit goes to 1, the others keep their share."""
VERY: tuple[str, ...] = ("very", "really")
"""A weak degree becomes weaker, any other stronger."""

LESS: tuple[str, ...] = ("less", "reduce", "reduced", "reducing", "weaken", "weaker", "smaller", "diminish")
MORE: tuple[str, ...] = ("more", "increase", "increased", "increasing", "stronger", "bigger", "broader", "enhance")
COMPARED_PERMILLE = 600
"""`less` and `more` change by this share of the usual amount, unless a degree says otherwise."""

NOT: tuple[str, ...] = ("no", "not", "dont", "doesnt", "isnt", "arent", "never", "avoid", "without")
LEFT: tuple[str, ...] = ("left",)
RIGHT: tuple[str, ...] = ("right",)
IMAGE_LEFT: tuple[str, ...] = ("image left", "picture left", "photo left", "viewer left", "left image", "left picture")
IMAGE_RIGHT: tuple[str, ...] = (
    *("image right", "picture right", "photo right", "viewer right", "right image", "right picture"),
)
"""Sides are the person's own; a side of the picture is the other side of a person who looks at the camera."""

SEPARATORS: tuple[str, ...] = ("and", "with", "but", "while", "plus", "in", "then", "also", "without")
"""Besides , ; : . & + and /."""
FILLERS: tuple[str, ...] = (
    *("a", "an", "the", "this", "that", "her", "his", "their", "its", "of", "to", "by", "on", "at", "as", "for"),
    *("be", "being", "is", "are", "do", "look", "looks", "looking", "make", "makes", "making", "give", "gives"),
    *("giving", "have", "has", "having", "let", "put", "please", "she", "he", "they", "it", "him", "them", "person"),
    *("face", "facial", "expression", "some", "just", "both", "own", "keep", "keeps", "keeping", "stay", "stays"),
    *("staying", "show", "shows", "showing", "add", "pull", "pulled", "pulling", "draw", "drawn", "drawing", "s"),
)
"""Without meaning of their own."""

REFUSED: tuple[str, ...] = (
    *("identity", "age", "aged", "old", "older", "young", "younger", "youthful", "child", "weight", "thin", "thinner"),
    *("slim", "slimmer", "fat", "fatter", "skin", "tan", "pale", "paler", "darker", "lighter", "wrinkles", "nude"),
    *("naked", "nudity", "undressed", "clothes", "sexy", "pretty", "prettier", "beautiful", "attractive", "handsome"),
    *("hair", "beard", "makeup", "gender", "male", "female", "man", "woman", "race", "ethnic", "ethnicity", "body"),
    *("gaze", "background"),
)
"""What is no expression, whatever else stands beside it."""
