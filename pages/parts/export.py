"""Files for download: charts from a menu beside them, documents from the desk of the briefing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

import model
from pages.parts import chart, link, results, session
from pages.parts.file_field import file_field
from pages.views import fonts, tables
from pages.views.export import brief as briefs
from pages.views.export import paper, picture, seal, slides, snippet, workbook
from pages.views.export.exhibit import Exhibit, plain
from pages.views.export.stamp import Stamp, data_lines, stamp
from pages.views.file_names import part
from pages.views.history import literal

MIME = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PICTURES = ("png", "svg", "pdf", "csv")
DOCUMENTS = ("docx", "pptx", "xlsx")


def stamped(scenario: model.Scenario) -> Stamp:
    """Return where an export of a scenario comes from."""
    plan = session.plan()
    today = datetime.date.today()
    named = link.encode(plan, scenario)
    whole = named | link.carry(plan)
    parameters = whole if seal.fits(whole) else named
    return stamp(plan, scenario, results.DRAWS, today, parameters, session.t())


def file_name(*parts: str, kind: str) -> str:
    """Return a file name that every system takes, from a scenario and a title."""
    return ("_".join(filter(None, map(part, parts))) or "file") + f".{kind}"


def table_button(
    label: str,
    make: Callable[[], pd.DataFrame],
    *title: str,
    key: str,
    scenario: bool = True,
    notes: tuple[str, ...] = (),
    **look: object,
) -> None:
    """Draw the button that saves a table as CSV, with where it comes from below it.

    The file is named for the present ``scenario`` or, where its figures belong to none or to many,
    for the city; ``title`` is what it holds, ``notes`` stand before the origin.
    """
    t, plan = session.t(), session.plan()
    if scenario:
        origin = stamped(session.scenario())
        whose, lines = origin.scenario, origin.lines(t)
    else:
        whose = plan.facts[f"city_{t.language}"]
        lines = data_lines(plan, datetime.date.today(), t)
    below = (t("export.comma").join(title), *notes, *lines)
    st.download_button(
        label,
        data=lambda: tables.csv(make(), below),
        file_name=file_name(whose, *title, kind="csv"),
        mime=MIME["csv"],
        on_click="ignore",
        key=key,
        **look,
    )


def page_menu() -> None:
    """Draw the menu that saves the charts of this page; it is only filled when it is opened."""
    t = session.t()
    menu = st.popover(t("export.menu"), type="tertiary", key="page_menu", on_change="rerun")
    if not menu.open:
        return
    with menu, st.container(key="page_charts"):
        origin = stamped(session.scenario())
        _left_out(origin)
        for key, (spec, data, alt) in st.session_state[chart.SHOWN].items():
            exhibit = plain(key, spec, data, alt, session.plan(), t)
            st.html(f'<div class="note">{escape(exhibit.title)}</div>')
            _picture_buttons(exhibit, origin, f"save_{key}")
        text = snippet.snippet(session.plan(), session.scenario(), results.DRAWS, results.SEED)
        st.html(f'<div class="note">{t("export.program_about")}</div>')
        st.code(text, language="python", height=220)


def _picture_buttons(exhibit: Exhibit, origin: Stamp, key: str) -> None:
    t = session.t()
    draw = {
        "png": lambda: picture.png(exhibit, origin, t),
        "svg": lambda: picture.svg(exhibit, origin, t),
        "pdf": lambda: picture.pdf(exhibit, origin, t),
        "csv": lambda: tables.csv(exhibit.told, (exhibit.title, *origin.lines(t))),
    }
    lost = _lost()
    with st.container(horizontal=True, gap="small"):
        for kind in PICTURES:
            st.download_button(
                kind.upper(),
                data=draw[kind],
                file_name=file_name(origin.scenario, exhibit.title, kind=kind),
                mime=MIME[kind],
                on_click="ignore",
                key=f"{key}_{kind}",
                disabled=kind != "csv" and bool(lost),
                help=lost if lost and kind != "csv" else t(f"export.about_{kind}"),
            )


def _left_out(origin: Stamp) -> None:
    """Say that a file does not bring back the figures of the data set, where it cannot."""
    if origin.left_out:
        st.warning(literal(session.t()("export.left_out", name=origin.left_out)))


def _lost() -> str:
    """Return why no picture can be drawn; nothing when the fonts are there."""
    names = fonts.missing("otf")
    return session.t().error("font_missing", {"name": ", ".join(names)}) if names else ""


def content() -> briefs.Brief:
    """Return what a briefing on the present scenario says; waits for the chances it needs."""
    plan, scenario = session.plan(), session.scenario()
    wanted = {"scenario": scenario} | {n: plan.scenarios[n] for n in ("status_quo", "plan")}
    summaries = {name: results.chances(one) for name, one in wanted.items()}
    parts = model.attribute(plan, scenario)
    run = results.central(scenario)
    return briefs.brief(plan, summaries, run, parts, stamped(scenario), session.t())


def documents(found: briefs.Brief) -> None:
    """Draw the buttons for paper, slides and workbook."""
    t, summary = session.t(), results.chances(session.scenario())
    _left_out(found.stamp)
    make = {
        "docx": lambda: paper.paper(found, t),
        "pptx": lambda: slides.slides(found, summary, t),
        "xlsx": lambda: workbook.workbook(found, t),
    }
    for kind in DOCUMENTS:
        st.download_button(
            t(f"export.{kind}"),
            data=make[kind],
            file_name=file_name(found.stamp.scenario, t("page.briefing"), kind=kind),
            mime=MIME[kind],
            on_click="ignore",
            key=f"document_{kind}",
            disabled=kind == "docx" and bool(_lost()),  # its charts are pictures
            help=(kind == "docx" and _lost()) or t(f"export.about_{kind}"),
            width="stretch",
            type="primary" if kind == "docx" else "secondary",
        )


def charts(found: briefs.Brief) -> None:
    """Draw every chart of the briefing with its buttons."""
    columns = st.columns(2, gap="large")
    for k, exhibit in enumerate(found.exhibits):
        with columns[k % 2], st.container(key=f"exhibit_{exhibit.id}"):
            st.html(f'<div class="finding">{escape(exhibit.finding)}</div>')
            key = f"exhibit_{exhibit.id}"
            chart.show(exhibit.spec, exhibit.tables, key=key, alt=exhibit.title)
            _picture_buttons(exhibit, found.stamp, key)


def program() -> None:
    """Draw the program that gives the numbers of this scenario again."""
    t = session.t()
    st.html(f'<div class="note">{t("export.program_about")}</div>')
    text = snippet.snippet(session.plan(), session.scenario(), results.DRAWS, results.SEED)
    st.code(text, language="python")


def restore() -> None:
    """Take back a scenario from a file that was exported here."""
    t = session.t()
    given = file_field(
        t("export.restore"),
        f"restore_{st.session_state.get('restored', 0)}",
        ("png", *DOCUMENTS),
        seal.LARGEST_FILE >> 20,
        help=t("export.restore_about"),
    )
    if given is not None:
        _take(given)


def _take(given) -> None:
    t = session.t()
    try:
        parameters = seal.read(given.getvalue())
    except model.ModelError as error:
        said = t.error(error.code, dict(error.details) | {"name": given.name})
        st.error(literal(said))
        return
    session.open_link(parameters, "history.restored")
    # A new key empties the uploader, so that the file is not taken again on the next run.
    st.session_state["restored"] = st.session_state.get("restored", 0) + 1
    st.rerun()
