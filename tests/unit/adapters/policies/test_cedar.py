import shutil
from pathlib import Path

import pytest

from countenance.adapters.policies.cases import load_cases
from countenance.adapters.policies.cedar import build
from countenance.decision.evidence import questions
from countenance.decision.ports import Question
from countenance.errors import ConfigError
from countenance.testing.worlds import a_world

POLICIES = Path(__file__).parents[4] / "policies"
ENGINE = build(POLICIES)
WORLD = a_world()
(EDIT,) = questions(WORLD.request, WORLD.evidence, at=WORLD.at)
EXTRA = "extra.cedar"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(POLICIES, tmp_path / "policies"))


def add(folder, text):
    (folder / "default" / EXTRA).write_text(text)


@pytest.mark.parametrize("result", ENGINE.run_cases(), ids=lambda result: f"{result.case.table}: {result.case.name}")
def test_the_tables_hold(result):
    assert result.passed, result.answer


def test_every_rule_has_a_case_and_every_case_a_rule():
    covered = set().union(*(case.reasons for case in load_cases(POLICIES)))
    rules = {rule.id for rule in ENGINE.for_markets(tuple(ENGINE.packs)).rules()}
    assert covered - {"policy-error", "default-deny"} == rules


def test_one_permit_beside_the_forbids():
    assert [rule.id for rule in ENGINE.rules() if rule.effect == "permit"] == ["within-the-release"]


def test_a_permit_names_the_rule_behind_it():
    answer = ENGINE.answer(EDIT)
    assert (answer.effect, [reason.policy for reason in answer.reasons]) == ("permit", ["within-the-release"])


@pytest.mark.parametrize(
    "facts",
    [
        {**EDIT.facts, "at_ms": 2**80},
        {**EDIT.facts, "at_ms": float("nan")},
        {**EDIT.facts, "purposes": {1, 2}},
        {**EDIT.facts, "units": 7},
        {**EDIT.facts, "units": [{"asked": 1}]},
        {**EDIT.facts, "units": EDIT.facts["units"] * 65},
        {**EDIT.facts, "territory": {"__entity": {"type": "Nobody", "id": "x"}}},
        {**EDIT.facts, "unknown": True},
    ],
)
def test_whatever_goes_wrong_is_indeterminate(facts):
    answer = ENGINE.answer(Question(action="edit", face=0, facts=facts))
    assert (answer.effect, [reason.policy for reason in answer.reasons]) == ("indeterminate", ["policy-error"])


def test_a_rule_that_fails_is_indeterminate_and_not_skipped(folder):
    add(
        folder,
        '@id("overflow") @reason("fails") forbid (principal, action in [Action::"edit"], resource)\n'
        "when { context has units_asked && context.units_asked * 9223372036854775807 > 0 };",
    )
    engine = build(folder)
    two = {**EDIT.facts, "units_asked": 2}
    answer = engine.answer(Question(action="edit", face=0, facts=two))
    assert answer.effect == "indeterminate"
    assert "policy-error" in {reason.policy for reason in answer.reasons}


def test_where_nothing_permits_and_nothing_forbids_the_reason_says_so(folder):
    for path in (folder / "default").glob("*.cedar"):
        path.unlink()
    add(folder, '@id("never") @reason("never") forbid (principal, action, resource) when { false };')
    answer = build(folder).answer(EDIT)
    assert (answer.effect, [reason.policy for reason in answer.reasons]) == ("deny", ["default-deny"])


@pytest.mark.parametrize(
    "text",
    [
        "forbid (",
        "forbid (principal, action, resource);",
        '@id("a") forbid (principal, action, resource);',
        '@reason("a") forbid (principal, action, resource);',
        '@id("") @reason("a") forbid (principal, action, resource);',
        '@id("minor") @reason("twice") forbid (principal, action, resource);',
        '@id("a") @reason("b") forbid (principal, action, resource) when { context.purpose == "x" };',
        '@id("a") @reason("b") forbid (principal, action, resource) when { context has nonsense };',
        '@id("a") @reason("b") permit (principal == ?principal, action, resource);',
    ],
)
def test_rules_that_are_not_sound_are_not_loaded(folder, text):
    add(folder, text)
    with pytest.raises(ConfigError):
        build(folder)


def test_a_broken_schema_or_an_empty_folder_is_not_loaded(folder, tmp_path):
    (folder / "schema.cedarschema").write_text("entity ;")
    with pytest.raises(ConfigError):
        build(folder)
    with pytest.raises(ConfigError):
        build(tmp_path / "nowhere")
    (folder / "schema.cedarschema").unlink()
    with pytest.raises(ConfigError):
        build(folder)


def test_the_digest_names_the_exact_files(folder):
    assert build(folder).digest == ENGINE.digest
    schema = folder / "schema.cedarschema"
    schema.write_text(schema.read_text() + "\n")
    changed = build(folder).digest
    assert changed != ENGINE.digest
    (folder / "default" / "scope.cedar").rename(folder / "default" / "reach.cedar")
    assert build(folder).digest not in {changed, ENGINE.digest}


TABLE = '{"schema": "countenance.policy-cases/1", "facts": {"f": {}}, "cases": [%s]}'
CASE = '{"name": "n", "action": "%s", "from": "f", "effect": "%s", "reasons": []}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": "other/1"}',
        TABLE % "3",
        TABLE % (CASE % ("paint", "deny")),
        TABLE % (CASE % ("edit", "perhaps")),
    ],
)
def test_a_table_that_cannot_be_read_is_said_so(folder, text):
    (folder / "tests" / "more.json").write_text(text)
    with pytest.raises(ConfigError):
        build(folder).run_cases()


def test_no_tables_at_all_is_an_error(folder):
    shutil.rmtree(folder / "tests")
    with pytest.raises(ConfigError):
        build(folder).run_cases()


def test_a_changed_rule_fails_its_table(folder):
    path = folder / "default" / "scope.cedar"
    path.write_text(path.read_text().replace("context.unit.asked <= context.unit.max", "context.unit.asked <= 1000"))
    assert any(not result.passed for result in build(folder).run_cases())
