"""Which face an edit is about."""

from countenance.core.records.consent import ConsentEvidence
from countenance.core.records.decision import EditRequest
from countenance.errors import ConfigError


def choose_face(
    request: EditRequest, evidence: ConsentEvidence, *, option: str = "--face", picture: str = "picture"
) -> EditRequest:
    """The request with its face named: the only one, where none was chosen.

    `option` and `picture` are the words by which people know the choice and the picture.

    Raises:
        ConfigError: several faces and no choice, or no face of that number.
    """
    if evidence.title is None:
        return request
    numbers = [face.number for face in evidence.title.faces]
    if request.face is None:
        if len(numbers) > 1:
            raise ConfigError(
                f"the {picture} has {len(numbers)} faces and none was chosen",
                hint=f"name one with {option} N; `countenance faces PHOTO` shows their numbers",
            )
        return request.model_copy(update={"face": numbers[0]}) if numbers else request
    if request.face not in numbers:
        raise ConfigError(
            f"the {picture} has no face {request.face}", hint="`countenance faces PHOTO` shows their numbers"
        )
    return request
