"""Random worlds of records, nearly all permitted but for one or two things; and some in which nothing is wrong."""

from datetime import date

from hypothesis import strategies as st

from countenance.core.records.consent import DepictedPerson, SiblingEdit
from countenance.core.records.recipe import MeasuredUnit
from countenance.core.records.terms import Denied, Guardian, Licence, Limit
from countenance.testing.worlds import (
    AT,
    BEFORE,
    a_release,
    a_revocation,
    a_tie,
    a_title,
    a_world,
    an_approval,
    an_earlier_edit,
    an_id,
)

LATER = "2027-03-01T12:00:00.001Z"
MOMENTS = st.sampled_from([BEFORE, "2027-03-01T11:59:59.999Z", AT, LATER, "2030-01-01T00:00:00.000Z"])
CHANGES = st.sampled_from([-1000, -601, -600, -300, -1, 0, 1, 300, 301, 400, 500, 501, 1000])
STEPS = st.sampled_from([-200, 0, 100, 101, 300])
UNITS = st.sampled_from(["AU12", "AU12L", "AU12R", "AU4", "AU4L", "AU6", "AU17"])
LIMITS = st.builds(
    Limit,
    min_permille=st.sampled_from([-1000, -600, 0]),
    max_permille=st.sampled_from([0, 300, 500, 1000]),
    absolute_max_permille=st.sampled_from([None, None, None, 300, 500]),
)
DENIALS = st.builds(
    Denied,
    test=st.sampled_from(["teeth-visible", "eyes-closed", "asymmetry", "unit"]),
    reason=st.just("as I wish"),
    limit_permille=st.sampled_from([None, 0, 300, 300, 500]),
    unit=st.sampled_from([None, "AU99", "AU6", "AU12L", "AU4"]),
)
READINGS = st.builds(MeasuredUnit, value_permille=CHANGES, error_permille=st.sampled_from([0, 1, 60]))


def mostly(usual, *others):
    return st.sampled_from([usual] * (30 * len(others)) + list(others))


def people(draw):
    born = st.sampled_from([None, None, date(1990, 5, 5), date(2009, 1, 1), date(2009, 3, 1), date(2009, 3, 2)])
    person = DepictedPerson(
        id=an_id("person"), alias="P", adult=draw(mostly(True, False)), born=draw(born), added_at=BEFORE
    )
    other = person.model_copy(update={"id": an_id("person", 2)})
    return draw(mostly((person, other), (), (other,)))


def the_use(draw):
    """What else a release may say."""
    return {
        "advertiser": draw(mostly(None, "Acme", "Other")),
        "campaign": draw(mostly(None, "Spring")),
        "product_line": draw(mostly(None, "Shoes")),
        "platforms": draw(mostly(None, ("shop", "feed"))),
        "pictures": draw(mostly(None, ("sha256:" + "1" * 64,), (a_world().request.asset.digest_of_file,))),
        "sensitive_uses": draw(mostly(None, ("health",))),
        "most_edits": draw(mostly(None, 1, 2)),
        "generations": draw(mostly(2, None, 3)),
        "approval": draw(mostly(None, "per-picture")),
        "denied": draw(st.one_of(st.none(), st.none(), st.none(), st.lists(DENIALS, max_size=2).map(tuple))),
    }


def approvals(draw, world):
    found = []
    for number in range(draw(st.sampled_from([0, 1, 1, 2]))):
        yes = an_approval(world, number=number + 1, **draw(st.dictionaries(UNITS, STEPS, max_size=2)))
        found.append(
            yes.model_copy(
                update={
                    "units": draw(mostly({"AU12": 500}, yes.units)),
                    "by_person": draw(mostly(True, False)),
                    "valid_until": draw(mostly("2028-01-01T00:00:00.000Z", AT, LATER)),
                    "release_id": draw(mostly(an_id("release"), an_id("release", 2), None)),
                    "asset_digest": draw(mostly(yes.asset_digest, "sha256:" + "2" * 64)),
                }
            )
        )
    return tuple(found)


def siblings(draw, count):
    return tuple(
        SiblingEdit(
            edit_id=an_id("edit", 50 + number),
            release_id=an_id("release", draw(st.integers(1, 3))),
            region_px=an_earlier_edit(face=draw(st.integers(0, count - 1))).region_px,
        )
        for number in range(draw(st.sampled_from([0, 1, 2])))
    )


