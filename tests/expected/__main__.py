"""Write the expected results anew: ``python -m tests.expected``."""

from model import load_plan
from tests.expected import FOLDER, names, write

if __name__ == "__main__":
    plan = load_plan("zhengzhou_2020")
    write(plan)
    print(f"{len(names(plan))} files written to {FOLDER}")
