import pytest

from countenance.edit.face.turned import far_eye

RENDERS = frozenset({"AU12", "AU43", "AU43L", "AU43R"})


@pytest.mark.parametrize(("yaw", "kept"), [(33, "AU43R"), (-33, "AU43L")])
def test_the_far_eye_stays_open(yaw: float, kept: str) -> None:
    blocked = far_eye(yaw, RENDERS)
    assert set(blocked) == RENDERS - {"AU12", kept}


def test_a_face_from_the_front_and_an_engine_without_lids_have_nothing_blocked() -> None:
    assert far_eye(5, RENDERS) == {}
    assert far_eye(33, frozenset({"AU12"})) == {}
