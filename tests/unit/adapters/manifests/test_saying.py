import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.adapters.manifests import saying
from countenance.manifest import labels

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["assertions", "label", "data", "actions", "blocks", "value", "alg", "parameters", "ingredients"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
EDIT = {
    labels.EDIT_ID: "edit_1",
    labels.AU: {"AU12": "-0.250"},
    labels.RECIPE: "sha256:1",
    labels.MEASURED: "sha256:2",
    labels.SOURCE: "sha256:3",
    labels.PURPOSE: "film",
    labels.OPERATOR: "operator-1",
}


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["assertions", "ingredients", "claim_version"]), JSON))
def test_any_shape(manifest):
    said = saying.of(manifest)
    assert isinstance(saying.edit_of(said.edited), dict)
    assert saying.shows_thumbnail(manifest) in {True, False}
    assert saying.opens(said.actions, "x") is False


def test_edit():
    assert saying.edit_of({"parameters": EDIT})["au"] == {"AU12": -250}


@pytest.mark.parametrize(
    "changed",
    [
        {labels.AU: {"AU12": 0.25}},
        {labels.AU: {"AU12": "+0.25"}},
        {labels.AU: {}},
        {labels.AU: {"smile": "+0.250"}},
        {labels.PURPOSE: 1},
    ],
)
def test_edits_of_another_form(changed):
    assert saying.edit_of({"parameters": EDIT | changed}) == {}


def shape(*corners, unit="pixel"):
    vertices = [{"x": x, "y": y} for x, y in corners]
    return {"type": "spatial", "shape": {"type": "polygon", "unit": unit, "vertices": vertices}}


def region(*regions):
    return saying.edit_of({"parameters": EDIT, "changes": [{"region": list(regions)}]})["region_px"]


def test_the_signed_region():
    assert region(shape((1, 2), (9, 2), (9.0, 8))) == ((1, 2), (9, 2), (9, 8))


@pytest.mark.parametrize(
    "regions",
    [
        (),
        (shape((1, 2), (9, 2), (9, 8)), shape((1, 2), (9, 2), (9, 8))),
        (shape((1, 2), (9, 2), (9, 8), unit="percent"),),
        (shape((1, 2), (9, 2.5), (9, 8)),),
        (shape((1, 2), (9, "2"), (9, 8)),),
        (shape((1, 2), (9, float("nan")), (9, 8)),),
        (shape((1, 2), (9, 10**30), (9, 8)),),
        ({"shape": []},),
        (7,),
    ],
)
def test_a_region_of_another_form_is_none(regions):
    assert region(*regions) == ()


def test_two_of_a_kind_are_none():
    receipt = {"label": labels.RECEIPT, "data": {"receipt_id": "receipt_1"}}
    assert saying.of({"assertions": [receipt]}).receipt == receipt["data"]
    assert saying.of({"assertions": [receipt, receipt]}).receipt == {}
    edits = {"label": labels.ACTIONS, "data": {"actions": [{"action": labels.EDITED}] * 2}}
    assert saying.of({"assertions": [edits]}).edited == {}


@pytest.mark.parametrize(
    ("report", "shown"),
    [
        ({"manifests": {"a": {"thumbnail": {}}}}, True),
        ({"assertion_store": {"c2pa.thumbnail.claim.jpeg": {}}}, True),
        ({"url": "self#jumbf=c2pa.assertions/c2pa.thumbnail.ingredient__1.jpeg"}, True),
        ({"parameters": {"note": "left out: it holds a thumbnail"}}, False),
    ],
)
def test_thumbnails(report, shown):
    assert saying.shows_thumbnail(report) is shown


@pytest.mark.parametrize(
    ("said", "sound"),
    [
        ({"alteration": "sha256:" + "1" * 64}, True),
        ({}, False),
        ([], False),
        ({"alteration": "sha256:1"}, False),
        ({"al teration": "sha256:" + "1" * 64}, False),
    ],
)
def test_approvals_are_read_or_the_edit_is_not_ours(said, sound):
    read = saying.edit_of({"parameters": {**EDIT, labels.APPROVALS: said}})
    assert read.get("approvals") == (said if sound else None)
    assert bool(read) is sound
    assert "approvals" not in saying.edit_of({"parameters": EDIT})


WORD = f"{0x0123456789:040b}" + "1" * 21


@pytest.mark.parametrize(
    ("alg", "value", "found"),
    [
        ("com.adobe.trustmark.Q", f"1*{WORD}", "0123456789"),
        ("com.adobe.trustmark.P", f"1*{WORD}", "0123456789"),
        ("com.adobe.trustmark.Q", f"2*{WORD}0000000", None),
        ("com.adobe.trustmark.Q", f"1*{WORD[1:]}", None),
        ("com.adobe.trustmark.Q", f"1*{WORD}\n", None),
        ("com.adobe.trustmark.Q", "ASNFZ4k=", None),
        ("com.adobe.trustmark.Q", None, None),
        ("com.adobe.icn.dense", f"1*{WORD}", None),
    ],
)
def test_a_trustmark_is_read_as_its_own_tools_write_it(alg, value, found):
    said = {"label": labels.SOFT_BINDING, "data": {"alg": alg, "blocks": [{"scope": {}, "value": value}]}}
    assert saying.of({"assertions": [said]}).soft_bindings == ({alg: found} if found else {})
