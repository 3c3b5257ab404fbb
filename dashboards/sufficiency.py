"""Sections of the page that asks whether the rates are enough, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from html import escape

import polars as pl
import streamlit as st

from dashboards import components, formats, sufficiency_charts, tables, theme, words, year_table
from dashboards import sufficiency_figures as figures
from dashboards import sufficiency_words as terms

FUND_HEADERS = (
    "Fund", "Light", "Required tests passed", "Covers this year's costs",
    "After the planned draw on reserves", "Required adjustment",
)  # fmt: skip


def stop_without_books(page: components.Page, as_of: object) -> None:
    """Ends the page where no book of the utility was delivered, with what to do."""
    components.context_line(page, as_of, "No books")
    st.info(terms.DELIVER)
    components.footer(page, as_of)
    st.stop()


def light(code: str) -> str:
    """A light as HTML: a sign, a word and a colour."""
    return f'<span class="rh-{code}">{terms.SIGNS[code]} {terms.LIGHTS[code]}</span>'


def funds(rows: pl.DataFrame, chosen: str) -> None:
    """One line for each fund, never averaged; the chosen one is marked."""
    body = []
    for row in rows.iter_rows(named=True):
        is_known = row["is_sufficient"] is not None
        name = terms.fund(row["fund"]) + (
            " (shown below)" if row["fund"] == chosen and rows.height > 1 else ""
        )
        is_enough = is_known and row["deficiency_usd"] <= 0
        texts = [
            f"{row['passed_count']} of {row['required_count']}",
            _covered(row["is_sufficient"], row["surplus_usd"]),
            _covered(row["is_sufficient_after_draw"], row["surplus_after_draw_usd"]),
            "none" if is_enough else figures.percent(row["adjustment_in_year_pct"]),
        ]
        kind = ' class="chosen"' if row["fund"] == chosen else ""
        cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
        body.append(f"<tr{kind}><td>{escape(name)}</td><td>{light(row['light'])}</td>{cells}</tr>")
    heads = "".join(f"<th>{escape(text)}</th>" for text in FUND_HEADERS)
    table = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody>"
    st.html(f'<div class="rh-scroll"><table class="rh">{table}</table></div>')


def _covered(is_covered: bool | None, left_usd: Decimal) -> str:
    return figures.yes_no(is_covered) + ("" if is_covered is None else f"; {figures.balance(left_usd)}")


def say(sentence: str) -> None:
    """The page's answer."""
    st.html(f'<p class="rh-headline">{escape(sentence)}</p>')


def bullets(tests: pl.DataFrame, dagger: str) -> None:
    """Picture 1: each test against what is asked."""
    if tests.is_empty():
        components.heading(
            "No test of this fund is known.", "Write tests into `assumptions.yml` of the utility."
        )
        return
    shown = tests.sort(pl.col("is_required").not_(), "sort")
    failed = shown.filter(pl.col("is_required") & (pl.col("result") == "fail")).height
    required = shown.filter("is_required").height
    unknown = shown.filter(pl.col("result") == "unknown").height
    sentence = (
        "Every required test that can be told passes" if not failed else
        f"{formats.count(failed)} of {formats.plural(required, 'required test')} "
        f"{'fails' if failed == 1 else 'fail'}"
    ) + (f"; {formats.count(unknown)} cannot be told" if unknown else "")  # fmt: skip
    components.picture(
        f"{sentence}{dagger}", sufficiency_charts.bullets(shown), "bullets",
        "With rates as they are. Each row has its own scale; the dark mark is what is asked, the darker "
        "ground its band.",
    )  # fmt: skip


