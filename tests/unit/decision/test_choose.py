import pytest

from countenance.decision.choose import choose_face
from countenance.errors import ConfigError
from countenance.testing.worlds import a_title, a_world


def chosen(faces, face):
    world = a_world(faces=max(faces, 1)).asking(face=face)
    title = a_title(world.request.asset, faces)
    return choose_face(world.request, world.knowing(title=title).evidence)


def test_the_only_face_is_meant():
    request = chosen(1, None)
    assert request.face == 0
    assert request == a_world().request


@pytest.mark.parametrize("face", [0, 1, 2])
def test_a_named_face_stays(face):
    assert chosen(3, face).face == face


def test_several_faces_and_no_choice():
    with pytest.raises(ConfigError, match="3 faces and none was chosen") as refused:
        chosen(3, None)
    assert "--face" in refused.value.hint


@pytest.mark.parametrize(("faces", "face"), [(1, 1), (3, 3), (3, -1), (0, 0)])
def test_no_such_face(faces, face):
    with pytest.raises(ConfigError, match=f"no face {face}"):
        chosen(faces, face)


def test_no_faces_and_no_choice_is_for_the_policy_to_refuse():
    assert chosen(0, None).face is None


@pytest.mark.parametrize("face", [None, 7])
def test_without_a_title_nothing_is_chosen(face):
    world = a_world().asking(face=face).knowing(title=None)
    assert choose_face(world.request, world.evidence) is world.request


def test_the_request_given_is_left_alone():
    request = a_world().asking(face=None).request
    before = request.digest()
    choose_face(request, a_world().evidence)
    assert request.digest() == before