def on_file(draw, world, count):
    title = world.evidence.title.model_copy(update={"alteration": draw(mostly("yes", "no", "approval"))})
    foreign = title.model_copy(
        update={"asset": title.asset.model_copy(update={"digest_of_file": "sha256:" + "0" * 64})}
    )
    releases = []
    for number in (1, 2):
        release = a_release(number, person=draw(mostly(number, 1)))
        grant = release.grant.model_copy(
            update={
                "units": draw(st.one_of(st.just(release.grant.units), st.dictionaries(UNITS, LIMITS, max_size=4))),
                "territories": draw(mostly(("DE", "FR"), ("*",), ("US",))),
                "teeth_visible": draw(st.booleans()),
                **the_use(draw),
                "valid_from": draw(mostly("2027-01-01T00:00:00.000Z", AT, LATER)),
                "valid_until": draw(mostly("2035-01-01T00:00:00.000Z", AT, LATER)),
            }
        )
        releases.append(release.model_copy(update={"grant": grant}))
    choices = [an_id("release"), an_id("release", 2), None]
    ties = [a_tie(0, draw(mostly(choices[0], *choices[1:])))] if draw(mostly(True, False)) else []
    ties += [a_tie(n, draw(st.sampled_from(choices))) for n in range(1, count) if draw(mostly(True, False))]
    if draw(mostly(False, True)):
        ties.append(a_tie(0, draw(st.sampled_from(choices)), number=1, at=draw(mostly(AT, "2027-01-15T00:00:00.000Z"))))
    ends = st.sampled_from([an_id("release"), an_id("release", 2), an_id("operator"), an_id("tie")])
    ended = [a_revocation(draw(ends), at=draw(MOMENTS)) for _ in range(draw(mostly(0, 1, 2)))]
    return world.knowing(
        title=draw(mostly(title, None, foreign)),
        ties=tuple(ties),
        releases=draw(mostly(tuple(releases), (), (releases[1],))),
        persons=people(draw),
        revocations=tuple(ended),
        operator=draw(mostly(world.evidence.operator, None)),
        operator_revoked_at=draw(mostly(None, BEFORE, LATER)),
        last_entry_at=draw(mostly(BEFORE, None, AT, LATER)),
        earlier=draw(chains(max(count, 1))),
        approvals=approvals(draw, world),
        siblings=draw(mostly(siblings(draw, max(count, 1)), None)),
    )


@st.composite
def chains(draw, count, names=UNITS, lengths=(0, 0, 0, 1, 2)):
    """The edits before, each of any face; by default mostly none."""
    return tuple(
        an_earlier_edit(number, face=draw(st.integers(0, count - 1)), **draw(st.dictionaries(names, STEPS, max_size=2)))
        for number in range(draw(st.sampled_from(lengths)))
    )


@st.composite
def worlds(draw):
    count = draw(st.integers(0, 3))
    world = a_world(faces=max(count, 1))
    world = world.knowing(title=a_title(world.request.asset, count))
    world = on_file(draw, world, count)
    if world.evidence.operator is not None:
        role = draw(mostly("retoucher", "rights", "approver"))
        world = world.knowing(operator=world.evidence.operator.model_copy(update={"role": role}))
    usual = st.just({"AU12": 400})
    world = world.asking(
        units=draw(st.one_of(usual, usual, st.dictionaries(UNITS, CHANGES, max_size=4))),
        purpose=draw(mostly("advertising", "film")),
        medium=draw(mostly("web", "cinema")),
        territory=draw(mostly("DE", "US")),
        face=draw(mostly(0, None, 1, 7)),
        operator_id=draw(mostly(an_id("operator"), an_id("operator"), an_id("operator", 9))),
        advertiser=draw(st.sampled_from([None, "Acme", " ACME "])),
        campaign=draw(st.sampled_from([None, "spring"])),
        product_line=draw(st.sampled_from([None, "Shoes"])),
        platform=draw(st.sampled_from([None, "feed", "tv"])),
        targets=draw(mostly(None, {"AU12": 450}, {"AU12": 501})),
    )
    readings = {
        name: MeasuredUnit(value_permille=value, error_permille=60) for name, value in world.request.units.items()
    }
    return world.measuring(
        edit_id=draw(mostly(an_id("edit"), an_id("edit", 2))),
        units=draw(st.one_of(st.just(readings), st.just(readings), st.dictionaries(UNITS, READINGS, max_size=4))),
        unchecked=draw(mostly((), ("AU12",), ("AU4L", "AU6"))),
        teeth_visible_after=draw(mostly(False, True)),
        rigid_drift_permille=draw(mostly(4, 30, 31)),
        changed_outside_before_marks_px=draw(mostly(0, 1)),
        eyes_closed_after_permille=draw(st.sampled_from([None, 0, 300, 301])),
        asymmetry_permille=draw(st.sampled_from([None, 0, 300, 301])),
        shown=draw(st.one_of(st.none(), st.dictionaries(UNITS, READINGS, max_size=3))),
    )


