"""The council report's pictures of a fund: tests, revenue against requirement, reserves in days."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from dashboards import formats, theme
from dashboards import sufficiency_words as words
from reports import council_words as terms
from reports.council_picture import FAINT, FULL, GRID, HALF, INK, Axis, Picture, axis, value_grid

SOURCE = "ledger, budget, debt, capital plan, assumptions"
ROW, MOST_HEIGHT = 10.2, 120.0
PALE = "#DDE2E7"
MOST = Decimal(2)  # of what is asked, where a bar is cut


def tests(fund: str, rows: Sequence[dict], fiscal_year: int) -> Picture:
    """A bullet for each test: its value as a share of what is asked, and what is asked."""
    shown = [row for row in rows if row["result"] != "not_applicable"]
    required = [row for row in shown if row["is_required"]]
    others = [row for row in shown if not row["is_required"]]
    passed = sum(row["result"] == "pass" for row in required)
    name = words.fund(fund)
    title = (
        f"{name}: {passed} of {formats.plural(len(required), 'required test')} "
        f"{'passes' if passed == 1 else 'pass'} in fiscal year {fiscal_year}"
    )
    row_height = min(ROW, MOST_HEIGHT / max(len(shown), 1))
    height = row_height * (len(shown) + (1 if others else 0)) + 16
    picture = Picture(
        f"tests-{fund}", title,
        f"{title}. " + "; ".join(f"{row['title']}: {terms.said(row)}, "
            f"{words.RESULTS[row['result']]}" for row in shown) + ".",
        f"{SOURCE}; rates as they are. A full bar is twice what is asked or more"
        + "; grey: the target's band" * any(row["band_low_value"] is not None for row in shown), FULL, height,
    )  # fmt: skip
    left, right = 200.0, 276.0
    asked = left + (right - left) / 2
    picture.words(asked - 30, 5, 60, "what is asked", "center", paint=FAINT)
    y = 17.0
    for row in required:
        _bullet(picture, row, y, left, right, asked)
        y += row_height
    if others:
        picture.words(0, y, left, "Looked at, not required", paint=FAINT)
        y += row_height
    for row in others:
        _bullet(picture, row, y, left, right, asked)
        y += row_height
    picture.line([(asked, 10), (asked, height)], 1.2)
    return picture


def _bullet(picture: Picture, row: dict, y: float, left: float, right: float, asked: float):
    """One test: band, bar, words."""
    picture.words(0, y, left - 4, _short(row["title"]))
    half, is_met = asked - left, row["result"] == "pass"
    if row["band_low_value"] is not None and row["target_value"]:
        low, high = (float(row[key] / row["target_value"]) for key in ("band_low_value", "band_high_value"))
        picture.box(left + low * half, y - 5, (high - low) * half, 10, fill=PALE)
    part = share_of_asked(row)
    if part is not None:
        length = float(min(max(part, Decimal(0)), MOST)) * half
        paint = theme.PASSED if is_met else theme.FAILED
        picture.box(
            left, y - 3, length, 6, fill=paint if is_met else "", hatch="" if is_met else paint, edge=paint
        )
    picture.line([(left, y - 5.5), (left, y + 5.5)], 0.4, paint=FAINT)
    picture.words(right + 6, y, 148, terms.said(row) if row["value"] is not None else "not known")
    picture.words(right + 146, y, 46, words.RESULTS[row["result"]], "right", bold=not is_met)


def _short(title: str) -> str:
    """A title that fits beside its bar."""
    return title if len(title) <= 62 else f"{title[:60].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def share_of_asked(row: dict) -> Decimal | None:
    """A test's value as a share of what is asked: of a difference, what comes in to what goes out."""
    if row["value"] is None:
        return None
    if row["measure"] == "difference":
        return row["numerator_usd"] / row["denominator_usd"] if row["denominator_usd"] else MOST
    return row["value"] / row["target_value"] if row["target_value"] else MOST


def _years(picture: Picture, years: Sequence[int], kinds: Sequence[str], left: float, step: float, y: float):
    """Fiscal years below an axis; a line parts what was from what is to come."""
    for place, (year, kind) in enumerate(zip(years, kinds, strict=True)):
        picture.words(
            left + place * step,
            y,
            step,
            f"\N{RIGHT SINGLE QUOTATION MARK}{year % 100:02d}",
            "center",
            paint=FAINT,
        )
        if place and kinds[place - 1] == "actual" != kind:
            at = left + place * step
            picture.line([(at, 12), (at, y - 5)], 0.6, paint=FAINT, dash="dotted")
            picture.words(at + 2, 15, 80, "to come", paint=FAINT, size=6.5)


