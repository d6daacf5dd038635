"""The model read aloud: equations from its docstrings, parameters and definitions from the plan."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cache

import pandas as pd

import model
from pages.views import numbers
from pages.views.texts import Texts

MODULES = ("investment", "capital", "production", "energy", "entry", "accounts", "base", "march")


@dataclass(frozen=True, slots=True)
class Equation:
    """A function of the model: its name, first line, formulas and the words that follow them."""

    path: str
    summary: str
    formulas: tuple[str, ...]
    words: str


@cache
def equations(name: str) -> tuple[Equation, ...]:
    """Return the documented equations of a module, in the order of the source."""
    module = importlib.import_module(f"model.{name}")
    functions = [
        value
        for value in vars(module).values()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and value.__doc__
    ]
    functions.sort(key=lambda function: function.__code__.co_firstlineno)
    found = [equation(f"model.{name}.{f.__name__}", inspect.getdoc(f)) for f in functions]
    return tuple(item for item in found if item.formulas)


def equation(path: str, docstring: str) -> Equation:
    """Split a docstring into its first line, its formulas and its words."""
    head, _, rest = docstring.partition("\n")
    body = re.split(r"\n(?:Parameters|Returns|References|Raises|Examples|Notes)\n-{3,}", rest)[0]
    formulas, kept, lines = [], [], body.splitlines()
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.strip().startswith(".. math::"):
            indent = len(line) - len(line.lstrip())
            block = [line.strip().removeprefix(".. math::").strip()]
            position += 1
            while position < len(lines) and (
                not lines[position].strip()
                or len(lines[position]) - len(lines[position].lstrip()) > indent
            ):
                block.append(lines[position].strip())
                position += 1
            formulas += [part for part in re.split(r"\n{2,}", "\n".join(block).strip()) if part]
            continue
        if line.strip().startswith(">>>"):  # examples are for the tests
            break
        kept.append(line)
        position += 1
    words = re.sub(r":math:`([^`]*)`", r"$\1$", "\n".join(kept)).strip().replace("``", "`")
    head = head.removeprefix("Return ")
    return Equation(path, head[:1].upper() + head[1:], tuple(formulas), words)


def parameters(plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return all parameters with their quantiles, status and source."""
    titles = {source.source_id: source.title for source in plan.sources}
    rows = [
        {
            "id": p.id,
            "name": p.name_zh if t.language == "zh" else p.name,
            "unit": p.unit,
            "low": p.low,
            "mid": p.mid,
            "high": p.high,
            "status": t.status(p.status),
            "source": titles.get(p.source_id, p.source_id),
            "role": p.role,
        }
        for p in plan.parameters
    ]
    frame = pd.DataFrame(rows)
    return frame.rename(columns={name: t(f"method.column_{name}") for name in frame.columns})


def parameters_intro(plan: model.Plan, t: Texts) -> str:
    """Return how many parameters there are and how many are drawn."""
    random = sum(parameter.quantified for parameter in plan.parameters)
    return t("method.parameters_intro", count=len(plan.parameters), random=numbers.plain(random, 0))


def limits(t: Texts) -> tuple[str, ...]:
    """Return the limits in plain words."""
    return tuple(text for key, text in t.entries if key.startswith("limits."))


def card(indicator: model.Indicator, t: Texts) -> str:
    """Return the definition card of an indicator."""
    return "\n\n".join(
        (
            t("method.definition", text=t.of(indicator, "definition")),
            t("method.scope", text=t.of(indicator, "scope")),
            t("method.basis", text=t.of(indicator, "basis")),
            t("method.formula", text=indicator.formula),
        )
    )
