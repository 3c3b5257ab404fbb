"""Pictures of bills, reads and revenue as pure functions: rows in, figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl

from dashboards import charts, formats, theme, words

TONES = (theme.TOTAL, theme.INCREASE, theme.DECREASE)


def earned_and_billed(
    months: pl.DataFrame, events: pl.DataFrame, last_day: date, height: int = 360
) -> go.Figure:
    """Billed as columns, earned as a line; dashed where bills for the month's days are still missing.

    Args:
        months: rows of `revenue_by_month`.
        events: rows of `events`.
        last_day: the last day of the axis.
        height: in pixels.
    """
    figure = go.Figure()
    axis = charts.month_axis(months)
    figure.add_bar(
        y=charts.drawn(months["billed_usd"]),
        name="Billed in the month",
        marker={"color": theme.DECREASE, "line": charts.STEP_LINE},
        **charts.said(months, map(formats.usd, months["billed_usd"]), "Billed"),
        **axis,
    )
    complete = months["is_complete"].to_list()
    # A dashed part begins where the solid one ends, so that the line has no gap.
    parts = [(True, "Earned by days of service", "solid"), (False, "Earned, bills still missing", "dot")]
    for is_complete, name, dash in parts:
        shown = [
            value if here is is_complete or (not is_complete and is_complete_near(complete, at)) else None
            for at, (value, here) in enumerate(zip(months["earned_usd"], complete, strict=True))
        ]
        if not any(here is is_complete for here in complete):
            continue
        figure.add_scatter(
            y=charts.drawn(shown),
            name=name,
            mode="lines+markers",
            line={"color": theme.TEXT, "width": 2, "dash": dash},
            marker={"size": 4},
            connectgaps=False,
            **charts.said(months, map(formats.usd, months["earned_usd"]), name),
            **axis,
        )
    charts.shade_months(figure, months, events, last_day, height)
    figure.update_yaxes(tickformat=charts.DOLLARS, rangemode="tozero")
    return figure


def is_complete_near(complete: Sequence[bool], at: int) -> bool:
    """Whether a month stands beside one that is not complete."""
    return not all(complete[max(at - 1, 0) : at + 2])


def ranked_bars(names: Sequence[str], dollars: Sequence[Decimal], labels: Sequence[str]) -> go.Figure:
    """One bar for each name, in the order given.

    Args:
        names: what each bar is called.
        dollars: its length.
        labels: what stands at its end.
    """
    figure = go.Figure(
        go.Bar(
            y=list(names),
            x=charts.drawn(dollars),
            orientation="h",
            marker={"color": theme.TOTAL, "line": charts.STEP_LINE},
            text=["  " + label for label in labels],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=60 + 30 * max(len(names), 2),
        showlegend=False,
        margin={"t": 8, "b": 4, "l": 8, "r": 170},
    )
    figure.update_xaxes(tickformat=charts.DOLLARS, showgrid=True, rangemode="tozero")
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        tickfont={"color": theme.TEXT},
        type="category",
        ticklabelstandoff=6,
    )
    return figure


def estimated_share(
    months: pl.DataFrame, events: pl.DataFrame, last_day: date, height: int = 300
) -> go.Figure:
    """The share of reads that was estimated, by reason.

    Args:
        months: rows of `reads_by_month`.
        events: rows of `events`.
        last_day: the last day of the axis.
        height: in pixels.
    """
    figure = go.Figure()
    visits = [
        reads - changes
        for reads, changes in zip(months["read_count"], months["change_read_count"], strict=True)
    ]
    for (column, label), tone in zip(words.ESTIMATE_REASONS.items(), TONES, strict=True):
        if not months[column].sum():
            continue
        shares = [formats.share(part, whole) for part, whole in zip(months[column], visits, strict=True)]
        figure.add_bar(
            y=charts.drawn(shares),
            name=label,
            marker={"color": tone, "line": charts.STEP_LINE},
            **charts.said(
                months,
                [
                    f"{formats.count(part)} reads, {formats.pct(share)}"
                    for part, share in zip(months[column], shares, strict=True)
                ],
                label,
            ),
            **charts.month_axis(months),
        )
    figure.update_layout(barmode="stack")
    charts.shade_months(figure, months, events, last_day, height)
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero")
    return figure


def grouped_bars(
    names: Sequence[str], groups: Mapping[str, Sequence[Decimal | None]], labels: Sequence[str] = ()
) -> go.Figure:
    """Bars side by side for each name, one a group, in tones of one colour.

    Args:
        names: what each group of bars is called.
        groups: what a bar is called, and its length in dollars for each name.
        labels: what stands at the end of the last bar of each name.
    """
    figure = go.Figure()
    last = list(groups)[-1]
    for (group, dollars), tone in zip(groups.items(), TONES, strict=False):
        figure.add_bar(
            y=list(names),
            x=charts.drawn(dollars),
            name=group,
            orientation="h",
            marker={"color": tone, "line": charts.STEP_LINE},
            customdata=list(map(formats.usd, dollars)),
            hovertemplate="%{y}: %{customdata}<extra>" + group + "</extra>",
            text=["  " + label for label in labels] if group == last else None,
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
        )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=90 + 21 * len(groups) * max(len(names), 1),
        barmode="group",
        bargap=0.3,
        margin={"t": 30, "b": 4, "l": 8, "r": 150},
        legend=charts.LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )
    figure.update_xaxes(tickformat=charts.DOLLARS, showgrid=True)
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        tickfont={"color": theme.TEXT},
        type="category",
        ticklabelstandoff=6,
    )
    return figure


def bill_frequency(bands: pl.DataFrame, names: Sequence[str], unit: str, height: int = 300) -> go.Figure:
    """Of each band of use: the share of the bills that end in it, and of the use that falls into it.

    Args:
        bands: rows of `bill_frequency`.
        names: what each band is called, in the same order.
        unit: of the use.
        height: in pixels.
    """
    figure = go.Figure()
    sides = {"Bills that end in the band": "bill_count", "Use that falls into the band": "falling_quantity"}
    for (label, column), tone in zip(sides.items(), (theme.TOTAL, theme.DECREASE), strict=True):
        whole = Decimal(sum(bands[column]))
        shares = [formats.share(Decimal(part), whole) for part in bands[column]]
        figure.add_bar(
            x=list(names),
            y=charts.drawn(shares),
            name=label,
            marker={"color": tone, "line": charts.STEP_LINE},
            customdata=list(map(formats.pct, shares)),
            hovertemplate="%{x} " + unit + ": %{customdata}<extra>" + label + "</extra>",
        )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=height,
        barmode="group",
        bargap=0.2,
        margin={"t": 30, "b": 4, "l": 8, "r": 8},
        legend=charts.LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero")
    figure.update_xaxes(type="category", title={"text": f"Use of a month, {unit}, up to and including"})
    return figure
