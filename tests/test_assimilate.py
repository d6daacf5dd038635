"""Learning from figures: exact where theory is, plain about evidence that does not fit."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import model
from model.assimilate import (
    ENOUGH,
    STEPS,
    Contradiction,
    assimilate,
    history_match,
)
from model.draws import month_shares
from model.observe import entered, followed, known, predicted
from model.smoother import moved, smoothing
from model.weights import pareto_fit, psis, resampled


@pytest.fixture(scope="module")
def plan():
    return model.load_plan()


@pytest.fixture(scope="module")
def fan(plan):
    return model.ensemble(plan, plan.scenarios["plan"], 2048)


def growth(plan, value, end="2020-12", **more):
    row = {"indicator": "industrial_va_growth", "period_end": end, "value": value} | more
    return entered(plan, [row])


def kalman(prior, operator, value, variance):
    """Return mean and covariance by the textbook, from the sample moments of the prior."""
    mean, covariance = prior.mean(axis=1), np.cov(prior)
    gain = covariance @ operator.T @ np.linalg.inv(operator @ covariance @ operator.T + variance)
    return mean + gain @ (value - operator @ mean), covariance - gain @ operator @ covariance


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("figures", [1, 3, 6])
def test_the_smoother_is_the_kalman_filter_in_the_linear_gaussian_case(figures, steps):
    random = np.random.default_rng(figures)
    prior = random.normal(size=(5, 5)) @ random.normal(size=(5, 400)) + 3.0
    operator = random.normal(size=(figures, 5))
    error = random.uniform(0.2, 1.5, figures)
    value = operator @ np.full(5, 3.0) + random.normal(size=figures)
    state, inflated = prior, error * np.sqrt(steps)
    for _ in range(steps):
        said = operator @ state
        state = moved(state, said, inflated, smoothing(said, value, inflated))
    mean, covariance = kalman(prior, operator, value, np.diag(error**2))
    assert np.allclose(state.mean(axis=1), mean, rtol=0, atol=1e-9)
    assert np.allclose(np.cov(state), covariance, rtol=0, atol=1e-9)


def test_one_after_the_other_is_all_at_once():
    """A smoother over a path, fed month by month, ends where the whole path at once does."""
    random = np.random.default_rng(7)
    path = np.cumsum(random.normal(size=(6, 300)), axis=0)
    value, error = np.array([0.5, 1.0, 0.2]), np.array([0.3, 0.4, 0.5])
    rows = [0, 2, 4]
    step = path
    for row, y, e in zip(rows, value, error, strict=True):
        said, one = step[row : row + 1], np.array([e])
        step = moved(step, said, one, smoothing(said, np.array([y]), one))
    said = path[rows]
    whole = moved(path, said, error, smoothing(said, value, error))
    assert np.allclose(step.mean(axis=1), whole.mean(axis=1), atol=1e-9)
    assert np.allclose(np.cov(step), np.cov(whole), atol=1e-9)


def test_two_equal_figures_are_one_with_half_the_variance():
    said = np.random.default_rng(1).normal(size=(1, 500))
    twice = np.vstack([said, said])
    error = np.array([0.6, 0.6])
    both = moved(said, twice, error, smoothing(twice, np.array([1.0, 1.0]), error))
    half = error[:1] / np.sqrt(2)
    one = moved(said, said, half, smoothing(said, np.array([1.0]), half))
    assert np.allclose(both, one, atol=1e-10)


def test_parts_still_add_up_after_the_smoother(plan, fan):
    figures = [*growth(plan, 6.1), *growth(plan, 12.0, indicator="industrial_investment_growth")]
    learned = assimilate(fan, figures, "smoother").fan.totals
    for flow in ("value_added", "comparable_base", "energy"):
        city = learned.city[flow].reshape(3, 12, -1).sum(axis=1)
        for parts in (learned.district[flow], learned.industry[flow]):
            assert np.allclose(parts.sum(axis=1), city, rtol=1e-9)
    city = learned.city["investment"].reshape(3, 12, -1).sum(axis=1)
    assert np.allclose(learned.district["investment"].sum(axis=1), city, rtol=1e-9)
    assert (learned.city["upgrade"] < learned.city["investment"] * (1 + 1e-9)).mean() > 0.99
    assert not learned.city["value_added"].flags.writeable


def test_a_quarter_of_investment_leaves_the_year_as_open_as_the_months_that_miss_their_course(
    plan, fan
):
    """At least what an autoregression leaves of the year once its first quarter is known.

    In closed form: city deviation .04 and .13 by district, weighted; persistence .8; month shares.
    """
    share, weight = month_shares(plan)[1], plan.base.investment / plan.base.investment.sum()
    lag = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    covariance = (0.04**2 + 0.13**2 * (weight**2).sum()) * 0.8**lag
    quarter = np.where(np.arange(12) < 3, share, 0.0) / share[:3].sum()
    tie = share @ covariance @ quarter
    left = np.sqrt(share @ covariance @ share - tie**2 / (quarter @ covariance @ quarter))
    figure = growth(plan, "10.9", "2020-03", indicator="industrial_investment_growth")
    after = assimilate(fan, figure).fan.indicator("industrial_investment_growth")[0]
    before = fan.indicator("industrial_investment_growth")[0]
    assert 0.025 < left < after.std() < before.std()


def test_the_year_once_known_is_what_the_ensemble_says(plan, fan):
    now = assimilate(fan, growth(plan, "6.1"), "smoother")
    low, middle, high = 100 * now.fan.quantiles("iva_growth", (0.05, 0.5, 0.95))[0]
    assert 6.0 < middle < 6.2 and high - low < 0.6  # the figure's own error is 0.15 points
    assert now.gain("iva_growth")[0] > 0.98
    [verdict] = [v for v in model.assess(plan, now.fan.scenario, now.fan) if v.target.id == "T01"]
    assert verdict.probability == 0.0


def test_weights_and_smoother_agree_where_both_hold(plan, fan):
    figures = growth(plan, "-23", "2020-02")
    by_weights, by_smoother = (assimilate(fan, figures, m) for m in ("weights", "smoother"))
    a, b = (n.fan.quantiles("iva_growth", (0.05, 0.5, 0.95))[0] for n in (by_weights, by_smoother))
    assert np.abs(a - b).max() < 0.02
    assert assimilate(fan, figures).method in ("weights", "smoother")


def test_weights_that_collapse_hand_over_to_the_smoother(plan, fan):
    figures = [k for k in known(plan, "2020-07-31") if k.observation.geography == "zhengzhou"]
    now = assimilate(fan, figures)
    assert now.effective < ENOUGH and now.method == "smoother" and now.steps == STEPS
    frame = now.to_frame()
    assert len(frame) == len(now.checks) and (frame["known_on"] <= "2020-07-31").all()
    assert all(abs(c.posterior_mean - c.value) < 3 * c.error_sd for c in now.checks
               if c.figure.observation.indicator == "industrial_va_growth")  # fmt: skip


def test_without_a_figure_nothing_changes(plan, fan):
    now = assimilate(fan, known(plan, "2020-03-01"))
    assert now.fan is fan and now.method == "prior" and not now.checks
    assert {reason for _, reason in now.unused} >= {"other_place"}


def test_learning_twice_gives_the_same_draws(plan, fan):
    figures = growth(plan, "2.0", "2020-07")
    a, b = (assimilate(fan, figures, "smoother").fan.totals.city["value_added"] for _ in range(2))
    assert np.array_equal(a, b)


def test_evidence_against_the_whole_prior_is_refused(plan, fan):
    with pytest.raises(Contradiction) as raised:
        assimilate(fan, growth(plan, 60))
    assert raised.value.code == "evidence_contradicts"
    assert raised.value.checks[0].implausibility > 3
    assert raised.value.details["value"] == 60


def test_figures_that_contradict_each_other_are_found_out(plan, fan):
    """March from two cumulative figures would be impossible, though each alone is plausible."""
    figures = [*growth(plan, 6, "2020-11"), *growth(plan, -3, "2020-12")]
    checks, tail = history_match(fan, figures)
    assert max(check.implausibility for check in checks) < 3 and tail < 1e-6
    with pytest.raises(Contradiction):
        assimilate(fan, figures)


def test_the_later_release_of_a_figure_counts(plan, fan):
    first = replace(growth(plan, 4.0)[0], known_on=date(2021, 1, 20))
    second = replace(growth(plan, 5.0)[0], known_on=date(2021, 6, 20))
    now = assimilate(fan, [second, first], "smoother")
    assert [c.value for c in now.checks] == [0.05]
    assert [reason for _, reason in now.unused] == ["superseded"]


@given(st.floats(-0.4, 0.9), st.floats(0.1, 10))
def test_the_pareto_fit_finds_shape_and_scale(shape, scale):
    size = 4000
    place = (np.arange(size) + 0.5) / size
    fitted, wide = pareto_fit(scale * np.expm1(-shape * np.log1p(-place)) / shape
                              if abs(shape) > 1e-6 else -scale * np.log1p(-place))  # fmt: skip
    assert fitted == pytest.approx(shape, abs=0.03)
    assert wide == pytest.approx(scale, rel=0.06)


def test_equal_ratios_give_equal_weights():
    weights, shape = psis(np.zeros(1000))
    assert np.allclose(weights, 1e-3) and shape < 0.5


def test_heavy_ratios_are_reported():
    ratios = -np.log(1 - (np.arange(4000) + 0.5) / 4000) * 1.5  # a Pareto tail of shape 1.5
    weights, shape = psis(ratios)
    assert shape > 0.7 and weights.sum() == pytest.approx(1)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50).filter(lambda w: sum(w) > 0.1))
def test_resampling_takes_each_draw_its_weight_times_the_number(weights):
    weights = np.array(weights) / sum(weights)
    counts = np.bincount(resampled(weights), minlength=len(weights))
    assert (np.abs(counts - weights * len(weights)) < 1 + 1e-6).all()


def test_what_is_learned_about_one_quantity_moves_what_hangs_on_it(plan, fan):
    now = assimilate(fan, growth(plan, "0.0", "2020-06"), "smoother")
    year = now.fan.indicator("iva_growth")[0].mean()
    [figure] = growth(plan, "0.0", "2020-06")
    assert predicted(now.fan, figure.observation).mean() == pytest.approx(0.0, abs=0.003)
    assert year > fan.indicator("iva_growth")[0].mean()


# Districts within the year


def linear_fan(plan, draws=256):
    """Return an ensemble whose growth is linear in normal draws: bases and levels do not vary.

    Two districts grow by x and by 0.5 x + y in every month, the rest does not move.
    """
    one, other = "gongyi", "xinmi"
    fan = model.ensemble(plan, plan.scenarios["plan"], draws, follow=(one, other))
    random = np.random.default_rng(4)
    x, y = (0.04 * random.standard_normal(draws) for _ in range(2))
    growth = {one: 0.03 + x, other: 0.02 + 0.5 * x + y}
    flat = {name: np.repeat(array[..., :1], draws, axis=-1) for name, array in
            {"base_industry": fan.totals.base_industry, "base_upgrade": fan.totals.base_upgrade,
             "base_investment": fan.totals.base_investment,
             "discrepancy": np.zeros(draws),
             "local_discrepancy": np.zeros((16, draws))}.items()}  # fmt: skip
    groups = {
        group: {k: np.repeat(v[..., :1], draws, axis=-1)
                for k, v in getattr(fan.totals, group).items()}
        for group in ("city", "district", "industry", "followed")
    }  # fmt: skip
    for k, code in enumerate(fan.totals.places):
        row = plan.axes.districts.index(code)
        base = groups["followed"]["comparable_base"][:, k]
        months = base * (1 + growth[code])
        groups["city"]["value_added"] += months - groups["followed"]["value_added"][:, k]
        groups["followed"]["value_added"][:, k] = months
        groups["district"]["value_added"][:, row] = months.reshape(3, 12, -1).sum(axis=1)
    # Industries only have to add up to the city.
    city = groups["city"]["value_added"].reshape(3, 12, -1).sum(axis=1)
    groups["industry"]["value_added"] *= (
        city / groups["industry"]["value_added"].sum(axis=1)
    )[:, None]  # fmt: skip
    return replace(fan, totals=replace(fan.totals, **groups, **flat))


def test_a_figure_of_a_district_is_learned_as_a_kalman_filter_does(plan):
    """Cumulative growth of one district, and what it says of another and of the city."""
    fan = linear_fan(plan)
    [figure] = growth(plan, "-2.0", "2020-06", geography="gongyi")
    [city] = growth(plan, "0", "2020-06")
    others = [figure.observation, replace(figure.observation, geography="xinmi"), city.observation]
    prior = np.stack([predicted(fan, o) for o in others])
    now = assimilate(fan, [figure], "smoother")
    error = now.checks[0].error_sd
    mean, covariance = kalman(prior, np.array([[1.0, 0, 0]]), np.array([-0.02]), error**2)
    after = np.stack([predicted(now.fan, o) for o in others])
    assert now.prior is fan and len(now.checks) == 1
    assert np.allclose(after.mean(axis=1), mean, rtol=0, atol=1e-9)
    assert np.allclose(np.cov(after), covariance, rtol=0, atol=1e-11)


@pytest.mark.parametrize("method", ["smoother", "weights"])
def test_months_of_a_district_still_add_up_to_its_year(plan, method):
    figures = growth(plan, "4.0", "2020-06", geography="gongyi")
    assert followed(plan, figures) == ("gongyi",)
    fan = model.ensemble(plan, plan.scenarios["plan"], 1024, follow=followed(plan, figures))
    now = assimilate(fan, figures, method)
    row, totals = plan.axes.districts.index("gongyi"), now.fan.totals
    for flow, months in totals.followed.items():
        assert np.allclose(months[:, 0].reshape(3, 12, -1).sum(axis=1),
                           totals.district[flow][:, row], rtol=1e-9)  # fmt: skip
    assert now.gain("iva_growth", "gongyi")[0] > 0.3  # its own year is narrowed
    assert 0 < now.gain("iva_growth")[0] < now.gain("iva_growth", "gongyi")[0]  # the city a little


def test_without_its_months_a_district_teaches_nothing_and_says_why(plan, fan):
    now = assimilate(fan, growth(plan, "4.0", "2020-06", geography="gongyi"))
    assert now.method == "prior" and [why for _, why in now.unused] == ["district_month"]
