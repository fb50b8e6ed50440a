import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.audit.checkpoint import open_checkpoint, open_note, sign_checkpoint, verifier_key
from countenance.errors import ConfigError, CountenanceError, EvidenceError, TamperedLogError, UncheckedError
from countenance.testing.log_keys import log_key, statement_key

ORIGIN = "log.example/countenance"
KEY = log_key()
NOTE = sign_checkpoint(ORIGIN, 7, b"r" * 32, KEY)


def signed(text, name=ORIGIN, key=KEY):
    """A note with any text, signed as the specification says."""
    real = sign_checkpoint(name, 0, b"", key)
    key_hash = base64.b64decode(real.rsplit(" ", 1)[1])[:4]
    value = base64.b64encode(key_hash + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {value}\n"


def test_a_signed_checkpoint_opens_as_it_was_made():
    opened = open_checkpoint(NOTE, KEY.public_pem, ORIGIN)
    assert (opened.origin, opened.size, opened.root_hex, opened.note) == (ORIGIN, 7, (b"r" * 32).hex(), NOTE)
    raw = base64.b64decode(verifier_key(ORIGIN, KEY.public_pem).rsplit("+", 1)[1])[1:]
    assert open_checkpoint(NOTE, raw, ORIGIN) == opened
    assert open_checkpoint(NOTE, KEY.public_pem.encode(), ORIGIN) == opened


def test_extension_lines_and_signatures_of_others_are_passed_over():
    text = f"{ORIGIN}\n7\n{base64.b64encode(b'r' * 32).decode()}\nextension\n"
    note = signed(text)
    other = signed(text, "witness.example", log_key("witness")).rsplit("\n\n", 1)[1]
    assert open_checkpoint(note + other, KEY.public_pem, ORIGIN).size == 7


def test_a_changed_text_is_an_alarm():
    with pytest.raises(TamperedLogError, match="signature"):
        open_checkpoint(NOTE.replace("\n7\n", "\n8\n"), KEY.public_pem, ORIGIN)


def test_another_key_or_another_log_is_not_this_one():
    with pytest.raises(EvidenceError, match="not signed"):
        open_checkpoint(NOTE, log_key("other").public_pem, ORIGIN)
    with pytest.raises(EvidenceError, match="not signed"):
        open_checkpoint(NOTE, KEY.public_pem, "other.example")
    stranger = signed(f"other.example\n7\n{base64.b64encode(b'r' * 32).decode()}\n")
    with pytest.raises(EvidenceError, match="another log"):
        open_checkpoint(stranger, KEY.public_pem, ORIGIN)


@pytest.mark.parametrize("size", ["", "07", "-1", "+1", "1.0", "٣", "1" * 19, "x"])
def test_a_size_is_a_plain_decimal(size):
    with pytest.raises(EvidenceError, match="size"):
        open_checkpoint(signed(f"{ORIGIN}\n{size}\n{base64.b64encode(b'r' * 32).decode()}\n"), KEY.public_pem, ORIGIN)


@pytest.mark.parametrize("root", ["", "cnJy", "!", base64.b64encode(b"r" * 33).decode(), "é"])
def test_a_root_is_32_bytes(root):
    with pytest.raises(EvidenceError, match="root"):
        open_checkpoint(signed(f"{ORIGIN}\n7\n{root}\n"), KEY.public_pem, ORIGIN)


@pytest.mark.parametrize(
    "note",
    ["", "\n\n", "text\n\n", "text\n\n— a\n", "text\n\n— a b\n", "text\n\n- log AAAAAAAA\n", "text\n\n— l+g AAAAAAAA\n",
     "te\x00xt\n\n— log AAAAAAAA\n", "\ud800\n\n— log AAAAAAAA\n", NOTE.rstrip("\n"), NOTE * 1000],
)  # fmt: skip
def test_what_is_not_a_note_is_refused_plainly(note):
    with pytest.raises(EvidenceError):
        open_note(note, KEY.public_pem, ORIGIN)


@given(st.text(max_size=300))
def test_any_text_gives_a_checkpoint_or_a_plain_error(text):
    for note in (text, NOTE + text, text + NOTE):
        try:
            assert open_checkpoint(note, KEY.public_pem, ORIGIN).size == 7
        except CountenanceError:
            continue


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x7f"])
def test_an_origin_that_cannot_name_a_key_is_refused(origin):
    with pytest.raises(ConfigError):
        sign_checkpoint(origin, 0, b"r" * 32, KEY)
    with pytest.raises(ConfigError):
        verifier_key(origin, KEY.public_pem)


@pytest.mark.parametrize("key", [statement_key().public_pem, "no key", b"\xff\xfe", b""])
def test_only_ed25519_keys_count(key):
    with pytest.raises(UncheckedError):
        open_checkpoint(NOTE, key, ORIGIN)
