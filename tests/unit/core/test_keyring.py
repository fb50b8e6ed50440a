import pytest

from countenance.core import envelope
from countenance.core.keyring import ActorSpan, LogSpan, actor_spans, log_spans
from countenance.core.records.keys import KeyChange
from countenance.errors import EvidenceError
from countenance.testing.log_keys import statement_key

A, B, C = (statement_key(name) for name in ("a", "b", "c"))


def change(old, new, at="2026-01-02T00:00:00.000Z", entries=None, signers=None, **more):
    bare = KeyChange(
        id="keychange_" + "0" * 32,
        act="rotation",
        role="log" if entries is not None else "claim",
        of_id="organisation_" + "0" * 32,
        old_key_id=envelope.key_id(old.public_pem),
        new_key_id=envelope.key_id(new.public_pem),
        public_pem=new.public_pem,
        entries=entries,
        at=at,
    ).model_copy(update=more)
    signed = tuple(key.sign(bare.signed_bytes()).hex() for key in (signers or (old, new)))
    return bare.model_copy(update={"signatures_hex": signed})


def test_no_change():
    assert actor_spans(A.public_pem, []) == (ActorSpan(public_pem=A.public_pem, until=None),)
    assert log_spans(A.public_pem, []) == (LogSpan(public_pem=A.public_pem, first=0, last=None),)


def test_a_chain():
    first, second = change(A, B, entries=3), change(B, C, "2026-01-03T00:00:00.000Z", entries=3)
    assert [(one.first, one.last) for one in log_spans(A.public_pem, [first])] == [(0, 3), (4, None)]
    third = change(B, C, "2026-01-03T00:00:00.000Z", entries=9)
    assert [(one.first, one.last) for one in log_spans(A.public_pem, [first, third])] == [(0, 3), (4, 9), (10, None)]
    assert [one.until for one in actor_spans(A.public_pem, [first, third])] == [first.at, third.at, None]
    with pytest.raises(EvidenceError, match="out of order"):
        log_spans(A.public_pem, [first, second])
    with pytest.raises(EvidenceError, match="out of order"):
        log_spans(A.public_pem, [change(A, B)])


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (change(B, C), "names other keys"),
        (change(A, B, signers=(B, B)), "signature"),
        (change(A, B, signers=(A, A)), "signature"),
        (change(A, B, signers=(A,)), "not signed by both"),
        (change(A, B).model_copy(update={"public_pem": None}), "not signed by both"),
        (change(A, B).model_copy(update={"public_pem": C.public_pem}), "names other keys"),
        (change(A, B).model_copy(update={"at": "2026-02-02T00:00:00.000Z"}), "signature"),
        (change(A, B).model_copy(update={"signatures_hex": ("no", "hex")}), "no signature that can be read"),
    ],
)
def test_a_change_that_does_not_hold(broken, why):
    with pytest.raises(EvidenceError, match=why):
        actor_spans(A.public_pem, [broken])
