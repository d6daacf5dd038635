"""What the forecast rests on, and which figures are most worth replacing; one block for a page."""

from __future__ import annotations

from html import escape

import streamlit as st

import model
from model.knowledge import Knowledge
from pages.parts import results, session, waiting
from pages.parts.keeper import Keeper, Work
from pages.views import knowledge, numbers
from pages.views.summary import DRAWN

WORK = "knowledge_work"
"""Where a visit holds what it waits for."""

Key = tuple[model.Scenario, str]
"""A scenario and an indicator."""


@st.cache_resource(show_spinner=False, max_entries=results.LARGE_PLANS)
def _made_for(_plan: model.Plan, digest: str) -> Keeper[Key, Knowledge | model.ModelError]:
    def make(key: Key, work: Work) -> Knowledge | model.ModelError:
        scenario, code = key
        drawn = results.beats(_plan).wait(scenario).drawn[code]
        try:
            return model.knowledge(_plan, scenario, drawn, results.SEED)
        except model.ModelError as error:
            return error

    return Keeper(make, results.KEPT)


def show() -> None:
    """Draw the block: weights by status, variance by origin, and the figures worth replacing."""
    t, plan = session.t(), session.plan()
    st.markdown(f"##### {t('knowledge.title')}")
    code = st.segmented_control(
        t("knowledge.indicator"),
        DRAWN,
        format_func=lambda name: knowledge.indicator(plan, name, t),
        default=DRAWN[0],
        key="knowledge_indicator",
        label_visibility="collapsed",
        required=True,
    )
    key = session.scenario(), code
    found, work = _made_for(plan, plan.digest).follow(key, WORK)
    if not isinstance(found, Knowledge):
        st.html(knowledge.bars_html(plan, None, t))
        st.markdown(knowledge.weights_sentence(plan, t))
        if work is not None:
            waiting.until(work, WORK, t("knowledge.working"))
        else:
            said = t.error(found.code, dict(found.details))
            st.html(f'<div class="note">{escape(said)}</div>')
        return
    st.html(knowledge.bars_html(plan, found, t))
    weights, variance = knowledge.weights_sentence(plan, t), knowledge.variance_sentence(found, t)
    st.markdown(t("knowledge.between").join((weights, variance)))
    st.markdown(f"##### {t('knowledge.worth')}")
    st.markdown(knowledge.best_sentence(found, code, t))
    if found.worth:
        st.html(knowledge.worth_html(plan, found, code, t))
    said = knowledge.seen_sentence(found, t)
    about = t("knowledge.about", draws=numbers.plain(found.draws, 0))
    said = t("knowledge.between").join((said, about))
    st.html(f'<div class="note">{said}</div>')
