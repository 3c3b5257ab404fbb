"""Named sets of assumptions on the page What if: which is loaded, how one is named, deleted and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import components, data, scenario_files, what_if, what_if_files
from dashboards.what_if import Changes
from dashboards.what_if_files import Tried
from dashboards.what_if_results import Named
from ratehouse.errors import RatehouseError
from ratehouse.rate_paths import CAPPED, LEVEL, RatePath, least_paths

NONE = ""
MOST_COMPARED = 3
SAVED = "saved:"


def keep(page: components.Page, tried: Tried, loaded: str) -> None:
    """Where the changes are named and saved, and the loaded ones deleted."""
    components.heading(
        "Save these assumptions", "Who saved them, when, and on which build stands in the file."
    )
    left, middle, right = st.columns([2.2, 1, 1.2], gap="small", vertical_alignment="bottom")
    with left:
        st.text_input("Name", key="what_if_name", max_chars=scenario_files.LONGEST_NAME)
    with middle:
        st.button("Save", on_click=_save, args=(tried,), width="stretch", key="what_if_save")
    with right:
        st.button(
            "Delete the loaded one", on_click=_delete, args=(page.utility_id, loaded), disabled=not loaded,
            width="stretch", key="what_if_delete",
        )  # fmt: skip
    said = st.session_state.pop("what_if_said", None)
    if said:
        (st.success if said[0] else st.error)(components.typed(said[1]))


def _save(tried: Tried) -> None:
    named = replace(tried, name=st.session_state["what_if_name"].strip())
    try:
        slug = what_if_files.save(data.workspace(), named)
    except RatehouseError as error:
        st.session_state["what_if_said"] = (False, str(error))
        return
    st.session_state["named"] = slug
    st.session_state["what_if_said"] = (True, f"Saved as {named.name}.")


def _delete(utility_id: str, slug: str) -> None:
    what_if_files.delete(data.workspace(), utility_id, slug)
    st.session_state["named"] = NONE


def choose_compared(
    page: components.Page, fund: str, titles: Mapping[str, str], saved: Mapping[str, Tried], shown: str,
    open_years: list[int],
) -> list[Named]:  # fmt: skip
    """Up to three scenarios of the city or named ones beside what is set here."""
    options = [code for code in titles if code != shown] + [f"{SAVED}{slug}" for slug in saved]

    def name(option: str) -> str:
        return saved[option.removeprefix(SAVED)].name if option.startswith(SAVED) else titles[option]

    chosen = st.multiselect(
        "Compare with (up to three)", options, format_func=name, key="what_if_compared",
        max_selections=MOST_COMPARED, placeholder="None",
    )  # fmt: skip
    found = []
    for option in chosen:
        one = saved.get(option.removeprefix(SAVED)) if option.startswith(SAVED) else None
        given = what_if.assumptions(page, fund, one.based_on if one else option)
        if one:
            given = what_if.changed(given, open_years, one.changes)
        found.append(Named(name(option), what_if.outcome(page, given)))
    return found


def find_paths(page: components.Page, given: pl.DataFrame, cap: Decimal) -> list[RatePath]:
    """The least rate paths under the assumptions as set here, no year above the cap."""
    years = given["fiscal_year"].unique().to_list()
    capped = what_if.changed(given, years, Changes(every_year={what_if.CAP: cap}))
    cursor = data.cursor_of(page.build)
    try:
        cursor.register("what_if_rows", capped.to_arrow())
        cursor.execute("create or replace temp table what_if_given as from what_if_rows")
        return least_paths(cursor, "what_if_given", (LEVEL, CAPPED))
    finally:
        cursor.close()


def with_path(changes: Changes, path: RatePath) -> Changes:
    """The changes with a path's adjustments in the place of their own."""
    months = {slot.fiscal_year: Decimal(slot.effective_month) for slot in path.slots}
    by_year = {**changes.by_year, what_if.ADJUSTMENT: path.percents, what_if.MONTH: months}
    return replace(changes, by_year=by_year)
