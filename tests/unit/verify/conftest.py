import pytest
from evidence import PUBLISHED, a_picture


@pytest.fixture(scope="session")
def png() -> bytes:
    """A whole picture file; the doubles see in it whatever they are told."""
    return PUBLISHED


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    return a_picture("JPEG")
