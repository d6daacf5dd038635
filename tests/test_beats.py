"""The chances of many visits: one maker, in turn, and nobody's hand holds up another's."""

import itertools
import threading

import pytest

import model
from pages.parts.keeper import Keeper

LATEST = 20


@pytest.fixture
def scenarios(plan):
    return [plan.scenarios["plan"].with_lever("investment_growth", k) for k in range(12)]


def stopping(_scenario, work):
    """Take a while, as an ensemble does, and end when told to."""
    for _ in range(20):
        if work.stopped():
            raise model.ModelError("stopped", code="stopped")
        threading.Event().wait(0.01)
    return _scenario


def test_a_hand_that_keeps_moving_holds_nobody_up(scenarios):
    """One visit asks for ten scenarios, one after another; another, that rests, is served."""
    maker = Keeper(stopping, 64)
    rested = maker.ask(scenarios[0], "rests")
    for before, now in itertools.pairwise(scenarios[1:]):
        maker.ask(before, "moves")
        maker.drop(before, "moves")
        maker.ask(now, "moves")
    assert rested.future.result(LATEST) == scenarios[0]
    assert maker.ask(scenarios[-1], "moves").future.result(LATEST) == scenarios[-1]
    made = [maker.get(scenario) is not None for scenario in scenarios]
    assert made == [True, *[False] * 10, True]  # what the hand left behind was not worked out


def test_what_two_visits_wait_for_is_made_once_and_not_lost_when_one_moves_on(scenarios):
    made = []

    def make(scenario, work):
        made.append(scenario)
        return stopping(scenario, work)

    maker = Keeper(make, 64)
    one, other = maker.ask(scenarios[0], "one"), maker.ask(scenarios[0], "other")
    assert one is other
    maker.drop(scenarios[0], "one")
    maker.ask(scenarios[1], "one")
    assert maker.wait(scenarios[0]) == scenarios[0] and other.future.result(LATEST) == scenarios[0]
    assert maker.wait(scenarios[1]) == scenarios[1] and made == scenarios[:2]


def test_who_rests_is_served_in_the_order_of_asking(scenarios):
    order = []

    def make(scenario, work):
        order.append(scenario)
        return scenario

    maker = Keeper(make, 64)
    asked = [maker.ask(scenario, str(k)) for k, scenario in enumerate(scenarios)]
    assert [work.future.result(LATEST) for work in asked] == scenarios == order
