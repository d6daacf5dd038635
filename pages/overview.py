"""Do we make 7 / 8 / 20, with what chance?"""

import streamlit as st

from pages.parts import chart, definitions, frame, live, session
from pages.views import charts, district_charts, frames, overview, quoted, targets

frame.enter()
t, plan = session.t(), session.plan()

summary = live.chances()

with st.container(key="finding", horizontal=True, vertical_alignment="center", gap="medium"):
    st.html(f"<div>{quoted.html(overview.sentence(summary, t))}</div>", width="stretch")
    definitions.show("overview")
headline = tuple(targets.tile(summary.verdict(name), t) for name in targets.headline(plan))
second = tuple(targets.tile(summary.verdict(name), t) for name in targets.second(plan))
st.html(targets.tiles_html(headline, t))

left, right = st.columns(2, gap="medium")
with left:
    tables = frames.fan(plan, summary, t)
    chart.show(charts.fan(t, len(plan.months)), tables, key="fan", alt=t("chart.fan.alt"))
with right:
    tables = frames.tiles(plan, summary, t)
    chart.show(
        district_charts.tiles(t, bool(plan.annex), frames.tile_rows(plan)),
        tables,
        key="tiles",
        alt=t("chart.tiles.alt"),
    )

if second:
    st.markdown(f"##### {t('overview.second_title')}")
    st.html(targets.tiles_html(second, t, quiet=True))
st.markdown(f"##### {t('overview.years_title')}")
st.html(overview.years_html(plan, summary, t))

st.html(f'<div class="note">{overview.estimates(plan, t)}</div>')
frame.footer()
