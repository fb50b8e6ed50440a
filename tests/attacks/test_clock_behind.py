"""The clock is set back, so that a withdrawn release might seem valid: nothing can be decided, and that is logged."""

import dataclasses

import pytest
from agency import Agency, edit_tools_of, order_of

from countenance.errors import DeniedError
from countenance.pipeline import authorise
from countenance.testing.fixed_clock import FixedClock

pytestmark = pytest.mark.slow


def test_an_instant_before_the_last_entry_decides_nothing(agency: Agency) -> None:
    tools = edit_tools_of(agency)
    earlier = dataclasses.replace(
        tools, pen=dataclasses.replace(tools.pen, clock=FixedClock("2020-01-01T00:00:00.000Z"))
    )
    with pytest.raises(DeniedError) as refused:
        authorise(order_of(agency, {"AU12": 300}), earlier)
    decision = refused.value.decisions[0]
    assert decision.effect == "indeterminate"
    assert "log-ahead-of-clock" in {reason.policy for reason in decision.reasons}
    assert agency.ok("log", "check")["size"] == refused.value.log_index + 1
