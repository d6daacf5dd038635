"""LMDI-I: published worked examples, exactness, and the energy intensity of a run."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import model
from model import energy
from model.decomposition import additive, log_mean, log_ratio, multiplicative
from model.draws import central
from model.errors import ModelError
from model.intensity import DRIVERS, EnergyUseChange, cell_intensity_parts, energy_use, intensity
from model.rates import prepare
from model.settings import settings

# Published examples

# The test suite of the R package LMDIR (Heun), which implements Ang (2005): two sub-categories,
# three factors; one row is (sub-category, factor).
LMDIR = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}
LMDIR_STEPS = {
    1972: ([69.79006598, -9.455125793, 39.66505981], [1.761117821, 0.926191306, 1.379410116]),
    1973: ([42.96021467, -34.31902656, 50.3588119], [1.229284572, 0.847970248, 1.273773912]),
    1974: ([54.01064234, -9.021284671, 54.01064234], [1.208140223, 0.968911503, 1.208140223]),
}


def factors(year: int) -> np.ndarray:
    """Return (factor, sub-category)."""
    return np.array(LMDIR[year], dtype=float).T


@pytest.mark.parametrize("year", LMDIR_STEPS)
def test_contributions_are_those_of_the_published_example(year):
    found = additive(factors(year - 1), factors(year)).sum(axis=1)
    assert found == pytest.approx(LMDIR_STEPS[year][0], abs=1e-8)


@pytest.mark.parametrize("year", LMDIR_STEPS)
def test_indices_are_those_of_the_published_example(year):
    found = multiplicative(factors(year - 1), factors(year))
    assert found == pytest.approx(LMDIR_STEPS[year][1], abs=1e-9)


def test_contributions_by_sub_category_are_those_of_the_published_example():
    expected = [[50.47438029, 19.31568569], [-25.23719014, 15.78206435], [14.76280986, 24.90224996]]
    assert additive(factors(1971), factors(1972)) == pytest.approx(np.array(expected), abs=1e-8)


def test_two_sectors_whose_intensities_fall_use_more_energy():
    """The case of Ang's guides: energy 50 to 96 while each sector became thriftier."""
    energy = np.array([[30.0, 20.0], [80.0, 16.0]])
    output = np.array([[10.0, 40.0], [40.0, 40.0]])
    total = output.sum(axis=1, keepdims=True)
    before, after = np.stack([np.broadcast_to(total, output.shape), output / total,
                              energy / output], axis=1)  # fmt: skip
    found = additive(before, after).sum(axis=1)
    assert found == pytest.approx([32.3846, 38.2849, -24.6695], abs=5e-5)
    assert found.sum() == pytest.approx(46, abs=1e-12)
    found = additive(before[1:], after[1:]).sum(axis=1)
    assert found == pytest.approx([0.58188, -0.38188], abs=5e-6)
    found = multiplicative(before[1:], after[1:])
    assert found == pytest.approx([1.6997, 0.70601], abs=5e-5)
    assert found.prod() == pytest.approx(1.2, abs=1e-12)


# The published cases of zero: Ang, Zhang & Choi (1998), Table 2, as (before, after) of the factor
# and of the other factors, and what the factor contributes.
ZEROS = {
    1: ((0, 7), (6, 6), 42),
    2: ((7, 0), (6, 6), -42),
    3: ((7, 7), (0, 6), 0),
    4: ((7, 7), (6, 0), 0),
    5: ((7, 7), (0, 0), 0),
    6: ((0, 0), (6, 6), 0),
    7: ((7, 0), (0, 6), 0),
    8: ((0, 7), (6, 0), 0),
}


@pytest.mark.parametrize("case", ZEROS)
def test_zeros_have_the_published_limits(case):
    (before, after), (rest_before, rest_after), expected = ZEROS[case]
    found = additive([[before], [rest_before]], [[after], [rest_after]])
    assert found[0, 0] == expected


