"""What bills do to a home, in words and rows: pure functions of what the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from dashboards import formats, words
from dashboards.definitions import DEFINITIONS
from dashboards.household_charts import PeerDot

ASSUMED = (
    "marks what is assumed: a price, a fact about households or a neighbour's bill that has no source, or "
    "whose source says less."
)
WHOLE = "all"  # the service that is the whole bill of the typical home
RESULTS = {
    "within": "within the limit",
    "above": "above the limit",
    "not_applicable": "does not apply",
    "unknown": "not known",
    "low": "low",
    "moderate_low": "moderate to low",
    "moderate_high": "moderate to high",
    "high": "high",
    "very_high": "very high",
}
FACTS = {
    "median_income_usd": "Median income",
    "lowest_quintile_income_usd": "Highest income of the lowest fifth",
    "essential_costs_usd": "Essential costs of the 20th percentile",
    "minimum_wage_usd": "Minimum wage",
    "below_twice_poverty_percent": "Households below twice the poverty line",
}
BILL_COLUMNS = {
    "of": "Service and class",
    "use": "Use of a month",
    "now_usd": "Now",
    "after_usd": "After",
    "change_usd": "Change",
    "change_pct": "Change",
}
# Parts of the bill after, where there are any.
PART_COLUMNS = {"after_for_others_usd": "Of it taxes", "after_pilot_usd": "Of it in lieu of taxes"}
PLURALS = {"gal": "gallons", "cf": "cubic feet"}
MEASURE_COLUMNS = {
    "title": "What is measured",
    "now": "Now",
    "after": "After",
    "limit": "At most",
    "said": "Verdict",
    "facts": "What households live on",
    "guide": "Says who",
}
PEER_COLUMNS = {
    "name": "Neighbour",
    "of": "Service",
    "use": "Use of a month",
    "when": "As of",
    "peer_usd": "There",
    "own_usd": "Here, now",
    "difference_usd": "Difference",
    "difference_pct": "Difference",
    "own_then_usd": "Here, at that time",
    "after_usd": "Here, after",
    "origin": "Source",
}


def service(code: str) -> str:
    """A service, or all of them."""
    return "Whole bill" if code == WHOLE else words.service(code)


def quantity(use: Decimal, unit: str | None) -> str:
    """A use of a month: `6 ccf`."""
    return f"{formats.quantity(use)} {PLURALS.get(unit, words.unit(unit))}" if unit else "any use"


def use_name(row: Mapping) -> str:
    """A use with what it is: `6 ccf, typical`, `4.31 ccf, 25th percentile`."""
    if row["service"] == WHOLE:
        return "Typical home"
    named = quantity(row["usage_quantity"], row["usage_unit"])
    if row["use_kind"] == "percentile":
        return f"{named}, {row['percentile']}th percentile"
    return f"{named}, typical" if row["use_kind"] == "typical" else named


def listed(bills: pl.DataFrame) -> pl.DataFrame:
    """The bills of `home_bills` that are told one by one: those for neighbours' uses stand beside theirs."""
    return bills.filter(pl.col("use_kind") != "peer")


def parts_of(told: pl.DataFrame, of_service: str) -> pl.DataFrame:
    """The rows of the table: all uses and classes of a service, or what the whole bill is made of."""
    if of_service == WHOLE:
        return told.filter(pl.col("use_kind") == "typical")
    return told.filter(pl.col("service") == of_service)


def percentiles(bills: pl.DataFrame, of_service: str, tariff_class: str) -> pl.DataFrame:
    """The rows of the first picture: a class's percentiles, or each service of the typical home."""
    if of_service == WHOLE:
        return bills.filter((pl.col("use_kind") == "typical") & (pl.col("service") != WHOLE))
    return bills.filter(
        (pl.col("use_kind") == "percentile")
        & (pl.col("service") == of_service)
        & (pl.col("tariff_class") == tariff_class)
    ).sort("percentile")


def dot_name(row: Mapping, of_service: str) -> str:
    """What a line of the first picture is called."""
    if of_service != WHOLE:
        return f"{row['percentile']}th, {quantity(row['usage_quantity'], row['usage_unit'])}"
    if row["usage_unit"] is None:
        return words.service(row["service"])
    return f"{words.service(row['service'])}, {quantity(row['usage_quantity'], row['usage_unit'])}"


