"""Who may import whom, how long a module may grow, and where Chinese may stand."""

import ast
import re
import sys
from pathlib import Path

import pytest

from model.tables import UNITS

PROJECT = Path(__file__).resolve().parent.parent
MODEL = sorted((PROJECT / "model").glob("*.py"))
PAGES = sorted((PROJECT / "pages").glob("*.py"))
VIEWS = sorted((PROJECT / "pages" / "views").rglob("*.py"))

EQUATIONS = ("accounts", "axes", "capital", "energy", "entry", "investment", "production")
"""Modules of pure functions of arrays."""

STORAGE = {
    "store": ("alembic", "sqlalchemy"),
    "library": ("sqlalchemy",),
    "backup": ("sqlalchemy",),
    "data_library": ("sqlalchemy",),
}
"""Modules that may talk to a database."""

READERS = {"upload": ("pydantic", "pydantic_core"), "sent_file": ("openpyxl",)}
"""Modules that may open what somebody sends."""

CLUSTERS = {"dask_cluster": ("distributed",)}
"""Modules that may talk to a cluster; not imported unless one is set."""

LONGEST, LONGEST_PAGE = 400, 80

WORDS = {*UNITS, "亿元", "万", "元", "加码率"}
"""Units, and the one term without an English name."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports, wherever it does so."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: write imports in full"
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)} - set(sys.stdlib_module_names)


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def by_name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", MODEL, ids=by_name)
def test_the_model_knows_nothing_of_screens_and_charts(path):
    assert packages(path) <= {
        "model",
        "numpy",
        "pandas",
        "scipy",
        "statsmodels",
        *STORAGE.get(path.stem, ()),
        *READERS.get(path.stem, ()),
        *CLUSTERS.get(path.stem, ()),
    }


def test_only_storage_knows_of_databases():
    found = {path.stem for path in MODEL if packages(path) & {"sqlalchemy", "alembic"}}
    assert found == set(STORAGE)


@pytest.mark.parametrize("name", EQUATIONS)
def test_equations_are_functions_of_arrays_alone(name):
    path = PROJECT / "model" / f"{name}.py"
    others = {x for x in imported(path) if x.startswith("model.")}
    assert packages(path) <= {"model", "numpy"}
    assert {x.split(".")[1] for x in others} <= set(EQUATIONS)


@pytest.mark.parametrize("name", EQUATIONS)
def test_an_equation_reads_and_writes_no_file(name):
    calls = {
        node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for node in ast.walk(tree(PROJECT / "model" / f"{name}.py"))
        if isinstance(node, ast.Call)
    }
    assert not calls & {"open", "print", "read_text", "write_text", "read_csv", "input"}


@pytest.mark.parametrize("path", VIEWS, ids=by_name)
def test_views_know_nothing_of_streamlit(path):
    assert "streamlit" not in packages(path)
    assert not any(name.startswith("pages.parts") for name in imported(path))


def test_every_field_for_files_speaks_through_one():
    files = (PROJECT / "pages").rglob("*.py")
    assert [p.name for p in files if "file_uploader(" in p.read_text("utf-8")] == ["file_field.py"]


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_a_page_does_no_arithmetic_on_arrays(path):
    assert not packages(path) & {"numpy", "pandas", "scipy"}


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_a_page_is_short(path):
    assert lines(path) <= LONGEST_PAGE


@pytest.mark.parametrize("path", [*MODEL, *PAGES, *VIEWS], ids=by_name)
def test_nothing_that_runs_leans_on_the_tests(path):
    assert "tests" not in packages(path)


@pytest.mark.parametrize("path", MODEL, ids=by_name)
def test_a_module_has_not_outgrown_a_reader(path):
    assert lines(path) <= LONGEST


def test_the_oracle_stands_on_its_own():
    assert packages(PROJECT / "tests" / "plain.py") == {"numpy"}


@pytest.mark.parametrize("path", MODEL, ids=by_name)
def test_the_model_speaks_no_chinese_but_units(path):
    allowed = set(re.findall(r"[\u3400-\u9fff]+", " ".join(WORDS)))
    found = set(re.findall(r"[\u3400-\u9fff]+", path.read_text(encoding="utf-8")))
    assert found <= allowed


def test_only_one_loop_runs_over_time():
    """`simulate` and `ensemble` keep what `march` yields; there is no second implementation."""
    loops = [
        path.stem for path in MODEL if re.search(r"^def march\(", path.read_text("utf-8"), re.M)
    ]
    assert loops == ["march"]
