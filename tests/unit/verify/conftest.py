import io

import pytest
from PIL import Image


@pytest.fixture(scope="session")
def png() -> bytes:
    """A whole picture file; the doubles see in it whatever they are told."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (9, 9, 9)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (9, 9, 9)).save(out, "JPEG")
    return out.getvalue()