def revenue(answers: pl.DataFrame, flows: pl.DataFrame, fund: str) -> None:
    """Picture 2: what rates bring against what they must, by year."""
    known = answers.filter(
        pl.col("required_usd").is_not_null() & pl.col("existing_rate_revenue_usd").is_not_null()
    )
    if known.is_empty():
        components.heading("Revenue and requirement of no year are known.")
        return
    existing = dict(known.select("fiscal_year", "existing_rate_revenue_usd").iter_rows())
    required = dict(known.select("fiscal_year", "required_usd").iter_rows())
    kinds = dict(known.select("fiscal_year", "year_kind").iter_rows())
    planned = figures.of_line(flows, terms.ADOPTED, figures.RATES)
    ahead = [year for year in existing if kinds[year] != "actual"]
    short, still = (figures.first_short(ahead, bring, required) for bring in (existing, planned))
    sentence = (
        "Rates as they are bring what is required in every year ahead"
        if short is None
        else f"Rates as they are bring less than required from FY {short} on"
        if all(existing[year] < required[year] for year in ahead if year >= short)
        else f"Rates as they are bring less than required, first in FY {short}"
    )
    if any(planned.get(year) != existing[year] for year in ahead):
        sentence += (
            "; the planned adjustments bring enough" if still is None else
            f"; with the planned adjustments the first such year is FY {still}"
        )  # fmt: skip
    components.picture(
        sentence,
        sufficiency_charts.revenue_against_requirement(
            kinds, existing, planned, required, theme.SERVICES.get(fund, theme.NEUTRAL)
        ),
        "revenue",
        "Full columns are the books, pale ones expected, hatched what the planned adjustments add. "
        "Before reserves.",
    )


def reserves(flows: pl.DataFrame, tests: pl.DataFrame, kinds: Mapping[int, str]) -> None:
    """Picture 3: cash and investments at each year's end against what is asked."""
    lines = {
        name: found
        for name, path in (
            (terms.PATHS[terms.EXISTING], terms.EXISTING),
            ("With planned adjustments", terms.ADOPTED),
        )
        if (found := figures.of_line(flows, path, figures.ENDING))
    }
    if len(lines) == 2 and len({tuple(found.items()) for found in lines.values()}) == 1:
        lines.popitem()
    if not lines:
        components.heading(
            "What reserves do is not known: no cash balance was delivered.",
            "Deliver the extract “cash_balances”.",
        )
        return
    band = figures.reserve_band(tests.filter(pl.col("path") == terms.EXISTING))
    components.picture(
        reserve_sentence(lines, band, kinds),
        sufficiency_charts.reserves(kinds, lines, band),
        "reserves",
        "Unrestricted cash and investments at the end of each fiscal year. Solid as delivered, dashed "
        "expected; the pale band is what a test asks.",
    )


def reserve_sentence(
    lines: Mapping[str, Mapping[int, Decimal]], band: figures.Band | None, kinds: Mapping[int, str]
) -> str:
    """When reserves run out, or fall below what is asked, on the first line."""
    name, amounts = next(iter(lines.items()))
    ahead = [year for year in sorted(amounts) if kinds[year] != "actual"]
    gone = next((year for year in ahead if amounts[year] < 0), None)
    low = dict(zip(band.years, band.low, strict=True)) if band else {}
    below = next((year for year in ahead if year in low and amounts[year] < low[year]), None)
    start = f"{name}: " if len(lines) > 1 else ""
    if gone:
        said = f"reserves are used up in FY {gone}"
        said += f", and below what is asked from FY {below}" if below and below < gone else ""
    elif below:
        said = f"reserves fall below what is asked in FY {below}"
    else:
        said = "reserves stay above what is asked" if band else "reserves last through the years shown"
    return (start + said) if start else said[:1].upper() + said[1:]


def _steps(steps: list[figures.Step], amount: str) -> None:
    rows = [("total" if step.is_sum else "", [step.name, step.how, step.result]) for step in steps]
    st.html(tables.text_table(["", "How", amount], rows, left=2))


def arithmetic(answer: Mapping, lines: pl.DataFrame, tests: pl.DataFrame) -> None:
    """The required adjustment, every step from the lines on."""
    components.heading(
        "The required adjustment, step by step",
        "Before reserves; every line in dollars of the fiscal year. Other revenue is taken off.",
    )
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        _steps(figures.need_rows(lines), "Dollars")
    with right:
        if answer["need_usd"] is not None and answer["required_usd"] is not None:
            _steps(figures.adjustment_steps(answer, tests), "Result")
        else:
            components.note(answer["reason"] or terms.NO_REASON)


