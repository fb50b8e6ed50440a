from datetime import date

import pytest

from countenance.errors import ConfigError
from countenance.request.forms.days import day_of, instant_of, years_later
from countenance.request.forms.kinds import (
    ByName,
    Choice,
    Day,
    Key,
    Many,
    Moment,
    Place,
    Share,
    Table,
    Text,
    Whole,
    words,
)

PLACE = Place(key="k", today=date(2026, 11, 24), hint="look there")


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (Text(most=5), "abc", "abc"),
        (Choice({"yes": True, "no": False}), "no", False),
        (Whole(1, 10), "07", 7),
        (Share(-1, 1), "-0.25", -250),
        (Day(), "today + 1 month", date(2026, 12, 24)),
        (Moment(), "2026-11-20 09:30", "2026-11-20T09:30:00.000Z"),
        (Moment(), "2026-11-20T09:30:15.250Z", "2026-11-20T09:30:15.250Z"),
        (Moment(), "2026-11-20", "2026-11-20T00:00:00.000Z"),
        (Many(of=words("a", "b")), ["b", "a", "b"], ("b", "a")),
        (Many(of=words("a")), "a", ("a",)),
        (ByName(names=("x",), what="a letter", of=Whole(0, 9)), {"x": "3"}, {"x": 3}),
        (Table({"a": Key(Whole(0, 9), ""), "b": Key(Whole(0, 9), "")}), {"a": "1", "b": ""}, {"a": 1}),
    ],
)
def test_each_kind_reads_what_people_write(kind, value, read):
    assert kind.read(value, PLACE) == read


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Text(most=5), "abcdef"),
        (Text(most=5), "  "),
        (Text(most=5), ["a"]),
        (Text(most=5, pattern="[a-c]+"), "abcd"),
        (words("a"), "b"),
        (words("a"), {}),
        (Whole(1, 10), "11"),
        (Whole(1, 10), "-1"),
        (Whole(1, 10), "9" * 30),
        (Whole(1, 10), []),
        (Share(0, 1), "inf"),
        (Share(0, 1), "0,5"),
        (Share(0, 1), None),
        (Day(), "2026-02-30"),
        (Day(), ["today"]),
        (Moment(), "2026-11-20 25:00"),
        (Moment(), {}),
        (Many(of=words("a"), least=1), []),
        (Many(of=words("a"), most=1), ["a", "a"]),
        (ByName(names=("x",), what="a letter", of=Whole(0, 9)), "x"),
        (Table({"a": Key(Whole(0, 9), "")}), "a"),
    ],
)
def test_what_does_not_fit_is_one_line_that_names_the_key(kind, value):
    with pytest.raises(ConfigError, match="`k` is not allowed"):
        kind.read(value, PLACE)


def test_a_table_names_what_is_unknown_and_what_is_missing():
    table = Table({"a": Key(Whole(0, 9), "", required=True)})
    with pytest.raises(ConfigError, match="`b` is not a key of `k`"):
        table.read({"a": "1", "b": "2"}, PLACE)
    with pytest.raises(ConfigError, match="`a` is missing in `k`"):
        table.read({}, PLACE)
    with pytest.raises(ConfigError, match=r"`k\.a` is not allowed"):
        table.read({"a": ""}, PLACE)


def test_leap_days_and_the_end_of_time():
    assert years_later(date(2028, 2, 29), 10) == date(2038, 2, 28)
    assert day_of("today + 999 years", date(9990, 1, 1)) is None
    assert instant_of("today", date(2026, 1, 1)) == "2026-01-01T00:00:00.000Z"
