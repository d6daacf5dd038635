"""The smallest app that moves a chart with a slider: what the lever page is measured against.

It has the same settings and the same tuning as the app: one slider, one chart authored once, the
garbage collector out of the way.
"""

import gc

import altair as alt
import pyarrow as pa
import streamlit as st


@st.cache_resource(show_spinner=False)
def specification() -> dict:
    """Return the one chart; the collector takes its rounds without what is loaded by now."""
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 10]))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1000]))
    chart = alt.Chart(alt.NamedData(name="line")).mark_line().encode(x=x, y=y)
    spec = chart.properties(width="container", height=240).to_dict()
    gc.collect()
    gc.freeze()
    return spec


spec = specification()
value = st.slider("value", 0, 100, 50, key="value")
line = pa.table({"x": list(range(11)), "y": [float(value * k) for k in range(11)]})
st.vega_lite_chart(None, {**spec, "datasets": {"line": line}}, key="line", theme=None)
