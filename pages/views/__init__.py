"""How results look: model results to charts, tables, sentences.  No Streamlit in here."""