def dots_sentence(rows: pl.DataFrame, chosen: Mapping, when: str) -> str:
    """The sentence over the first picture."""
    changes = rows["change_usd"].to_list()
    if not any(changes):
        return f"Nothing changes until {when}: the scenario adjusts no rate by then."
    if chosen["service"] == WHOLE:
        return f"In {when} the whole bill is {formats.usd_change(chosen['change_usd'])} a month from now."
    least, most = formats.usd_change(min(changes)), formats.usd_change(max(changes))
    spread = least if least == most else f"{least} to {most}"
    return f"In {when} a month's bill is {spread} from now."


def figures(row: Mapping, measures: pl.DataFrame, when: str) -> list[tuple[str, str, str, str]]:
    """The bill now and after, what that makes in a year, and the measure that fits the city's services."""
    mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
    name = use_name(row)
    before = (
        f"since {formats.day(row['now_from_on'])}, {formats.usd_change(row['last_change_usd'])}, "
        f"{formats.pct(row['last_change_pct'])}"
        if row["before_usd"] is not None
        else "the oldest rates known"
    )
    a_year = row["after_annual_usd"] - row["now_annual_usd"]
    return [
        (f"A month now{mark}", formats.usd(row["now_usd"]), f"{name}; {before}", DEFINITIONS["Home's bill"]),
        (
            f"A month in {when}{mark}",
            formats.usd(row["after_usd"]),
            f"{formats.usd_change(row['change_usd'])}, {formats.pct(row['change_pct'])} from now",
            DEFINITIONS["After"],
        ),
        (
            f"More in a year{mark}",
            formats.usd_change(a_year),
            f"{formats.usd(row['after_annual_usd'])} a year instead of {formats.usd(row['now_annual_usd'])}",
            DEFINITIONS["After"],
        ),
        _measure_figure(measures, when),
    ]


def _measure_figure(measures: pl.DataFrame, when: str) -> tuple[str, str, str, str]:
    """The first measure of all of the city's water services that could be taken: both, else the only one."""
    taken = {row["measure"]: row for row in measures.iter_rows(named=True) if row["reason"] is None}
    order = ("both_of_median_income", "sewer_of_median_income", "water_of_median_income")
    row = next((taken[name] for name in order if name in taken), None)
    label = "Share of the median income"
    if row is None:
        return label, formats.UNKNOWN, "no measure could be taken", DEFINITIONS["Affordability"]
    named = " and ".join(row["services"].split(","))
    mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
    after = row["measured_value"] if row["after_value"] is None else row["after_value"]
    limit = formats.pct(row["threshold_value"])
    return (
        f"{label}{mark}",
        formats.pct(row["measured_value"]),
        f"{named}; {formats.pct(after)} in {when}; the guide says at most {limit}",
        DEFINITIONS["Affordability"],
    )


def bills_table(bills: pl.DataFrame) -> pl.DataFrame:
    """A row for each use, with words for what it is."""
    named = bills.with_columns(
        of=pl.Series([_of(row) for row in bills.iter_rows(named=True)], dtype=pl.String),
        use=pl.Series([use_name(row) for row in bills.iter_rows(named=True)], dtype=pl.String),
    )
    return named.select(*BILL_COLUMNS, *PART_COLUMNS)


def bill_columns(table: pl.DataFrame) -> dict[str, str]:
    """The columns of the table; a part that no bill has is left out."""
    return BILL_COLUMNS | {column: label for column, label in PART_COLUMNS.items() if any(table[column])}


def _of(row: Mapping) -> str:
    if row["service"] == WHOLE:
        return service(WHOLE)
    meter = f', {row["meter_size"]}" meter' if row["meter_size"] else ""
    return f"{words.service(row['service'])}, {words.sentence(row['tariff_class']).lower()}{meter}"


def measures_table(measures: pl.DataFrame) -> pl.DataFrame:
    """A row for each measure: value, limit, verdict, the facts with year and source, the guide."""
    rows = []
    for row in measures.iter_rows(named=True):
        unit = row["unit"]
        after = row["after_result"] or row["result"]
        said = RESULTS[row["result"]]
        if row["reason"] is not None:
            said = f"{said}: {_reason(row['reason'])}"
        elif after != row["result"]:
            said = f"{said}, then {RESULTS[after]}"
        rows.append({
            "title": row["title"],
            "now": _measured(row["measured_value"], unit),
            "after": _measured(row["after_value"], unit),
            "limit": _limit(row),
            "said": said,
            "facts": "; ".join(_facts(row)),
            "guide": f"{row['guide']}, {row['guide_year']}",
        })  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(MEASURE_COLUMNS, pl.String), orient="row")


