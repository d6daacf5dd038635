"""The register on the page: filters, the list, one target beside it, the actuals of the visit."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

import model
from pages.parts import definitions, frame, live, pick_list, session
from pages.parts.file_field import file_field
from pages.views import clauses, register, register_actuals, register_detail
from pages.views.audit import months_html
from pages.views.history import literal
from pages.views.register import Row
from pages.views.texts import Texts

ALL = "all"
CHOSEN, ACTUALS, SAID = "register_chosen", "actuals", "actuals_said"
FILTERS = ("register_section", "register_unit", "register_status", "register_search")


def actuals() -> dict[str, tuple[float, int]]:
    """Return the actuals of this visit: target to value and last month."""
    return st.session_state.setdefault(ACTUALS, {})


def rows() -> tuple[Row, ...]:
    """Return the register with the chances of the scenario and the actuals of the visit."""
    return register.rows(session.plan(), live.chances().verdicts, actuals())


def filters(found: tuple[Row, ...]) -> tuple[Row, ...]:
    """Draw the filters and return the rows they leave."""
    t, plan = session.t(), session.plan()
    counts = {
        code: sum(r.target.section == code for r in found) for code in register.sections(plan)
    }

    def pill(code: str) -> str:
        if code == ALL:
            return t("register.section_pill", name=t("register.section_all"), count=len(found))
        return t("register.section_pill", name=register.section_name(code, t), count=counts[code])

    section = st.pills(
        t("register.section"),
        [*counts, ALL],
        format_func=pill,
        default=next(iter(counts)),
        key="register_section",
        persist_state="session",
        label_visibility="collapsed",
        required=True,
    )
    with st.container(horizontal=True, gap="small"):
        unit = st.selectbox(
            t("register.unit"),
            register.units(plan),
            index=None,
            format_func=lambda name: clauses.unit_name(name, t),
            placeholder=t("register.any_unit"),
            key="register_unit",
            persist_state="session",
            label_visibility="collapsed",
            width=280,
        )
        states = [*register.KINDS, *dict.fromkeys(row.status for row in found)]
        states = [name for name in dict.fromkeys(states) if name not in ("set_by_user", "tracked")]
        status = st.selectbox(
            t("register.status"),
            [*register.KINDS, *[name for name in states if name not in register.KINDS]],
            index=None,
            format_func=lambda name: _state_name(name, t),
            placeholder=t("register.any_status"),
            key="register_status",
            persist_state="session",
            label_visibility="collapsed",
            width=200,
        )
        search = st.text_input(
            t("register.search"),
            placeholder=t("register.search_hint"),
            key="register_search",
            persist_state="session",
            label_visibility="collapsed",
            width=240,
        )
    return register.chosen(
        found,
        section=None if section == ALL else section,
        unit=unit,
        status=status,
        search=search or "",
    )


def _state_name(name: str, t: Texts) -> str:
    if name in register.KINDS:
        return t(f"kind.{name}")
    return register.status_word(name, t)


def show(shown: tuple[Row, ...]) -> Row | None:
    """Draw the list and return the row that stands beside it."""
    t, plan = session.t(), session.plan()
    if not shown:
        st.html(f'<div class="sentence">{t("register.nothing")}</div>')
        st.button(t("register.clear"), key="register_clear", on_click=_clear)
        return None
    ids = [row.target.id for row in shown]
    if st.session_state.get(CHOSEN) not in ids:
        st.session_state[CHOSEN] = ids[0]
    chosen = st.session_state[CHOSEN]
    html = register.table_html(shown, plan, chosen, t)
    pick_list.show(html, key="register_list", store=CHOSEN)
    return shown[ids.index(chosen)]


def _clear() -> None:
    for name in FILTERS:
        st.session_state[name] = {"register_section": ALL, "register_search": ""}.get(name)


# One target


def detail(row: Row) -> None:
    """Draw the particulars of one target."""
    t, plan = session.t(), session.plan()
    st.html(register_detail.head_html(row, t))
    expected = register_detail.expected_html(row, t)
    if expected:
        st.html(expected)
    if row.target.kind == "modelled":
        definitions.link(row.target.indicator, "target_formula", t("lineage.open"))
        _movers(row)
    elif row.target.kind == "lever":
        name = t.of(plan.lever(row.target.lever))
        text = t("register.to_lever_named", name=name)
        st.button(text, key="to_lever", on_click=_to_lever, args=(row.target.lever,))
    if st.session_state.get("go_to"):
        st.switch_page(f"pages/{st.session_state.pop('go_to')}.py")
    _actual(row)
    outcome = register_detail.outcome_html(plan, row, t)
    if outcome:
        st.html(outcome)


@lru_cache(maxsize=64)
def _power(scenario: model.Scenario, digest: str) -> model.Power:
    return model.lever_power(session.plan(), scenario)


def _movers(row: Row) -> None:
    t, plan = session.t(), session.plan()
    power = _power(session.scenario(), plan.digest)
    effects = register_detail.movers(row, power.effects(row.target.indicator, plan.years[0]))
    st.html(f'<div class="subtitle">{t("register.movers")}</div>')
    if not effects:
        st.html(f'<div class="note">{t("register.no_movers")}</div>')
    for effect in effects:
        box = f"moves_{effect.lever}"
        with st.container(key=box, horizontal=True, vertical_alignment="center", gap="small"):
            st.html(register_detail.mover_html(plan, row, effect, t), width="stretch")
            key = f"to_{effect.lever}"
            st.button(t("register.to_lever"), key=key, on_click=_to_lever, args=(effect.lever,))
    page = register_detail.chart_page(row.target, frame.PAGES)
    text = t("register.to_chart", page=t(f"page.{page}"))
    st.button(text, key="to_chart", type="tertiary", on_click=_to_page, args=(page,))


def _to_page(name: str) -> None:
    st.session_state["go_to"] = name


def _to_lever(name: str) -> None:
    st.session_state["lever_group"] = session.plan().lever(name).group
    _to_page("levers")


def _actual(row: Row) -> None:
    t, x = session.t(), row.target
    title, mark = t("register.actual_title"), t("register.local")
    st.html(f'<div class="subtitle">{title}<small>{mark}</small></div>')
    value, month = actuals().get(x.id, (None, 12))
    keys = f"actual_{x.id}", f"through_{x.id}"
    if st.session_state.get(keys[0]) != value:
        st.session_state[keys[0]] = value
    if keys[1] not in st.session_state or value is not None:
        st.session_state[keys[1]] = month
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.number_input(
            t("register.actual", unit=t.unit(x.unit)),
            value=None,
            format="%.6g",
            key=keys[0],
            width=180,
            on_change=_hold,
            args=(x.id, *keys),
        )
        first = 2 if x.pace.startswith("growth") else 1
        st.selectbox(
            t("register.month"),
            range(first, 13),
            format_func=lambda month: t(f"month.{month}"),
            key=keys[1],
            width=130,
            on_change=_hold,
            args=(x.id, *keys),
        )
    refused = st.session_state.pop(SAID, None)
    if refused:
        st.error(literal(refused))
    held = register_detail.pace_html(row, t)
    if held:
        st.html(held)
    months = months_html(session.plan(), {}, t, x.id) if x.pace.startswith("growth") else ""
    if months:
        st.html(f'<div class="note">{t("audit.months")}</div>{months}')


def _hold(id: str, value_key: str, month_key: str) -> None:
    value, month = st.session_state[value_key], st.session_state[month_key]
    if value is None:
        actuals().pop(id, None)
        return
    try:
        model.pace(session.plan(), id, value, month)
    except model.ModelError as error:
        name = session.t().of(session.plan().target(id), "indicator")
        said = session.t().error(error.code, error.details | {"name": name})
        st.session_state[SAID] = said
        return
    actuals()[id] = (value, month)


# All actuals


def actuals_desk() -> None:
    """Draw what fills, keeps and brings back the actuals."""
    t, plan = session.t(), session.plan()
    box = st.expander(t("register.actuals"), key="open_actuals", on_change="rerun")
    if not box.open:
        return
    with box:
        st.html(f'<div class="note">{t("register.actuals_note")}</div>')
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.button(t("register.fill"), key="actuals_fill", on_click=_fill)
            st.download_button(
                t("register.download"),
                data=register_actuals.to_csv(plan, actuals()),
                file_name=f"{plan.id}_actuals.csv",
                mime="text/csv",
                on_click="ignore",
                key="actuals_download",
            )
            st.button(t("register.forget"), key="actuals_forget", on_click=actuals().clear)
        given = file_field(t("register.upload"), "actuals_upload", ("csv", "txt"))
        if given is not None and st.session_state.get("actuals_taken") != given.file_id:
            st.session_state["actuals_taken"] = given.file_id
            _take(given.getvalue())
            st.rerun()
        for line in st.session_state.pop("actuals_news", ()):
            st.info(literal(line))


def _fill() -> None:
    found = register_actuals.published(session.plan())
    actuals().update(found)
    st.session_state["actuals_news"] = [session.t()("register.filled", count=len(found))]


def _take(content: bytes) -> None:
    t = session.t()
    read, refused = register_actuals.from_csv(session.plan(), content, t)
    actuals().update(read)
    news = [t("register.read", count=len(read))] if read or not refused else []
    st.session_state["actuals_news"] = [*news, *refused]


def excluded() -> None:
    """Draw the numbers of the plan's text that are no targets."""
    t, plan = session.t(), session.plan()
    box = st.expander(t("register.excluded"), key="open_excluded", on_change="rerun")
    if not box.open:
        return
    with box:
        st.html(f'<div class="note">{register_detail.completeness(plan, t)}</div>')
        st.html(register_detail.exclusions_html(plan, t))
