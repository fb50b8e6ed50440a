from countenance.core.measuring import turned_error


def test_a_turned_head_is_measured_less_well() -> None:
    assert [turned_error(100, yaw) for yaw in (0.0, -15.0, 30.0, -45.0)] == [100, 100, 400, 900]
    assert turned_error(400, 30.0) == 1000