def _measured(value: Decimal | None, unit: str) -> str:
    if value is None:
        return formats.UNKNOWN
    if unit == "hours":
        return f"{value.quantize(Decimal('0.01'))}{formats.THIN}h"
    return f"{value.quantize(Decimal('0.01'))}{formats.THIN}%"


def _limit(row: Mapping) -> str:
    limit = row["threshold_value"]
    if limit is None:
        return "a matrix"
    unit = "h" if row["unit"] == "hours" else "%"
    return f"{formats.quantity(limit)}{formats.THIN}{unit}"


def _reason(reason: str) -> str:
    """Why a measure is not taken, with the fact's name in words."""
    for code, name in FACTS.items():
        reason = reason.replace(code, name.lower())
    return reason


def _facts(row: Mapping) -> list[str]:
    """The facts that a measure rests on: what, how much, of which year, from where."""
    found = []
    for part in ("", "second_"):
        code, value = row[f"{part}fact_name"], row[f"{part}fact_value"]
        if code is None or value is None:
            continue
        amount = formats.pct(value) if code.endswith("_percent") else formats.usd(value)
        if value == value.to_integral_value() and not code.endswith(("_percent", "wage_usd")):
            amount = formats.usd_whole(value)
        source = row[f"{part}fact_source"] or f"assumed {words.MARK_OF_ASSUMED}"
        found.append(f"{FACTS[code]} {amount}, {row[f'{part}fact_year']}, {source}")
    return found


def assistance(row: Mapping) -> str:
    """What a home in the city's assistance programme pays now; empty where there is none."""
    if not row["assistance_usd"]:
        return ""
    less, left = formats.usd(row["assistance_usd"]), formats.usd(row["now_usd"] - row["assistance_usd"])
    return (
        f"A home that the city's assistance programme helps pays up to {less} less a month: {left} now. "
        "No figure here takes it off."
    )


def when_of(row: Mapping) -> str:
    """When a neighbour's bill was so: the day, or the year."""
    return formats.day(row["as_of_on"]) if row["is_day_known"] else str(row["as_of_year"])


def peer_dot(row: Mapping) -> PeerDot:
    """A neighbour in the second picture."""
    mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
    use = quantity(row["peer_quantity"], row["peer_unit"])
    return PeerDot(
        name=f"{row['peer_title']}{mark}, {words.service(row['service']).lower()}<br>{use}, {when_of(row)}",
        service=row["service"],
        peer_usd=row["peer_usd"],
        own_usd=row["own_usd"],
        after_usd=row["after_usd"],
    )


def peers_sentence(peers: pl.DataFrame) -> str:
    """The sentence over the second picture."""
    known = peers.filter(pl.col("difference_usd").is_not_null())
    below = known.filter(pl.col("difference_usd") < 0).height
    return f"For the same use, the bill here is lower than {below} of {known.height} neighbours' bills."


def peers_table(peers: pl.DataFrame) -> pl.DataFrame:
    """A row for each neighbour's bill, with its day and source."""
    rows = list(peers.iter_rows(named=True))
    texts = {
        "name": [row["peer_title"] for row in rows],
        "of": [words.service(row["service"]) for row in rows],
        "use": [quantity(row["peer_quantity"], row["peer_unit"]) for row in rows],
        "when": [when_of(row) for row in rows],
        "origin": [_origin(row) for row in rows],
    }
    return peers.with_columns(
        pl.Series(column, values, dtype=pl.String) for column, values in texts.items()
    ).select(*PEER_COLUMNS)


def _origin(row: Mapping) -> str:
    """Source and note of a neighbour's bill."""
    mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
    note = f". {row['note']}" if row["note"] else ""
    return f"{row['source'] or 'No source'}{mark}{note}"


def later_versions(versions: pl.DataFrame) -> str:
    """Which rates the tariff already holds for days after the as-of date; empty where there are none."""
    now = versions.filter(pl.col("is_now"))
    later = (
        []
        if now.is_empty()
        else versions.filter(pl.col("effective_from_on") > now["effective_from_on"][0]).rows(named=True)
    )
    told = ", ".join(
        f"{formats.usd(row['amount_usd'])} from {formats.day(row['effective_from_on'])}" for row in later
    )
    return f"The tariff files already hold later rates: the typical home pays {told}." if told else ""
