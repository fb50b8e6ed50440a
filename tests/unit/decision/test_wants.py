from datetime import date

from countenance.core.records.terms import Compensation, Representation, Signature
from countenance.decision.duties import Duty, Pack
from countenance.decision.wants import wants
from countenance.testing.worlds import AT, a_release


def duty(name, *elements, bars=False, since=date(2026, 1, 1)):
    return Duty(
        id=name, kind="consent", text="t", citation="c", in_force_from=since, source="s", status="secondary", bars=bars,
        elements=elements,
    )  # fmt: skip


def pack(*duties, status="secondary", since=date(2026, 1, 1)):
    return Pack(id="us-ny", name="NY", version=1, status=status, in_force_from=since, duty=duties)


PAY = duty("pay", "rate_of_pay", "scope", bars=True)


def asked(release, *packs, markets=("us-ny",)):
    return wants(release, markets, dict.fromkeys(("us-ny",), *packs) if packs else {}, at=AT)


def test_what_is_missing_refuses_only_where_the_duty_bars():
    (want,) = asked(a_release(), pack(PAY))
    assert (want.state, want.refuses, want.missing) == ("missing", True, ("rate of pay",))
    (want,) = asked(a_release(), pack(duty("pay", "rate_of_pay")))
    assert (want.state, want.refuses) == ("missing", False)
    paid = a_release().model_copy(update={"compensation": Compensation(rate="1", unit="day", currency="USD")})
    (want,) = asked(paid, pack(PAY))
    assert (want.state, want.refuses, want.missing) == ("met", False, ())


def test_what_is_not_in_force_yet_is_coming():
    (want,) = asked(a_release(), pack(duty("pay", "rate_of_pay", bars=True, since=date(2030, 1, 1))))
    assert (want.state, want.refuses) == ("coming", False)


def test_an_unknown_market_and_a_draft_refuse():
    for found in (asked(a_release()), asked(a_release(), pack(PAY, status="draft", since=date(2030, 1, 1)))):
        (want,) = found
        assert (want.state, want.refuses) == ("unknown", True)
    assert len(wants(a_release(), ("xx", "xx", "yy"), {}, at=AT)) == 2


def test_duties_that_ask_nothing_of_a_release_are_left_out():
    assert asked(a_release(), pack(duty("process"), PAY)) == asked(a_release(), pack(PAY))


def test_a_union_represents_and_an_agency_does_not():
    two = pack(duty("d", "representation", "separate_signature"))
    release = a_release().model_copy(
        update={
            "representation": Representation(kind="agency", name="A"),
            "signatures": (Signature(role="person", name="P", method="pdf", on=date(2026, 1, 1), separate=True),),
        }
    )
    (want,) = asked(release, two)
    assert want.missing == ("representation by a lawyer or a union",)
    union = release.model_copy(update={"representation": Representation(kind="union", name="U")})
    assert asked(union, two)[0].state == "met"
