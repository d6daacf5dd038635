"""What the page of investment shows only for a plan that counts it: projects and contracts."""

from __future__ import annotations

import streamlit as st

import model
from pages.parts import session, sheet
from pages.views import investment


def projects() -> None:
    """Draw the project counts, or say that the plan has none."""
    t, plan = session.t(), session.plan()
    shown, note = investment.projects(plan, session.scenario(), t), "plan.nothing_projects"
    if shown is not None:
        sheet.show(shown, "projects")
        note = "investment.projects_note"
    st.html(f'<div class="note">{t(note)}</div>')


def contracts(account: model.InvestmentAccount) -> None:
    """Draw what contracts become, or say that no lever sets them."""
    t, note = session.t(), "plan.nothing_contracts"
    if session.plan().has_lever("contracts_signed"):
        sheet.show(investment.contracts(account, t), "contracts")
        note = "investment.contracts_note"
    st.html(f'<div class="note">{t(note)}</div>')
