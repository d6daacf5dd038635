"""Where is the year, and what do the published months say about its end?"""

import streamlit as st

from pages.parts import frame, progress, session
from pages.views.progress import chance_sentence, headline, stands_html

frame.enter()
t, plan = session.t(), session.plan()
progress.style()
heading = st.container()
known = progress.choose()
prior, learned, work = progress.learn(known)
series = known.series
said = headline(plan, series, known.as_of, known.figures, known.standing(plan), t, known.place)
said += chance_sentence(plan, series, prior, learned, t, known.place)
heading.html(f'<div class="sentence">{said}</div>')
left, right = st.columns([0.46, 0.54], gap="medium")
with left:
    progress.answer(known, prior, learned, work)
with right:
    st.html(stands_html(plan, known.standings, prior, learned, t))
progress.below(known, prior, learned)
frame.footer()
