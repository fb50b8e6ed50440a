import datetime as dt
import re
import stat

import pytest
from cryptography import x509

from countenance.adapters.signers import disk
from countenance.adapters.signers.file import build
from countenance.core import envelope
from countenance.core.clock import format_instant
from countenance.errors import ConfigError, StoreError

AT = format_instant(dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
OPERATOR = "operator_" + "1" * 32


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = build(tmp_path_factory.mktemp("home") / "keys")
    made.create_organisation("Studio", "example.org", "org", AT)
    return made


@pytest.fixture(scope="module")
def operator(store):
    return store.add_operator(OPERATOR, "mine", "org", AT)


def test_only_the_owner_reads(store, operator):
    paths = [store._dir, *store._dir.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}


def test_keys_sign_under_their_certificates(store, operator):
    claim, person = store.unlock_claim("org"), store.unlock_operator(OPERATOR, "mine")
    for key, root in ((claim, store.claim_root_pem), (person, store.operators_root_pem)):
        leaf = x509.load_pem_x509_certificate(key.chain_pem.encode())
        leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(root.encode()))
        envelope.verify(envelope.public_pem_of_certificate(key.chain_pem), key.sign(b"m"), b"m")
        assert key.key_id == envelope.key_id(key.public_pem)
    assert store.claim_root_pem != store.operators_root_pem


def test_log_key(store):
    key = store.unlock_log("org")
    assert key.public_pem == store.log_public
    assert len(key.sign(b"m")) == 64
    assert "private" not in repr(key)


def test_pseudonym(operator):
    pseudonym, chain = operator
    assert re.fullmatch(r"operator-[0-9a-f]{8}", pseudonym)
    assert pseudonym in x509.load_pem_x509_certificate(chain.encode()).subject.rfc4514_string()


def test_same_call_again_changes_nothing(store, operator):
    before = store.claim_root_pem, store.mark_keys()
    store.create_organisation("Studio", "example.org", "org", AT)
    assert (store.claim_root_pem, store.mark_keys()) == before
    assert store.add_operator(OPERATOR, "mine", "org", AT) == operator


def test_another_organisation_stays_out(store):
    with pytest.raises(ConfigError, match="another organisation"):
        store.create_organisation("Other", "example.org", "org", AT)


def test_wrong_passphrases(store, operator):
    for attempt in (
        lambda: store.unlock_claim("no"),
        lambda: store.unlock_log("no"),
        lambda: store.unlock_operator(OPERATOR, "org"),
        lambda: store.add_operator("operator_" + "2" * 32, "x", "no", AT),
        lambda: store.create_organisation("Studio", "example.org", "no", AT),
    ):
        with pytest.raises(ConfigError, match="wrong passphrase"):
            attempt()


@pytest.mark.parametrize("name", ["../claim", "operator_1", ""])
def test_ids_do_not_walk(store, name):
    with pytest.raises(ConfigError):
        store.unlock_operator(name, "x")


def test_mark_keys_need_no_passphrase(store):
    tile, check = store.mark_keys()
    assert (len(tile), len(check)) == (32, 32)
    assert tile != check


def test_nothing_there(tmp_path):
    empty = build(tmp_path / "none")
    assert not empty.exists
    for attempt in (empty.mark_keys, lambda: empty.claim_root_pem, lambda: empty.unlock_log("x")):
        with pytest.raises(ConfigError, match="no keys here"):
            attempt()
    with pytest.raises(ConfigError):
        empty.unlock_operator(OPERATOR, "x")


def test_a_crash_leaves_nothing_half_done(tmp_path, monkeypatch):
    """Killed at any write, the folder is not there; the next try makes it."""
    written = []
    write = disk._write

    def dies(path, data):
        written.append(path)
        if len(written) % 4 == 0:
            raise KeyboardInterrupt
        write(path, data)

    keys = build(tmp_path / "keys")
    with monkeypatch.context() as patched:
        patched.setattr(disk, "_write", dies)
        with pytest.raises(KeyboardInterrupt):
            keys.create_organisation("Studio", "example.org", "org", AT)
    assert not keys.exists
    keys.create_organisation("Studio", "example.org", "org", AT)
    assert keys.unlock_claim("org").chain_pem
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["organisation"]


def test_damaged_files(tmp_path):
    keys = build(tmp_path / "keys")
    keys.create_organisation("Studio", "example.org", "org", AT)
    folder = tmp_path / "keys" / "organisation"
    short, no_hex = ('{"tile_key_hex": "' + key + '", "check_key_hex": "' + "00" * 32 + '"}' for key in ("00", "xyz"))
    for damaged in ("[", "[]", "{}", short, no_hex):
        (folder / "mark.json").write_text(damaged)
        with pytest.raises(StoreError, match="damaged"):
            keys.mark_keys()
    (folder / "log.key").unlink()
    with pytest.raises(StoreError):
        keys.unlock_log("org")