def test_the_limit_is_where_small_numbers_lead():
    limit = additive([[0.0], [6.0]], [[7.0], [5.0]])
    errors = [
        np.abs(additive([[small], [6.0]], [[7.0], [5.0]]) - limit).max()
        for small in (1e-4, 1e-10, 1e-100, 1e-290)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[1] > 0.1  # so a small number in place of the zero will not do
    assert errors[-1] < 0.01


def test_factors_that_appear_together_share_the_cell():
    assert additive([[0.0], [0.0], [2.0]], [[3.0], [4.0], [5.0]])[:, 0].tolist() == [30, 30, 0]


# Exactness

numbers = st.one_of(
    st.just(0.0),
    st.floats(1e-30, 1e30),
    st.floats(0.5, 2.0),
    st.floats(-1e-12, 1e-12).map(lambda step: 1.0 + step),
)
changes = st.tuples(st.integers(1, 4), st.integers(1, 5)).flatmap(
    lambda shape: st.tuples(*2 * [arrays(float, shape, elements=numbers)])
)


def size(before: np.ndarray, after: np.ndarray) -> float:
    """Return the largest amount in play: rounding is relative to it."""
    found = additive(before, after)
    totals = [f.prod(axis=0).sum() for f in (before, after)]
    return max(*totals, np.abs(found).sum(), 1e-300)


@given(changes)
def test_contributions_add_exactly_to_the_change(change):
    before, after = change
    difference = after.prod(axis=0).sum() - before.prod(axis=0).sum()
    assert abs(additive(before, after).sum() - difference) <= 1e-12 * size(before, after)


@given(changes)
def test_contributions_add_exactly_in_every_cell(change):
    before, after = change
    difference = after.prod(axis=0) - before.prod(axis=0)
    error = np.abs(additive(before, after).sum(axis=0) - difference)
    for cell in range(before.shape[1]):
        one = slice(cell, cell + 1)
        assert error[cell] <= 1e-12 * size(before[:, one], after[:, one])


@given(changes)
def test_time_reversal_turns_the_sign(change):
    before, after = change
    error = np.abs(additive(before, after) + additive(after, before))
    assert error.max() <= 1e-14 * size(before, after)


moderate = st.floats(0.1, 10.0)
moderates = st.tuples(st.integers(1, 4), st.integers(1, 5)).flatmap(
    lambda shape: st.tuples(*2 * [arrays(float, shape, elements=moderate)])
)


@given(moderates)
def test_indices_multiply_exactly_to_the_ratio(change):
    before, after = change
    ratio = after.prod(axis=0).sum() / before.prod(axis=0).sum()
    assert multiplicative(before, after).prod() == pytest.approx(ratio, rel=1e-12)


@given(moderates)
def test_indices_of_the_way_back_are_the_reciprocals(change):
    there, back = multiplicative(*change), multiplicative(*change[::-1])
    assert there * back == pytest.approx(np.ones(len(there)), rel=1e-13)


@given(moderates)
def test_groups_of_cells_add_up_to_what_all_cells_give(change):
    """Consistency in aggregation (Ang & Liu 2001)."""
    before, after = change
    parts = [additive(before[:, group], after[:, group]).sum(axis=1)
             for group in (slice(0, 2), slice(2, None))]  # fmt: skip
    together = additive(before, after).sum(axis=1)
    assert sum(parts) == pytest.approx(together, abs=1e-12 * size(before, after))


@given(st.floats(1e-100, 1e100), st.floats(1e-100, 1e100))
def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic(a, b):
    found = float(log_mean(np.array(a), np.array(b)))
    assert np.sqrt(a) * np.sqrt(b) <= found * (1 + 1e-14)
    assert found <= (a / 2 + b / 2) * (1 + 1e-14)
    assert found == log_mean(np.array(b), np.array(a))


@pytest.mark.parametrize("step", [1e-6, 1e-9, 1e-12, 1e-15])
def test_the_logarithmic_mean_keeps_all_digits_near_equality(step):
    """L(1 + s, 1) = 1 + s/2 - s^2/12 + ..."""
    a = 1.0 + step
    step = a - 1.0
    assert float(log_mean(np.array(a), np.array(1.0))) == pytest.approx(
        1 + step / 2 - step**2 / 12, abs=3e-16
    )


def test_the_logarithm_of_a_ratio_keeps_all_digits_near_equality():
    """Next to 3 lies 3 + 2^-51; their quotient cannot be told from 1 + 2^-52."""
    found = float(log_ratio(np.nextafter(np.array(3.0), 4.0), np.array(3.0)))
    assert found == pytest.approx(2.0**-51 / 3, rel=1e-12, abs=0)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_negative_and_missing_factors_are_refused(wrong):
    for factors in (([[1.0]], [[wrong]]), ([[wrong]], [[1.0]])):
        with pytest.raises(ModelError, match="finite factors of zero or more") as error:
            additive(*factors)
        assert error.value.code == "negative_factor"


@pytest.mark.parametrize("totals", [(0.0, 2.0), (2.0, 0.0), (0.0, 0.0)])
def test_a_total_of_zero_has_no_index(totals):
    with pytest.raises(ModelError, match="additive") as error:
        multiplicative(*([[total]] for total in totals))
    assert error.value.code == "zero_total"


def test_a_total_of_one_has_an_index():
    assert multiplicative([[2.0]], [[1.0]]).tolist() == [0.5]


def test_each_draw_has_its_own_index():
    """Ten times the size in the second draw changes no index, and not that of the first."""
    before, after = np.array([[2.0, 3.0], [5.0, 7.0]]), np.array([[3.0, 3.0], [5.0, 8.0]])
    alone = multiplicative(before, after)
    scale = np.array([1.0, 10.0])
    together = multiplicative(before[..., None] * scale, after[..., None] * scale)
    assert together == pytest.approx(np.repeat(alone[:, None], 2, axis=1))


@pytest.mark.parametrize("size", [0.5, 1.0, 2.0])
def test_a_cell_that_appears_or_vanishes_counts_whole_whatever_its_size(size):
    assert additive([[0.0]], [[size]]).tolist() == [[size]]
    assert additive([[size]], [[0.0]]).tolist() == [[-size]]


def test_whole_numbers_decompose_like_others():
    before, after = [[2, 3], [0, 7]], [[3, 3], [5, 8]]
    exact = additive(np.array(before, float), np.array(after, float))
    assert additive(before, after) == pytest.approx(exact, abs=0)


# The energy intensity of a run


def drivers_of(plan, name: str):
    """Return a run, its rates and the logs of its drivers."""
    scenario = model.load_scenario(plan, name)
    run = model.simulate(plan, scenario)
    numbers = central(plan, scenario)
    rates, _ = prepare(plan, settings(plan, scenario), numbers)
    # Power and heat are in every district and no closure touches them.
    i = plan.axes.industries.index("utilities")
    cell = run.cells["energy"][:, :, i] / run.cells["value_added"][:, :, i]
    found = energy.energy_drivers(
        numbers.values["autonomous_efficiency"],
        numbers.values["fixed_energy_share"],
        run.utilisation,
        cell / rates.intensity[:, None, i],
        numbers.values["rebound"],
    )
    return run, rates, found


@pytest.fixture(scope="module", params=["plan", "status_quo", "plan_no_covid", "replay_2020"])
def case(plan, request):
    return drivers_of(plan, request.param)


def test_contributions_add_to_the_change_of_the_citys_intensity(case):
    run, _, drivers = case
    cells = run.cells
    for found in (intensity(run, drivers=None), intensity(run, drivers=drivers)):
        for y, year in enumerate(found.years):
            months = slice(12 * y, 12 * y + 12)
            total = {name: path[months].sum() for name, path in cells.items()}
            before = total["comparable_energy"] / total["comparable_base"]
            change = total["energy"] / total["value_added"] - before
            assert found.contributions[y].sum() == pytest.approx(change, abs=1e-12 * before), year


def test_the_change_is_the_published_rate(case):
    run, _, drivers = case
    found = intensity(run, drivers=drivers)
    fall = run.indicator("energy_intensity_fall")
    assert 1 - found.after / found.before == pytest.approx(fall, abs=1e-13)
    assert found.indices.prod(axis=1) == pytest.approx(1 - fall, rel=1e-12)
    assert found.chained.prod(axis=0) == pytest.approx((1 - fall).prod(axis=0), rel=1e-12)


def test_years_are_chained_and_new_bases_stand_apart(case):
    run, _, drivers = case
    found = intensity(run, drivers=drivers)
    total = found.contributions.sum(axis=(0, 1, 2, 3)) + found.revision
    assert total == pytest.approx(found.after[-1] - found.before[0], abs=1e-14)
    one = intensity(run, since=2020, until=2021, drivers=drivers)
    assert one.years == (2021,)
    assert one.revision == 0
    assert np.array_equal(one.contributions[0], found.contributions[1])


def test_drivers_only_split_the_intensity_of_the_cells(case):
    run, _, drivers = case
    whole, split = intensity(run, drivers={}), intensity(run, drivers=drivers)
    assert np.array_equal(whole.contributions[:, :2], split.contributions[:, :2])
    parts = split.contributions[:, 2:].sum(axis=1)
    assert parts == pytest.approx(whole.contributions[:, 2], abs=1e-15)


def test_autonomous_improvement_is_its_rate_times_the_weights(case):
    run, _, drivers = case
    rate = -drivers["autonomous"].ravel()[0]
    found = intensity(run, drivers=drivers)
    for y in range(3):
        months = slice(12 * y, 12 * y + 12)
        total = {name: path[months].sum(axis=0) for name, path in run.cells.items()}
        start = total["comparable_energy"] / total["comparable_base"].sum()
        end = total["energy"] / total["value_added"].sum()
        expected = -rate * log_mean(end, start)
        assert found.contributions[y, 2] == pytest.approx(expected, abs=1e-15)


def test_rebound_takes_back_its_share_of_the_technical_gain(case):
    run, _, drivers = case
    found = intensity(run, drivers=drivers).contributions
    assert found[:, 4] == pytest.approx(-0.34 * found[:, 3], abs=1e-15)
    assert (found[:, 3].sum(axis=(1, 2)) < 0).all()


def test_without_the_epidemic_utilisation_explains_nothing(plan):
    run, _, drivers = drivers_of(plan, "plan_no_covid")
    found = intensity(run, drivers=drivers)
    assert np.abs(found.contributions[:, found.effects.index("utilisation")]).max() < 1e-15


def test_a_stop_raises_intensity_and_its_end_lowers_it(plan):
    run, _, drivers = drivers_of(plan, "plan")
    found = intensity(run, drivers=drivers).to_frame().set_index(["effect", "year"])
    assert found.loc[("utilisation", 2020), "contribution"] > 0
    assert found.loc[("utilisation", 2021), "contribution"] < 0


def test_closures_stand_only_where_something_closes(plan):
    run, rates, drivers = drivers_of(plan, "plan")
    found = intensity(run, drivers=drivers)
    closures = found.contributions[:, found.effects.index("closures")].copy()
    rows, industry = rates.closed
    assert (closures[0, rows, industry] < 0).all()
    closures[:, rows, industry] = 0
    assert np.abs(closures).max() < 1e-15
    run, _, drivers = drivers_of(plan, "status_quo")
    none = intensity(run, drivers=drivers)
    assert np.abs(none.contributions[:, none.effects.index("closures")]).max() < 1e-15


def test_the_effect_of_months_is_that_of_their_weights_in_the_year():
    """One cell, two months of different intensity: only the weights change."""
    value_0, value_1 = np.array([1.0, 3.0]), np.array([3.0, 3.0])
    rate = np.array([5.0, 2.0])
    before, after = (
        tuple(part.reshape(2, 1, 1, 1) for part in (value, value * rate))
        for value in (value_0, value_1)
    )
    still = dict.fromkeys(DRIVERS, np.zeros((2, 1, 1, 1)))
    found = cell_intensity_parts(before, after, still).ravel()
    assert found[:4].tolist() == [0, 0, 0, 0]
    assert found[4] == pytest.approx(np.log((21 / 6) / (11 / 4)), abs=1e-15)
    assert found[5] == pytest.approx(0, abs=1e-15)


def one_cell(*months):
    return tuple(np.array(part, dtype=float).reshape(-1, 1, 1, 1) for part in months)


def test_drivers_months_and_closures_of_a_cell_by_hand():
    """Two cells of two months: each part is the mean of the months' logs with Sato's weights."""
    cells = [  # value and energy before, value and energy after
        [[1.0, 3.0], [5.0, 6.0], [3.0, 3.0], [12.0, 6.6]],
        [[2.0, 2.0], [2.0, 6.0], [1.0, 4.0], [1.0, 8.0]],
    ]
    arrays = np.array(cells).transpose(1, 2, 0)[..., None, None]  # (which, month, district, ...)
    logs = {name: 0.01 * (k + 1) * np.array([1.0, 2.0]).reshape(2, 1, 1, 1)
            for k, name in enumerate(DRIVERS)}  # fmt: skip
    found = cell_intensity_parts((arrays[0], arrays[1]), (arrays[2], arrays[3]), logs)[..., 0, 0]
    for d, (value_0, energy_0, value_1, energy_1) in enumerate(np.array(cells)):
        before, after = energy_0 / energy_0.sum(), energy_1 / energy_1.sum()
        weight = (after - before) / np.log(after / before)
        weight /= weight.sum()
        drivers = [weight @ logs[name].ravel() for name in DRIVERS]
        change = np.log(energy_1 / value_1 / (energy_0 / value_0))
        known = sum(logs.values()).ravel()
        year = np.log(energy_1.sum() / value_1.sum() / (energy_0.sum() / value_0.sum()))
        closures = weight @ (change - known)
        expected = [*drivers, year - weight @ change, closures]
        assert found[:, d] == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("empty", range(4))
def test_a_month_without_output_or_energy_leaves_the_sum_exact(empty):
    months = [[1.0, 2.0], [3.0, 4.0], [2.0, 3.0], [5.0, 7.0]]
    months[empty][0] = 0.0
    value_0, energy_0, value_1, energy_1 = one_cell(*months)
    logs = dict.fromkeys(DRIVERS, np.full((2, 1, 1, 1), 0.1))
    found = cell_intensity_parts((value_0, energy_0), (value_1, energy_1), logs)
    totals = [sum(part) for part in months]
    assert found.sum() == pytest.approx(np.log(totals[3] / totals[2] / (totals[1] / totals[0])))


def test_a_cell_that_is_idle_in_one_year_has_no_parts():
    made, idle = one_cell([1.0, 2.0], [3.0, 4.0]), one_cell([0.0, 0.0], [0.0, 0.0])
    logs = dict.fromkeys(DRIVERS, np.full((2, 1, 1, 1), 0.1))
    for before, after in ((made, idle), (idle, made), (idle, idle)):
        assert (cell_intensity_parts(before, after, logs) == 0).all()


def test_a_stopped_anchor_firm_leaves_the_sum_exact(plan):
    scenario = plan.scenarios["plan"].with_assumption("anchor_firm_stop_months", 6)
    run = model.simulate(plan, scenario)
    found = intensity(run)
    change = found.after - found.before
    assert found.contributions.sum(axis=(1, 2, 3)) == pytest.approx(change, abs=1e-13)


def test_the_frame_adds_up_whatever_it_is_asked_for(plan):
    run, _, drivers = drivers_of(plan, "plan")
    found = intensity(run, drivers=drivers)
    total = found.to_frame(by=()).loc[0, "contribution"]
    for by in (["year"], ["effect"], ["year", "effect"], ["district"], ["year", "industry"]):
        frame = found.to_frame(by=by)
        assert list(frame.columns[: len(by)]) == by
        assert frame["contribution"].sum() == pytest.approx(total, abs=1e-14)
    assert found.to_frame(by=["effect"])["index"].prod() == pytest.approx(
        (found.after / found.before).prod(), rel=1e-12
    )
    whole = found.to_frame()
    assert whole["index"].tolist() == found.indices[..., 0].ravel().tolist()
    assert "index" not in found.to_frame(by=["year", "district"])
    with pytest.raises(ModelError, match="'month' is not a known axis"):
        found.to_frame(by=["month"])


def test_a_change_says_over_which_years_and_by_how_much(plan):
    run, _, _ = drivers_of(plan, "plan")
    fall, grown = (
        run.indicator(f"energy_{name}")[:, 0] for name in ("intensity_fall", "use_growth")
    )
    less, more = 100 * ((1 - fall).prod() - 1), 100 * ((1 + grown).prod() - 1)
    assert repr(intensity(run)) == f"IntensityChange(2020-2022: {less:+.1f} %)"
    assert repr(intensity(run, until=2020)) == f"IntensityChange(2020: {-100 * fall[0]:+.1f} %)"
    assert repr(energy_use(run)) == f"EnergyUseChange(2020-2022: {more:+.1f} %)"
    assert repr(energy_use(run, until=2020)) == f"EnergyUseChange(2020: {100 * grown[0]:+.1f} %)"
    assert repr(intensity(run, until=2021)).startswith("IntensityChange(2020-2021: ")
    doubled = EnergyUseChange(run.axes, (2020, 2021), (), np.zeros(0), np.ones((2, 1)),
                              np.array([[2.0], [1.0]]))  # fmt: skip
    assert repr(doubled) == "EnergyUseChange(2020-2021: +100.0 %)"
    assert intensity(run, since=2020).years == (2021, 2022)
    whole = ("district_structure", "industry_structure", "intensity")
    assert intensity(run, drivers={}).effects == whole
    assert energy_use(run, drivers={}).effects == ("activity", *whole)


def test_years_outside_the_run_are_refused(plan):
    run, _, _ = drivers_of(plan, "plan")
    said = "years from 2019 to 2022 are possible, the first before the last"
    for since, until in ((2018, 2020), (2021, 2021), (2020, 2023)):
        with pytest.raises(ModelError, match=said) as error:
            intensity(run, since, until)
        assert error.value.code == "years_outside"
        assert error.value.details == {"given": f"{since}-{until}", "low": 2019, "high": 2022}
    with pytest.raises(ModelError, match="'technique' is not a known set of drivers"):
        intensity(run, drivers={"autonomous": np.zeros((36, 1, 1, 1))})


# Cells that come and go, and draws side by side


def with_cells(run, names, months, *place):
    """Return the run with nothing in some cells in some months."""
    cells = {name: path.copy() for name, path in run.cells.items()}
    for name in names:
        cells[name][months, *place] = 0.0
    return replace(run, cells=cells)


def test_what_vanishes_is_a_matter_of_structure(plan):
    run, year = model.simulate(plan, plan.scenarios["plan"]), slice(0, 12)
    made = ("value_added", "energy")
    d, i = plan.axes.districts.index("gongyi"), plan.axes.industries.index("materials")
    for place, structure in (((d, i), 1), ((d,), 0)):
        for names in (made, ("comparable_base", "comparable_energy")):
            found = intensity(with_cells(run, names, year, *place), until=2020, drivers={})
            parts = found.contributions[0]
            assert parts.sum(axis=(0, 1, 2)) == pytest.approx(found.after[0] - found.before[0])
            here = parts[:, *place]
            others = [effect for effect in range(3) if effect != structure]
            assert (here[others] == 0).all() and here[structure].any()


def test_a_cell_that_begins_to_use_energy_leaves_the_sum_exact(plan):
    run = model.simulate(plan, plan.scenarios["plan"])
    found = intensity(with_cells(run, ("comparable_energy",), slice(0, 12), 3, 4), until=2020)
    change = found.after[0] - found.before[0]
    assert found.contributions[0].sum(axis=(0, 1, 2)) == pytest.approx(change, abs=1e-13)


def test_runs_side_by_side_are_decomposed_as_each_alone(plan):
    alone = [model.simulate(plan, plan.scenarios[name]) for name in ("plan", "status_quo")]

    def both(part):
        paths = [getattr(run, part) for run in alone]
        return {name: np.concatenate([path[name] for path in paths], axis=-1) for name in paths[0]}

    together = replace(alone[0], cells=both("cells"), energy_drivers=both("energy_drivers"))
    for kind in (intensity, energy_use):
        found = kind(together)
        for k, run in enumerate(alone):
            for part in ("contributions", "before", "after"):
                expected = getattr(kind(run), part)[..., 0]
                assert getattr(found, part)[..., k] == pytest.approx(expected, abs=1e-11)


def test_energy_use_is_activity_times_structure_times_intensity(case):
    run, _, _ = case
    use, rate = energy_use(run), intensity(run)
    assert use.effects == ("activity", *rate.effects)
    change = use.after - use.before
    assert use.contributions.sum(axis=(1, 2, 3)) == pytest.approx(change, rel=1e-11, abs=1e-9)
    grown = run.indicator("energy_use_growth")
    assert use.after / use.before - 1 == pytest.approx(grown, abs=1e-13)
    assert use.indices.prod(axis=1) == pytest.approx(1 + grown, rel=1e-12)
    # Every cell grows in scale as the city does; the cells' means add to less than the mean.
    value = np.log(run.indicator("iva_growth") - run.totals.discrepancy + 1)
    assert (np.abs(np.log(use.indices[:, 0])) <= np.abs(value) * (1 + 1e-12)).all()
    assert (np.sign(np.log(use.indices[:, 0])) == np.sign(value)).all()


def test_a_district_by_itself_adds_to_its_own_change_and_has_no_district_structure(case):
    run, _, _ = case
    for code in ("gongyi", "airport"):
        found = intensity(run, district=code)
        change = found.after - found.before
        assert found.contributions.sum(axis=(1, 2, 3)) == pytest.approx(change, abs=1e-13)
        assert 1 - found.after / found.before == pytest.approx(
            run.indicator("energy_intensity_fall", district=code), abs=1e-13
        )
        assert (found.contributions[:, 0] == 0).all()
        assert found.to_frame(by=["district"])["district"].tolist() == [code]


def test_an_industry_by_itself_has_no_industry_structure(case):
    run, _, _ = case
    found = intensity(run, industry="materials")
    assert found.contributions.sum(axis=(1, 2, 3)) == pytest.approx(
        found.after - found.before, abs=1e-13
    )
    assert np.abs(found.contributions[:, 1]).max() < 1e-15
    assert found.to_frame(by=["industry"])["industry"].tolist() == ["materials"]
    with pytest.raises(ModelError, match="'materials' is not a known district"):
        intensity(run, district="materials")
    with pytest.raises(ModelError, match="'gongyi' is not a known industry"):
        intensity(run, industry="gongyi")


def test_energy_use_of_the_districts_adds_to_that_of_the_city(case):
    run, _, _ = case
    city = energy_use(run)
    parts = [energy_use(run, district=code) for code in run.axes.districts]
    for name in ("before", "after"):
        together = sum(getattr(part, name) for part in parts)
        assert together == pytest.approx(getattr(city, name), rel=1e-13)
    # What happens in a cell is the same whoever looks at it; structure and activity are not.
    for effect in ("autonomous", "technique", "rebound", "utilisation", "closures"):
        k = city.effects.index(effect)
        whole = sum(part.contributions[:, k].sum(axis=(1, 2)) for part in parts)
        assert whole == pytest.approx(city.contributions[:, k].sum(axis=(1, 2)), abs=1e-11)