def tests_opened(tests: pl.DataFrame, lines: pl.DataFrame) -> None:
    """Every test down to its lines, with the words that ask for it."""
    components.heading("Each test and its lines", "With rates as they are.")
    for row in tests.sort(pl.col("is_required").not_(), "sort").iter_rows(named=True):
        mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
        sign = terms.SIGNS[row["result"]]
        label = f"{sign} {row['title']}: {terms.verdict(row)}; asked {terms.asked(row)}{mark}"
        with st.expander(components.escaped(label)):
            kind = "required" if row["is_required"] else "for information"
            rate = (
                "decides the required adjustment too"
                if row["sets_rates"]
                else "does not decide the adjustment"
            )
            said = [f"{words.sentence(kind)}, {rate}."]
            said += [f"The ordinance or policy: “{row['ordinance']}”"] if row["ordinance"] else []
            said += [f"Source: {row['source']}"] if row["source"] else ["No source is named; it is assumed."]
            said += [f"How it is read: {row['convention']}"] if row["convention"] else []
            for sentence in said:
                components.note(sentence)
            _test_lines(row, lines.filter(pl.col("test_id") == row["test_id"]))


def _test_lines(test: Mapping, lines: pl.DataFrame) -> None:
    shown: list[tuple[str, list[str]]] = []
    for side, name in terms.SIDES.items():
        part = lines.filter(pl.col("side") == side)
        if part.is_empty():
            continue
        shown.append(("part", [name]))
        for row in part.iter_rows(named=True):
            shown.append(
                ("", [row["title"] or "not delivered", formats.amount(row["sign"] * row["amount_usd"])])
            )
        shown.append(("total", ["Sum", formats.amount(test[f"{side}_usd"])]))
    if test["result"] in ("pass", "fail"):
        how = {
            "ratio": "what there is \N{DIVISION SIGN} what it is held against",
            "days": "365 \N{MULTIPLICATION SIGN} what there is \N{DIVISION SIGN} what it is held against",
        }.get(test["measure"], "what there is \N{MINUS SIGN} what it is held against")
        shown.append(("total", [f"Result: {how}", terms.measured(test["measure"], test["value"])]))
    if test["required_rate_revenue_usd"] is not None:
        shown.append(
            ("", ["It just passes with rate revenue of", formats.amount(test["required_rate_revenue_usd"])])
        )
    st.html(tables.text_table(["Line", "Dollars"], shown))


def least_paths(rows: pl.DataFrame) -> None:
    """The least adjustments with which every required test passes, or which test forbids them."""
    if rows.is_empty():
        components.heading("The least rate path", "No year is left in which rates may move.")
        return
    first = rows.row(0, named=True)
    years = rows["fiscal_year"].unique().sort().to_list()
    unknown = f" Not known, and so not asked: {first['unknown_tests']}." if first["unknown_tests"] else ""
    components.heading(
        "The least rate path that passes every required test in every year ahead",
        f"No adjustment holds before {formats.day(first['first_possible_on'])}: the notice takes so long. "
        f"At most {formats.quantity(first['cap_percent'])} % in a year.{unknown}",
    )
    shown = []
    for path, part in rows.group_by("path", maintain_order=True):
        by_year = {row["fiscal_year"]: row for row in part.iter_rows(named=True)}
        if part["is_found"][0]:
            cells = [figures.percent(by_year[year]["adjustment_percent"]) for year in years]
            shown.append(("", [terms.LEAST_PATHS[path[0]], *cells]))
        else:
            title = part["forbidding_title"][0] or part["forbidding_test_id"][0]
            components.note(
                f"{terms.LEAST_PATHS[path[0]]}: none exists. Even at the cap, {title} fails in "
                f"{words.fiscal_year(part['forbidding_year'][0])}."
            )
    if shown:
        st.html(tables.text_table(["", *map(words.fiscal_year, years)], shown))


def many_years(page: components.Page, flows: pl.DataFrame, fund: str, as_of: object) -> None:
    """The multi-year table as consultants print it, with rates as they are or as planned."""
    components.heading(
        "The years ahead, line by line",
        "Whole dollars; the download has cents. A dash: no such line in that year.",
    )
    path = st.segmented_control(
        "Rates of the table", list(terms.PATHS), default=terms.ADOPTED, format_func=terms.PATHS.get,
        key="rates", bind="query-params", required=True, label_visibility="collapsed",
    )  # fmt: skip
    shown = flows.filter(pl.col("path") == path)
    st.html(
        tables.text_table(["", *year_table.headers(shown)], year_table.rows(shown), wide="Multi-year table")
    )
    components.download(page, "Multi-year table as CSV", f"cash_flow_{fund}", as_of, flows)
