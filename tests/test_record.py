"""The committed record is current, keeps to release dates, and hides no defeat."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import model
from model import record, scores
from model.ex_ante import ex_ante
from model.observe import known


@pytest.fixture(scope="module")
def plan():
    return model.load_plan()


@pytest.fixture(scope="module")
def committed(plan):
    return record.read(plan)


def test_the_record_was_run_with_the_numbers_of_today(plan):
    """When this fails: python -m model record, and say in the commit what the scores became."""
    assert not record.stale(plan)


def test_a_changed_prior_makes_the_record_stale(plan):
    first, *rest = plan.parameters
    changed = replace(plan, parameters=(replace(first, mid=first.mid + 0.01), *rest))
    assert record.priors_digest(changed) != record.priors_digest(plan)
    renamed = replace(plan, parameters=(replace(first, note="other words"), *rest))
    assert record.priors_digest(renamed) == record.priors_digest(plan)


def test_no_forecast_was_made_of_what_was_known(plan, committed):
    for origin in record.origins(plan):
        settled = {
            (k.observation.geography, k.observation.indicator, *k.span) for k in known(plan, origin)
        }
        rows = committed[(committed["origin"] == origin) & committed["caveat"].isna()]
        asked = set(
            zip(rows["place"], rows["indicator"], rows["period_start"], rows["period_end"],
                strict=True)
        )  # fmt: skip
        assert asked and not (asked & settled)


def test_every_origin_forecasts_the_year_with_every_benchmark(plan, committed):
    year = committed[
        (committed["indicator"] == "industrial_va_growth")
        & (committed["period_start"] == "2020-01")
        & (committed["period_end"] == "2020-12")
        & (committed["place"] == "zhengzhou")
    ]
    assert set(year["outcome"]) == {6.1}
    for origin in record.origins(plan):
        found = set(year[year["origin"] == origin]["forecaster"])
        assert found == {record.MODEL, record.PRIOR, *model.benchmarks.NAMES}


def test_every_outcome_that_the_model_speaks_of_is_asked(plan, committed):
    asked = set(committed[committed["place"] == "zhengzhou"]["indicator"])
    assert asked == {
        "industrial_va_growth", "manufacturing_va_growth", "industrial_investment_growth",
        "tech_upgrade_investment_growth", "tech_upgrade_share_of_industrial_investment",
        "share_leading6", "share_high_tech", "share_strategic_emerging", "share_energy_intensive",
    }  # fmt: skip


def test_the_scores_follow_from_the_forecasts(committed):
    assert np.allclose(committed["error"], committed["median"] - committed["outcome"], atol=2e-3)
    inside = committed.dropna(subset=["low_80"])
    held = (inside["low_80"] <= inside["outcome"]) & (inside["outcome"] <= inside["high_80"])
    clear = (inside["outcome"] - inside["low_80"]).abs() > 1e-2
    clear &= (inside["outcome"] - inside["high_80"]).abs() > 1e-2
    assert (held[clear] == inside["inside_80"][clear].astype(bool)).all()
    alone = committed[committed["pit"].isna()]
    assert np.allclose(alone["crps"], alone["error"].abs(), atol=1e-3)


def test_a_defeat_is_called_one():
    key = {"place": "x", "origin": "2020-04-14", "indicator": "g", "period_start": "2020-01",
           "period_end": "2020-12", "caveat": ""}  # fmt: skip
    rows = [key | {"forecaster": record.MODEL, "crps": 2.0}, key | {"forecaster": "ar1", "crps": 1}]
    [row] = record.standing(pd.DataFrame(rows)).to_dict("records")
    assert row["loses"] and row["skill"] == -1.0 and row["cases"] == 1


def test_priors_of_the_day_are_never_narrower_where_nothing_else_is_recorded(plan):
    early = ex_ante(plan)
    for now, then in zip(plan.parameters, early.parameters, strict=True):
        if not now.later_information or not now.quantified:
            assert then is now
        elif now.ex_ante[1] is None and now.distribution == "two_piece_normal":
            assert then.mid == now.mid
            assert then.high - then.mid == pytest.approx(1.5 * (now.high - now.mid))
            assert then.mid - then.low == pytest.approx(1.5 * (now.mid - now.low))
    assert {i.covid_relative_depth for i in early.industries} == {1.0}


def test_a_record_of_few_cases_claims_no_coverage(plan):
    cases = [scores.Case(1.0, 0.0, 0.5, (True, True, True))] * 10
    assert scores.summary(cases).coverage is None
    assert len(record.origins(plan)) < scores.CASES_FOR_COVERAGE


def test_the_committed_forecasts_of_the_nation_come_out_again(plan, committed):
    """Of two years of growth: too short for a season, and too flat for a sure maximum."""
    found = pd.DataFrame(record.part(plan, "2018-02", 0, 0))
    rows = committed[committed["origin"] == found["origin"][0]].reset_index(drop=True)
    assert list(found["forecaster"]) == list(rows["forecaster"])
    assert "sarimax" not in set(rows["forecaster"]) and False in set(found["converged"])
    assert np.allclose(found["crps"], rows["crps"], rtol=0.01)
    assert np.allclose(found["outcome"], rows["outcome"], atol=1e-3)


def with_figures(plan, kept):
    """Return the plan with those of its published figures alone."""
    rows = [k for k, o in enumerate(plan.observations) if kept(o)]
    tables = {**plan.tables, "observations": plan.tables["observations"].iloc[rows]}
    return replace(plan, observations=tuple(plan.observations[k] for k in rows), tables=tables)


def test_a_record_is_stamped_with_what_it_was_run_on(plan):
    """Of the nation's months from April to November alone, it forecasts no later month."""
    late = with_figures(plan, lambda o: o.geography == "china" and o.period_start[:4] == "2019"
                        and "2019-04" <= o.period_end < "2019-12")  # fmt: skip
    found = record.run(late, draws=64, seed=3)
    assert set(found["place"]) == {"china"} and set(found["seed"]) == {3}
    assert set(found["priors"]) == {record.priors_digest(late)} != {record.priors_digest(plan)}
    assert set(found["data_version"]) == {plan.version}
    assert set(found["draws"]) == {record.BENCHMARK_DRAWS}
    assert found["period_end"].max() == "2019-11" and np.isfinite(found["crps"]).all()


def test_without_published_figures_there_is_no_record(plan):
    none = with_figures(plan, lambda o: False)
    for other in (none, replace(none, facts={**plan.facts, "evidence": {}})):
        with pytest.raises(model.ModelError) as error:
            record.run(other, draws=64)
        assert error.value.code == "no_cases"
