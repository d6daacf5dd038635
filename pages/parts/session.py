"""What a visit holds: the scenario with its history, and the language; both are kept.

Every change of the scenario goes through `put` (or `attempt`), once a user action, and can be
undone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

import model
from model.document import Notice, notice
from model.history import History, Step
from model.library import Record, Visit
from model.plan import chosen
from model.replacements import data_set_in
from pages.parts import link, storage
from pages.views.history import literal
from pages.views.texts import LANGUAGES, Texts, texts

HAND = 10.0
"""Seconds for which a hand that said nothing more still counts as being on a lever."""


_OF_DATA = ("last_summary", "last_power", "axes", "framed_for", "table_results")
"""What a visit holds that came from the data it ran on."""

OWN_LINK = "own_link"
"""Where a run of a page holds what it adds to the address."""


@st.cache_resource(show_spinner=False)
def read_plan(name: str) -> model.Plan:
    return model.load_plan(name)


def shipped() -> model.Plan:
    """Return the plan that the setting names as it is shipped, read once a process."""
    return read_plan(chosen())


def plan() -> model.Plan:
    """Return the plan of this visit: the shipped one, or with a data set in place of some cells.

    Only the run of a page knows its visit: what works in a thread is handed the plan.
    """
    return st.session_state.get("plan") or shipped()


def shelf() -> storage.Shelf:
    """Return the library of this process."""
    return storage.shelf(shipped(), shipped().digest)


def begin() -> None:
    """Take up the work the address names, or the scenario it holds; once a visit."""
    if "history" in st.session_state:
        return
    speak()
    st.session_state["plan"] = shipped()
    given = {key: st.query_params[key] for key in st.query_params}
    scenario, data = _linked(given)
    secret, known = storage.browser()
    st.session_state["browser"], st.session_state["browser_known"] = secret, known
    kept = shelf().visit(given.get("w", ""), storage.owner(secret)) if known else None
    if kept is None:
        said = "history.linked" if "c" in given else "history.began"
        _start(History(Step(scenario, scenario, said, scenario.id, time.time(), data=data)))
        if known and not set(given) & {"c", "s"}:
            st.session_state["unfinished"] = shelf().last_visit(storage.owner(secret))
        return
    _start(kept.history, kept.id)
    present = history().present
    same = _same(scenario, present.scenario) and data == present.data
    if "c" in given and not same and not _left_behind(scenario, kept.history):
        # The address was changed by hand, or is ahead of what could be written.
        put(scenario, "history.linked", opened=scenario, data=data)


def _linked(given: Mapping[str, str]) -> tuple[model.Scenario, str]:
    """Return scenario and data set of a link; what of it cannot be used is kept to be said."""
    data, missing = link.data_set(given), _run_on(link.data_set(given), link.carried(given))
    if missing:
        given, data = {**given, "d": plan().version}, ""
    scenario, notices = link.decode(plan(), given)
    st.session_state["link_notices"] = (*missing, *notices)
    return scenario, data


def open_link(given: Mapping[str, str], said: str) -> None:
    """Take scenario and data set of a link, or of a file that carries one, as one step."""
    scenario, data = _linked(given)
    put(scenario, said, data=data)


def speak() -> None:
    """Take the language of the address, or that of the browser; once a visit."""
    if "language" in st.session_state:
        return
    asked = st.query_params.get("lang")
    locale = str(st.context.locale or LANGUAGES[0]).lower()
    spoken = "zh" if locale.startswith("zh") else "en"
    st.session_state["language"] = asked if asked in LANGUAGES else spoken


def _same(one: model.Scenario, other: model.Scenario) -> bool:
    return one == other and one.id == other.id


def _left_behind(address: model.Scenario, history: History) -> bool:
    """Return whether an address is what stood before a hand moved one lever and never let go.

    It is written when the hand lets go; whoever reloads before finds the move in the library.
    """
    before = any(_same(step.scenario, address) for step in history.past)
    moved = {change.name for change in history.present.scenario.changes(address)}
    return before and len(moved) == 1


def _start(history: History, visit: str = "") -> None:
    if not visit or not shelf().claim(visit):
        visit = storage.token()
        shelf().claim(visit)
    st.session_state["visit"] = visit
    _set(history, keep=False)


def take_up(visit: str) -> None:
    """Go on with an earlier visit of this browser."""
    kept = shelf().visit(visit, storage.owner(st.session_state["browser"]))
    if kept is not None:
        _start(kept.history, kept.id)
    st.session_state["unfinished"] = None


def t() -> Texts:
    """Return the texts of the chosen language."""
    return texts(st.session_state["language"])


def scenario() -> model.Scenario:
    """Return the scenario of this visit."""
    present, desk = history().present.scenario, plan().desk
    return present if present.desk is desk else present.on(desk)


def history() -> History:
    """Return what was done in this visit."""
    return st.session_state["history"]


def previous() -> model.Scenario | None:
    """Return the scenario before the last step (a drag is one step), None at the start."""
    return history().previous()


def put(
    scenario: model.Scenario,
    said: str = "",
    name: str = "",
    *,
    opened: model.Scenario | None = None,
    record: str | None = None,
    revision: int = 0,
    data: str | None = None,
) -> None:
    """Make this the scenario of the visit, as one step that can be undone.

    ``said`` is the key of the text that names the step and ``name`` what fills its ``{name}``;
    without them the step is named by what it changed.  ``opened`` says that the scenario was
    loaded as a whole, from the saved one ``record`` (none: "").  ``data`` is the id of the data
    set to run on from here, "" for the shipped data; without it the visit goes on with its own.
    """
    now = history().present
    if scenario.id not in plan().scenarios:
        names = {key: getattr(now.scenario, key) for key in ("id", "name_zh", "name_en")}
        scenario = replace(scenario, **names)
    if opened is None and record is None:
        opened = now.opened if now.opened.desk is scenario.desk else now.opened.on(scenario.desk)
        kept = {"opened": opened, "record": now.record, "revision": now.revision}
    else:
        kept = {"opened": opened or scenario, "record": record or "", "revision": revision}
    kept["data"] = now.data if data is None else data
    _set(history().put(Step(scenario, said=said, name=name, at=time.time(), **kept)))


def adopt(found: model.Scenario, said: str, name: str = "") -> None:
    """Take the values of a scenario that was worked out; the name stays that of the visit.

    What is worked out is kept by values, under the name of whoever asked for it first.
    """
    now = history().present.scenario
    put(replace(found, **{key: getattr(now, key) for key in _NAMES}), said, name)


def _set(history: History, keep: bool = True) -> None:
    """Make this the history of the visit, or end before anything of it is done.

    A newer request ends the run at any access of Streamlit's state, also within a callback: what
    belongs together is therefore written at once, as the last of them.
    """
    missing = _run_on(history.present.data)
    if missing:
        history = replace(history, present=replace(history.present, data=""))
        st.session_state["link_notices"] = missing
    st.session_state["refused"] = None
    owner, autosave = storage.owner(st.session_state["browser"]), shelf().autosave
    visit = Visit(st.session_state["visit"], owner, history)
    st.session_state["history"] = history
    if keep and (history.past or history.future):
        autosave.keep(visit)


def _run_on(
    data: str, carried: model.DataSet | None = None, anew: bool = False
) -> tuple[Notice, ...]:
    """Have this visit run on a data set; on the shipped data, with the reason, if it cannot."""
    if data == data_set_in(plan().version) and not anew:
        return ()
    chosen, kept, notices = None, False, ()
    if data:
        chosen, kept = shelf().data_set(data)
        chosen = chosen or carried
        if chosen is None:
            notices = (notice("data_set_missing", given=data),)
    try:
        found = shipped() if chosen is None else _with(chosen)
    except model.ModelError:  # what was shipped has changed since the set was made
        found, notices = shipped(), (notice("data_set_stale", given=chosen.name or data),)
    if found is not shipped() and chosen is carried:
        shelf().remember(chosen)
    if found.digest != plan().digest:
        for name in _OF_DATA:
            st.session_state.pop(name, None)
    st.session_state["plan"] = found
    st.session_state["data_kept"] = kept
    return notices


def _with(chosen: model.DataSet) -> model.Plan:
    return model.with_replacements(shipped(), chosen.replacements, chosen.name)


def data_kept() -> bool:
    """Whether the data set of this visit stands in the library."""
    return st.session_state.get("data_kept", False)


def data_set() -> model.DataSet | None:
    """Return the data set that this visit runs on; None for the shipped data."""
    return plan().data_set


def use_data(chosen: model.DataSet | None) -> None:
    """Run on a data set, or on the shipped data again, as one step that can be undone."""
    if chosen is not None:
        shelf().remember(chosen)
        _run_on(chosen.id, chosen, anew=True)
        put(scenario(), "history.data_set", chosen.name, data=chosen.id)
    else:
        put(scenario(), "history.data_shipped", data="")


def data_renamed(chosen: model.DataSet) -> None:
    """Take note of the name under which a data set is saved."""
    now = data_set()
    if now is not None and now.id == chosen.id:
        _run_on(chosen.id, chosen, anew=True)


def data_forgotten(chosen: model.DataSet) -> None:
    """Take note that a data set is no longer saved; who runs on it goes on."""
    shelf().remember(chosen)
    now = data_set()
    if now is not None and now.id == chosen.id:
        st.session_state["data_kept"] = False


def undo() -> None:
    """Go one step back."""
    _set(history().undo())


def redo() -> None:
    """Take one step again."""
    _set(history().redo())


def walk(letters: str) -> None:
    """Go one step back for each ``z`` and on for each ``y``, as one change."""
    found = history()
    for letter in letters:
        found = found.redo() if letter == "y" else found.undo()
    _set(found)


def go(number: int) -> None:
    """Go to a step by its number, which it keeps when older ones are dropped."""
    _set(history().go(number - history().dropped))


def choose(name: str) -> None:
    """Take a built-in scenario."""
    loaded = model.load_scenario(plan(), name)
    put(loaded, "history.loaded", name, opened=loaded, record="")


def take_levers(name: str, said: str) -> None:
    """Take all levers of a built-in scenario and keep the assumptions; one step.

    A saved scenario stays the one that is open; a built-in one gives way to the other.
    """
    now, loaded = history().present, model.load_scenario(plan(), name)
    for assumption in plan().assumptions:
        loaded = loaded.with_assumption(assumption.id, now.scenario.assumption(assumption.id))
    if now.record:
        texts_ = {key: getattr(now.scenario, key) for key in _NAMES}
        loaded = replace(loaded, **texts_)
    put(loaded, said, name)


_NAMES = ("id", "name_zh", "name_en", "note_zh", "note_en")


def restore_saved() -> None:
    """Go back to what was last loaded or saved, as a step of its own."""
    put(history().present.opened, "history.restored_saved")


def default_assumptions() -> None:
    """Put every assumption at its default; one step."""
    found = scenario()
    for assumption in plan().assumptions:
        found = found.with_assumption(assumption.id, assumption.default)
    put(found, "history.assumptions_reset")


def kept(record: Record) -> None:
    """Take note that the present scenario was saved as ``record``."""
    names = {key: record.name for key in ("name_zh", "name_en")}
    notes = {key: record.note for key in ("note_zh", "note_en")}
    _set(history().kept(record.id, record.revision, replace(scenario(), **names, **notes)))


def renamed(record: Record) -> None:
    """Take note that the saved scenario that is open has another name or note."""
    present = history().present
    names = {key: record.name for key in ("name_zh", "name_en")}
    notes = {key: record.note for key in ("note_zh", "note_en")}
    opened = replace(present.opened, **names, **notes)
    _set(history().kept(record.id, record.revision, opened))


def forgotten(record: str) -> None:
    """Take note that a saved scenario lies in the bin: what is on screen is unsaved."""
    _set(history().forgotten(record))


def mark() -> str:
    """Return the mark of this session, which a page that outlives its server does not know."""
    return st.session_state.setdefault("mark", storage.token())


def saved() -> bool:
    """Whether the present values can be had again without the history: saved or built in."""
    present = history().present
    if present.record:
        return history().saved
    return present.scenario == plan().scenarios[present.scenario.id]


def hold(moving: bool) -> None:
    """Say whether a hand is still on a lever: the address is written when it lets go."""
    st.session_state["moving"] = time.monotonic() if moving else None


def moving() -> bool:
    """Return whether a hand is still on a lever: until it lets go, no axis moves.

    A hand that was last seen long ago has let go where nobody could tell, as in a closed tab.
    """
    seen = st.session_state.get("moving")
    return seen is not None and time.monotonic() - seen < HAND


def write_link() -> None:
    """Write scenario, language and visit to the address, when they differ from it."""
    if moving():
        return  # a browser limits how often an address may change
    own = {"lang": st.session_state["language"], "w": st.session_state["visit"]}
    wanted = own | link.encode(plan(), scenario()) | st.session_state.get(OWN_LINK, {})
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


Change = Callable[[model.Scenario], model.Scenario]


def attempt(name: str, *changes: Change) -> bool:
    """Apply changes of the scenario as one step, or none of them; return whether they were applied.

    What the model refuses is kept, all of it, to be said at ``name``.
    """
    moved, faults = scenario(), []
    for change in changes:
        try:
            moved = change(moved)
        except model.ModelError as error:
            faults.append((error.code, dict(error.details)))
    if faults:
        st.session_state["refused"] = name, faults
    else:
        put(moved)
    return not faults


def refusal(name: str) -> str:
    """Return why the last change was refused, if it was of ``name``: every fault, one a line."""
    found = st.session_state.get("refused")
    if not found or found[0] != name:
        return ""
    lines = [
        literal(t().error(code, details | {"name": _named(details, name)}))
        for code, details in found[1]
    ]
    return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)


def _named(details: dict[str, object], name: str) -> str:
    """Return what a refusal is about: the lever, its figure for the city or for a district."""
    words = t()
    if details.get("district"):
        place = words.of(next(d for d in plan().districts if d.code == details["district"]))
        return words("history.in_district", name=label(name), district=place)
    return words("levers.city_figure", name=label(name)) if details.get("city") else label(name)


def label(name: str) -> str:
    """Return the name of a lever or assumption in the language of the visit."""
    records = {record.id: record for record in (*plan().levers, *plan().assumptions)}
    return t().of(records[name]) if name in records else name
