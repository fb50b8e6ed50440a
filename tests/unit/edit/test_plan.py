from countenance.edit.plan import plan_expression


def test_a_target_is_cut_to_its_limit() -> None:
    assert plan_expression({"AU12": 700, "AU4": -500}, {"AU12": (0, 400), "AU4": (-200, 0)}) == {
        "AU12": 400,
        "AU4": -200,
    }


def test_no_limit_means_no_change() -> None:
    assert plan_expression({"AU12": 700}, {}) == {}


def test_a_limit_adds_nothing() -> None:
    assert plan_expression({"AU12": 100, "AU1": 0}, {"AU12": (200, 400), "AU1": (100, 300)}) == {"AU12": 100}


def test_a_limit_of_one_sign_forbids_the_other() -> None:
    assert plan_expression({"AU12": -300}, {"AU12": (0, 400)}) == {}
