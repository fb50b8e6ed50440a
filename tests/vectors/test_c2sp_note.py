"""The example key and note in the documentation of golang.org/x/mod/sumdb/note, which C2SP signed-note describes."""

import base64

import pytest

from countenance.audit.checkpoint import open_note, verifier_key
from countenance.errors import TamperedLogError

VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = base64.b64decode(VERIFIER.rsplit("+", 1)[1])[1:]


def test_the_note_opens_and_the_key_is_written_the_same():
    assert open_note(NOTE, KEY, "PeterNeumann") == TEXT
    assert verifier_key("PeterNeumann", KEY) == VERIFIER


def test_another_text_does_not_open():
    with pytest.raises(TamperedLogError):
        open_note(NOTE.replace("answer", "Answer"), KEY, "PeterNeumann")
