"""Any bytes into the check of a document are findings, and never `signed`."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import a_pdf, an_authority, signed

from countenance.adapters.documents.signatures import read_signatures
from countenance.request.documents import judge

ROOT = an_authority()
GOOD = signed(a_pdf(), ROOT.certify("Mia"))
AT = "2026-11-24T12:00:00.000Z"


def result(data):
    """As the process of its own does it: whatever is raised there ends it, and the file is unreadable."""
    try:
        return judge(read_signatures(data, [ROOT.pem], AT))[0]
    except Exception:  # noqa: BLE001 - any
        return "unreadable"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_one_byte_changed(place, change):
    """The padding of the signature's own container is the one place that no signature covers."""
    data = bytearray(GOOD)
    data[place] ^= change
    start = GOOD.index(b"/Contents <") + len(b"/Contents ")
    end = GOOD.index(b">", start) + 1
    if start <= place < end:
        return
    assert result(bytes(data)) != "signed"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, len(GOOD) - 1))
def test_cut_off(length):
    assert result(GOOD[:length]) != "signed"


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_something_behind(tail):
    assert result(GOOD + tail) != "signed"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", bytes(100)])
def test_nothing(data):
    assert result(data) == "unreadable"
