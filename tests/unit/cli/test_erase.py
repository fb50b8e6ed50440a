from countenance.cli.erase import _would
from countenance.erasure import Plan
from countenance.testing.worlds import an_id


def test_it_speaks_of_published_files_only_where_there_are_any():
    plan = Plan(scope="person", person_id=an_id("person"), entries=[1], kinds={"person": 1})
    assert "  no file was published of them" in _would(plan)
    plan.made = [object()]
    assert any(line.startswith("  of 1 published file: where it was put, for whom") for line in _would(plan))
