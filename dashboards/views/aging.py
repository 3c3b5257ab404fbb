"""How late is what is owed?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import charts, components, formats, statement, tables, words
from dashboards.definitions import DEFINITIONS, SETTLEMENT

LISTED = 500
EVERY = 10_000_000
RESTS_ON_DUE_DATES = r"^(penalty\.due|fees\.due|billing\.due)|due_date_extension"
RESTS_ON_ORDER = r"^order in which payments"
SORTS = {
    "past_due_usd": "most past due",
    "over_120_usd": "most over 120 days",
    "total_usd": "most owed",
    "unapplied_usd": "most unapplied credit",
}

page, places = components.open_page("How late is what is owed?", [2.2, 1.15, 0.95, 1, 1, 1, 1])
built_as_of = page.utility["as_of_on"]
values = page.ask("filter_values", utility=page.utility_id).row(0, named=True)
with places[0]:
    as_of = st.date_input(
        "As of",
        built_as_of,
        min_value=page.utility["first_posted_on"],
        max_value=built_as_of,
        format="YYYY-MM-DD",
        key="as_of",
        bind="query-params",
    )
with places[1]:
    basis = st.selectbox(
        "Aged from", list(words.BASES), format_func=words.BASES.get, key="basis", bind="query-params"
    )
with places[2]:
    services = components.choose("Service", "service", values["services"], words.service)
with places[3]:
    classes = components.choose("Class", "class", values["classes"], words.sentence)
with places[4]:
    groups = components.choose("Group", "group", values["billing_groups"], words.group)
with places[5]:
    statuses = components.choose("Status", "status", values["statuses"], words.status)
filters = {"services": services, "classes": classes, "groups": groups, "statuses": statuses}
is_filtered = any(filters.values())
components.context_line(page, as_of, "Filtered" if is_filtered else "All funds")

asked = {"utility": page.utility_id, "as_of": as_of, "basis": basis, **filters}
buckets = page.ask("buckets", **asked)
everyone = buckets.filter(pl.col("dimension") == "all")
if everyone["total_usd"].null_count():
    st.info("**Nothing is owed here.** Choose another day, or take a filter away.")
    components.footer(page, as_of)
    st.stop()
owed = everyone.row(0, named=True)
past_due = sum(owed[column] for column in list(words.BUCKETS)[1:])
over_90 = owed["d91_120_usd"] + owed["over_120_usd"]
gross = owed["total_usd"] + owed["unapplied_usd"]
since = f"the {words.BASES[basis].lower()}"
late, late_word = ("past due", "late") if basis == "due_date" else ("older than the day of the bill", "old")
dagger = page.dagger(RESTS_ON_DUE_DATES)
components.figures(
    [
        components.owed_figure(owed, owed["open_account_count"]),
        (
            f"{late[:1].upper()}{late[1:]}{dagger}",
            formats.usd_tile(past_due),
            f"{formats.pct(formats.share(past_due, gross))} of the open items of {formats.usd(gross)}",
            DEFINITIONS["Days late"],
        ),
        (
            f"Over 90 days {late_word}{dagger}",
            formats.usd_tile(over_90),
            f"{formats.pct(formats.share(over_90, gross))} of the open items; {formats.usd(over_90)}",
            DEFINITIONS["Over 90 days"],
        ),
        (
            words.UNAPPLIED,
            formats.usd_tile(-owed["unapplied_usd"]),
            "not set against what others owe",
            DEFINITIONS["Unapplied credit"],
        ),
    ]
)

dimension = st.segmented_control(
    "Split by",
    list(words.DIMENSIONS),
    default="service",
    format_func=words.DIMENSIONS.get,
    key="split",
    bind="query-params",
    required=True,
)
split = buckets.filter(pl.col("dimension") == dimension)
names = [words.member(dimension, code) for code in split["member"]]
opened = split.select(pl.Series("name", names), gross_usd=pl.col("total_usd") + pl.col("unapplied_usd"))
largest = opened.sort("gross_usd").row(-1, named=True)
order = page.ask("application_order", utility=page.utility_id)
components.picture(
    f"{largest['name']} carries {formats.pct(formats.share(largest['gross_usd'], gross))} of the open items "
    f"of {formats.usd(gross)} on {formats.day(as_of)}, aged from {since}."
    if gross
    else f"No item is open on {formats.day(as_of)}; what stands is unapplied credit.",
    charts.bucket_bars(split, names, basis),
    "buckets",
    components.order_note(order) if dimension == "service" else "",
)
labels = words.bucket_labels(basis) | {"unapplied_usd": words.UNAPPLIED, "total_usd": "Owed"}
head = f"{words.DIMENSIONS[dimension]}, dollars, aged from {since}"
named = tables.credit_below_zero(split).select(pl.Series("name", names), *labels)
components.table(tables.with_total(named, "name"), {"name": head, **labels}, has_total=True)
components.download(
    page, "Buckets as CSV", "buckets", as_of, buckets.with_columns(pl.lit(basis).alias("aged_from"))
)

months = page.ask("aging_by_month", utility=page.utility_id, as_of=as_of, **filters)
if not months.is_empty():
    events = page.ask("events", utility=page.utility_id, as_of=as_of)
    is_late_only = st.segmented_control(
        "Trend of", [False, True], default=False, key="trend", bind="query-params", required=True,
        format_func={False: "All open items", True: "Past due only"}.get,
    )  # fmt: skip
    share, peak_on = max(
        zip(charts.shares_over_90(months), months["month_end_on"], strict=True), key=lambda end: end[0] or 0
    )
    components.picture(
        f"The share over 90 days late was highest in {formats.month(peak_on)}, {formats.pct(share)} "
        f"of the open items; "
        f"on {formats.day(months['month_end_on'][-1])} it was "
        f"{formats.pct(charts.shares_over_90(months)[-1])}.",
        charts.aging_trend(months, events, as_of, is_late_only=is_late_only, height=380),
        "months",
        "Owed at each month end with the same filters, always aged from the due date. Grey: outage, "
        "waiver or suspension.",
    )

asked_account = statement.account_list(page, asked, as_of, LISTED, EVERY, SORTS)
if asked_account:
    statement.show(page, asked_account, as_of)
components.assumed(page, f"{RESTS_ON_DUE_DATES}|{RESTS_ON_ORDER}")
components.definitions(["Owed", "Days late", "Over 90 days", "Unapplied credit"], SETTLEMENT)
components.footer(page, as_of)
