"""The model read aloud: equations from its docstrings, parameters and definitions from the plan."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import escape

import pandas as pd

import model
from pages.views import numbers, quantity
from pages.views.texts import Texts

MODULES = (
    "accounts", "production", "capital", "investment", "entry", "energy", "base",
    "growth", "decomposition", "intensity", "pipeline", "pace", "variance",
)  # fmt: skip
"""Modules whose equations are shown, from the results back, then the accounts made of them."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A function of the model: its name, first line, formulas, words and what goes in.

    ``arguments`` are the parameters of the docstring, one a line.
    """

    path: str
    summary: str
    formulas: tuple[str, ...]
    words: str
    arguments: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits of the English words and the formulas."""
        parts = (self.summary, *self.formulas, self.words, *self.arguments)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


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


def of_path(path: str) -> Equation:
    """Return the documented equation of a function, ``model.capital.next_capital``."""
    module, _, _ = path.removeprefix("model.").partition(".")
    return next(item for item in equations(module) if item.path == path)


def told(item: Equation, t: Texts) -> Equation:
    """Return an equation in this language: English as the docstring has it, Chinese from the texts.

    In Chinese the words also say what the symbols are, so the arguments are left out.
    """
    key = f"equation {item.path}"
    if t.language == "en" or f"{key}.summary" not in t:
        return item
    return replace(
        item,
        summary=t(f"{key}.summary"),
        words=t(f"{key}.words"),
        formulas=tuple(_said(formula, t) for formula in item.formulas),
        arguments=(),
    )


def formula_words(formula: str) -> tuple[str, ...]:
    """Return the words that stand in a formula."""
    return tuple(re.findall(r"\\text\{([^}]*)\}", formula))


def _said(formula: str, t: Texts) -> str:
    for words in formula_words(formula):
        key = f"equation_text.{words}"
        if key in t:
            formula = formula.replace(f"\\text{{{words}}}", f"\\text{{{t(key)}}}")
    return formula


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
    head = _plain(head.removeprefix("Return "))
    words = _plain("\n".join(kept).strip())
    return Equation(
        path, head[:1].upper() + head[1:], tuple(formulas), words, _arguments(docstring)
    )


def _plain(text: str) -> str:
    return re.sub(r":math:`([^`]*)`", r"$\1$", text).replace("``", "`")


def _arguments(docstring: str) -> tuple[str, ...]:
    """Return the Parameters section of a docstring, one line for each entry."""
    found = re.search(r"\nParameters\n-{3,}\n(.*?)(?:\n\n\S|\Z)", docstring, re.S)
    lines: list[str] = []
    for line in found[1].splitlines() if found else ():
        if line[:1].strip():
            name, _, kind = line.partition(" : ")
            lines.append(f"`{name}`" + (f" {kind}" if kind else ""))
        elif line.strip() and lines:
            joint = " " if " — " in lines[-1] else " — "
            lines[-1] += joint + _plain(line.strip())
    return tuple(lines)


def parameters(plan: model.Plan, t: Texts) -> pd.DataFrame:
    """Return all parameters with their quantiles, status and source."""
    titles = {source.source_id: source.title for source in plan.sources}
    rows = [
        {
            "id": p.id,
            "name": p.name_zh if t.language == "zh" else p.name,
            "low": quantity.value(p.low, p.unit, t),
            "mid": quantity.value(p.mid, p.unit, t),
            "high": quantity.value(p.high, p.unit, t),
            "unit": _unit(p.unit, t),
            "status": t.status(p.status),
            "source": source_said(p, titles, t),
            "role": t(f"method.role_{p.role}"),
        }
        for p in plan.parameters
    ]
    frame = pd.DataFrame(rows)
    return frame.rename(columns={name: t(f"method.column_{name}") for name in frame.columns})


def source_said(parameter: model.sources.Parameter, titles: Mapping[str, str], t: Texts) -> str:
    """Return where a parameter comes from; what is judged or recalled says so in words."""
    if parameter.source_id in ("judgement", "recalled"):
        return t(f"lineage.source_{parameter.source_id}")
    return titles.get(parameter.source_id, parameter.source_id)


def _unit(name: str, t: Texts) -> str:
    kind = f"quantity_kind.{name}"
    return t(kind) if kind in t else quantity.unit(name, t)


def parameters_intro(plan: model.Plan, t: Texts) -> str:
    """Return how many parameters there are and how many are drawn."""
    random = sum(parameter.quantified for parameter in plan.parameters)
    return t("method.parameters_intro", count=len(plan.parameters), random=numbers.plain(random, 0))


def limits(t: Texts) -> tuple[str, ...]:
    """Return the limits in plain words."""
    return tuple(text for key, text in t.entries if key.startswith("limits."))


def measures_html(t: Texts) -> str:
    """Return the words that stand beside indicators on the pages, each with what it means."""
    names = [key.partition(".")[2] for key, _ in t.entries if key.startswith("measure.")]
    body = "".join(
        f"<tr><td>{escape(t(f'measure.{name}'))}</td>"
        f"<td>{escape(t(f'measure_about.{name}'))}</td></tr>"
        for name in names
    )
    return f'<table class="plain measures"><tbody>{body}</tbody></table>'
