"""What does a service cost, and who decided it?"""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import bill_calculator, components, formats, pricing, rate_charts, rates, tariff_tables, words

VERSION_COLUMNS = {
    "effective_from_on": "From",
    "until": "Until",
    "follows": "Rates follow",
    "ordinance": "Ordinance",
    "sources": "Sources",
    "assumed": "Assumed",
}
PRICE_COLUMNS = {
    "classes": "Class",
    "charge": "Charge",
    "season_words": "Season",
    "price": "Price",
    "counts": "Counted by",
    "cap": "At most",
    "source": "Source",
}
CHANGE_COLUMNS = {"what": "Price", "before": "Before", "after": "Now", "change_pct": "Change"}

page, places = components.open_page("What does a service cost, and who decided it?", [1.6, 0.9, 1.2, 1, 1.8])
as_of = page.utility["as_of_on"]
rows = page.ask("tariffs", utility=page.utility_id)
if rows.is_empty():
    components.context_line(page, as_of, "Tariffs")
    st.info("**No tariff is known.** Put one into the utility's policy and run `ratehouse run`.")
    components.footer(page, as_of)
    st.stop()
known = pricing.tariffs(rows)
with places[0]:
    service = st.selectbox(
        "Service",
        sorted(set(rows["service"])),
        format_func=words.service,
        key="tariff_of",
        bind="query-params",
    )
of_service = rows.filter(pl.col("service") == service)
classes = tariff_tables.largest_first(page, of_service)
with places[1]:
    tariff_class = st.selectbox(
        "Class", classes, format_func=words.sentence, key="tariff_class", bind="query-params"
    )
of_class = of_service.filter(pl.col("tariff_class") == tariff_class)
versions = sorted(set(of_class["effective_from_on"]))
in_force = bill_calculator.version_on(known, service, tariff_class, as_of).effective_from_on
with places[2]:
    version = st.selectbox(
        "Version", versions[::-1], index=versions[::-1].index(in_force), format_func=formats.day,
        key="tariff_from", bind="query-params",
    )  # fmt: skip
components.context_line(page, as_of, f"{words.service(service)}, version of {formats.day(version)}")
tariff = known[service, tariff_class, version]
earlier = [day for day in versions if day < version]
before = known[service, tariff_class, earlier[-1]] if earlier else None
named = of_class.filter(pl.col("effective_from_on") == version).row(0, named=True)
class_name = words.sentence(tariff_class).lower()

unit, _ = rates.measured_by(tariff.prices)
use = Decimal(pricing.TYPICAL_USE.get(unit, "0"))
at = f"at {formats.quantity(use)} {words.unit(unit)}" if unit else "a month"
seasons = pricing.seasons(tariff.prices)
steps = {
    words.season(season): [
        pricing.totals(page, one, pricing.typical(one.prices, [use], season=season))[0]
        for one in (known[service, tariff_class, day] for day in versions)
    ]
    for season in seasons or [""]
}
first = next(iter(steps.values()))
place = versions.index(version)
where = f"{at}{f', {words.season(seasons[0])}' if seasons else ''}"
components.figures(
    tariff_tables.figures(tariff, before, named, where, first[place], first[place - 1] if before else None)
)
components.picture(
    f"A month's bill of {class_name} {where}: {formats.usd(first[0])} from {formats.day(versions[0])}, "
    f"{formats.usd(first[-1])} from {formats.day(versions[-1])}."
    if len(versions) > 1
    else f"A month's bill of {class_name} {at} is {formats.usd(first[0])}; one version is known.",
    rate_charts.bill_steps(versions, steps, as_of, service),
    "versions",
    "All charges and taxes of the service, the smallest meter, by the engine that recomputes every bill."
    + (f" {words.MARK_OF_ASSUMED}" if of_class["is_assumed"].any() else ""),
)

components.heading(f"Prices of {words.service(service).lower()} from {formats.day(version)}, by class")
components.table(
    tariff_tables.price_rows(of_service.filter(pl.col("effective_from_on") == version), known, classes),
    PRICE_COLUMNS,
)
components.download(
    page, "Prices as CSV", "tariff", as_of, of_service.filter(pl.col("effective_from_on") == version)
)
if before:
    changes = rates.changes(before.prices, tariff.prices)
    components.heading(
        f"What changed for {class_name} against the version of {formats.day(before.effective_from_on)}",
        "Nothing." if changes.is_empty() else "",
    )
    if not changes.is_empty():
        components.table(changes, CHANGE_COLUMNS)
components.heading(f"Versions of {words.service(service).lower()}, the newest first")
components.table(tariff_tables.version_rows(of_service), VERSION_COLUMNS)

day = as_of if version == in_force else version
bill_calculator.show(page, known, tariff, day, as_of)
if of_service["is_assumed"].any():
    components.note(f"{words.MARK_OF_ASSUMED} {words.ASSUMED_SOURCE}")
components.assumed(page, r"^billing\.(prorate|months)")
components.definitions(["Version", "Bill calculator"])
components.footer(page, as_of)
