"""Run every test: ``python3 tests``.  Arguments go to pytest: ``python3 tests -k capital``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / ".ci"))

from environment import launch_tests

if __name__ == "__main__":
    launch_tests(sys.argv[1:])
