"""Pictures of rates as pure functions: rows in, figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl

from dashboards import formats, theme

CENTS = "$,.0f"
AFTER_LAST = 180  # days that the line of the newest version has at least
DASHES = ("solid", "dash", "dot", "dashdot")


def _drawn(values: Sequence[Decimal]) -> list:
    """For the length on an axis only; labels are written from the exact amounts."""
    return pl.Series(values).cast(pl.Float64).to_list()


def percentile_dots(
    names: Sequence[str],
    now: Sequence[Decimal],
    after: Sequence[Decimal],
    service: str,
    height: int = 440,
    after_label: str = "Under these rates",
) -> go.Figure:
    """A month's bill now and after for each percentile of use, connected; the change stands beside it.

    Args:
        names: what each percentile is called, the lowest first.
        now: each one's bill.
        after: each one's bill under other prices.
        service: whose colour the bill after has.
        height: in pixels.
        after_label: what the other prices are called.
    """
    colour = theme.SERVICES[service]
    figure = go.Figure()
    for name, before, then in zip(names, _drawn(now), _drawn(after), strict=True):
        figure.add_scatter(
            x=[before, then], y=[name, name], mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": theme.BAND, "width": 3},
        )  # fmt: skip
    marks = (
        ("Now", now, {"color": theme.PAPER, "size": 11, "line": {"color": theme.TEXT, "width": 1.6}}),
        (after_label, after, {"color": colour, "size": 9}),
    )
    for label, bills, marker in marks:
        figure.add_scatter(
            x=_drawn(bills),
            y=list(names),
            mode="markers",
            name=label,
            marker=marker,
            customdata=list(map(formats.usd, bills)),
            hovertemplate="%{y}: %{customdata}<extra>" + label + "</extra>",
        )
    figure.add_scatter(
        x=_drawn([max(pair) for pair in zip(now, after, strict=True)]),
        y=list(names),
        mode="text",
        text=[
            f"   {formats.usd(then)}" + (f", {formats.usd_change(then - before)}" if then != before else "")
            for before, then in zip(now, after, strict=True)
        ],
        textposition="middle right",
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=height,
        margin={"t": 34, "b": 4, "l": 8, "r": 120},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 12}},
    )
    figure.update_xaxes(tickformat=CENTS, showgrid=True, rangemode="tozero")
    figure.update_yaxes(showgrid=False, tickfont={"color": theme.TEXT}, type="category")
    return figure


def bill_steps(
    from_on: Sequence[date], bills: Mapping[str, Sequence[Decimal]], last_day: date, service: str
) -> go.Figure:
    """A month's bill under each version, as steps in time; a line for each season, named at its end.

    Args:
        from_on: first day of each version, ascending.
        bills: name of a line to its bill under each version.
        last_day: where the axis ends.
        service: whose colour the lines have.
    """
    figure = go.Figure()
    last_day = max(last_day, from_on[-1] + timedelta(days=AFTER_LAST))
    for (name, amounts), dash in zip(bills.items(), DASHES, strict=False):
        figure.add_scatter(
            x=[*from_on, last_day],
            y=_drawn([*amounts, amounts[-1]]),
            mode="lines+markers+text" if len(from_on) < 13 else "lines+markers",
            text=[*map(formats.usd, amounts), ""],
            textposition="top right",
            cliponaxis=False,
            line={"color": theme.SERVICES[service], "width": 2.2, "shape": "hv", "dash": dash},
            marker={"size": [6] * len(from_on) + [0]},
            name=name,
            showlegend=len(bills) > 1,
            customdata=[
                f"{formats.usd(bill)} from {formats.day(day)}"
                for bill, day in zip(amounts, from_on, strict=True)
            ]
            + [""],
            hovertemplate="%{customdata}<extra>" + name + "</extra>",
        )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=300,
        margin={"t": 34, "b": 4, "l": 8, "r": 60},
        legend={"orientation": "h", "x": 0, "y": 1.04, "yanchor": "bottom", "font": {"size": 12}},
    )
    figure.update_yaxes(tickformat=CENTS, rangemode="tozero")
    return figure