@st.composite
def chained_worlds(draw):
    """Nothing is wrong but, perhaps, how far the edits go together."""
    names = st.sampled_from(["AU12", "AU12L", "AU12R"])
    units = draw(st.dictionaries(names, STEPS, min_size=1, max_size=2))
    readings = st.builds(MeasuredUnit, value_permille=STEPS, error_permille=st.sampled_from([0, 60]))
    world = a_world(faces=2).asking(units=units).knowing(earlier=draw(chains(2, names, (1, 2))))
    world = world.granting(units=draw(st.dictionaries(names, LIMITS, min_size=1)), generations=3)
    return world.measuring(units={"AU12": draw(readings)}, unchecked=("AU12L", "AU12R"))


def permitted_worlds():
    """Worlds of records in which nothing is wrong, with every kind of limit."""
    plain = a_world(faces=2)
    two = {"AU12": 400, "AU4": 200}
    readings = {name: MeasuredUnit(value_permille=value, error_permille=60) for name, value in two.items()}
    yield plain
    yield plain.asking(units=two).measuring(units=readings)
    yield plain.granting(generations=2).knowing(earlier=(an_earlier_edit(AU12=50),))
    limited = plain.granting(units={"AU12": Limit(max_permille=500, absolute_max_permille=600)})
    yield limited.asking(targets={"AU12": 500}).measuring(
        shown={"AU12": MeasuredUnit(value_permille=550, error_permille=90)}
    )
    yield limited.knowing(approvals=(an_approval(plain, AU12=400),))
    denied = [Denied(test="teeth-visible", reason="r"), Denied(test="eyes-closed", reason="r", limit_permille=500)]
    denied += [Denied(test="asymmetry", reason="r", limit_permille=300), Denied(test="unit", reason="r", unit="AU6")]
    still = {**plain.measured.units, "AU6": MeasuredUnit(value_permille=20, error_permille=40)}
    yield plain.granting(denied=tuple(denied)).measuring(
        units=still, eyes_closed_after_permille=400, asymmetry_permille=100
    )
    named = {"advertiser": "Acme", "product_line": "Shoes", "campaign": "Spring"}
    yield plain.granting(**named, platforms=("shop",), pictures=(plain.request.asset.digest_of_file,)).asking(
        **named, platform="shop"
    )
    yield plain.granting(approval="per-picture").knowing(approvals=(an_approval(plain, AU12=500),))
    yield plain.granting(most_edits=2).knowing(siblings=())
    yield from overseen_worlds(plain)


def overseen_worlds(plain):
    """Those that a second pair of eyes makes possible."""
    asset, title, release = plain.request.asset.digest_of_file, plain.evidence.title, plain.releases[0]

    def approved(of):
        yes = {
            "of": of,
            "by": an_id("operator", 2),
            "by_person": False,
            "units": None,
            "document": asset,
            "release_id": None,
        }
        return (an_approval(plain).model_copy(update=yes),)

    yield plain.knowing(title=title.model_copy(update={"alteration": "no"}), approvals=approved("alteration"))
    licence = Licence(
        licensor="L", tier="extended", expires_at="2028-01-01T00:00:00.000Z", territories=("DE",), number="1"
    )
    yield plain.knowing(title=title.model_copy(update={"basis": "licence", "licence": licence}))
    yield (
        plain.granting(sensitive_uses=("health",))
        .asking(sensitive_uses=("health",))
        .knowing(approvals=approved("sensitive-use"))
    )
    guarded = release.model_copy(update={"guardian": Guardian(name="G", relation="mother")})
    child = plain.evidence.persons[0].model_copy(update={"born": date(2012, 5, 5)})
    yield plain.knowing(releases=(guarded,), persons=(child,), approvals=approved("minor"))
