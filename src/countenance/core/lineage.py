"""What came of what: a published edit among those that go back to one model release."""

from typing import Literal, NamedTuple


class Descendant(NamedTuple):
    """A published edit that goes back to a release: made under it, borrowed under it, or made of such an edit's output.

    `generation` is 1 for an edit of a picture that is no output of another one here, 2 for an edit of such an output.
    What is known of its whereabouts is where it was first put, and None where that was not kept or was erased.
    """

    edit_id: str
    parent_id: str | None
    how: Literal["edited", "borrowed"]
    """By which of its two pictures it goes back to the release."""
    generation: int
    release_id: str
    source_digest: str
    output_digest: str
    manifest_id: str
    watermark_id: str
    published_at: str
    log_index: int
    status_number: int | None
    status_index: int | None
    path: str | None
    purpose: str | None
    medium: str | None
    territory: str | None
    client: str | None
    """Who got the file, where that was said."""
    title_id: str | None
    """Of a title that was later given to its output."""
