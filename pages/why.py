"""Why is the figure what it is: which levers, which sources, which places?"""

import streamlit as st

from pages.parts import frame, session, why

frame.enter()
indicator, year, place, reference = why.choose()
shown, how = why.view(year)
if reference == session.scenario() and shown != "sources":
    st.info(session.t()("why.nothing"))
elif shown == "levers":
    why.levers(indicator, year, place, reference, how)
elif shown == "sources":
    why.sources(indicator, year, place, reference, how)
else:
    why.by_place(indicator, year, reference, how)
frame.footer()
