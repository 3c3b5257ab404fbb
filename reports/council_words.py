"""The council's words: sentences on funds and tests, and what the words mean (definitions of the domain guide)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dashboards import formats, words

HUNDREDTH = Decimal("0.01")
RESULTS = {"pass": "met", "fail": "not met", "unknown": "not known", "not_applicable": "does not apply"}
VERDICTS = {True: "yes", False: "no", None: "not known"}
KINDS = {"actual": "actual", "budget": "budget", "projection": "projected"}
ORIGINS = {
    "actual": "what the books show",
    "projection": "the city's own forecast",
    "determinants": "the bills of {year} at the rates in force, grown to {fiscal_year}",
    "budget": "the budget",
    "carried": "the year {year}, grown to {fiscal_year}",
}
BASES = {
    "service_days": "by days of service and delay of billing",
    "months": "by months, as no bills are loaded",
}
PATHS = {"least_level": "the same every year", "least_capped": "under the cap of each year"}

# Every term that the report uses and a council may ask about, with what it means.
MEANINGS = {
    "Rates cover costs": "This year's rates cover this year's costs: yes or no. What rates and other revenue bring, less "
    "what is not expected to be paid, against operations, debt payments, capital paid from rates, payments to the "
    "general fund and what is put into reserves. Reserves are left out of the first answer; the second is after the "
    "planned use of reserves.",
    "Rates as they are": "The rates in force on the as-of date, for every later year, without any adjustment. Revenue "
    "moves with the number of customers and their use only.",
    "The year requires": "The rate revenue at which the year's costs are paid and every test that sets rates is met: "
    "the greatest of them. It is what is billed, so it includes what will not be paid and, where it is a percentage of "
    "rates, the payment in lieu of taxes.",
    "Not expected to be paid": "The part of every $100 billed that the clean years, without outages and waivers, show as "
    "never paid. It counts once, as less revenue, and is in no cost.",
    "Operating expense": "What it costs to run the utility in the year: people, power and treatment, chemicals, contracts, "
    "materials, billing and collection, administration. Depreciation, the wear of what was built, is not in it.",
    "Net revenue": "Revenue less what is not expected to be paid and less operating expense.",
    "Debt payments covered": "$1.44 means $1.44 of net revenue for each $1 of debt payment due in the year. What the "
    "ordinance or the policy asks stands beside it. Senior bonds are paid first, loans of the state's revolving fund from "
    "what they leave. The dearest year of debt to come: the greatest payment of any year from then on, loans to come "
    "included.",
    "Payment in lieu of taxes": "What a utility pays to the city's general fund as a private one would pay taxes. Where "
    "it is a percentage of rates, it grows with them, and both are solved together.",
    "Capital paid from rates": "Pipes, plants and equipment paid for out of the year's rates; what reserves, loans and "
    "grants pay is not in it.",
    "Reserves": "Unrestricted cash and investments, never the net position of the books. Days of reserves: how many "
    "days of operating expense they would pay for.",
    "Required test": "A test that the council's policy or an ordinance asks for. Its wording stands in the assumptions. "
    "A fund passes when all of its required tests are met; funds are never averaged.",
    "Adjustment": "The percentage by which every rate would have to move. Full year: billed on all of the year, nobody "
    "using less. In the year: from the first month in which it can hold, with people using a little less as it costs "
    "more.",
    "Least rate path": "The smallest adjustments that meet every required test in every year to come, found by trying "
    "them all: the same every year, or year by year under a cap. None comes before the hearing and notice period is "
    "over.",
    "Cap": "The most that a year's adjustment may be; the council names it.",
    "Scenario": "A named set of assumptions on growth, costs, capital and rates. Another one gives other figures.",
    "A home": "A home with the use named beside it, for water and sewer a home using 6 ccf a month; 1 ccf is 100 cubic feet, "
    "748 gallons. Electricity is in kWh, kilowatt-hours.",
    "Affordable": "Each measure stands on the services that it is made for; its limit is a guide's, not a law's. AR20 is its "
    "author's name for the share of what a household at the 20th percentile has left. A matrix judges a share beside the "
    "share of households in need, not by one limit. Percentile: at the 20th percentile a fifth have that or less.",
    "Owed": "What was owed on the day named, by how late, from the due date in force. Over 90 days late: 91 days or more. "
    "Its share is of all that is open, before money received and not yet applied.",
    "Only came late": "Money that was paid, but later than it would have been. Lost: what never comes.",
    "Best estimate": "People would have paid sooner without the event; months without events tell how. The range "
    "holds nine of ten repeats. Rules applied to what happened: payments as they were, only the rule put back.",
    "Assumed": "A value that no public source gives. It is marked with a dagger \N{DAGGER} and has an owner and a date in "
    "the city's files.",
}  # fmt: skip


def fund(code: str) -> str:
    """A fund by its name."""
    return words.sentence(code)


def year_end(fiscal_year: int, start_month: int) -> tuple[date, date]:
    """The first day and the last of a fiscal year, named by the year in which it ends."""
    first = date(fiscal_year if start_month == 1 else fiscal_year - 1, start_month, 1)
    following = date(first.year + 1, first.month, 1)
    return first, date.fromordinal(following.toordinal() - 1)


def month_of(fiscal_year: int, start_month: int, month: int) -> date:
    """The first day of a month of a fiscal year; 1 is its first."""
    first, _ = year_end(fiscal_year, start_month)
    later = first.month - 1 + month - 1
    return date(first.year + later // 12, later % 12 + 1, 1)


def percent(value: Decimal | None) -> str:
    """A percentage of rates to the hundredth, as rates are adopted: `2.40 %`."""
    if value is None:
        return formats.UNKNOWN
    cut = Decimal(value).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    return f"{formats.MINUS if cut < 0 else ''}{abs(cut)}{formats.THIN}%"


def times(value: Decimal | None) -> str:
    """A ratio: `1.44x`."""
    return f"{formats.usd(value).replace('$', '')}x" if value is not None else formats.UNKNOWN


def measured(test: Mapping, value: Decimal | None) -> str:
    """A value of a test in its own unit."""
    if value is None:
        return formats.UNKNOWN
    if test["measure"] == "difference":
        return formats.usd(value)
    if test["measure"] == "days":
        return f"{formats.tenths(value)} days"
    return formats.usd(value) if test["is_coverage"] else times(value)


def said(test: Mapping) -> str:
    """What a test comes to and what is asked, short."""
    if test["value"] is None:
        return test["reason"] or "not known"
    bound = "at least" if test["comparison"] == "at_least" else "at most"
    each = " for each $1" if test["is_coverage"] else ""
    return f"{measured(test, test['value'])}{each}; {bound} {measured(test, test['target_value'])}"


def test_sentence(test: Mapping) -> str:
    """A test in the council's words."""
    if test["is_coverage"] and test["value"] is not None:
        return (
            f"{test['title'].lower()}: {formats.usd(test['value'])} of net revenue for each $1 of debt payment, where "
            f"{formats.usd(test['target_value'])} is asked"
        )
    if test["value"] is None:
        return f"{test['title'].lower()}: {test['reason'] or 'not known'}"
    bound = "at least" if test["comparison"] == "at_least" else "at most"
    asks = f"{bound} {measured(test, test['target_value'])} is asked"
    return f"{test['title'].lower()}: {measured(test, test['value'])}, where {asks}"


