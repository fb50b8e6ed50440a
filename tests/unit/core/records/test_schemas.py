import pytest

from countenance.core.records.schemas import kinds, schema_of
from countenance.errors import ConfigError
from countenance.testing.worlds import a_release, a_world


def test_every_kind_of_record_has_a_closed_schema_with_its_name():
    for kind, record in kinds().items():
        schema = schema_of(kind)
        assert set(schema["properties"]) == {"schema", *record.model_fields}
        assert schema["properties"]["schema"] == {"const": record.schema_name()}
        assert schema["additionalProperties"] is False
        assert "schema" in schema["required"]


def test_what_is_written_has_the_keys_of_its_schema():
    world = a_world()
    for record in (a_release(), world.request, world.evidence.title, world.evidence):
        schema = schema_of(record.KIND)
        assert set(schema["required"]) <= set(record.to_json()) <= set(schema["properties"])


def test_an_unknown_kind_is_one_plain_line():
    with pytest.raises(ConfigError, match="no record of this kind"):
        schema_of("moon")
