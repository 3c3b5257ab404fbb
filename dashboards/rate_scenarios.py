"""Saved rates on the page: which are loaded, how they are named and deleted, two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import components, data, formats, pricing, rate_edits, rates, scenarios, words
from ratehouse.errors import RatehouseError

UNSAVED = ""


@dataclass(frozen=True)
class Choice:
    """What is edited, and on which bills it is priced.

    Attributes:
        scenario: the loaded one, where it is of the chosen service and class.
        tariff: the version and class that is edited.
        fiscal_year: of the bills.
        versions: first days of all versions under which the class was billed that year.
        is_all_year: whether the edit replaces them all.
    """

    scenario: scenarios.Scenario | None
    tariff: pricing.Tariff
    fiscal_year: int
    versions: list[date]
    is_all_year: bool


def choose(
    page: components.Page,
    places: Sequence[DeltaGenerator],
    known: Mapping[tuple[str, str, date], pricing.Tariff],
    saved: Mapping[str, scenarios.Scenario],
) -> Choice:
    """The row of filters; a loaded scenario sets all of them once, and they can be changed then."""
    years = page.ask("rate_years", utility=page.utility_id)
    with places[0]:
        slug = st.selectbox(
            "Start from", [UNSAVED, *saved], key="scenario", bind="query-params",
            format_func=lambda slug: saved[slug].name if slug else "Rates in force",
        )  # fmt: skip
    loaded = saved.get(slug)
    _apply(page, slug, loaded, known)
    with places[1]:
        service = st.selectbox(
            "Service", sorted(set(years["service"])), format_func=words.service, key="priced",
            bind="query-params",
        )  # fmt: skip
    years = years.filter(pl.col("service") == service)
    with places[2]:
        options = sorted(set(years["fiscal_year"]), reverse=True)
        complete = _latest_complete(options, page.utility)
        year = st.selectbox(
            "Fiscal year", options, index=complete, format_func=str, key="year", bind="query-params"
        )
    years = years.filter(pl.col("fiscal_year") == year)
    with places[3]:
        classes = years.group_by("tariff_class").agg(pl.col("bill_count").sum())
        tariff_class = st.selectbox(
            "Class",
            classes.sort("bill_count", "tariff_class", descending=[True, False])["tariff_class"].to_list(),
            format_func=words.sentence,
            key="rate_class",
            bind="query-params",
        )
    versions = years.filter(pl.col("tariff_class") == tariff_class)["effective_from_on"].to_list()
    with places[4]:
        version = st.selectbox(
            "Version to edit", versions[::-1], format_func=formats.day, key="version", bind="query-params"
        )
    with places[5]:
        is_all_year = st.selectbox(
            "Prices hold", [True, False], key="holds", bind="query-params",
            format_func={True: "All year", False: "This version only"}.get,
        )  # fmt: skip
    is_of_these = loaded is not None and (loaded.service, loaded.tariff_class) == (service, tariff_class)
    return Choice(
        scenario=loaded if is_of_these else None,
        tariff=known[service, tariff_class, version],
        fiscal_year=year,
        versions=versions,
        is_all_year=is_all_year,
    )


def _apply(page: components.Page, slug: str, loaded: scenarios.Scenario | None, known: Mapping) -> None:
    """Sets the filters to those of a scenario that was just loaded, where this build has such bills."""
    if st.session_state.get("scenario_applied", UNSAVED) == slug:
        return
    st.session_state["scenario_applied"] = slug
    if loaded is None:
        return
    tariff = known.get((loaded.service, loaded.tariff_class, loaded.effective_from_on))
    if tariff is None or not pricing.is_billed(page, tariff, loaded.fiscal_year):
        name = components.typed(loaded.name)
        st.warning(
            f"This build has no bills of fiscal year {loaded.fiscal_year} that {name} could price. "
            "Its prices are shown where service and class are its own."
        )
        return
    st.session_state["priced"] = loaded.service
    st.session_state["year"] = loaded.fiscal_year
    st.session_state["rate_class"] = loaded.tariff_class
    st.session_state["version"] = loaded.effective_from_on
    st.session_state["holds"] = loaded.is_all_year


def _latest_complete(fiscal_years: Sequence[int], utility: Mapping) -> int:
    """The place of the latest year that had ended by the as-of date; 0 where none had."""
    as_of, first = utility["as_of_on"], utility["fiscal_year_start_month"]
    # The year is named after the calendar year in which it ends.
    running = as_of.year + (1 if first > 1 and (as_of.month >= first) else 0)
    last_month = (first + 10) % 12 + 1
    is_at_end = as_of.month == last_month and as_of.day >= 28
    ended = running if is_at_end else running - 1
    return next((place for place, year in enumerate(fiscal_years) if year <= ended), 0)


def keep(page: components.Page, chosen: Choice, prices: rates.Prices, revenue_usd: Decimal) -> None:
    """Where a scenario is named and saved, and the loaded one deleted."""
    tried = scenarios.Scenario(
        name="",
        utility_id=page.utility_id,
        service=chosen.tariff.service,
        fiscal_year=chosen.fiscal_year,
        tariff_class=chosen.tariff.tariff_class,
        effective_from_on=chosen.tariff.effective_from_on,
        is_all_year=chosen.is_all_year,
        prices=prices,
        build_id=page.build.build_id,
        revenue_usd=revenue_usd,
    )
    components.heading("Save these rates", "Who saved them, when, and on which build stands beside the name.")
    left, middle, right = st.columns([2.2, 1, 1], gap="small", vertical_alignment="bottom")
    with left:
        st.text_input("Name of the scenario", key="scenario_name", max_chars=scenarios.LONGEST_NAME)
    with middle:
        st.button("Save", on_click=_save, args=(tried,), width="stretch")
    with right:
        loaded = st.session_state.get("scenario", UNSAVED)
        st.button(
            "Delete the loaded one",
            on_click=_delete,
            args=(page.utility_id, loaded),
            disabled=not loaded,
            width="stretch",
        )
    said = st.session_state.pop("scenario_said", None)
    if said:
        (st.success if said[0] else st.error)(components.typed(said[1]))


def _save(tried: scenarios.Scenario) -> None:
    named = scenarios.named(tried, st.session_state["scenario_name"])
    try:
        slug = scenarios.save(data.workspace(), named)
    except RatehouseError as error:
        st.session_state["scenario_said"] = (False, str(error))
        return
    st.session_state["scenario"] = st.session_state["scenario_applied"] = slug
    st.session_state["scenario_said"] = (True, f"Saved as {named.name}.")


def _delete(utility_id: str, slug: str) -> None:
    scenarios.delete(data.workspace(), utility_id, slug)
    st.session_state["scenario"] = st.session_state["scenario_applied"] = UNSAVED
    st.session_state["scenario_said"] = (True, "Deleted. The rates in force are shown again.")


def compare(
    page: components.Page, known: Mapping, saved: Mapping[str, scenarios.Scenario], as_of: object
) -> None:
    """Two saved scenarios side by side, both priced on this build."""
    components.heading(
        "Compare two scenarios", "Both are priced on this build, from the bills of their own year."
    )
    if len(saved) < 2:
        st.html('<p class="rh-note">Save two scenarios, and they can be compared here.</p>')
        return
    slugs = list(saved)
    picked = []
    for place, label, key, index in zip(
        st.columns([1, 1, 1.4], gap="small"), ("First", "Second"), ("first", "second"), (-2, -1), strict=False
    ):
        with place:
            picked.append(st.selectbox(
                label, slugs, index=len(slugs) + index, key=f"compare_{key}", bind="query-params",
                format_func=lambda slug: saved[slug].name,
            ))  # fmt: skip
    columns = [_outcome_rows(page, known, saved[slug]) for slug in picked]
    missing = [saved[slug].name for slug, rows in zip(picked, columns, strict=True) if rows is None]
    if missing:
        st.info(f"This build has no bills or no tariff for {', '.join(map(components.typed, missing))}.")
        return
    names = list(dict.fromkeys([*columns[0], *columns[1]]))
    shown = pl.DataFrame({
        "what": names,
        "a": [columns[0].get(name, formats.UNKNOWN) for name in names],
        "b": [columns[1].get(name, formats.UNKNOWN) for name in names],
    })  # fmt: skip
    labels = {"what": "", "a": saved[picked[0]].name, "b": saved[picked[1]].name}
    components.table(shown, labels)
    components.download(
        page, "Comparison as CSV", "scenario_comparison", as_of,
        shown.with_columns(first=pl.lit(labels["a"]), second=pl.lit(labels["b"])).select(
            "what", "first", pl.col("a").alias("first_value"), "second", pl.col("b").alias("second_value")
        ),
    )  # fmt: skip


def _outcome_rows(page: components.Page, known: Mapping, one: scenarios.Scenario) -> dict[str, str] | None:
    """What a scenario is and brings: name of a row to its text; None where the build cannot price it."""
    tariff = known.get((one.service, one.tariff_class, one.effective_from_on))
    if tariff is None or not pricing.is_billed(page, tariff, one.fiscal_year):
        return None
    found = pricing.outcome(page, known, tariff, one.fiscal_year, one.prices, is_all_year=one.is_all_year)
    now, after = found.total("revenue_usd"), found.total("after_usd")
    unit, _ = rates.measured_by(one.prices)
    rows = {
        "Of": f"{words.sentence(one.service)}, {words.sentence(one.tariff_class).lower()}, "
        f"fiscal year {one.fiscal_year}",
        "Holds for": words.HOLDS[one.is_all_year].format(day=formats.day(one.effective_from_on)),
        "Revenue of the service now": formats.usd(now),
        "Revenue under the scenario": formats.usd(after),
        "Change": f"{formats.usd_change(found.change_usd)} ({formats.pct(rates.percent(now, after))})",
    }
    for row in rates.in_words(one.prices):
        name = f"{row['charge'].removesuffix(f' {words.MARK_OF_ASSUMED}')} {row['season_words']}".strip()
        rows[name] = row["price"] + (f"; at most {row['cap']}" if row["cap"] else "")
    uses = rate_edits.quantities(pricing.TYPICAL[unit]) if unit else [Decimal(0)]
    bills = pricing.typical(one.prices, uses)
    where = ", ".join(
        [f"meter {size}" for size in pricing.meter_sizes(one.prices)[:1]]
        + [words.season(season) for season in pricing.seasons(one.prices)[:1]]
    )
    for use, total in zip(uses, pricing.totals(page, tariff, bills, one.prices), strict=True):
        at = f"at {formats.quantity(use)} {words.unit(unit)}" if unit else ""
        rows[" ".join(filter(None, ["Month's bill", at, where and f"({where})"]))] = formats.usd(total)
    rows["Saved"] = f"by {one.saved_by}, {formats.moment(one.saved_at)} UTC, on build {one.build_id}"
    return rows
