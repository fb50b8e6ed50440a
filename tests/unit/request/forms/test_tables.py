import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import ConfigError
from countenance.request.forms.person import PERSON
from countenance.request.forms.release import RELEASE
from countenance.request.forms.tables import MAX_BYTES, fields_of, read_table, require_columns, write_table


@pytest.mark.parametrize(
    "data",
    [
        b"alias,country\nA,DE\n\n,\nB,\n",
        b"\xef\xbb\xbfalias;country\r\nA ; DE\r\n;\r\n;\r\nB;\r\n",
    ],
)
def test_what_spreadsheets_write_is_read_with_the_numbers_of_the_rows(data):
    columns, rows = read_table(data)
    assert columns == ("alias", "country")
    assert [row["alias"] for row in rows.values()] == ["A", "B"]
    assert list(rows) == [2, 5]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no header"),
        (b"\n\n", "no header"),
        (b"a,a\n1,2", "twice"),
        (b"a,\n1,2", "twice or has no name"),
        (b"a\n1,2", "row 2 is longer"),
        (b"a\n\xff", "not UTF-8"),
        (b'a\n"x', "not plain CSV"),
        (b"a\n" + b"x" * 300_000, "not plain CSV"),
        (b"a" * (MAX_BYTES + 1), "larger"),
    ],
)
def test_what_is_no_table_is_one_plain_line(data, said):
    with pytest.raises(ConfigError, match=said):
        read_table(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_plain_error(data):
    try:
        columns, rows = read_table(data)
    except ConfigError as error:
        assert "\n" not in error.message
    else:
        assert all(set(row) <= set(columns) for row in rows.values())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({"a": st.text("xyz,;\"' \n", max_size=9), "b": st.text("01", min_size=1)}), max_size=5
    )
)
def test_a_table_that_is_written_is_read_again(rows):
    columns, read = read_table(write_table(("a", "b"), rows))
    assert columns == ("a", "b")
    assert list(read.values()) == [{name: cell.strip() for name, cell in row.items()} for row in rows]


def test_columns_go_down_into_tables_and_into_numbered_lists():
    row = {"guardian.name": "G", "signatures.2.name": "B", "media": "web; print", "units.AU12.max": "0.2", "text": ""}
    fields = fields_of(row, RELEASE, {"signatures": [{"name": "A"}], "text": "T", "guardian": {"relation": "mother"}})
    assert fields == {
        "guardian": {"relation": "mother", "name": "G"},
        "signatures": [{"name": "A"}, {"name": "B"}],
        "media": ["web", "print"],
        "units": {"AU12": {"max": "0.2"}},
        "text": "T",
    }


def test_the_template_is_left_as_it_was():
    template = {"guardian": {"name": "A"}}
    fields_of({"guardian.name": "B"}, RELEASE, template)
    assert template == {"guardian": {"name": "A"}}


@pytest.mark.parametrize(
    "name", ["aliass", "guardian", "guardian.age", "guardian.name.first", "", ".", "identity.", "signatures.0.name"]
)
def test_a_column_that_is_no_key_is_named(name):
    with pytest.raises(ConfigError, match="is not a column"):
        require_columns(["alias", name], PERSON)
    if name.startswith("signatures"):
        with pytest.raises(ConfigError):
            require_columns([name], RELEASE)


def test_columns_that_are_keys_pass():
    require_columns(["alias", "identity.on", "extra"], PERSON, besides=("extra",))
    require_columns(["units.AU12L.at_most", "parts.mouth.max", "legal_bases.film", "signatures.1.on", "media"], RELEASE)


def test_a_template_of_another_shape_refuses():
    for template in ({"guardian": "G"}, {"guardian": []}):
        with pytest.raises(ConfigError, match="template"):
            fields_of({"guardian.name": "B"}, RELEASE, template)
