"""Several people at once on one server: each gets the answers of their own scenario."""

import argparse
import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import model
from tests.load import foreign, growth, visit


def test_of_people_who_move_at_once_each_gets_their_own_answers(app_server, plan):
    given = argparse.Namespace(moves=5, row=99, think=0.1)
    running = [(app_server, os.getpid())]
    # In a thread of its own: the browser of other tests has its loop in this one.
    with ThreadPoolExecutor(1) as pool:
        seen, _, _ = pool.submit(asyncio.run, visit(given, 4, running, plan)).result()
    assert [one.errors for one in seen] == [[]] * 4
    for one in seen:
        one.chances.clear()  # this server makes fewer draws than are held against them
    assert foreign(plan, seen) == (0, (20, 0))
    # An answer that is another's would be seen: the scenarios differ, and so do their answers.
    (mine, lines), (theirs, _) = seen[0].answers[-1], seen[1].answers[-1]
    assert mine != theirs and not np.array_equal(
        lines, 100 * model.simulate(plan, theirs).cumulative_growth("iva_growth")[1:12, 0]
    )
    seen[1].answers[-1] = theirs, lines
    assert foreign(plan, seen)[0] == 1


def test_memory_that_grows_with_the_moves_is_told():
    assert growth([(done, 300 + 0.05 * done) for done in range(0, 1000, 50)]) > 49
    assert growth([(done, 300.0 + (done < 150)) for done in range(0, 1000, 50)]) < 1e-9
    assert growth([(done, 300.0) for done in range(0, 300, 50)]) is None
