import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.core.clock import epoch_ms, format_instant, is_adult, last_day, later, parse_instant

MOMENTS = st.datetimes(
    min_value=dt.datetime(1970, 1, 1), max_value=dt.datetime(9000, 1, 1), timezones=st.just(dt.UTC)
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


@given(MOMENTS)
def test_parse_after_format_is_a_fixed_point(moment):
    assert parse_instant(format_instant(moment)) == moment


@given(MOMENTS, MOMENTS)
def test_order_as_text_is_order_in_time(one, other):
    assert (format_instant(one) < format_instant(other)) == (one < other)


@given(MOMENTS)
def test_milliseconds_of_the_epoch_are_exact(moment):
    assert epoch_ms(format_instant(moment)) == (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(
        milliseconds=1
    )


def test_another_zone_is_written_as_utc():
    berlin = dt.timezone(dt.timedelta(hours=2))
    assert format_instant(dt.datetime(2026, 7, 1, 1, 30, tzinfo=berlin)) == "2026-06-30T23:30:00.000Z"


def test_a_moment_without_a_zone_is_no_instant():
    with pytest.raises(ValueError, match="without a time zone"):
        format_instant(dt.datetime(2026, 7, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-02",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.000",
        "2026-01-02T03:04:05.000+00:00",
        "2026-01-02 03:04:05.000Z",
        "2026-13-02T03:04:05.000Z",
        "2026-02-30T03:04:05.000Z",
        "2026-01-02T03:04:05.000Z\n",
    ],
)
def test_what_is_no_instant(text):
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


def test_later_crosses_a_leap_day():
    assert later("2028-02-28T23:59:59.999Z", seconds=1) == "2028-02-29T00:00:00.999Z"


@pytest.mark.parametrize(
    ("born", "at", "adult"),
    [
        (dt.date(2008, 3, 1), "2026-02-28T23:59:59.999Z", False),
        (dt.date(2008, 3, 1), "2026-03-01T00:00:00.000Z", True),
        (dt.date(2008, 2, 29), "2026-02-28T12:00:00.000Z", False),
        (dt.date(2008, 2, 29), "2026-03-01T00:00:00.000Z", True),
        (dt.date(2030, 1, 1), "2026-03-01T00:00:00.000Z", False),
        (dt.date(1950, 12, 31), "2026-01-01T00:00:00.000Z", True),
    ],
)
def test_grown_up_from_the_birthday_on(born, at, adult):
    assert is_adult(born, at) is adult


def test_another_age():
    assert not is_adult(dt.date(2008, 1, 1), "2026-06-01T00:00:00.000Z", age=21)


@pytest.mark.parametrize(
    ("end", "day"),
    [("2028-11-20T00:00:00.000Z", "2028-11-19"), ("2028-03-01T00:00:00.000Z", "2028-02-29"),
     ("2028-11-20T00:00:00.001Z", "2028-11-20")],
)  # fmt: skip
def test_the_last_day_is_the_one_before_an_end_at_midnight(end, day):
    assert last_day(end) == day
