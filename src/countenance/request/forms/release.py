"""The form of a model release: every key, what may stand there, and what it is for. What is absent is not granted."""

from typing import Any, get_args

from countenance.core import facs
from countenance.core.ids import ID_PATTERN
from countenance.core.records.terms import (
    Compensation,
    Denied,
    DeniedTest,
    Guardian,
    LegalBasis,
    Medium,
    Purpose,
    Representation,
    Retention,
    Revocability,
    SensitiveUse,
    Shoot,
    Signature,
    SignerRole,
    SigningMethod,
)
from countenance.request.forms.kinds import (
    YES_NO,
    ByName,
    Choice,
    Day,
    Key,
    Many,
    Moment,
    Share,
    Table,
    Text,
    Whole,
    words,
)
from countenance.request.forms.limits import PARTS, UNITS
from countenance.request.territories import TERRITORIES

MAX_TEXT = 100_000
_ALLOWED = Choice({"allowed": True, "denied": False})
_DIGEST = Text(most=71, pattern=r"sha256:[0-9a-f]{64}", hint="sha256: and 64 hex digits")
_TERRITORY = Text(
    most=2,
    pattern="|".join(["[*]", *sorted(TERRITORIES)]),
    hint='ISO 3166 codes such as DE, or "*" for every territory',
)
PERSON = Text(most=100, pattern=ID_PATTERN.strip("^$"), hint="an id: `countenance person add` shows it")
PURPOSES = get_args(Purpose)

GUARDIAN = Table(
    {
        "name": Key(Text(most=200), "who consents for the minor", required=True),
        "relation": Key(Text(most=100), "mother, father, legal guardian ...", required=True),
        "contact": Key(Text(most=500), "how to reach them"),
    },
    Guardian,
)
_REPRESENTATION = Table(
    {
        "kind": Key(words("lawyer", "union", "agency"), "who represented the person", required=True),
        "name": Key(Text(most=200), "their name", required=True),
        "registration": Key(Text(most=100), "their registration, such as an agency's licence number"),
    },
    Representation,
)
_SIGNATURE = Table(
    {
        "role": Key(words(*get_args(SignerRole)), "in which role", required=True),
        "name": Key(Text(most=200), "who signed", required=True),
        "method": Key(words(*get_args(SigningMethod)), "how; a scan is evidence of lower rank", required=True),
        "on": Key(Day(), "on which day", required=True),
        "document": Key(_DIGEST, "SHA-256 of the signed file"),
        "timestamped_at": Key(Moment(), "the time-stamp's instant, where there is one"),
        "separate": Key(Choice(YES_NO), "whether it stands apart from the rest of a contract"),
    },
    Signature,
)
_COMPENSATION = Table(
    {
        "rate": Key(Text(most=17, pattern=r"[0-9]{1,12}(\.[0-9]{1,4})?", hint="an amount such as 450.00"), "how much",
                    required=True),
        "unit": Key(Text(most=100), "per what: day, picture, campaign", required=True),
        "currency": Key(Text(most=3, pattern="[A-Z]{3}", hint="a code such as EUR"), "ISO 4217", required=True),
    },
    Compensation,
)  # fmt: skip
_RETENTION = Table(
    {
        "years_after_end": Key(Whole(0, 100), "years that the record is kept after the release ends", required=True),
        "why": Key(Text(most=500), "why so long", required=True),
        "then": Key(words("erase", "review"), "what happens then; erase where absent"),
    },
    Retention,
)
_REVOCABILITY = Table(
    {
        "effect": Key(words("future", "stop-use", "delete"), "what a withdrawal does to files that are out"),
        "terms": Key(Text(most=2000), "in words; new edits are always refused at once"),
    },
    Revocability,
)
_SHOOT = Table(
    {"name": Key(Text(most=200), "which shoot", required=True), "on": Key(Day(), "its day")},
    Shoot,
)


def _denied(**given: Any) -> Denied:
    limit = {"limit_permille": given.pop("limit")} if "limit" in given else {}
    return Denied(**given, **limit)


