"""What the signatures of a PDF amount to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.request.documents import SignatureFound, is_pdf, judge

GOOD = SignatureFound(
    field="Person", signer="Mia", intact=True, trusted=True, coverage="entire-file", modification="none", permitted=True
)
EARLIER = GOOD.model_copy(update={"coverage": "entire-revision", "modification": "form-filling"})


def but(one=GOOD, **changes):
    return one.model_copy(update=changes)


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ([], "unsigned"),
        ([GOOD], "signed"),
        ([EARLIER, GOOD], "signed"),
        ([but(coverage="entire-revision", modification="lta-updates")], "signed"),
        ([but(EARLIER, certified=True)], "signed"),
        ([EARLIER], "altered"),
        ([but(intact=False)], "altered"),
        ([but(permitted=False)], "altered"),
        ([but(modification="annotations")], "altered"),
        ([but(EARLIER, modification="other"), GOOD], "altered"),
        ([but(coverage="from-start")], "partly-signed"),
        ([EARLIER, but(coverage="unclear")], "partly-signed"),
        ([but(coverage="entire-revision")], "partly-signed"),
        ([GOOD, but(checked=False)], "partly-signed"),
        ([but(checked=False)], "partly-signed"),
        ([but(trusted=False, problem="no")], "untrusted"),
        ([but(EARLIER, trusted=False), GOOD], "untrusted"),
    ],
)
def test_what_they_amount_to(found, result):
    assert judge(found)[0] == result


FOUND = st.builds(
    SignatureFound,
    field=st.just("f"),
    signer=st.just("s"),
    checked=st.booleans(),
    intact=st.booleans(),
    trusted=st.booleans(),
    permitted=st.booleans(),
    certified=st.booleans(),
    coverage=st.sampled_from(["entire-file", "entire-revision", "from-start", "unclear"]),
    modification=st.sampled_from(["none", "lta-updates", "form-filling", "annotations", "other"]),
)


@given(st.lists(FOUND, max_size=4))
def test_signed_only_if_every_signature_holds(found):
    result, why = judge(found)
    if result == "signed":
        assert found
        assert all(one.checked and one.intact and one.trusted and one.permitted for one in found)
        assert found[-1].coverage == "entire-file" or found[-1].modification != "none"
        assert not {one.modification for one in found} & {"annotations", "other"}
    assert why or result == "untrusted"


@given(st.lists(FOUND, min_size=1, max_size=3), FOUND)
def test_a_further_signature_never_makes_it_signed(found, one):
    """What is altered, partly signed or untrusted is not mended by signing on top of it."""
    if judge(found)[0] in ("altered", "untrusted") and found[-1].modification != "form-filling":
        assert judge([*found, one])[0] != "signed"


def test_where_a_pdf_may_begin():
    assert is_pdf(b"%PDF-1.7")
    assert is_pdf(bytes(1000) + b"%PDF-1.7")
    assert not is_pdf(bytes(1024) + b"%PDF-1.7")
    assert not is_pdf(b"")
