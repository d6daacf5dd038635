"""The benchmarks do what their names say."""

from dataclasses import replace

import numpy as np
import pytest

import model
from model.benchmarks import (
    NAMES,
    History,
    history,
    national_loading,
    paths,
    period_weights,
    periods,
    span_growth,
)
from model.errors import ModelError
from model.observe import entered


@pytest.fixture(scope="module")
def plan():
    return model.load_plan()


def nation(growth):
    growth = np.asarray(growth, dtype=float)
    names = periods("2017-02", "2021-12")[: len(growth)]
    return History("china", names, growth, None, ("2020-02", "2020-03"))


def test_a_year_has_eleven_periods(plan):
    assert len(periods("2019-01", "2019-12")) == 11
    assert period_weights(plan).sum() == pytest.approx(1)


def test_the_national_series_has_no_gap(plan):
    found = history(plan, model.known(plan, "2021-01-31"), "china")
    assert found.periods[0] == "2017-02" and len(found.periods) == 44
    assert np.isfinite(found.growth).all()
    assert found.growth[found.periods.index("2020-02")] == -0.135


def test_stretches_lead_from_one_cumulative_figure_to_the_next(plan):
    rows = [("2020-02", -23.0), ("2020-06", 0.0), ("2020-12", 6.1)]
    figures = entered(plan, [{"indicator": "industrial_va_growth", "period_end": end, "value": g}
                             for end, g in rows])  # fmt: skip
    found = history(plan, figures, "zhengzhou", first="2020-02")
    weight = period_weights(plan)
    for stop, (_, value) in zip((1, 5, 11), rows, strict=True):
        whole = weight[:stop] @ (1 + found.growth[:stop]) / weight[:stop].sum() - 1
        assert whole == pytest.approx(value / 100, abs=1e-12)
    assert len(set(found.growth[1:5].round(12))) == 1


def test_months_that_follow_a_cumulative_figure_without_a_gap_are_added_to_it(plan):
    """Through March, then April and May; nothing is known of June, so July waits."""
    rows = [("2020-03", -10.0, "yoy_cumulative"), ("2020-04", 5.0, "yoy_month"),
            ("2020-05", 6.0, "yoy_month"), ("2020-07", 7.0, "yoy_month")]  # fmt: skip
    figures = entered(plan, [
        {"indicator": "industrial_va_growth", "period_end": end, "value": value, "measure": how}
        for end, value, how in rows
    ])  # fmt: skip
    weight = period_weights(plan)
    through, growth = history(plan, figures, "zhengzhou").cumulative
    whole = 0.90 * weight[:2].sum() + 1.05 * weight[2] + 1.06 * weight[3]
    assert through == "2020-05" and growth == pytest.approx(whole / weight[:4].sum() - 1)
    assert history(plan, figures[1:], "zhengzhou").cumulative is None
    assert history(plan, (), "zhengzhou").periods == ()


def test_what_the_nation_has_published_already_is_not_drawn(plan):
    ahead = nation(0.06 + 0.01 * np.sin(np.arange(24)))
    own = History("zhengzhou", ahead.periods[:-2], ahead.growth[:-2], None)
    found = paths(plan, "national_path", ahead, own, 2, 3, loading=(0.0, 1.0, 0.0, 0.0))
    assert found == pytest.approx(np.repeat(ahead.growth[-2:, None], 3, axis=1))


def test_the_growth_of_a_span_that_is_known_needs_no_draw(plan):
    """January to March of a place that is known through April: the months by their weights."""
    own = History("x", ("2020-02", "2020-03", "2020-04"), np.array([-0.2, 0.1, 0.3]),
                  ("2020-04", 0.0))  # fmt: skip
    weight = period_weights(plan)
    expected = (0.8 * weight[0] + 1.1 * weight[1]) / weight[:2].sum() - 1
    found = span_growth(plan, own, np.full((8, 2), np.nan), "2020-01", "2020-03")
    assert found == pytest.approx([expected] * 2)


