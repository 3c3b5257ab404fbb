"""Words of the pages on rates and costs: what codes of the finance marts are called on them."""

from __future__ import annotations

from decimal import Decimal

from dashboards import formats, words

BEFORE, AFTER = "before reserves", "after the planned draw"
EXISTING, ADOPTED = "existing_rates", "adopted"
PATHS = {EXISTING: "Rates as they are", ADOPTED: "Rates as the scenario plans them"}
YEAR_KINDS = {"actual": "books", "budget": "budget", "projection": "projected"}

SECTIONS = {
    "operating_expense": "Operating expense",
    "debt_service": "Debt payments",
    "rate_funded_capital": "Capital paid from rates",
    "transfer": "Transfers to the general fund",
    "reserve_contribution": "Put into reserves",
    "other_revenue": "Less other revenue",
}
ORIGINS = {
    "actual": "books",
    "budget": "budget",
    "projection": "the city's own forecast",
    "assumption": "as assumed",
    "schedule": "schedule of debt payments",
    "plan": "capital plan",
    "determinants": "bills at the rates in force",
    "carried": "last year known, with the assumed growth",
}
ASSUMPTION_ORIGINS = {
    "given": "given for the year",
    "carried": "carried forward",
    "measured": "measured",
    "neutral": "not given, changes nothing",
    "changed": "changed here",
}
LEAST_PATHS = {"least_level": "The same each year", "least_capped": "Under the cap, as late as possible"}
RESULTS = {
    "pass": "passes",
    "fail": "fails",
    "unknown": "not known",
    "not_applicable": "nothing to measure",
}
LIGHTS = {"pass": "passes", "fail": "fails", "unknown": "not known"}
SIGNS = {
    "pass": "\N{CHECK MARK}",
    "fail": "\N{MULTIPLICATION X}",
    "unknown": "?",
    "not_applicable": "\N{EN DASH}",
}
NO_REASON = "the books of this year do not tell"
SIDES = {"numerator": "What there is", "denominator": "What it is held against"}
ASSUMPTIONS = {
    "rate_adjustment_percent": "Adjustment of rates",
    "rate_effective_month": "Month of the fiscal year from which an adjustment holds",
    "rate_cap_percent": "Highest adjustment in a year",
    "growth_percent": "Growth of customers",
    "usage_growth_percent": "Change of use per customer",
    "usage_shock_percent": "Change of use in this year only",
    "elasticity": "Change of use for each percent that rates rise",
    "volumetric_share_percent": "Share of rate revenue that follows use",
    "uncollectible_percent": "Billed and not expected to be paid",
    "interest_percent": "Interest on the opening balance",
    "pilot_percent": "Payment in lieu of taxes, of rate revenue",
    "reserve_contribution_usd": "Put into reserves",
    "planned_reserve_draw_usd": "Planned draw on reserves",
    "debt_interest_percent": "Interest of debt to come",
    "debt_term_years": "Years in which debt to come is paid off",
    "capital_delay_years": "Years by which the capital plan moves later",
    "capital_share_percent": "Share of the capital plan that is done",
    "waiver_extension_usd": "Penalties not charged if a waiver goes on",
    "target_coverage": "Coverage that is asked",
    "target_days_cash": "Days of cash that are asked",
    "target_reserve_days": "Days of reserve that are asked",
    "target_operating_ratio": "Operating ratio that is asked",
    "target_depreciation_ratio": "Share of depreciation that is asked",
}
INFLATION = "inflation_percent."
CARRIED = (
    "operating_expense",
    "depreciation",
    "transfer",
    "other_operating_revenue",
    "non_operating_revenue",
)
BRIDGE = {
    "penalties": "Penalties collected",
    "disconnect_fees": "Shut-off and reconnect fees",
    "card_fees": "Card fees paid by the city",
    "uncollectible": "Written off",
    "carrying_cost": "Interest on money that came later",
}
NEVER_ADDED = (
    "A bridge, never an added line: the books of these years already contain it, and no later year carries "
    "it."
)
DELIVER = (
    "**The books of this utility are not loaded.** Deliver the extracts “ledger_balances” and "
    "“chart_of_lines” (and “debt_service”, “capital_plan” and “cash_balances” where the fund has them), "
    "write assumptions and tests into `assumptions.yml` of the utility, as docs/policy.md says, and run "
    "`ratehouse run`."
)


def fund(code: str) -> str:
    """A fund by its name."""
    return words.sentence(code)


def origin(code: str, category: str, line: str) -> str:
    """Where the amount of a line comes from."""
    if code != "assumption":
        return ORIGINS.get(code, words.sentence(code))
    if "interest" in line:
        return "opening balance at the assumed interest"
    if category in CARRIED:
        return "year before, with the assumed inflation"
    return ORIGINS[code]


def assumption(name: str) -> str:
    """What is assumed, in words."""
    if name.startswith(INFLATION):
        return f"Inflation: {words.sentence(name.removeprefix(INFLATION)).lower()}"
    if name in ASSUMPTIONS:
        return ASSUMPTIONS[name]
    stem, _, more = name.partition(".")
    return f"{ASSUMPTIONS.get(stem, words.sentence(stem))} ({words.sentence(more).lower()})" if more else (
        words.sentence(stem)
    )  # fmt: skip


def assumed_value(name: str, value: Decimal | None) -> str:
    """The value of an assumption with its unit."""
    if value is None:
        return formats.UNKNOWN
    if name.endswith("_usd"):
        return formats.usd_whole(value)
    if "percent" in name:
        return f"{formats.quantity(value)}{formats.THIN}%"
    if name.endswith("_years"):
        return formats.plural(int(value), "year")
    return formats.quantity(value)


def measured(measure: str, value: Decimal | None) -> str:
    """The value of a test: dollars, `1.44x`, or days."""
    if value is None:
        return formats.UNKNOWN
    if measure in ("difference", "usd"):
        return formats.usd_whole(value)
    if measure == "days":
        return f"{formats.count(int(value.quantize(Decimal(1), rounding='ROUND_HALF_UP')))} days"
    hundredths = value.quantize(formats.CENT, rounding="ROUND_HALF_UP")
    text = f"{abs(hundredths)}x"
    return f"{formats.MINUS}{text}" if hundredths < 0 else text


def asked(row: dict) -> str:
    """What a test asks: `at least 1.10x`."""
    limit = "at most" if row["comparison"] == "at_most" else "at least"
    if row["target_value"] is None:
        return "no target given"
    target = measured(row["measure"], row["target_value"])
    low, high = row["band_low_value"], row["band_high_value"]
    if row["comparison"] == "at_most" and high is not None:
        return f"{target}, passes up to {measured(row['measure'], high)}"
    if row["comparison"] == "at_least" and low is not None:
        return f"{target}, passes from {measured(row['measure'], low)} on"
    return f"{limit} {target}"


def verdict(row: dict) -> str:
    """What a test comes to, in a few words."""
    if row["result"] in ("pass", "fail"):
        said = measured(row["measure"], row["value"])
        # 1.098 against 1.10 fails: cut to hundredths it would read as what is asked.
        if row["result"] == "fail" and said == measured(row["measure"], row["target_value"]):
            said = formats.quantity(row["value"])
        return f"{said}, {RESULTS[row['result']]}"
    return f"{RESULTS[row['result']]}: {row['reason'] or NO_REASON}"


def year(fiscal_year: int, kind: str) -> str:
    """A fiscal year and what its numbers are."""
    return f"{words.fiscal_year(fiscal_year)} ({YEAR_KINDS[kind]})"
