from dataclasses import dataclass, field
from types import SimpleNamespace

from countenance.adapters.books.chain import earlier_edits, sibling_edits
from countenance.testing.worlds import an_id


def edit(number, source, output):
    return SimpleNamespace(
        edit_id=an_id("edit", number),
        release_id=an_id("release"),
        source_digest=source,
        output_digest=output,
        recipe=SimpleNamespace(units={"AU12": 100 * number}, region_px=((0, 0), (1, 0), (1, 1))),
    )


TREE = (
    edit(1, "original", "one"),
    edit(2, "original", "two"),
    edit(3, "one", "three"),
    edit(4, "three", "four"),
    edit(5, "stranger", "five"),
)


@dataclass
class Published:
    """Finds by one column, and counts the questions."""

    edits: tuple = TREE
    asked: list = field(default_factory=list)

    def __call__(self, **where):
        self.asked.append(where)
        ((column, digest),) = where.items()
        return [one for one in self.edits if getattr(one, column) == digest]


def numbers(found):
    return sorted(int(one.edit_id.rsplit("_", 1)[1], 16) for one in found)


def test_the_way_to_a_picture() -> None:
    assert [one.units["AU12"] for one in earlier_edits("four", Published())] == [400, 300, 100]
    assert earlier_edits("original", Published()) == ()


def test_whatever_came_of_the_same_original_counts_wherever_one_stands() -> None:
    for digest in ("original", "one", "two", "three", "four"):
        assert numbers(sibling_edits(digest, Published())) == [1, 2, 3, 4], digest
    assert numbers(sibling_edits("five", Published())) == [5]
    assert sibling_edits("unknown", Published()) == ()


def test_each_picture_is_asked_about_once() -> None:
    many = Published(tuple(edit(n, "original", f"out-{n}") for n in range(1, 50)))
    assert len(sibling_edits("original", many)) == 49
    assert len(many.asked) == 2 * 50


def test_a_circle_ends() -> None:
    circle = Published((edit(1, "a", "b"), edit(2, "b", "a")))
    assert numbers(sibling_edits("a", circle)) == [1, 2]
    assert numbers(earlier_edits("a", circle)) == [1, 2]
