"""The chances of many visits: one maker, in turn, and nobody's hand holds up another's."""

import itertools
import os
import sys
import threading

import pytest

import model
from pages.parts.keeper import BEHIND, Keeper, end

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


def test_what_failed_is_said_once_and_made_when_it_is_asked_for_again(scenarios):
    faults = [ValueError("no memory")]

    def make(scenario, work):
        if faults:
            raise faults.pop()
        return scenario

    maker = Keeper(make, 64)
    with pytest.raises(ValueError, match="no memory"):
        maker.ask(scenarios[0]).future.result(LATEST)
    with pytest.raises(ValueError, match="no memory"):
        maker.get(scenarios[0])
    assert maker.get(scenarios[0]) is None
    assert maker.wait(scenarios[0]) == scenarios[0] == maker.get(scenarios[0])


def test_a_server_that_stops_waits_for_nothing_that_is_being_made(scenarios):
    begun = threading.Event()

    def make(scenario, work):
        begun.set()
        assert work.stop.wait(LATEST)
        raise model.ModelError("stopped", code="stopped")

    maker = Keeper(make, 64)
    works = [maker.ask(scenario) for scenario in scenarios[:2]]
    assert begun.wait(LATEST)
    end()
    assert works[0].future.exception(LATEST).code == "stopped" and works[1].future.cancelled()
    assert maker.get(scenarios[0]) is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no number of its own")
def test_what_is_made_gives_way_to_who_answers_a_hand(scenarios):
    def make(scenario, work):
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    made = Keeper(make, 64).ask(scenarios[0]).future.result(LATEST)
    assert made == min(own + BEHIND, 19)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own