def test_a_benchmark_sees_nothing_after_its_day(plan):
    early = history(plan, model.known(plan, "2020-04-14"), "china")
    assert early.periods[-1] == "2020-02"


def test_carry_forward_and_random_walk_keep_the_last_value(plan):
    series = nation([0.06, 0.062, 0.058, 0.061, 0.059, 0.06, 0.063, 0.05])
    own = replace(series, cumulative=("2017-09", 0.07))
    carried = paths(plan, "carry_forward", series, own, 3, 20_000)
    walked = paths(plan, "random_walk", series, own, 3, 20_000)
    assert np.median(carried, axis=1) == pytest.approx([0.07] * 3, abs=2e-4)
    assert np.median(walked, axis=1) == pytest.approx([0.05] * 3, abs=2e-4)
    assert walked[2].std() / walked[0].std() == pytest.approx(3**0.5, rel=0.03)


def test_an_autoregression_returns_to_the_mean_at_its_own_speed(plan):
    """Without noise the gap shrinks by the slope: 0.08, 0.04, 0.02, ... about zero."""
    random = np.random.default_rng(3)
    state, found = 0.0, []
    for _ in range(4000):
        state = 0.5 * state + 0.01 * random.standard_normal()
        found.append(state)
    long = History("x", tuple(str(k) for k in range(4000)), np.array(found), None)
    own = History("x", ("2019-12", "2020-04"), np.array([-0.08, 0.08]), None)  # mean zero
    drawn = paths(plan, "ar1", long, own, 2, 40_000)
    assert drawn.mean(axis=1) == pytest.approx([0.04, 0.02], abs=0.003)


@pytest.mark.parametrize("name", ["sarimax", "unobserved_components", "national_path"])
def test_state_space_benchmarks_stay_on_a_steady_course(plan, name):
    series = nation(0.06 + 0.001 * np.random.default_rng(5).standard_normal(33))
    drawn = paths(plan, name, series, series, 4, 400)
    assert drawn.shape == (4, 400)
    assert np.median(drawn) == pytest.approx(0.06, abs=0.003)


def test_the_shutdown_does_not_enter_a_variance(plan):
    calm = 0.06 + 0.001 * np.random.default_rng(6).standard_normal(36)
    shut = calm.copy()
    shut[[33, 34]] = -0.135, -0.011  # February and March 2020
    a, b = (paths(plan, "unobserved_components", nation(x), nation(x), 1, 500).std()
            for x in (calm, shut))  # fmt: skip
    assert b == pytest.approx(a, rel=0.5)


@pytest.mark.parametrize("name", NAMES)
def test_too_short_a_series_is_refused(plan, name):
    short = nation([0.06] * 5)
    with pytest.raises(ModelError) as raised:
        paths(plan, name, short, short, 1, 10)
    assert raised.value.code == "too_short"


def test_the_year_joins_what_is_known_and_what_is_drawn(plan):
    """Design 0.2: -23 % in January-February needs +11.2 % for 7 %, with a weight of .122."""
    weight = period_weights(plan)
    needed = model.accounts.growth_still_needed(0.07, -0.23, weight[0])
    own = History(
        "zhengzhou", ("2020-02",), np.array([-0.23]), ("2020-02", -0.23), ("2020-02", "2020-03")
    )
    found = span_growth(plan, own, np.full((10, 3), needed), "2020-01", "2020-12")
    assert found == pytest.approx([0.07] * 3)


def test_the_loading_is_shrunk_to_one(plan):
    _, slope, spread, noise = national_loading(plan, model.known(plan, "2020-04-14"), "zhengzhou")
    assert 0.5 < slope < 1.5 and 0 < spread <= 0.3 and noise > 0
    assert national_loading(plan, (), "zhengzhou")[1:3] == (1.0, 0.3)
