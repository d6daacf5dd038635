"""A server does not grow with the moves that it answers: what ensembles free goes back."""

import platform
import subprocess
import sys

import pytest

from tests.benchmark import STATUS
from tests.conftest import PROJECT

MOVES = """
import sys, model
from concurrent.futures import ThreadPoolExecutor
from model import allocator
from tests.benchmark import resident
plan = model.load_plan()

def move(k):
    looks = iter(range(2 + k % 3))
    scenario = plan.scenarios["plan"].with_lever("upgrade_investment_growth", 1 + k % 25)
    try:
        allocator.give_back()
        model.ensemble(plan, scenario, 8192, stopped=lambda: next(looks, None) is None)
    except model.ModelError:
        pass

model.ensemble(plan, plan.scenarios["plan"], draws=8)
idle = resident("VmRSS")
with ThreadPoolExecutor(1) as pool:
    for k in range(30):
        pool.submit(move, k).result()
allocator.give_back()
print(resident("VmRSS") - idle)
"""


@pytest.mark.skipif(not STATUS.is_file(), reason="the size of a process is read from /proc")
def test_ensembles_that_are_stopped_leave_nothing_behind():
    """A lever that moves starts one after another and stops it; one would keep 55 MiB."""
    done = subprocess.run(
        [sys.executable, "-c", MOVES], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 120


KEPT = """
import numpy as np
from model import allocator
from tests.benchmark import resident
assert allocator.keep()
before = resident("VmRSS")
array = np.ones(8 << 20)
del array
kept = resident("VmRSS") - before
allocator.give_back()
print(kept, resident("VmRSS") - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a promise of glibc")
def test_what_is_freed_is_kept_until_it_is_given_back():
    """64 MiB: by default an array of this size goes back at once, and is fetched page by page."""
    done = subprocess.run(
        [sys.executable, "-c", KEPT], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    kept, left = map(float, done.stdout.split())
    assert kept > 60 > 20 > left
