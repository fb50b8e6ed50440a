import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.adapters.manifests.saying import marking_of, visible_labels
from countenance.core.digest import of_file
from countenance.core.records.marks import InputMark, SoftBinding
from countenance.core.records.recipe import DrawnLabel
from countenance.errors import SealError
from countenance.manifest import labels
from countenance.manifest.describe import canonical_change, canonical_units, describe, describe_marking

MARK = SoftBinding(algorithm="org.countenance.mark.spread1", value="0123456ab", scope="watermark")
PRINT = SoftBinding(algorithm="org.countenance.phash256.1", value="00ff00ff00ff00ff" * 4, scope="fingerprint")


def draft(studio, **changes):
    given_ = {
        "permit": studio.permit, "purpose": "advertising", "recipe": studio.recipe, "measured": studio.measured,
        "bindings": [MARK, PRINT], "receipt": studio.receipt, "operator": studio.pseudonym,
    }  # fmt: skip
    return describe(**(given_ | changes))


def assertion(made, label, instance=0):
    return [entry["data"] for entry in made.definition["assertions"] if entry["label"] == label][instance]


@given(st.integers(-1000, 1000))
def test_changes_round_trip(permille):
    text = canonical_change(permille)
    assert len(text) == 6
    assert int(text.replace(".", "")) == permille


def test_units_are_sorted():
    assert list(canonical_units({"AU4": -200, "AU12": 500}).items()) == [("AU12", "+0.500"), ("AU4", "-0.200")]


def test_actions(studio):
    actions = assertion(draft(studio), labels.ACTIONS)
    opened, edited, marked = actions["actions"]
    assert opened == {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    assert edited["digitalSourceType"].endswith("/compositeSynthetic")
    assert edited["parameters"][labels.AU] == {"AU1": "+0.300", "AU12": "+0.500", "AU4": "-0.200"}
    assert edited["parameters"][labels.RECIPE] == studio.recipe.digest()
    assert marked["action"] == "c2pa.watermarked.bound"
    assert actions["allActionsIncluded"] is True
    assert actions["softwareAgents"][0][labels.WEIGHTS] == studio.recipe.weights


def test_a_reference_is_placed_as_a_component(studio):
    recipe = studio.recipe.model_copy(update={"reference_digest": of_file(b"reference")})
    made = draft(studio, recipe=recipe)
    names = [action["action"] for action in assertion(made, labels.ACTIONS)["actions"]]
    assert names == ["c2pa.opened", "c2pa.placed", "c2pa.edited", "c2pa.watermarked.bound"]
    placed = assertion(made, labels.ACTIONS)["actions"][1]
    assert placed["parameters"] == {"ingredientIds": ["reference"]}
    assert made.referenced == (*labels.REFERENCED, labels.SECOND_INGREDIENT)
    assert draft(studio).referenced == labels.REFERENCED


def test_polygon_is_the_region_to_both_kinds_of_readers(studio):
    edited = assertion(draft(studio), labels.ACTIONS)["actions"][1]
    shape = edited["changes"][0]["region"][0]["shape"]
    corners = [(corner["x"], corner["y"]) for corner in shape["vertices"]]
    assert set(corners) == set(studio.recipe.region_px)
    assert corners[-1] == (shape["origin"]["x"], shape["origin"]["y"]) == studio.recipe.region_px[0]


def test_watermark_comes_first_whatever_the_order(studio):
    made = draft(studio, bindings=[PRINT, MARK])
    assert made == draft(studio)
    first, second = (assertion(made, labels.SOFT_BINDING, instance) for instance in (0, 1))
    assert (first["alg"], second["alg"]) == (MARK.algorithm, PRINT.algorithm)
    assert base64.b64decode(first["blocks"][0]["value"]).hex() == "0" + MARK.value
    assert base64.b64decode(second["blocks"][0]["value"]).hex() == PRINT.value


def test_training_is_not_allowed(studio):
    entries = assertion(draft(studio), labels.TRAINING_MINING)["entries"]
    assert len(entries) == 4
    assert {entry["use"] for entry in entries.values()} == {"notAllowed"}


def test_canonical_and_nameless(studio):
    text = draft(studio).canonical().decode()
    for never in (studio.permit.release_id, studio.permit.nonce, "title", "thumbnail", "person"):
        assert never not in text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"}, "altered"),
        ({"digital_source_type": "http://example.org/bogus"}, "altered"),
        ({"region_px": ((1, 1), (2, 2), (1, 1))}, "polygon"),
        ({"edit_id": "edit_" + "f" * 32}, "different edits"),
    ],
)
def test_recipes_that_will_not_do(studio, changes, why):
    with pytest.raises(SealError, match=why):
        draft(studio, recipe=studio.recipe.model_copy(update=changes))


@pytest.mark.parametrize("bindings", [[], [MARK], [MARK, MARK], [MARK, PRINT, PRINT]])
def test_bindings_that_will_not_do(studio, bindings):
    with pytest.raises(SealError, match=r"one watermark and a fingerprint|each algorithm once"):
        draft(studio, bindings=bindings)


