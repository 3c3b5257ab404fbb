"""What does it do to a home?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import components, household_charts, households, rate_charts, words

DOT_HEIGHT, ABOVE_DOTS = 44, 90

page, places = components.open_page("What does it do to a home?", [1.5, 0.9, 1.3, 1.4, 1.5, 1])
as_of = page.utility["as_of_on"]
stages = page.ask("home_stages", utility=page.utility_id)
titles = dict(stages.select("scenario", "scenario_title").iter_rows())
with places[3]:
    scenario = st.selectbox(
        "Scenario", list(titles), format_func=lambda code: titles[code] or words.sentence(code),
        key="scenario_of", bind="query-params",
    )  # fmt: skip
of_scenario = stages.filter(pl.col("scenario") == scenario) if scenario else stages.clear()
years = of_scenario["fiscal_year"].to_list()
changed = of_scenario.filter("is_changed")["fiscal_year"].to_list()
with places[4]:
    year = st.selectbox(
        "Fiscal year", years, index=years.index(changed[0]) if changed else 0 if years else None,
        format_func=words.fiscal_year, key="year_of", bind="query-params",
    )  # fmt: skip
bills = page.ask(
    "home_bills", utility=page.utility_id, scenario=scenario or "", fiscal_year=year or as_of.year
)
told = households.listed(bills)
if told.is_empty():
    components.context_line(page, as_of, "Households")
    st.info(
        "**No bill of a home can be told.** Put a tariff into the utility's policy, name the typical home in "
        "`peers.yml`, and run `ratehouse run`."
    )
    components.footer(page, as_of)
    st.stop()

services = sorted(set(told["service"]), key=lambda code: (code != households.WHOLE, code))
with places[0]:
    service = st.selectbox(
        "Service", services, format_func=households.service, key="bill_of", bind="query-params"
    )
of_service = told.filter(pl.col("service") == service)
with places[1]:
    tariff_class = st.selectbox(
        "Class", of_service["tariff_class"].unique(maintain_order=True).to_list(),
        format_func=words.sentence, key="bill_class", bind="query-params",
    )  # fmt: skip
uses = of_service.filter(pl.col("tariff_class") == tariff_class).rows(named=True)
names = [households.use_name(row) for row in uses]
typical = next((place for place, row in enumerate(uses) if row["use_kind"] == "typical"), 0)
with places[2]:
    use = st.selectbox("Use of a month", names, index=typical, key="use", bind="query-params")
chosen = uses[names.index(use)]
when = words.fiscal_year(year) if year else "later years"
components.context_line(page, as_of, f"{households.service(service)}, {words.sentence(tariff_class).lower()}")

measures = page.ask(
    "affordability", utility=page.utility_id, scenario=scenario or "", fiscal_year=year or as_of.year
)
components.figures(households.figures(chosen, measures, when))
versions = page.ask("home_versions", utility=page.utility_id, service=service)
if later := households.later_versions(versions):
    components.note(
        f"{later} A scenario raises the rates in force now by what it assumes, and reads none of them."
    )
if helped := households.assistance(chosen):
    components.note(helped)

left, right = st.columns([1, 1.35], gap="medium")
after_label = f"In {when}"
with left:
    points = households.percentiles(told, service, tariff_class)
    if points.is_empty():
        components.heading("No bills of the class: its percentiles of use are not known.")
    else:
        dots = [households.dot_name(row, service) for row in points.iter_rows(named=True)]
        components.picture(
            households.dots_sentence(points, chosen, when),
            rate_charts.percentile_dots(
                dots, points["now_usd"].to_list(), points["after_usd"].to_list(),
                "account" if service == households.WHOLE else service,
                ABOVE_DOTS + DOT_HEIGHT * len(dots), after_label,
            ),
            "percentiles",
            "A month's bill of the typical home by service."
            if service == households.WHOLE
            else f"A month's bill, all charges and taxes, at each percentile of use of fiscal year "
            f"{points['usage_year'][0]}.",
        )  # fmt: skip
peers = page.ask(
    "peer_bills", utility=page.utility_id, service=service, scenario=scenario or "",
    fiscal_year=year or as_of.year,
)  # fmt: skip
with right:
    if peers.is_empty():
        components.heading("No neighbour's bill is known for this service: name some in peers.yml.")
    else:
        components.picture(
            households.peers_sentence(peers),
            household_charts.peer_dots([*map(households.peer_dot, peers.iter_rows(named=True))], after_label),
            "peers",
            f"Each at the neighbour's use and date; {words.MARK_OF_ASSUMED} where the source says less.",
        )

components.heading(f"Bills of a month now and in {when}, in dollars", "All charges and taxes.")
table = households.bills_table(households.parts_of(told, service))
components.table(table, households.bill_columns(table), tall="Bills of a month")
components.heading(
    "Is it affordable?",
    "A year of the typical home. A measure is taken only where the city bills the services that it is for.",
)
components.table(households.measures_table(measures), households.MEASURE_COLUMNS)
if not peers.is_empty():
    components.heading(
        "Neighbours' bills of a month, in dollars: first where the bill here is lowest beside theirs"
    )
    components.table(households.peers_table(peers), households.PEER_COLUMNS)
downloads = {
    "Bills as CSV": ("home_bills", told),
    "Affordability as CSV": ("affordability", measures),
    "Neighbours as CSV": ("peer_bills", peers),
}
for place, (label, (name, rows)) in zip(
    st.columns([1, 1, 1, 2], gap="small"), downloads.items(), strict=False
):
    with place:
        components.download(page, label, name, as_of, rows)
if chosen["is_assumed"] or measures["is_assumed"].any() or peers["is_assumed"].any():
    components.note(f"{words.MARK_OF_ASSUMED} {households.ASSUMED}")
components.assumed(page, r"^billing\.(gallons|cubic|converted|default_meter)")
components.definitions(
    ["Home's bill", "After", "Typical home", "Use percentile", "Neighbour's bill", "Affordability",
     "Household burden"],
)  # fmt: skip
components.footer(page, as_of)