_DENIED = Table(
    {
        "test": Key(words(*get_args(DeniedTest)), "what is measured on the result", required=True),
        "reason": Key(Text(most=500), "why, in the person's words", required=True),
        "limit": Key(Share(0, 1), "of eyes-closed and asymmetry: beyond which it is denied"),
        "unit": Key(words(*facs.NAMES), "of unit: the action unit that must not change at all"),
    },
    _denied,
)

RELEASE = Table(
    {
        "person": Key(PERSON, "whose release it is; `--person` on the command line overrides it"),
        "template": Key(Text(most=64, pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", hint="a word"), "the form it is on"),
        "signed_on": Key(Day(), "the day on which the person signed", required=True),
        "valid": Key(
            Table({"from": Key(Day(), "first day", required=True), "until": Key(Day(), "last day", required=True)}),
            "from which day to which, both included",
            required=True,
        ),
        "purposes": Key(Many(of=words(*PURPOSES), least=1), "what the pictures may be used for", required=True),
        "legal_bases": Key(
            ByName(names=PURPOSES, what="a purpose", of=words(*get_args(LegalBasis))),
            "legal basis by purpose (GDPR art. 6); consent where absent",
        ),
        "media": Key(Many(of=words(*get_args(Medium)), least=1), "where they may appear", required=True),
        "platforms": Key(Many(of=Text(most=100), least=1), "on which platforms only"),
        "territories": Key(Many(of=_TERRITORY, least=1), 'in which countries; "*" for all', required=True),
        "exclusive": Key(Text(most=500), "exclusivity, in words"),
        "advertiser": Key(Text(most=200), "for which advertiser only"),
        "product_line": Key(Text(most=200), "for which product line only"),
        "campaign": Key(Text(most=200), "for which campaign only"),
        "description": Key(Text(most=5000), "the intended uses, in the words that the person saw"),
        "parts": Key(PARTS, "how far the parts of the face may change"),
        "units": Key(UNITS, "how far single action units may change; may narrow a part, also on one side"),
        "teeth": Key(_ALLOWED, "whether teeth may be visible in the result; denied where absent"),
        "denied": Key(Many(of=_DENIED), "what must not be seen in the result"),
        "keep_landmarks": Key(_ALLOWED, "whether the face's geometry may be kept; denied where absent"),
        "sensitive_uses": Key(Many(of=words(*get_args(SensitiveUse))), "sensitive uses that are granted; none else"),
        "most_edits": Key(Whole(1, 1000), "the most published edits of one picture"),
        "generations": Key(Whole(1, 10), "how many edits of the face may lie one upon the other; one where absent"),
        "approval": Key(words("none", "per-picture"), "whether the person approves each picture; silence is no"),
        "examples_shown": Key(Many(of=_DIGEST), "digests of the contact sheets that they saw: `countenance sheet`"),
        "pictures": Key(Many(of=_DIGEST, least=1), "digests of the only pictures that it is for"),
        "text": Key(Text(most=MAX_TEXT), "the exact words that the person agreed to", required=True),
        "language": Key(
            Text(most=35, pattern=r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", hint="a code such as de or en-GB"),
            "of the text (BCP 47)",
        ),
        "guardian": Key(GUARDIAN, "who signed for a minor"),
        "representation": Key(_REPRESENTATION, "who represented the person"),
        "counterparty": Key(Text(most=200), "to whom the release is given"),
        "assigns": Key(Many(of=Text(most=200)), "to whom it may be passed on"),
        "signatures": Key(Many(of=_SIGNATURE), "who signed, how and when"),
        "shoot": Key(_SHOOT, "for which shoot"),
        "compensation": Key(_COMPENSATION, "what is paid"),
        "notice_given_at": Key(Moment(), "when the person was given the text to read"),
        "revocability": Key(_REVOCABILITY, "what a withdrawal does"),
        "governing_law": Key(Text(most=200), "which law governs"),
        "retention": Key(_RETENTION, "how long the record is kept"),
    }
)  # fmt: skip
