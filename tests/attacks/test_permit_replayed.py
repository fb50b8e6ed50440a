"""One permit, two publications: the second is refused, and logged."""

import pytest
from agency import Agency, edit_tools_of, order_of

from countenance.errors import DeniedError
from countenance.marks.photo import draw_mark
from countenance.pipeline import attest, authorise, render_photo
from countenance.toolkit.turnstiles import Target

pytestmark = pytest.mark.slow


def test_a_permit_serves_once(agency: Agency) -> None:
    tools = edit_tools_of(agency)
    order = order_of(agency, {"AU12": 300})
    authorised = authorise(order, tools)
    for number, name in enumerate(("first.jpg", "second.jpg")):
        target = Target(path=agency.folder / name, media_type="image/jpeg")
        edit_id, version = authorised.permit.edit_id, tools.render().watermark.payload
        mark = draw_mark(
            tools.pen.ids, lambda drawn, edit_id=edit_id: tools.pen.books.reserve_mark(drawn, edit_id), version
        )
        receipt = tools.pen.ids.new("receipt")
        rendered = render_photo(order.data, authorised.permit, target, mark, receipt, tools.render(), tools)
        if number == 0:
            attest(order, authorised, rendered, receipt, target, tools)
        else:
            with pytest.raises(DeniedError) as refused:
                attest(order, authorised, rendered, receipt, target, tools)
    assert [reason.policy for reason in refused.value.decisions[0].reasons] == ["permit-used"]
    assert (agency.folder / "first.jpg").exists()
    assert not (agency.folder / "second.jpg").exists()
    assert agency.ok("log", "check")["size"] == refused.value.log_index + 1
