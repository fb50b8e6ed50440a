import json

import pytest

from countenance.adapters.signers.wrap import Cost, unwrap, wrap
from countenance.errors import ConfigError, StoreError, UncheckedError

WORDS = "four words of mine"
QUICK = Cost(memory_kib=64, passes=1, lanes=1)


def wrapped(**changes) -> bytes:
    value = json.loads(wrap(b"private", key_id="sha256:ab", passphrase=WORDS, cost=QUICK))
    value["kdf"] |= changes.pop("kdf", {})
    return json.dumps(value | changes).encode()


def test_round_trip_at_full_cost():
    data = wrap(b"private", key_id="sha256:ab", passphrase=WORDS)
    assert json.loads(data)["kdf"] | {"salt": ""} == {
        "name": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 4, "salt": "",
    }  # fmt: skip
    assert b"private" not in data
    assert unwrap(data, key_id="sha256:ab", passphrase=WORDS, what="the log") == b"private"


def test_wrong_passphrase():
    with pytest.raises(ConfigError, match="wrong passphrase for the log") as caught:
        unwrap(wrapped(), key_id="sha256:ab", passphrase=WORDS[1:], what="the log")
    assert caught.value.hint


def test_empty_passphrase():
    with pytest.raises(ConfigError):
        wrap(b"private", key_id="sha256:ab", passphrase="", cost=QUICK)


def test_another_keys_file():
    with pytest.raises(StoreError, match="another key"):
        unwrap(wrapped(), key_id="sha256:cd", passphrase=WORDS, what="the log")


def test_key_id_is_authenticated():
    with pytest.raises(ConfigError):
        unwrap(wrapped(key_id="sha256:cd"), key_id="sha256:cd", passphrase=WORDS, what="the log")


def test_newer_version():
    with pytest.raises(UncheckedError):
        unwrap(wrapped(version=2), key_id="sha256:ab", passphrase=WORDS, what="the log")


@pytest.mark.parametrize(
    "damaged",
    [
        b"", b"[]", b"{}", b"\xff",
        wrapped(cipher="none"), wrapped(nonce="AAAA"), wrapped(sealed="?"),
        wrapped(kdf={"memory_kib": 1 << 30}), wrapped(kdf={"passes": 0}), wrapped(kdf={"lanes": "4"}), wrapped(kdf={"salt": ""}),
    ],
)  # fmt: skip
def test_damaged_or_costly(damaged):
    with pytest.raises(StoreError, match="damaged"):
        unwrap(damaged, key_id="sha256:ab", passphrase=WORDS, what="the log")
