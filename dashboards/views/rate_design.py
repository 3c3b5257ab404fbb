"""What would other rates bring?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import (
    components,
    data,
    formats,
    pricing,
    rate_charts,
    rate_editor,
    rate_scenarios,
    rates,
    words,
)
from dashboards.scenarios import Scenario
from dashboards.scenarios import saved as saved_scenarios

RESTS_ON = r"^billing\.(prorate|months)"
CLASS_COLUMNS = {
    "name": "Class",
    "bill_count": "Bills",
    "revenue_usd": "Revenue now",
    "after_usd": "Under these rates",
    "change_usd": "Change",
    "change_pct": "Change in percent",
}
FOR_OTHERS = {"for_others_usd": "For others now", "for_others_after_usd": "For others under these rates"}

page, places = components.open_page("What would other rates bring?", [2, 1.5, 0.9, 0.9, 1.4, 1.2, 1.4])
as_of = page.utility["as_of_on"]
known = pricing.tariffs(page.ask("tariffs", utility=page.utility_id))
if not known or page.ask("rate_years", utility=page.utility_id).is_empty():
    components.context_line(page, as_of, "Rates")
    st.info("**No bill could be priced.** Put a tariff into the utility's policy and run `ratehouse run`.")
    components.footer(page, as_of)
    st.stop()
saved, unreadable = saved_scenarios(data.workspace(), page.utility_id)
chosen = rate_scenarios.choose(page, places, known, saved)
tariff, scenario, year = chosen.tariff, chosen.scenario, chosen.fiscal_year
service, class_name = words.service(tariff.service), words.sentence(tariff.tariff_class).lower()
components.context_line(page, as_of, f"{service}, bills of fiscal year {year}")
for problem in unreadable:
    st.warning(problem)

figures_place = st.container()
left, right = st.columns([1, 1.6], gap="medium")
prices, looked = None, None
with left:
    edits = (
        f"the scenario {scenario.name}"
        if scenario
        else f"the version of {formats.day(tariff.effective_from_on)}"
    )
    components.heading(f"Prices of {class_name}, from {edits}: type over them")
    try:
        prices = rate_editor.edit(
            scenario.prices if scenario else tariff.prices,
            " ".join(
                [
                    scenario.slug if scenario else "",
                    tariff.service,
                    tariff.tariff_class,
                    str(tariff.effective_from_on),
                ]
            ),
        )
        looked = rate_editor.look_at(page, tariff, year, chosen.versions)
    except rates.WrongPrices as wrong:
        for problem in wrong.problems:
            st.error(components.escaped(problem))

if looked is None:
    with figures_place:
        now_usd = sum(pricing.billed(page, tariff.service, year)["revenue_usd"], pricing.ZERO)
        components.figures(rate_editor.unpriced_figures(now_usd, year))
    with right:
        st.info("**Nothing is priced** until the tables on the left are in order.")
    components.footer(page, as_of)
    st.stop()

found = pricing.outcome(page, known, tariff, year, prices, is_all_year=chosen.is_all_year)
now = pricing.totals(page, tariff, looked.bills)
after = pricing.totals(page, tariff, looked.bills, prices)
points = looked.percentiles.height
mark = rate_editor.dagger(known, tariff.service, found)
with figures_place:
    components.figures(rate_editor.figures(found, year, looked, now, after, mark))
    for note in rate_editor.notes(found, tariff, scenario, page.build.build_id):
        components.note(note)

unit, _ = rates.measured_by(tariff.prices)
with right:
    if points:
        names = [
            f"{percentile}th, {formats.quantity(use)} {words.unit(unit)}"
            for percentile, use in looked.percentiles.select("percentile", "month_quantity").iter_rows()
        ]
        components.picture(
            rate_editor.dots_sentence(names, now[:points], after[:points]),
            rate_charts.percentile_dots(names, now[:points], after[:points], tariff.service),
            "percentiles",
            f"A month's bill, all charges of the service, at each percentile of use of {class_name}"
            f"{f', {looked.where}' if looked.where else ''}.",
        )
    components.heading(f"Typical bills of a month{f', {looked.where}' if looked.where else ''}, in dollars")
    bills = rate_editor.typical_table(looked.uses, unit, now[points:], after[points:])
    components.table(bills, rate_editor.TYPICAL_COLUMNS)

components.heading(
    f"Revenue of {service.lower()}, fiscal year {year}, by class, in dollars",
    "Only the class whose prices are edited changes.",
)
by_class = found.by_class.with_columns(
    pl.col("tariff_class").map_elements(words.sentence, return_dtype=pl.String).alias("name"),
    (pl.col("after_usd") - pl.col("revenue_usd")).alias("change_usd"),
)
total = {
    column: sum(by_class[column]) if column != "name" else "All classes"
    for column in ["name", "bill_count", "revenue_usd", "after_usd", "change_usd", *FOR_OTHERS]
}
by_class = pl.concat([by_class.select(*total), pl.DataFrame([total], schema=by_class.select(*total).schema)])
by_class = by_class.with_columns(
    pl.Series(
        "change_pct", [rates.percent(*pair) for pair in by_class.select("revenue_usd", "after_usd").rows()]
    )
)
components.table(by_class, CLASS_COLUMNS | (FOR_OTHERS if total["for_others_usd"] else {}), has_total=True)
components.download(page, "Revenue by class as CSV", "rate_revenue", as_of, by_class)
components.download(
    page, "Price table as CSV", "rate_prices", as_of, rate_editor.price_table(prices, tariff.prices)
)
components.download(page, "Typical bills as CSV", "rate_bills", as_of, bills)

rate_scenarios.keep(
    page.utility_id,
    Scenario(
        name="",
        utility_id=page.utility_id,
        service=tariff.service,
        fiscal_year=year,
        tariff_class=tariff.tariff_class,
        effective_from_on=tariff.effective_from_on,
        is_all_year=chosen.is_all_year,
        prices=prices,
        build_id=page.build.build_id,
        revenue_usd=found.total("after_usd"),
    ),
)
rate_scenarios.compare(page, known, saved, as_of)
if mark:
    components.note(f"{words.MARK_OF_ASSUMED} {words.ASSUMED_PRICES}")
components.assumed(page, RESTS_ON)
components.definitions(
    ["Revenue of the year", "Under these rates", "Rates all year", "Median bill", "Percentile"]
)
components.footer(page, as_of)
