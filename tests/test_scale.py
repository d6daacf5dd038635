"""Cut finer, a plan says the same of its city, however many districts there are."""

import numpy as np
import pytest

import model
from model.plan import DATA
from tests.scale import finer

PARTS = 3


@pytest.fixture(scope="module")
def fine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale") / "fine"
    finer(DATA / "zhengzhou_2020", folder, PARTS)
    return model.load_plan(folder)


@pytest.mark.parametrize("name", ["status_quo", "plan", "replay_2020"])
def test_districts_cut_into_equal_parts_add_up_to_the_same_city(plan, fine, name):
    assert len(fine.districts) == PARTS * len(plan.districts)
    whole, cut = (model.simulate(p, p.scenarios[name]) for p in (plan, fine))
    for code in model.INDICATORS:
        np.testing.assert_allclose(
            cut.indicator(code), whole.indicator(code), rtol=1e-9, atol=1e-12, err_msg=code
        )
    gongyi = whole.indicator("industrial_va", district="gongyi")
    part = cut.indicator("industrial_va", district="gongyi_1")
    np.testing.assert_allclose(PARTS * part, gongyi, rtol=1e-9)


def test_a_table_of_scenarios_runs_over_the_finer_plan(fine):
    rows = model.run_table(fine, [fine.scenarios["plan"], fine.scenarios["prudent"]], draws=64)
    assert rows.loc[0, "T04"] > rows.loc[1, "T04"]
