"""The council's words: sentences on funds and tests, and what the words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from dashboards import formats, words
from dashboards import sufficiency_figures as figures
from dashboards import sufficiency_words as page
from dashboards.definitions import DEFINITIONS

LEVEL, CAPPED = "least_level", "least_capped"  # least rate paths

# What the report says and the pages do not.
OWN = {
    "Covers its costs": "This year's rates cover this year's costs: yes or no; after using so much "
    "of reserves: yes or no. The "
    "first is the headline: reserves can be used once.",
    "Operating expense": "What it costs to run the utility in the year: people, power and "
    "treatment, chemicals, contracts, "
    "materials, billing and collection, administration. Depreciation, the wear of what was built, "
    "is not in it.",
    "Debt payments": "Principal and interest due in the year. Senior bonds are paid first, loans of "
    "the state's revolving "
    "fund from what they leave. The dearest year of debt to come: the greatest payment of any year "
    "from then on, "
    "loans to come included.",
    "Payment in lieu of taxes": "What a utility pays to the city's general fund as a private one "
    "would pay taxes. Where it is "
    "a percentage of rates it grows with them, and both are solved together.",
    "Capital paid from rates": "Pipes, plants and equipment paid for out of the year's rates; what "
    "reserves, loans and grants "
    "pay is not in it.",
    "Units": "1 ccf is 100 cubic feet of water, 748 gallons; a typical home uses 6 ccf a month. 1 "
    "kWh is a kilowatt-hour of "
    "electricity.",
    "AR20, matrix": "AR20 is the share that water and sewer take of what a household at the 20th percentile "
    "of incomes has left after essential costs; at the 20th percentile a fifth of households have that or "
    "less. A matrix judges a share beside the share of households in need, not by one limit (household "
    "burden).",
    "Scenario": "A named set of assumptions on growth, costs, capital and rates; another one gives "
    "other figures. The cap is "
    "the most that a year's adjustment may be in it.",
    "Assumed": f"{words.MARK_OF_ASSUMED}: no public source gives the value. It has an owner and a "
    "date in the city's files.",
}
# What both say, in the words of the pages.
SHARED = (
    "Before reserves", "Revenue at existing rates", "Not expected to be paid", "Coverage", "Reserves",
    "Light of a fund", "Required adjustment", "Part of a year", "Least rate path", "After",
    "Neighbour's bill", "Household burden", "Owed", "Over 90 days", "Only came late",
    "Rules applied, best estimate, range",
)  # fmt: skip
MEANINGS = dict(sorted((OWN | {name: DEFINITIONS[name] for name in SHARED}).items()))


def year_end(fiscal_year: int, start_month: int) -> tuple[date, date]:
    """The first day and the last of a fiscal year, named by the year in which it ends."""
    first = date(fiscal_year if start_month == 1 else fiscal_year - 1, start_month, 1)
    following = date(first.year + 1, first.month, 1)
    return first, date.fromordinal(following.toordinal() - 1)


def said(test: Mapping) -> str:
    """What a test comes to and what is asked, short: `$2.34 for each $1; at least $1.25`."""
    if test["value"] is None:
        return test["reason"] or page.NO_REASON
    if test["is_coverage"] and test["target_value"] is not None:
        return f"{dollars(test)} for each $1; {_bound(test)} {formats.usd(test['target_value'])}"
    return f"{value(test)}; {page.asked(test)}"


def dollars(test: Mapping) -> str:
    """A coverage as dollars for each $1 of debt payment; exact where cents would read as what is asked."""
    cents = formats.usd(test["value"])
    is_alike = test["result"] == "fail" and cents == formats.usd(test["target_value"])
    return f"${formats.quantity(test['value'])}" if is_alike else cents


def value(test: Mapping) -> str:
    """A value in its own unit, as the page says it; exact where it would read as what is asked."""
    if test["measure"] == "difference":
        return formats.usd(test["value"])
    told = page.measured(test["measure"], test["value"])
    is_alike = test["result"] == "fail" and told == page.measured(test["measure"], test["target_value"])
    return formats.quantity(test["value"]) if is_alike else told


def _bound(test: Mapping) -> str:
    return "at most" if test["comparison"] == "at_most" else "at least"


def test_sentence(test: Mapping) -> str:
    """A test in the council's words."""
    title = test["title"].lower()
    if test["value"] is None:
        return f"{title}: {test['reason'] or page.NO_REASON}"
    if test["is_coverage"] and test["target_value"] is not None:
        asks = formats.usd(test["target_value"])
        return f"{title}: {dollars(test)} of net revenue for each $1 of debt payment, where {asks} is asked"
    return f"{title}: {value(test)}; asked: {page.asked(test)}"


def listed(parts: Iterable[str]) -> str:
    """Names in a row: `a, b and c`."""
    found = list(parts)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def answer(row: Mapping, tests: Iterable[Mapping]) -> tuple[tuple[str, bool], ...]:
    """A fund's answer in a sentence, with the verdict in bold.

    Args:
        row: of `sufficiency_answers`.
        tests: of the fund and the year, on rates as they are.
    """
    name = page.fund(row["fund"])
    if row["is_sufficient"] is None or row["required_usd"] is None:
        why = row["reason"] or page.NO_REASON
        return ((f"{name}: not known. ", True), (f"{why[:1].upper()}{why[1:]}.", False))
    brings, asks = formats.usd(row["existing_rate_revenue_usd"]), formats.usd(row["required_usd"])
    gap = row["deficiency_usd"]
    share = formats.pct(formats.share(abs(gap), row["existing_rate_revenue_usd"]))
    is_over = row["year_kind"] == "actual"
    told = (
        f"Rates brought {brings}, and the year required {asks}: " if is_over
        else f"Rates as they are bring {brings}, and the year requires {asks}: "
    )  # fmt: skip
    told += f"{formats.usd(abs(gap))}, {share} of rates, {'was' if is_over else 'is'} "
    told += "missing" if gap > 0 else "left"
    draw = row["planned_draw_usd"]
    after = (
        f"; after using {formats.usd(draw)} of reserves: {figures.yes_no(row['is_sufficient_after_draw'])}."
        if draw
        else "; no use of reserves is planned."
    )
    return (
        (f"{name}: {figures.yes_no(row['is_sufficient'])}. ", True),
        (f"{told}{after} {required(tests, row['surplus_usd'])}", False),
    )


def required(tests: Iterable[Mapping], surplus: Decimal | None) -> str:
    """How many of the required tests are met, and which are not, but for the one that the answer has said.

    Args:
        tests: of a fund and a year.
        surplus: dollars that are left, or missing, after all costs: what the answer is about.
    """
    asked = [test for test in tests if test["is_required"] and test["result"] != "not_applicable"]
    if not asked:
        return "No test is required."
    failed = [test for test in asked if test["result"] == "fail" and not _is_headline(test, surplus)]
    passed = sum(test["result"] == "pass" for test in asked)
    unknown = sum(test["result"] == "unknown" for test in asked)
    of = f"{passed} of {formats.plural(len(asked), 'required test')} {'passes' if passed == 1 else 'pass'}"
    told = "; ".join(map(test_sentence, failed))
    parts = [of, f"{unknown} cannot be told" if unknown else "", f"failed: {told}" if told else ""]
    return f"{'; '.join(filter(None, parts))}."


def _is_headline(test: Mapping, surplus: Decimal | None) -> bool:
    return test["measure"] == "difference" and test["value"] == surplus