def test_a_label_is_added_text_in_a_region_of_its_own(studio):
    label = DrawnLabel(kind="cn", text="AI\u5408\u6210", box_px=(10, 20, 60, 40))
    actions = assertion(draft(studio, recipe=studio.recipe.model_copy(update={"labels": (label,)})), labels.ACTIONS)
    names = [action["action"] for action in actions["actions"]]
    assert names == ["c2pa.opened", "c2pa.edited", "c2pa.addedText", "c2pa.watermarked.bound"]
    added = actions["actions"][2]
    ((text, region),) = visible_labels([added])
    assert (text, set(region)) == (label.text, {(10, 20), (60, 20), (60, 40), (10, 40)})
    assert visible_labels([{"action": "c2pa.addedText"}, actions["actions"][1]]) == ()


def test_approvals_stand_in_the_signed_edit_by_kind_and_digest_alone(studio):
    def parameters(permit):
        actions = assertion(draft(studio, permit=permit), labels.ACTIONS)["actions"]
        return next(action["parameters"] for action in actions if action["action"] == labels.EDITED)

    said = {"alteration": "sha256:" + "1" * 64}
    assert labels.APPROVALS not in parameters(studio.permit)
    assert parameters(studio.permit.model_copy(update={"approvals": said}))[labels.APPROVALS] == said


CODE, CELLS = (
    SoftBinding(algorithm=name, value=value, scope="fingerprint")
    for name, value in (("io.iscc.v0", "2107" + "0f" * 32), ("org.countenance.grid.1", "0408" + "ff" * 8))
)


def test_several_fingerprints_keep_their_order(studio):
    made = draft(studio, bindings=[PRINT, MARK, CODE, CELLS])
    bound = [one["data"]["alg"] for one in made.definition["assertions"] if one["label"] == labels.SOFT_BINDING]
    assert bound == [MARK.algorithm, PRINT.algorithm, CODE.algorithm, CELLS.algorithm]
    assert made.referenced == (*labels.REFERENCED, "c2pa.soft-binding__2", "c2pa.soft-binding__3")


def test_a_mark_that_the_original_carried_is_named(studio):
    found = InputMark(mark_id="fedcba987", still_readable=False)
    actions = assertion(draft(studio, input_mark=found), labels.ACTIONS)["actions"]
    assert actions[-1]["parameters"] == {labels.INPUT_MARK: "fedcba987", labels.INPUT_MARK_READABLE: "no"}
    assert "parameters" not in assertion(draft(studio), labels.ACTIONS)["actions"][-1]


OPEN = "1*" + "01" * 30 + "1"


def test_marks_of_other_kinds_stand_beside_it(studio):
    beside = InputMark(mark_id=OPEN, algorithm="com.adobe.trustmark.P", still_readable=True)
    found = InputMark(mark_id="0123456789ab", algorithm="org.x", still_readable=False, beside=(beside,))
    parameters = assertion(draft(studio, input_mark=found), labels.ACTIONS)["actions"][-1]["parameters"]
    assert parameters == {
        labels.INPUT_MARK: "0123456789ab",
        labels.INPUT_MARK_READABLE: "no",
        labels.INPUT_MARK_ALGORITHM: "org.x",
        labels.INPUT_MARKS_BESIDE: [
            {
                labels.INPUT_MARK: OPEN,
                labels.INPUT_MARK_READABLE: "yes",
                labels.INPUT_MARK_ALGORITHM: "com.adobe.trustmark.P",
            }
        ],
    }


def test_a_value_that_others_read_is_bound_as_they_write_it(studio):
    written = MARK.model_copy(update={"algorithm": "com.adobe.trustmark.Q", "value": "0123456789", "written": OPEN})
    made = draft(studio, bindings=[written, PRINT])
    assert assertion(made, labels.SOFT_BINDING) == {
        "alg": "com.adobe.trustmark.Q", "blocks": [{"scope": {}, "value": OPEN}],
    }  # fmt: skip
    agents = assertion(made, labels.ACTIONS)["softwareAgents"]
    assert agents[1][labels.WATERMARK] == "com.adobe.trustmark.Q"


def marking(**changes):
    asked = {
        "marking_id": "marking_" + "a" * 32, "source_digest": "sha256:" + "b" * 64, "at": "2026-01-02T03:04:05.000Z",
        "bindings": [MARK, PRINT], "operator": "op-1", "toolkit_version": "1",
    }  # fmt: skip
    return describe_marking(**asked | changes)


def test_a_marking_says_that_it_was_opened_and_marked_and_nothing_else():
    made = marking()
    said = assertion(made, labels.ACTIONS)
    assert [one["action"] for one in said["actions"]] == ["c2pa.opened", "c2pa.watermarked.bound"]
    assert said["allActionsIncluded"] is True
    assert "digitalSourceType" not in str(made.definition)
    assert labels.RECEIPT not in str(made.definition)
    assert made.referenced == labels.MARKED_ALONE
    read = marking_of(said["actions"])
    assert read == {"marking_id": "marking_" + "a" * 32, "source_sha256": "sha256:" + "b" * 64, "operator": "op-1"}
    assert marking_of([*said["actions"], {"action": "c2pa.edited"}]) == {}
    assert marking_of(said["actions"][:1]) == {}
    assert marking_of([{"action": "c2pa.watermarked.bound", "parameters": {labels.MARKING_ID: 3}}]) == {}


def test_a_marking_names_the_mark_that_the_original_carried():
    found = InputMark(mark_id="fedcba987", still_readable=True)
    parameters = assertion(marking(input_mark=found), labels.ACTIONS)["actions"][-1]["parameters"]
    assert (parameters[labels.INPUT_MARK], parameters[labels.INPUT_MARK_READABLE]) == ("fedcba987", "yes")
    with pytest.raises(SealError):
        marking(bindings=[PRINT])