def listed(parts: Iterable[str]) -> str:
    """Names in a row: `a, b and c`."""
    found = list(parts)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def answer(row: Mapping, tests: Iterable[Mapping]) -> tuple[tuple[str, bool], ...]:
    """A fund's answer in a sentence, with the verdict in bold.

    Args:
        row: of `council_answers`.
        tests: of the fund and the year, on rates as they are.
    """
    name = fund(row["fund"])
    if row["is_sufficient"] is None or row["required_usd"] is None:
        why = row["reason"] or "the books do not tell"
        return ((f"{name}: not known. ", True), (f"{why[:1].upper()}{why[1:]}.", False))
    brings, asks = formats.usd(row["existing_rate_revenue_usd"]), formats.usd(row["required_usd"])
    gap = row["deficiency_usd"]
    share = formats.pct(formats.share(abs(gap), row["existing_rate_revenue_usd"]))
    told = f"Rates as they are bring {brings}, and the year requires {asks}: "
    told += f"{formats.usd(abs(gap))}, {share} of what they bring, is {'missing' if gap > 0 else 'left'}"
    draw = row["planned_draw_usd"]
    after = (
        f"; after using {formats.usd(draw)} of reserves: {VERDICTS[row['is_sufficient_after_draw']]}."
        if draw
        else "; no use of reserves is planned."
    )
    return (
        (f"{name}: {VERDICTS[row['is_sufficient']]}. ", True),
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
    met = sum(test["result"] == "pass" for test in asked)
    of = f"{met} of {formats.plural(len(asked), 'required test')} {'is' if met == 1 else 'are'} met"
    if met == len(asked):
        return f"{of}."
    unknown = sum(test["result"] == "unknown" for test in asked)
    parts = [test_sentence(test) for test in failed]
    tail = f"; {unknown} cannot be judged" if unknown else ""
    return f"{of}{tail}{f'; not met: {listed(parts)}' if parts else ''}."


def _is_headline(test: Mapping, surplus: Decimal | None) -> bool:
    return test["measure"] == "difference" and test["value"] == surplus