def revenue(fund: str, rows: pl.DataFrame, fiscal_year: int) -> Picture:
    """Revenue at rates as they are as columns, what the year requires as a step line."""
    name = words.fund(fund)
    row = rows.row(by_predicate=pl.col("fiscal_year") == fiscal_year, named=True)
    last = rows.row(-1, named=True)
    what = "less than is required" if row["deficiency_usd"] > 0 else "what is required"
    title = f"{name}: rates as they are bring {what} in {fiscal_year}"
    if last["fiscal_year"] != fiscal_year and last["deficiency_usd"] > 0:
        title += f"; in {last['fiscal_year']}, {formats.usd_tile(last['deficiency_usd'])} is missing"
    told = "; ".join(
        f"{one['fiscal_year']} {formats.usd_whole(one['existing_rate_revenue_usd'])}, required "
        f"{formats.usd_whole(one['required_usd'])}"
        for one in rows.iter_rows(named=True)
    )
    picture = Picture(
        f"revenue-{fund}", title,
        f"{name}. Revenue at rates as they are and what the year requires: {told}.",
        f"{SOURCE}. Columns: rates as they are. Line: required", HALF, 104.0,
    )  # fmt: skip
    left, bottom = 34.0, 90.0
    columns = ("existing_rate_revenue_usd", "required_usd")
    scale = axis([value for column in columns for value in rows[column].drop_nulls()], bottom, 14.0)
    value_grid(picture, scale, left, HALF, formats.usd_tile)
    step = (HALF - left) / rows.height
    paint = theme.SERVICES.get(fund, theme.NEUTRAL)
    line: list[tuple[float, float]] = []
    for place, one in enumerate(rows.iter_rows(named=True)):
        x = left + place * step
        if one["existing_rate_revenue_usd"] is not None:
            top = scale.at(one["existing_rate_revenue_usd"])
            is_actual = one["year_kind"] == "actual"
            picture.box(
                x + step * 0.16, top, step * 0.68, bottom - top,
                fill=paint if is_actual else "", hatch="" if is_actual else paint, edge=paint,
            )  # fmt: skip
        if one["required_usd"] is not None:
            y = scale.at(one["required_usd"])
            line += [(x, y), (x + step, y)]
    picture.line(line, 3.2, paint="#FFFFFF")
    picture.line(line, 1.6)
    _years(picture, rows["fiscal_year"].to_list(), rows["year_kind"].to_list(), left, step, 97.0)
    return picture


def reserves(fund: str, rows: pl.DataFrame, fiscal_year: int) -> Picture | None:
    """Days of reserves by year against the target: solid what was, dashed what is expected."""
    target = _target(rows, fiscal_year)
    if target is None:
        return None
    days = rows.filter(test_id=target["test_id"]).sort("fiscal_year")
    as_is, adopted = (
        days.filter(pl.col("value").is_not_null(), path=path) for path in (words.EXISTING, words.ADOPTED)
    )
    if as_is.is_empty():
        return None
    name, asks = words.fund(fund), words.measured("days", target["target_value"])
    last = as_is.row(-1, named=True)
    title = f"{name}: reserves pay for {words.measured('days', target['value'])} in {fiscal_year}"
    if last["fiscal_year"] != fiscal_year:
        title += f", {words.measured('days', last['value'])} in {last['fiscal_year']}"
    told = "; ".join(
        f"{one['fiscal_year']} {formats.tenths(one['value'])}" for one in as_is.iter_rows(named=True)
    )
    picture = Picture(
        f"reserves-{fund}", title,
        f"{name}. Days of operations that reserves pay for, with rates as they are: {told}. Target: {asks}.",
        f"{SOURCE}. Dashed: rates as they are"
        + ("; dotted: the scenario's" if _differs(as_is, adopted) else "")
        + ". Pale: the target's band" * (target["band_low_value"] is not None),
        HALF, 104.0,
    )  # fmt: skip
    left, bottom = 34.0, 90.0
    bounds = [value for value in (target["target_value"], target["band_high_value"]) if value is not None]
    scale = axis([*as_is["value"], *adopted["value"], *bounds], bottom, 14.0)
    years = sorted(set(rows["fiscal_year"]))
    step = (HALF - left) / len(years)
    if target["band_low_value"] is not None:
        top = scale.at(target["band_high_value"])
        picture.box(left, top, HALF - left, scale.at(target["band_low_value"]) - top, fill=PALE)
    value_grid(picture, scale, left, HALF, lambda tick: formats.count(int(tick)))
    at = scale.at(target["target_value"])
    picture.line([(left, at), (HALF, at)], 0.9)
    picture.words(left + 2, at - 5, HALF - left, f"target {asks}", paint=INK)
    _path(picture, as_is, years, scale, left, step, "dashed")
    if _differs(as_is, adopted):
        _path(picture, adopted.filter(pl.col("year_kind") != "actual"), years, scale, left, step, "dotted")
    kinds = dict(days.select("fiscal_year", "year_kind").iter_rows())
    _years(picture, years, [kinds.get(year, "projection") for year in years], left, step, 97.0)
    return picture


def _target(rows: pl.DataFrame, fiscal_year: int) -> dict | None:
    """The test in days with a band, as the page takes it; else the required one that asks for the most."""
    found = rows.filter(pl.col("measure") == "days", fiscal_year=fiscal_year, path=words.EXISTING).filter(
        pl.col("value").is_not_null()
    )
    is_banded = pl.col("band_low_value").is_not_null()
    ranked = found.sort(is_banded, "is_required", "target_value", descending=True)
    return ranked.row(0, named=True) if ranked.height else None


def _differs(first: pl.DataFrame, second: pl.DataFrame) -> bool:
    return first["value"].to_list() != second["value"].to_list() and not second.is_empty()


def _path(
    picture: Picture, rows: pl.DataFrame, years: Sequence[int], scale: Axis, left: float, step: float,
    dash: str,
):  # fmt: skip
    """A line through years: solid where they are actual."""
    points = {
        row["fiscal_year"]: (left + (years.index(row["fiscal_year"]) + 0.5) * step, scale.at(row["value"]))
        for row in rows.iter_rows(named=True)
    }
    kinds = dict(rows.select("fiscal_year", "year_kind").iter_rows())
    order = sorted(points)
    actual = [points[year] for year in order if kinds[year] == "actual"]
    expected = actual[-1:] + [points[year] for year in order if kinds[year] != "actual"]
    picture.line(actual, 1.6)
    picture.line(expected, 1.6, dash=dash)
    for year in order:
        picture.dot(*points[year], 1.6, INK if kinds[year] == "actual" else "#FFFFFF")


def grid_line(picture: Picture, x: float, top: float, bottom: float):
    """A vertical line of a scale."""
    picture.line([(x, top), (x, bottom)], 0.3, paint=GRID)
