"""The registry key: a plain file that is made once."""

import stat

import pytest

from countenance.adapters.signers import registry
from countenance.adapters.signers.file import KeyStore
from countenance.errors import StoreError


@pytest.fixture
def keys(tmp_path):
    made = KeyStore(tmp_path / "keys")
    made.create_organisation("Agency", "agency.example", "words", "2026-01-02T03:04:05.000Z")
    return made


def place(tmp_path):
    return tmp_path / "keys" / "organisation" / registry.FILE


def test_it_is_made_with_the_organisation_and_is_its_owner_s_only(keys, tmp_path) -> None:
    key = keys.registry_key(make=False)
    assert len(key) == 32
    assert keys.registry_key(make=True) == key
    assert stat.S_IMODE(place(tmp_path).stat().st_mode) == 0o600


def test_an_older_home_gets_one_where_asked(keys, tmp_path) -> None:
    place(tmp_path).unlink()
    assert keys.registry_key(make=False) is None
    made = keys.registry_key(make=True)
    assert keys.registry_key(make=False) == made
    assert stat.S_IMODE(place(tmp_path).stat().st_mode) == 0o600
    assert [path.name for path in place(tmp_path).parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"key_hex":"00"}', b'{"key_hex":"zz"}', b'{"key_hex":1}', b"\xff"]
)
def test_a_damaged_one_is_said(keys, tmp_path, data) -> None:
    place(tmp_path).write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        keys.registry_key(make=True)
