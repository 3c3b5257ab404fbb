"""What would other rates bring?"""

from __future__ import annotations

import streamlit as st

from dashboards import (
    components,
    data,
    formats,
    pricing,
    rate_charts,
    rate_editor,
    rate_edits,
    rate_scenarios,
    rates,
    words,
)
from dashboards.scenarios import saved as saved_scenarios

RESTS_ON = r"^billing\.(prorate|months)"

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
        prices = rate_editor.edit(tariff, scenario)
        looked = rate_editor.look_at(page, tariff, year, chosen.versions)
    except rate_edits.WrongPrices as wrong:
        for problem in wrong.problems:
            st.error(components.typed(problem))

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
            f"{f', {looked.where}' if looked.where else ''}.{mark}",
        )
    components.heading(
        f"Typical bills of a month{f', {looked.where}' if looked.where else ''}, in dollars{mark}"
    )
    bills = rate_editor.typical_table(looked.uses, unit, now[points:], after[points:])
    components.table(bills, rate_editor.TYPICAL_COLUMNS)

components.heading(
    f"Revenue of {service.lower()}, fiscal year {year}, by class, in dollars{mark}",
    "Only the class whose prices are edited changes.",
)
by_class = rate_editor.class_table(found)
has_others = any(by_class["for_others_usd"]) or any(by_class["for_others_after_usd"])
components.table(
    by_class, rate_editor.CLASS_COLUMNS | (rate_editor.FOR_OTHERS if has_others else {}), has_total=True
)
downloads = {
    "Revenue by class as CSV": ("rate_revenue", by_class),
    "Price table as CSV": ("rate_prices", rate_editor.price_table(prices, tariff.prices)),
    "Typical bills as CSV": ("rate_bills", bills),
}
for place, (label, (name, rows)) in zip(
    st.columns([1, 1, 1, 2], gap="small"), downloads.items(), strict=False
):
    with place:
        components.download(page, label, name, as_of, rows)

rate_scenarios.keep(page, chosen, prices, found.total("after_usd"))
rate_scenarios.compare(page, known, saved, as_of)
if mark:
    components.note(f"{words.MARK_OF_ASSUMED} {words.ASSUMED_PRICES}")
components.assumed(page, RESTS_ON)
components.definitions(
    ["Revenue of the year", "Under these rates", "Rates all year", "Median bill", "Percentile"]
)
components.footer(page, as_of)
