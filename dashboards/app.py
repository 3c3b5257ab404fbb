"""The dashboards: navigation only. Every page is a file of `views/`."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

# Streamlit runs this file as a script: its folder is on the path, the project's is not.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from ratehouse.errors import UsageError  # noqa: E402

st.set_page_config(page_title="ratehouse", layout="wide", initial_sidebar_state=236)
pages = {
    "Receivables": [
        st.Page("views/overview.py", title="Overview", default=True),
        st.Page("views/aging.py", title="Aging", url_path="aging"),
        st.Page("views/collections.py", title="Collections", url_path="collections"),
        st.Page("views/disconnects.py", title="Disconnects and agreements", url_path="disconnects"),
        st.Page("views/penalties.py", title="Penalties and fees", url_path="penalties"),
        st.Page("views/payments.py", title="Payments", url_path="payments"),
        st.Page("views/impact.py", title="Outage and waivers", url_path="impact"),
    ],
    "Billing": [
        st.Page("views/billing.py", title="Billing and reads", url_path="billing"),
        st.Page("views/proof.py", title="Proof of revenue", url_path="proof"),
    ],
    "Rates": [
        st.Page("views/sufficiency.py", title="Are the rates enough?", url_path="sufficiency"),
        st.Page("views/scenarios.py", title="What if?", url_path="scenarios"),
        st.Page("views/rate_design.py", title="Rate design", url_path="rate_design"),
        st.Page("views/tariffs.py", title="Tariffs", url_path="tariffs"),
        st.Page("views/households.py", title="Households and neighbours", url_path="households"),
    ],
}
page = st.navigation(pages, position="sidebar")
try:
    page.run()
except UsageError as error:  # a build that an earlier version made
    st.error(str(error))
