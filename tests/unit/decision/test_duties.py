from datetime import date

import pytest

from countenance.core.records.terms import Compensation, Limit, Representation, Retention, Signature
from countenance.decision.duties import Duty, Pack, consent_facts
from countenance.testing.worlds import a_release

DUTY = Duty(
    id="eu-x", kind="mark", text="t", citation="c", in_force_from=date(2026, 8, 2), source="s", status="secondary"
)


@pytest.mark.parametrize(
    ("at", "holds"),
    [("2026-08-01T23:59:59.999Z", False), ("2026-08-02T00:00:00.000Z", True), ("2030-01-01T00:00:00.000Z", True)],
)
def test_a_duty_holds_from_its_day_on(at, holds):
    assert DUTY.holds(at) is holds


@pytest.mark.parametrize(
    ("status", "at", "usable"),
    [
        ("draft", "2026-01-01T00:00:00.000Z", False),
        ("draft", "2026-08-02T00:00:00.000Z", True),
        ("secondary", "2026-01-01T00:00:00.000Z", True),
    ],
)
def test_a_draft_that_is_not_in_force_cannot_be_relied_on(status, at, usable):
    pack = Pack(id="eu", name="EU", version=1, status=status, in_force_from=date(2026, 8, 2), duty=(DUTY,))
    assert pack.usable(at) is usable


def test_what_a_release_shows_today():
    assert set(consent_facts(a_release())) >= {"written", "scope", "purpose", "duration", "territory"}
    assert consent_facts(None) == []


def shows(name, **said):
    """Whether a release that says this shows the element."""
    granted = {field: value for field, value in said.items() if field in type(a_release().grant).model_fields}
    own = {field: value for field, value in said.items() if field not in granted}
    grant = a_release().grant.model_copy(update=granted)
    return name in consent_facts(a_release().model_copy(update={**own, "grant": grant}))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, False),
        ("2027-01-01T09:00:00.000Z", False),
        ("2026-12-30T00:00:00.001Z", False),
        ("2026-12-30T00:00:00.000Z", True),
    ],
)
def test_notice_counts_from_48_hours_before_the_day_of_signing(given, shown):
    assert shows("notice_48h", notice_given_at=given, signed_on=date(2027, 1, 1)) is shown


SIGNED = Signature(role="person", name="P", method="pdf", on=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("signature", "shown"),
    [
        (SIGNED, False),
        (SIGNED.model_copy(update={"separate": False}), False),
        (SIGNED.model_copy(update={"separate": True}), True),
        (SIGNED.model_copy(update={"separate": True, "role": "guardian"}), True),
        (SIGNED.model_copy(update={"separate": True, "role": "agency"}), False),
        (SIGNED.model_copy(update={"separate": True, "role": "witness"}), False),
    ],
)
def test_only_a_signature_of_the_person_that_stands_apart_is_separate(signature, shown):
    assert shows("separate_signature", signatures=(signature,)) is shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, False),
        ({"signatures": (SIGNED,)}, False),
        ({"signatures": (SIGNED.model_copy(update={"method": "e-signature"}),)}, False),
        (
            {"signatures": (SIGNED.model_copy(update={"method": "e-signature", "document": "sha256:" + "0" * 64}),)},
            True,
        ),
    ],
)
def test_only_what_was_checked_is_signed(said, shown):
    assert shows("signed_document", **said) is shown


@pytest.mark.parametrize(("kind", "shown"), [("lawyer", True), ("union", True), ("agency", False)])
def test_a_lawyer_or_a_union_represents(kind, shown):
    assert shows("representation", representation=Representation(kind=kind, name="R")) is shown


def test_advertiser_and_product_line_belong_together():
    assert not shows("advertiser", advertiser="A")
    assert not shows("advertiser", product_line="L")
    assert shows("advertiser", advertiser="A", product_line="L")


def test_geometry_that_is_kept_needs_a_schedule():
    assert shows("biometrics", keep_landmarks=False)
    assert not shows("biometrics", keep_landmarks=True)
    assert shows("biometrics", keep_landmarks=True, retention=KEPT)
    assert (shows("retention"), shows("retention", retention=KEPT)) == (False, True)


KEPT = Retention(years_after_end=3, why="w")


def test_a_release_of_nothing_names_no_scope():
    assert not shows("scope", units={})
    assert not shows("scope", units={"AU12": Limit()})
    assert shows("scope", units={"AU12": Limit(max_permille=1)})


def test_pay_and_description_count_once_they_are_there():
    assert shows("rate_of_pay", compensation=Compensation(rate="1", unit="day", currency="EUR"))
    assert (shows("description"), shows("description", description="uses")) == (False, True)
