"""The default engine keeps the contract."""

from collections.abc import Callable

import pytest
from torch import Tensor

from countenance.adapters.editors.warp import build
from countenance.adapters.models.store import ModelStore
from countenance.testing.contracts.editor import CHECKS, Sitting, sit


@pytest.fixture(scope="session")
def sitting(store: ModelStore, portrait: Tensor) -> Sitting:
    return sit(build(store), portrait)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[[Sitting], None], sitting: Sitting) -> None:
    check(sitting)


def test_only_what_it_renders_is_blocked(sitting: Sitting) -> None:
    assert set(sitting.reading.blocked) <= sitting.engine.renders
