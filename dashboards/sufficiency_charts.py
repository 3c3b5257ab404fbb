"""Pictures of the pages on rates and costs: bullets of tests, revenue against requirement, reserves."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl

from dashboards import charts, formats, theme
from dashboards import sufficiency_words as terms
from dashboards.sufficiency_figures import Band

ROW, LABEL = 46, 46  # pixels of a test, letters of a line of its name
COLOURS = {"pass": theme.PASSED, "fail": theme.FAILED}
PALER = 0.45
PLACED = ("value", "target_value", "band_low_value", "band_high_value")


def _place(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return (value - low) / (high - low) if high != low else Decimal(0)


def bullets(tests: pl.DataFrame) -> go.Figure:
    """A row for each test on its own scale: the value as a bar, what is asked as a mark, its band behind.

    Args:
        tests: rows of `sufficiency_tests` of one year and path.
    """
    rows = tests.rows(named=True)
    figure = go.Figure()
    names = ["<br>".join(textwrap.wrap(row["title"], LABEL)) for row in rows]
    asked = {"x": [], "y": [], "said": []}
    for number, row in enumerate(rows):
        known = [row[name] for name in PLACED if row[name] is not None]
        low, high = min([*known, Decimal(0)]), max([*known, Decimal(0)])
        high, low = high + (high - low) / 12, low - (high - low) / 12 if low < 0 else low
        at = {name: _place(row[name], low, high) for name in PLACED if row[name] is not None}
        _band(figure, number, at)
        if row["result"] in COLOURS and "value" in at:
            zero = _place(Decimal(0), low, high)
            figure.add_bar(
                y=[number], x=charts.drawn([at["value"] - zero]), base=charts.drawn([zero]), orientation="h",
                width=0.34, marker={"color": COLOURS[row["result"]]}, showlegend=False,
                hovertemplate=f"{row['title']}: {terms.verdict(row)}<extra></extra>",
            )  # fmt: skip
            figure.add_shape(
                type="line", x0=charts.drawn([zero])[0], x1=charts.drawn([zero])[0], y0=number - 0.3,
                y1=number + 0.3, line={"color": theme.MUTED, "width": 1},
            )  # fmt: skip
        if "target_value" in at:
            asked["x"] += charts.drawn([at["target_value"]])
            asked["y"].append(number)
            asked["said"].append(terms.asked(row))
        figure.add_annotation(
            x=1.02, xref="paper", y=number, yref="y", xanchor="left", showarrow=False, align="left",
            text=_verdict(row), font={"size": 12, "color": COLOURS.get(row["result"], theme.MUTED)},
        )  # fmt: skip
    figure.add_scatter(
        x=asked["x"], y=asked["y"], mode="markers", showlegend=False, customdata=asked["said"],
        marker={"symbol": "line-ns", "size": 22, "line": {"color": theme.TEXT, "width": 2.5}},
        hovertemplate="Asked: %{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        template=theme.TEMPLATE, height=26 + ROW * max(len(rows), 1), barmode="overlay",
        margin={"l": 8, "r": 300, "t": 8, "b": 8},
    )  # fmt: skip
    figure.update_xaxes(
        range=[-0.01, 1.0], showticklabels=False, showgrid=False, zeroline=False, showline=False
    )
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5], tickmode="array", tickvals=list(range(len(rows))), ticktext=names,
        showgrid=False, zeroline=False, tickfont={"color": theme.TEXT, "size": 12},
    )  # fmt: skip
    return figure


def _verdict(row: Mapping) -> str:
    sign = terms.SIGNS[row["result"]]
    said = "<br>".join(textwrap.wrap(f"{sign} {terms.verdict(row)}", LABEL))
    note = "" if row["is_required"] else ", for information"
    return f"<b>{said}</b><br>asked: {terms.asked(row)}{note}" if row["target_value"] is not None else said


def _band(figure: go.Figure, number: int, at: Mapping[str, Decimal]) -> None:
    """A pale ground for the row, darker where the band of the target lies."""
    low = at.get("band_low_value", at.get("target_value"))
    high = at.get("band_high_value", at.get("target_value"))
    grounds = [(Decimal(0), Decimal(1), theme.GRID)]
    if "band_low_value" in at or "band_high_value" in at:
        grounds.append((low, high, theme.USUAL))
    for start, end, colour in grounds:
        left, right = charts.drawn([start, end])
        figure.add_shape(
            type="rect", x0=left, x1=right, y0=number - 0.3, y1=number + 0.3, line_width=0,
            fillcolor=colour, layer="below",
        )  # fmt: skip


def _years(figure: go.Figure, years: Sequence[int], height: int) -> None:
    figure.update_layout(
        template=theme.TEMPLATE, height=height, barmode="relative", showlegend=False,
        margin={"l": 8, "r": 150, "t": 12, "b": 8},
    )  # fmt: skip
    figure.update_yaxes(tickformat=charts.DOLLARS)
    step = 1 if len(years) < 10 else 2
    figure.update_xaxes(
        tickmode="array", tickvals=list(years)[::-step], tickangle=0, tickformat="d",
        range=[min(years) - 0.6, max(years) + 0.6], tickfont={"color": theme.TEXT},
    )  # fmt: skip


def _end_label(figure: go.Figure, x: int, y: Decimal, text: str, colour: str, shift: int = 0) -> None:
    figure.add_annotation(
        x=x, y=charts.drawn([y])[0], xanchor="left", xshift=14, yshift=shift, showarrow=False, align="left",
        text="<br>".join(textwrap.wrap(text, 20)), font={"size": 12, "color": colour},
    )  # fmt: skip


def revenue_against_requirement(
    kinds: Mapping[int, str], existing: Mapping[int, Decimal], planned: Mapping[int, Decimal],
    required: Mapping[int, Decimal], colour: str, height: int = 330,
) -> go.Figure:  # fmt: skip
    """Columns of what rates bring, with what planned adjustments add, and the step line of what is required.

    Args:
        kinds: fiscal year to `actual`, `budget` or `projection`.
        existing: by year, with rates as they are.
        planned: by year, with the adjustments of the scenario.
        required: by year.
        colour: of the fund.
        height: in pixels.
    """
    years = list(existing)
    figure = go.Figure()
    figure.add_bar(
        x=years, y=charts.drawn(list(existing.values())),
        marker={"color": colour, "opacity": [1 if kinds[year] == "actual" else PALER for year in years]},
        customdata=[formats.usd(existing[year]) for year in years],
        hovertemplate="FY %{x}: %{customdata}<extra>Rates as they are</extra>",
    )  # fmt: skip
    added = {
        year: planned[year] - existing[year]
        for year in years
        if planned.get(year, existing[year]) != existing[year]
    }
    if added:
        figure.add_bar(
            x=list(added), y=charts.drawn(list(added.values())),
            marker={"color": theme.PAPER, "line": {"color": colour, "width": 1},
                    "pattern": {"shape": "/", "fgcolor": colour, "size": 5}},
            customdata=[formats.usd(amount) for amount in added.values()],
            hovertemplate="FY %{x}: %{customdata}<extra>Planned adjustments add</extra>",
        )  # fmt: skip
    # The step runs over the whole width of each year's column.
    edges = [
        edge for year in years for edge in (Decimal(year) - Decimal("0.5"), Decimal(year) + Decimal("0.5"))
    ]
    figure.add_scatter(
        x=charts.drawn(edges), y=charts.drawn([required[year] for year in years for _ in (0, 1)]),
        mode="lines",
        line={"color": theme.TEXT, "width": 2.2},
        customdata=[formats.usd(required[year]) for year in years for _ in (0, 1)],
        hovertemplate="%{customdata}<extra>Required</extra>",
    )  # fmt: skip
    if years:
        _years(figure, years, height)
        _end_label(figure, years[-1], required[years[-1]], "Required from rates", theme.TEXT, 8)
    figure.update_yaxes(rangemode="tozero")
    return figure


def reserves(
    kinds: Mapping[int, str], lines: Mapping[str, Mapping[int, Decimal]], band: Band | None, height: int = 330
) -> go.Figure:
    """Cash and investments at each year's end, a line for each scenario; what is asked as a pale band behind.

    Args:
        kinds: fiscal year to `actual`, `budget` or `projection`.
        lines: name of a line, shown at its end, to amounts by year.
        band: what a test asks of reserves.
        height: in pixels.
    """
    figure = go.Figure()
    years = sorted(kinds)
    if band:
        figure.add_scatter(
            x=[*band.years, *band.years[::-1]], y=charts.drawn([*band.high, *band.low[::-1]]), fill="toself",
            mode="lines", fillcolor=theme.GRID, line={"color": theme.BAND, "width": 1}, hoverinfo="skip",
        )  # fmt: skip
    colours = [theme.TEXT, *theme.SERVICES.values()]
    for (name, amounts), colour in zip(lines.items(), colours, strict=False):
        known = [year for year in amounts if kinds[year] == "actual"]
        open_years = [year for year in amounts if kinds[year] != "actual" or year == (known or [None])[-1]]
        for part, dash in ((known, "solid"), (open_years, "dash")):
            figure.add_scatter(
                x=part, y=charts.drawn([amounts[year] for year in part]), mode="lines+markers",
                line={"color": colour, "width": 2.2, "dash": dash}, marker={"size": 5, "color": colour},
                customdata=[formats.usd(amounts[year]) for year in part],
                hovertemplate="FY %{x}: %{customdata}<extra>" + name + "</extra>",
            )  # fmt: skip
    _years(figure, years, height)
    ends = {name: amounts[max(amounts)] for name, amounts in lines.items() if amounts}
    labels = [(name, amount, colour) for (name, amount), colour in zip(ends.items(), colours, strict=False)]
    if band:
        labels.append((f"Asked: {band.title}", (band.low[-1] + band.high[-1]) / 2, theme.MUTED))
    _spread(figure, years[-1], labels, height)
    return figure


def _spread(figure: go.Figure, year: int, labels: Sequence[tuple[str, Decimal, str]], height: int) -> None:
    """Labels at the lines' ends, pushed apart where they would lie on each other."""
    if not labels:
        return
    everything = [value for trace in figure.data for value in trace.y if value is not None]
    span = (max([*everything, 0]) - min([*everything, 0])) or 1
    pixel = span / (height - 60)
    lowest = None
    for text, amount, colour in sorted(labels, key=lambda one: one[1], reverse=True):
        at = charts.drawn([amount])[0]
        tall = 16 * len(textwrap.wrap(text, 20)) + 4
        place = at if lowest is None else min(at, lowest - tall * pixel / 2)
        _end_label(figure, year, amount, text, colour, int((place - at) / pixel))
        lowest = place - tall * pixel / 2
