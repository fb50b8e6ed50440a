"""Manifests that anyone can write with a key of their own: whatever they say, they are read or refused plainly."""

import copy

import pytest
from evidence import Marks

from countenance.adapters.fingerprints.phash import build as phash
from countenance.adapters.manifests import reading
from countenance.errors import CountenanceError, EvidenceError, UnsupportedMediaError
from countenance.manifest import labels
from countenance.verify.inspect import inspect
from countenance.verify.ports import VerifyTools

AT = "2027-03-01T12:00:00.000Z"


class Prints(Marks):
    """Fingerprints are compared as the real reader does."""

    def distance(self, a, b):
        return phash().distance(a, b)


@pytest.fixture
def report_on(studio, forge):
    """The report on a file that says what an edit's does, but for one change."""

    def report_on(change):
        definition = copy.deepcopy(studio.draft.definition)
        change({entry["label"]: entry["data"] for entry in reversed(definition["assertions"])}, definition)
        data = forge(studio.encoded(), definition, studio.claim, parent=studio.source)
        tools = VerifyTools(manifests=studio.reader, trust=studio.trust, marks=Prints(), shelf=None, max_pixels=10**8)
        return inspect(data, tools, at=AT)

    return report_on


def parameters(said):
    return said[labels.ACTIONS]["actions"][1]["parameters"]


def no_units(said, _):
    parameters(said)[labels.AU] = {}


def foreign_unit(said, _):
    parameters(said)[labels.AU] = {"smile": "+0.500"}


def unbounded_change(said, _):
    parameters(said)[labels.AU] = {"AU12": "+10.000"}


def numbers_for_text(said, _):
    parameters(said)[labels.PURPOSE] = 7


@pytest.mark.parametrize("change", [no_units, foreign_unit, unbounded_change, numbers_for_text])
def test_parameters_of_another_form_say_nothing(report_on, change):
    report = report_on(change)
    assert (report.verdict, report.edit) == ("invalid", None)


def receipt_of_another_form(said, _):
    said[labels.RECEIPT].clear()
    said[labels.RECEIPT].update({"receipt_id": {"a": [1]}, "state": ["active"]})


def two_receipts(_, definition):
    definition["assertions"].append(copy.deepcopy(definition["assertions"][3]))


@pytest.mark.parametrize("change", [receipt_of_another_form, two_receipts])
def test_receipts_of_another_form_say_nothing_of_consent(report_on, change):
    report = report_on(change)
    assert (report.verdict, report.consent.then) == ("invalid", "unknown")


def long_mark(said, _):
    said[labels.SOFT_BINDING]["blocks"][0]["value"] = "/" * 12


def test_a_bound_mark_that_is_none(report_on):
    failed = {finding.check for finding in report_on(long_mark).findings if finding.result == "fails"}
    assert "watermark" in failed


def short_print(_, definition):
    definition["assertions"][2]["data"]["blocks"][0]["value"] = "AAAA"


def test_a_bound_fingerprint_that_is_none(report_on):
    assert report_on(short_print).verdict == "invalid"


def unit_with_a_line_end(said, _):
    parameters(said)[labels.AU] = {"AU12\n": "+0.500"}


def test_a_unit_that_ends_in_a_line_feed(report_on):
    assert report_on(unit_with_a_line_end).edit is None


def test_other_media_are_not_read(studio):
    for media_type in ("image/avif", "application/c2pa", ""):
        with pytest.raises(UnsupportedMediaError):
            reading.read(b"", media_type, studio.trust, None)


def test_a_manifest_too_deep_is_refused(studio, sealed, monkeypatch):
    def deep(*_):
        raise RecursionError

    monkeypatch.setattr(reading.saying, "of", deep)
    with pytest.raises(EvidenceError, match="nested too deeply"):
        reading.read(sealed.data, "image/jpeg", studio.trust, None)


def test_a_manifest_that_reads_otherwise_the_second_time(studio, sealed, monkeypatch):
    """The three questions are asked of the same bytes, and must be about the same manifest."""
    ask = reading._ask

    def turns(data, media_type, manifest, kind, anchors):
        answer = ask(data, media_type, manifest, kind, anchors)
        return None if kind == "cawg" else answer

    monkeypatch.setattr(reading, "_ask", turns)
    with pytest.raises(EvidenceError, match="differently the second time"):
        studio.read(sealed.data)


def test_damage_is_told_or_refused(studio, sealed):
    """Every byte of the claim's neighbourhood in turn, to its opposite."""
    start = sealed.data.index(b"c2pa.claim")
    for at in range(start, start + 3000, 157):
        changed = bytearray(sealed.data)
        changed[at] ^= 0xFF
        tools = VerifyTools(manifests=studio.reader, trust=studio.trust, marks=None, shelf=None, max_pixels=10**8)
        try:
            assert inspect(bytes(changed), tools, at=AT).verdict != "trusted"
        except CountenanceError as error:  # pragma: no cover - inspect never raises for bad evidence
            pytest.fail(f"byte {at}: {error.message}")
