"""The words of the workbook of rates: what it is, what may be changed, what its terms mean."""

from __future__ import annotations

ABOUT = (
    "What the utility must collect, what the rates in force bring, which tests pass, and which "
    "adjustment closes the gap, for every year of the multi-year table. All sums, tests, balances"
    " and adjustments are live formulas.",
    "A figure shown without calculating is that of the build named here, to the cent. After a "
    "change this file holds your answer, and no longer that of the build.",
)
HOW_TO = (
    "Change the yellow cells: assumptions of the years to come on the sheet Assumptions, and "
    "amounts of the capital plan. Each year is a cell of its own: to hold a value from a year on,"
    " copy it to the right.",
    "An adjustment of the rates: rate_adjustment_percent in the year, and rate_effective_month (1"
    " is the first month of the fiscal year). Revenue, what is not paid, payments in lieu of "
    "taxes, interest, balances and tests of that year and all later ones follow.",
    "Later capital: capital_delay_years, whole years. Smaller capital: capital_share_percent. "
    "Debt to come follows from what the plan borrows, debt_interest_percent and debt_term_years "
    "(30 years at most are shown, or what the build has).",
    "Actual years are the books: they do not change, but for the share that is not expected to be paid.",
    "Percentages are numbers of percent: 7.5 is 7.5 %. An amount is rounded to the cent once, "
    "where the build rounds it.",
)
MEANINGS = {
    "Need": (
        "Operation and maintenance, debt service, capital paid from rates, transfers and "
        "contributions to reserves, less other revenue. Debt-, grant- and reserve-funded capital is"
        " never also paid from rates."
    ),
    "Required rate revenue": (
        "Need / (1 - share paid in lieu of taxes - share not expected to be paid), shares of billed"
        " rate revenue; or more where a test that sets rates asks for more."
    ),
    "Sufficient": (
        "This year's rates cover this year's costs: yes or no; after using the planned draw on "
        "reserves: yes or no. The first is the headline."
    ),
    "Adjustment": (
        "The percent by which rates must move. Whole year: as if every bill of the year had the new"
        " price. From the effective month on: only the share of the year's bills for service after "
        "it, by service days and billing lag."
    ),
    "Use and price": (
        "People use less where a price rises: a rise of p brings (1 + p) x (1 + elasticity x share "
        "that moves with use x p) times the revenue."
    ),
    "Not expected to be paid": (
        "Of every $100 billed, so many dollars are not expected to be paid: a stated average of "
        "clean years. It stands once, as a reduction of revenue, and never also among the expenses."
    ),
    "Coverage": (
        "Pledged revenue, net of what is not expected to be paid, less operating expense without "
        "depreciation, for each $1 of debt payment due in the year. A payment in lieu of taxes is "
        "below net revenue unless the ordinance says otherwise; each test prints what it counts."
    ),
    "Days of operations": (
        "Unrestricted cash and investments divided by a day's operating expense, depreciation left out."
    ),
    "Interest": (
        "The balance at the beginning of the year times the percent, so that nothing goes in a circle."
    ),
    "Balance": (
        "Unrestricted cash and investments, never net position. In actual years the line for money "
        "not yet received or paid is what moved cash beside the lines."
    ),
    "With rates as they are": (
        "No adjustment after the last year of books. With the adjustments assumed: the scenario's path."
    ),
    "Days late": (
        "As-of date less the due date in force; 0 or less is not yet due. Credits not yet applied "
        "have no service and never age. All ages less these credits are the balance of the ledger."
    ),
}
NAMES = {
    "rate_adjustment_percent": "Adjustment of rates in the year",
    "rate_effective_month": "Month of the fiscal year from which it holds",
    "elasticity": "Change of use for each change of price",
    "volumetric_share_percent": "Share of revenue that moves with use",
    "growth_percent": "Growth of accounts",
    "usage_growth_percent": "Growth of use for each account",
    "usage_shock_percent": "Less or more use in this year only",
    "uncollectible_percent": "Billed and not expected to be paid",
    "interest_percent": "Interest on the balance at the beginning",
    "pilot_percent": "Paid in lieu of taxes, of rate revenue (0: a fixed sum)",
    "reserve_contribution_usd": "Contribution to reserves",
    "planned_reserve_draw_usd": "Planned draw on reserves",
    "debt_interest_percent": "Interest on debt to come",
    "debt_term_years": "Years in which debt to come is paid back",
    "capital_delay_years": "Capital plan: years later",
    "capital_share_percent": "Capital plan: share that is built",
    "waiver_extension_usd": "Penalties not charged where a waiver is extended",
    "rate_cap_percent": "The most that a year's adjustment may be",
}
# Read by the search for the least rate path, which a formula cannot be.
NOT_LIVE = ("rate_cap_percent",)
UNITS = {"percent": "percent", "usd": "dollars", "month": "month", "years": "years", "days": "days"}


def name_of(assumption: str) -> str:
    """An assumption in words."""
    if assumption in NAMES:
        return NAMES[assumption]
    kind, _, line = assumption.partition(".")
    words = line.replace("_", " ")
    if kind == "inflation_percent":
        return f"Rise of prices: {words}"
    if kind.startswith("target_"):
        asked = kind.removeprefix("target_").replace("_", " ")
        return f"Target: {asked}" + (f", {words}" if words else "")
    return assumption.replace("_", " ")


def unit_of(assumption: str) -> str:
    """The unit that a name ends in."""
    return UNITS.get(assumption.partition(".")[0].rsplit("_", 1)[-1], "")
