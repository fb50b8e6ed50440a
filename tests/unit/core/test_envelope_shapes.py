import json

import pytest

from countenance.core.envelope import open_envelope, sign
from countenance.errors import EvidenceError
from countenance.testing.log_keys import statement_key

KEY = statement_key()


@pytest.mark.parametrize(
    "changes",
    [
        {"payloadType": 7},
        {"payloadType": None},
        {"payloadType": "\ud800"},
        {"payload": None},
        {"payload": "!"},
        {"signatures": None},
        {"signatures": [{"keyid": 7, "sig": ""}]},
        {"signatures": [{"keyid": None, "sig": ""}]},
        {"signatures": [{"keyid": KEY.key_id, "sig": 7}]},
        {"signatures": [{"keyid": KEY.key_id}]},
        {"signatures": []},
    ],
)
def test_an_envelope_of_another_shape(changes):
    changed = {**json.loads(sign("kind", b"payload", KEY)), **changes}
    with pytest.raises(EvidenceError):
        open_envelope(json.dumps(changed).encode(), [KEY.public_pem])
