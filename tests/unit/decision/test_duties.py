from datetime import date
from types import SimpleNamespace

import pytest

from countenance.decision.duties import ELEMENTS, Duty, Pack, consent_facts, said
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


def test_an_element_without_a_field_is_missing_and_says_so():
    for name, element in ELEMENTS.items():
        if not element.known:
            assert name not in consent_facts(a_release())
            assert said(name).endswith("(no field of a release holds it yet)")
    assert "no field" not in said("purpose")


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
    release = SimpleNamespace(notice_given_at=given, signed_on=date(2027, 1, 1), grant=SimpleNamespace())
    assert ELEMENTS["notice_48h"].shown(release) is shown


def test_a_field_that_is_added_later_counts_by_its_name():
    release = SimpleNamespace(grant=SimpleNamespace(compensation={"rate": 500}))
    assert ELEMENTS["rate_of_pay"].shown(release)
    assert not ELEMENTS["rate_of_pay"].shown(SimpleNamespace(grant=SimpleNamespace(compensation=None)))
