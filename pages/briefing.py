"""What goes out of the door: paper, slides, workbook, charts, and a way back."""

from html import escape

import streamlit as st

from pages.parts import duties, export, frame, meeting, session

frame.enter()
t = session.t()
with st.spinner(t("app.working")):
    found = export.content()
paper, charts, walls, duty, program = st.tabs(
    [
        t(name)
        for name in (
            "briefing.paper",
            "briefing.charts",
            "meeting.title",
            "duties.title",
            "briefing.program",
        )
    ]
)
with paper:
    left, right = st.columns([0.68, 0.32], gap="large")
    with left, st.container(key="paper"):
        st.html(f"<h2>{escape(found.title)}</h2><p>{escape(found.subtitle)}</p>")
        for head in ("conclusion", "targets", "attribution", "risks"):
            lines = "".join(f"<p>{escape(line)}</p>" for line in getattr(found, head))
            st.html(f"<h3>{escape(t(f'brief.{head}_head'))}</h3>{lines}")
        measures = "".join(
            f"<li>{escape(text)}<br><small>{escape(t('brief.responsible', units=units))}</small>"
            for text, units in found.measures
        )
        close = escape(t("brief.not_advice" if found.measures else "brief.no_measures"))
        head = escape(t("brief.measures_head"))
        st.html(f"<h3>{head}</h3><ol>{measures}</ol><p>{close}</p>")
    with right:
        export.documents(found)
        st.html(f'<div class="note">{"<br>".join(map(escape, found.stamp.lines(t)))}</div>')
        export.restore()
with charts:
    export.charts(found)
with walls:
    meeting.prepare()
with duty:
    duties.show()
with program:
    export.program()
frame.footer()
