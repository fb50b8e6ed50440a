"""What a release says, in plain words: one row for each thing that a lawyer looks for, granted or not."""

from collections.abc import Iterable, Mapping

from countenance.core import facs
from countenance.core.clock import last_day
from countenance.core.records.consent import Grant, ModelRelease
from countenance.core.records.terms import Denied, Limit, Signature

Row = tuple[str, str]
_NOT_SAID = "not said"
_DENIED_WORDS = {
    "teeth-visible": "visible teeth",
    "eyes-closed": "lids further down than {limit}",
    "asymmetry": "left and right apart by more than {limit}",
    "unit": "any change of {unit}",
}


def rows(release: ModelRelease) -> tuple[Row, ...]:
    """Name and words of everything that a release can say."""
    return (*_use(release.grant), *_face(release.grant), *_agreement(release))


def _use(grant: Grant) -> tuple[Row, ...]:
    only = " only" if grant.advertiser or grant.product_line or grant.campaign else ""
    named = [part for part in (grant.advertiser, grant.product_line, grant.campaign) if part]
    bases = grant.bases or {}
    return (
        ("valid", f"{grant.valid_from[:10]} to {last_day(grant.valid_until)}, both included (UTC)"),
        ("purposes", _listed(f"{one} ({bases.get(one, 'consent')})" for one in grant.purposes)),
        ("machine training", "allowed" if "training" in grant.purposes else "denied"),
        ("media", _listed(grant.media)),
        ("platforms", _listed(grant.platforms) if grant.platforms else "no limit"),
        ("territories", "everywhere" if "*" in grant.territories else _listed(grant.territories)),
        ("advertiser, product, campaign", f"{_listed(named)}{only}" if named else "no limit"),
        ("exclusive", grant.exclusive or _NOT_SAID),
        ("description", grant.description or _NOT_SAID),
        ("sensitive uses", _listed(grant.sensitive_uses) if grant.sensitive_uses else "all denied"),
        (
            "pictures",
            f"{len(grant.pictures)} named by digest, no other" if grant.pictures else "those that are tied to it",
        ),
    )


def _face(grant: Grant) -> tuple[Row, ...]:
    return (
        ("changes of the face", _limits(grant.units)),
        ("everything else of the face", "denied"),
        ("teeth", "may be visible" if grant.teeth_visible else "denied"),
        ("denied besides", "; ".join(_denied(one) for one in grant.denied or ()) or "nothing"),
        ("edits of one picture", "no limit" if grant.most_edits is None else f"at most {grant.most_edits}"),
        ("edits upon edits", f"{grant.generations or 1}"),
        ("approval by the person", "each picture" if grant.approval == "per-picture" else "not asked for"),
        ("face geometry", "may be kept" if grant.keep_landmarks else "not kept"),
        ("contact sheets seen", f"{len(grant.examples_shown)}" if grant.examples_shown else "none"),
    )


def _agreement(release: ModelRelease) -> tuple[Row, ...]:
    paid, kept, shoot = release.compensation, release.retention, release.shoot
    who, guardian, ends = release.representation, release.guardian, release.revocability
    return (
        ("signed on", release.signed_on.isoformat()),
        ("signatures", "; ".join(_signature(one) for one in release.signatures or ()) or _NOT_SAID),
        ("guardian", f"{guardian.name} ({guardian.relation})" if guardian else "none"),
        ("represented by", f"{who.name} ({who.kind})" if who else "nobody named"),
        ("given to", release.counterparty or _NOT_SAID),
        ("may be passed on to", _listed(release.assigns) if release.assigns else "nobody"),
        ("shoot", f"{shoot.name}{f', {shoot.on}' if shoot.on else ''}" if shoot else _NOT_SAID),
        ("pay", f"{paid.rate} {paid.currency} per {paid.unit}" if paid else _NOT_SAID),
        ("text given to read", release.notice_given_at or _NOT_SAID),
        ("text", f"{len(release.text)} characters, {release.language or 'language not said'}"),
        (
            "withdrawal",
            _WITHDRAWAL[ends.effect if ends else "future"] + (f": {ends.terms}" if ends and ends.terms else ""),
        ),
        ("governing law", release.governing_law or _NOT_SAID),
        (
            "kept",
            f"{kept.years_after_end} years after its end, because: {kept.why}; then {kept.then}" if kept else _NOT_SAID,
        ),
    )


_WITHDRAWAL = {
    "future": "no new edits from then on",
    "stop-use": "no new edits, and files that are out are no longer used",
    "delete": "no new edits, and files that are out are deleted",
}


def limit_words(limit: Limit) -> str:
    """How far one unit may change."""
    least, most, cap = limit.min_permille, limit.max_permille, limit.absolute_max_permille
    changed = f"{_number(least)} to {_number(most)}" if least or most else "not at all"
    return f"{changed}{'' if cap is None else f', shows at most {_number(cap)}'}"


def _limits(units: Mapping[str, Limit]) -> str:
    """Units that share their limits stand together."""
    alike: dict[str, list[str]] = {}
    for name, limit in units.items():
        alike.setdefault(limit_words(limit), []).append(unit_words(name))
    return "; ".join(f"{', '.join(names)}: {words}" for words, names in alike.items()) or "none: all denied"


def unit_words(name: str) -> str:
    """`AU12L` as people can read it."""
    side = {"L": ", left", "R": ", right"}.get(name[-1], "")
    return f"{name} ({facs.UNITS[facs.plain(name)].name}{side})"


def denied_words(one: Denied) -> str:
    """What a test denies."""
    return _DENIED_WORDS[one.test].format(
        limit=_number(one.limit_permille or 0), unit=unit_words(one.unit) if one.unit else "a unit"
    )


def _denied(one: Denied) -> str:
    return f"{denied_words(one)} (\u201c{one.reason}\u201d)"


def _signature(one: Signature) -> str:
    apart = ", apart from the rest" if one.separate else ""
    return f"{one.name} ({one.role}), {one.method}, {one.on}{apart}"


def _number(permille: int) -> str:
    return f"{permille / 1000:g}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
