"""What a year's answers say: the headline, its figures, the adjustment step by step. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from dashboards import formats
from dashboards import sufficiency_words as terms

ZERO = Decimal("0.00")
Row = Mapping[str, object]


def yes_no(is_covered: bool | None) -> str:
    """An answer in a word."""
    return "not known" if is_covered is None else ("yes" if is_covered else "no")


def balance(amount: Decimal) -> str:
    """What is left, or short."""
    if amount == 0:
        return "nothing is left and nothing is short"
    return f"{formats.usd_whole(amount)} is left" if amount > 0 else f"{formats.usd_whole(-amount)} is short"


def headline(answer: Row, planned_usd: Decimal | None = None) -> str:
    """Both answers in one sentence, in the council's words.

    Args:
        answer: of the year, with rates as they are.
        planned_usd: what is left before reserves with the adjustments that the scenario plans.
    """
    when = terms.year(answer["fiscal_year"], answer["year_kind"])
    if answer["is_sufficient"] is None:
        return (
            f"{when}: it is not known whether this year's rates cover this year's costs; {answer['reason']}."
        )
    before = (
        f"{when}: this year's rates cover this year's costs: {yes_no(answer['is_sufficient'])}; "
        f"{balance(answer['surplus_usd'])}"
    )
    planned = ""
    if planned_usd is not None and planned_usd != answer["surplus_usd"]:
        planned = (
            f" With the planned adjustments of rates: {yes_no(planned_usd >= 0)}; {balance(planned_usd)}."
        )
    if not answer["planned_draw_usd"]:
        return f"{before}. No use of reserves is planned.{planned}"
    return (
        f"{before}; after using {formats.usd_whole(answer['planned_draw_usd'])} of reserves: "
        f"{yes_no(answer['is_sufficient_after_draw'])}; {balance(answer['surplus_after_draw_usd'])}."
        f"{planned}"
    )


def percent(value: Decimal | None) -> str:
    """An adjustment with its sign, to a hundredth: `+6.09 %`."""
    if value is None:
        return formats.UNKNOWN
    hundredths = value.quantize(formats.CENT, rounding=ROUND_HALF_UP)
    return f"{formats.MINUS if hundredths < 0 else '+'}{abs(hundredths)}{formats.THIN}%"


def month_of(answer: Row, start_month: int) -> date:
    """The first day of the fiscal year's month from which an adjustment holds."""
    months = start_month - 1 + answer["effective_month"] - 1
    first_year = answer["fiscal_year"] - (start_month > 1)
    return date(first_year + months // 12, months % 12 + 1, 1)


def adjustment_note(answer: Row, start_month: int) -> tuple[str, str]:
    """The required adjustment and when it holds: value and comparison."""
    if answer["is_sufficient"] is None or answer["adjustment_full_year_pct"] is None:
        return formats.UNKNOWN, answer["reason"] or terms.NO_REASON
    if answer["deficiency_usd"] <= 0:
        more = formats.usd_whole(-answer["deficiency_usd"])
        return "None", f"rates bring {more} more than the year requires"
    since = f"{formats.month(month_of(answer, start_month))}, month {answer['effective_month']} of the year"
    whole = f"{percent(answer['adjustment_full_year_pct'])} if it held all year and nobody used less"
    if answer["adjustment_in_year_pct"] is None:
        return formats.UNKNOWN, f"no adjustment from {since}, on brings that much; {whole}"
    return percent(answer["adjustment_in_year_pct"]), f"from {since}, on; {whole}"


def light_note(answer: Row, tests: pl.DataFrame) -> tuple[str, str]:
    """The fund's light: how many of the required tests pass, and which do not."""
    required = tests.filter(pl.col("is_required") & (pl.col("result") != "not_applicable"))
    passed = required.filter(pl.col("result") == "pass").height
    not_passed = required.filter(pl.col("result") != "pass")
    light = f"{terms.SIGNS[answer['light']]} {terms.LIGHTS[answer['light']]}"
    if required.is_empty():
        return light, "no required test can be told"
    said = "; ".join(
        f"{row['title']} {'fails' if row['result'] == 'fail' else 'is not known'}"
        for row in not_passed.iter_rows(named=True)
    )
    return f"{formats.count(passed)} of {formats.count(required.height)}", (
        f"the fund {terms.LIGHTS[answer['light']]}{f': {said}' if said else ''}"
    )


def figures(answer: Row, tests: pl.DataFrame, start_month: int, meaning: Mapping[str, str]) -> list[tuple]:
    """The four figures of the page: label, value, comparison, definition."""
    is_known = answer["is_sufficient"] is not None
    value, note = adjustment_note(answer, start_month)
    passed, said = light_note(answer, tests)
    before, after = answer["surplus_usd"], answer["surplus_after_draw_usd"]
    draw = answer["planned_draw_usd"]
    costs = answer["existing_rate_revenue_usd"] + answer["other_revenue_usd"] - before
    return [
        (
            "Shortfall before reserves" if before < 0 else "Surplus before reserves",
            formats.usd_tile(before) if is_known else formats.UNKNOWN,
            f"rates {formats.usd_tile(answer['existing_rate_revenue_usd'])}, other revenue "
            f"{formats.usd_tile(answer['other_revenue_usd'])}, costs {formats.usd_tile(costs)}"
            if is_known else answer["reason"] or terms.NO_REASON,
            meaning["Before reserves"],
        ),
        (
            "Shortfall after the planned draw" if after < 0 else "Surplus after the planned draw",
            formats.usd_tile(after) if is_known else formats.UNKNOWN,
            f"with {formats.usd_whole(draw)} of reserves" if draw else "no draw on reserves is planned",
            meaning["After the planned draw"],
        ),
        ("Required adjustment", value, note, meaning["Required adjustment"]),
        ("Required tests passed", passed, said, meaning["Light of a fund"]),
    ]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A step of the arithmetic: what it is, how it is worked out, what comes out."""

    name: str
    how: str
    result: str
    is_sum: bool = False


def need_rows(lines: pl.DataFrame) -> list[Step]:
    """Every line of the requirement under its part, each part with its sum, and what rates must pay."""
    steps, total = [], ZERO
    for section, part in lines.group_by("section", maintain_order=True):
        amounts = [row["need_usd"] for row in part.iter_rows(named=True)]
        for row, amount in zip(part.iter_rows(named=True), amounts, strict=True):
            how = terms.origin(row["origin"], row["category"], row["line"])
            if amount == 0 and row["amount_usd"] != 0:
                how = "a percent of the rates themselves: solved with them below"
            steps.append(Step(row["title"], how, formats.amount(amount)))
        subtotal = sum(amounts, ZERO)
        total += subtotal
        steps.append(Step(terms.SECTIONS[section[0]], "sum", formats.amount(subtotal), is_sum=True))
    return [*steps, Step("Rates must pay", "the sums above", formats.amount(total), is_sum=True)]


def _shares(answer: Row) -> tuple[Decimal, str]:
    """What of each dollar billed pays the need, and how that reads."""
    pilot, lost = answer["pilot_percent"] or ZERO, answer["uncollectible_percent"] or ZERO
    taken = " \N{MINUS SIGN} ".join(
        text for share, text in (
            (pilot, f"{formats.quantity(pilot)} % payment in lieu of taxes"),
            (lost, f"{formats.quantity(lost)} % not expected to be paid"),
        ) if share
    )  # fmt: skip
    return 1 - (pilot + lost) / 100, taken


def adjustment_steps(answer: Row, tests: pl.DataFrame) -> list[Step]:
    """From what rates must pay to the adjustment, each step with its own arithmetic."""
    need, existing = answer["need_usd"], answer["existing_rate_revenue_usd"]
    share, taken = _shares(answer)
    steps = []
    if share > 0:
        billed = (need / share).quantize(formats.CENT, rounding=ROUND_HALF_UP)
        how = f"{formats.usd(need)} \N{DIVISION SIGN} (100 % \N{MINUS SIGN} {taken})" if taken else (
            "nothing is taken off: no percent payment in lieu of taxes, all that is billed is paid"
        )  # fmt: skip
        steps.append(Step("To be billed, so that so much is left to pay it", how, formats.usd(billed)))
    setting = tests.filter(pl.col("sets_rates") & pl.col("required_rate_revenue_usd").is_not_null())
    for row in setting.filter(pl.col("is_coverage")).iter_rows(named=True):
        asked = terms.asked(row)
        steps.append(
            Step(f"To be billed for: {row['title']}", f"{asked}; solved for rate revenue",
                 formats.usd(row["required_rate_revenue_usd"]))
        )  # fmt: skip
    governing = "the year's costs" if answer["governing_test_id"] == "cash" else next(
        iter(tests.filter(pl.col("test_id") == answer["governing_test_id"])["title"]),
        answer["governing_test_id"],
    )  # fmt: skip
    origin = terms.ORIGINS.get(answer["existing_origin"], answer["existing_origin"] or "")
    year = answer["based_on_year"]
    based = f", of fiscal year {year}, grown to this year" if year else ""
    required, deficiency = answer["required_usd"], answer["deficiency_usd"]
    word = "Short" if deficiency > 0 else "More than required"
    steps += [
        Step(
            "Required revenue from rates",
            f"the greatest; decided by {governing}",
            formats.usd(required),
            True,
        ),
        Step("Rates as they are bring", f"{origin}{based}", formats.usd(existing)),
        Step(
            word,
            f"{formats.usd(required)} \N{MINUS SIGN} {formats.usd(existing)}",
            formats.usd(deficiency),
            True,
        ),
    ]
    if answer["adjustment_full_year_pct"] is None:
        return [*steps, Step("Adjustment", answer["reason"] or terms.NO_REASON, formats.UNKNOWN, True)]
    weight = (answer["effective_weight"] * 100).quantize(formats.CENT, rounding=ROUND_HALF_UP)
    basis = {
        "service_days": "by days of service and when they are billed",
        "months": "by months, no bills are loaded",
    }[answer["weight_basis"]]
    ratio = f"{formats.usd(required)} \N{DIVISION SIGN} {formats.usd(existing)} \N{MINUS SIGN} 1"
    steps += [
        Step("Adjustment if it held all year", ratio, percent(answer["adjustment_full_year_pct"])),
        Step("The same, where people use less as it costs more", "with the assumed answer of use",
             percent(answer["adjustment_with_elasticity_pct"])),
        Step("Share of the year's bills that it reaches",
             f"from month {answer['effective_month']} on, {basis}", f"{weight}{formats.THIN}%"),
        Step("Required adjustment", "so much more from the bills that it reaches, with less use",
             percent(answer["adjustment_in_year_pct"]), True),
        Step("After the planned draw, if it held all year",
             f"{formats.usd(answer['required_after_draw_usd'])} required after using "
             f"{formats.usd(answer['planned_draw_usd'])} of reserves",
             percent(answer["adjustment_after_draw_pct"])),
    ]  # fmt: skip
    return steps


@dataclass(frozen=True)
class Band:
    """The reserve that a test asks for, in dollars by fiscal year; without a band low is high."""

    title: str
    years: list[int]
    low: list[Decimal]
    high: list[Decimal]


def reserve_band(tests: pl.DataFrame) -> Band | None:
    """The target of the reserve, from the test of days that has a band, else from the first one."""
    days = tests.filter((pl.col("measure") == "days") & pl.col("target_value").is_not_null())
    days = days.filter(pl.col("denominator_usd") > 0)
    if days.is_empty():
        return None
    is_banded = pl.col("band_low_value").is_not_null() | pl.col("band_high_value").is_not_null()
    banded = days.filter(is_banded)
    chosen = (banded if banded.height else days).row(0, named=True)["test_id"]
    rows = days.filter(pl.col("test_id") == chosen).sort("fiscal_year").rows(named=True)

    def dollars(row: Row, column: str) -> Decimal:
        value = row[column] if row[column] is not None else row["target_value"]
        return value * row["denominator_usd"] / 365

    return Band(
        title=rows[0]["title"],
        years=[row["fiscal_year"] for row in rows],
        low=[dollars(row, "band_low_value") for row in rows],
        high=[dollars(row, "band_high_value") for row in rows],
    )


def of_line(flows: pl.DataFrame, path: str, line: str) -> dict[int, Decimal]:
    """A row of the multi-year table by fiscal year."""
    rows = flows.filter((pl.col("path") == path) & (pl.col("line") == line))
    return dict(rows.select("fiscal_year", "amount_usd").sort("fiscal_year").iter_rows())


ENDING, SURPLUS, RATES = "ending_balance:ending_balance", "total:surplus", "total:rate_revenue"


def first_short(
    years: Sequence[int], revenue: Mapping[int, Decimal], required: Mapping[int, Decimal]
) -> int | None:
    """The first of the years in which rates bring less than required."""
    return next((year for year in years if year in revenue and revenue[year] < required[year]), None)
