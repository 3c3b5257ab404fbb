"""Pictures of penalties, collections, shut-offs and payments as pure functions: rows in, figure out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl

from dashboards import charts, formats, theme

HATCHED = charts.CREDIT_MARKER
LABEL_GAP = 15  # pixels between the names at the ends of lines
SHARE = " %"


def tone(colour: str) -> dict:
    """A column of one colour with a thin outline."""
    return {"color": colour, "line": charts.STEP_LINE}


def channel_marker(channel: str) -> dict:
    """A payment channel's colour; what comes from somebody else than the customer is hatched."""
    return tone(theme.CHANNELS[channel]) if channel in theme.CHANNELS else HATCHED


@dataclass(frozen=True)
class Line:
    """One line of `lines_by_month`.

    Attributes:
        column: which column it draws.
        name: what stands at its end.
        colour: of the line and its name.
        dash: `solid`, `dash` or `dot`.
    """

    column: str
    name: str
    colour: str = field(default=theme.TEXT)
    dash: str = "solid"


def stacked_months(
    months: pl.DataFrame,
    parts: Mapping[str, tuple[str, dict]],
    events: pl.DataFrame,
    last_day: date,
    *,
    line: tuple[str, str] | None = None,
    height: int = 380,
) -> go.Figure:
    """Columns by month, one part upon the other; over them what was expected, dashed.

    Args:
        months: a row a month end.
        parts: column to its name and marker, the lowest first; one that is always zero is left out.
        events: rows of `events`.
        last_day: the last day of the axis.
        line: column and name of what was expected.
        height: in pixels.
    """
    figure, axis = go.Figure(), charts.month_axis(months)
    write, _ = _unit(next(iter(parts)))
    for column, (name, marker) in parts.items():
        if not any(months[column]):
            continue
        figure.add_bar(
            y=charts.drawn(months[column]),
            name=name,
            marker=marker,
            **charts.said(months, map(write, months[column]), name),
            **axis,
        )
    if line:
        column, name = line
        figure.add_scatter(
            y=charts.drawn(months[column]),
            name=name,
            mode="lines",
            line={"color": theme.TEXT, "width": 1.6, "dash": "dash"},
            **charts.said(months, map(write, months[column]), name),
            **axis,
        )
    charts.shade_months(figure, months, events, last_day, height)
    figure.update_layout(barmode="relative")
    _label_values(figure, next(iter(parts)))
    return figure


def lines_by_month(
    months: pl.DataFrame, lines: Sequence[Line], events: pl.DataFrame, last_day: date, *, height: int = 340
) -> go.Figure:
    """A line for each column, with its name at its end; a month without a value is a gap.

    Args:
        months: a row a month end.
        lines: what to draw; all of one unit.
        events: rows of `events`.
        last_day: the last day of the axis.
        height: in pixels.
    """
    figure, axis = go.Figure(), charts.month_axis(months)
    write, _ = _unit(lines[0].column)
    for line in lines:
        figure.add_scatter(
            y=charts.drawn(months[line.column]),
            name=line.name,
            mode="lines+markers",
            marker={"size": 4},
            line={"color": line.colour, "width": 2, "dash": line.dash},
            connectgaps=False,
            showlegend=False,
            **charts.said(months, map(write, months[line.column]), line.name),
            **axis,
        )
    charts.shade_months(figure, months, events, last_day, height)
    _name_ends(figure, months, lines, height)
    _label_values(figure, lines[0].column)
    return figure


def _name_ends(figure: go.Figure, months: pl.DataFrame, lines: Sequence[Line], height: int) -> None:
    """The lines' names beside their last values, apart from each other."""
    highest = max(
        (value for line in lines for value in charts.drawn(months[line.column]) if value), default=1
    )
    ends = []
    for line in lines:
        values = months[line.column].drop_nulls()
        if values.len():
            ends.append((charts.drawn([values[-1]])[0], line))
    taken: float | None = None
    for value, line in sorted(ends, key=lambda end: end[0]):
        at = value / highest * height * 0.72
        shown = at if taken is None else max(at, taken + LABEL_GAP)
        taken = shown
        figure.add_annotation(
            x=1,
            xref="paper",
            y=value,
            yshift=shown - at,
            xanchor="left",
            showarrow=False,
            text=f" {line.name}",
            font={"size": 12, "color": theme.TEXT},
        )
    figure.update_layout(margin={"r": 12 + 7 * max((len(line.name) for line in lines), default=0)})


def _unit(column: str) -> tuple[Callable[..., str], dict]:
    """How a value of the column reads, and how its axis is labelled."""
    if column.endswith("_usd"):
        return formats.usd, {"tickformat": charts.DOLLARS}
    if column.endswith("_pct"):
        return formats.pct, {"ticksuffix": SHARE}
    if column.endswith("_days"):
        return _days, {"ticksuffix": " days"}
    return formats.count, {"tickformat": ",d"}


def _days(value: Decimal | int | None) -> str:
    return formats.UNKNOWN if value is None else f"{formats.quantity(Decimal(value))} days"


def _label_values(figure: go.Figure, column: str) -> None:
    figure.update_yaxes(rangemode="tozero", **_unit(column)[1])


def outcome_bars(
    names: Sequence[str],
    parts: Mapping[str, tuple[Sequence[Decimal | int], dict]],
    *,
    labels: Sequence[str] = (),
    write: Callable[..., str] = formats.usd,
) -> go.Figure:
    """One bar for each name, made of its parts.

    Args:
        names: what each bar is called.
        parts: name of a part to its length in each bar and its marker, the first at the axis.
        labels: what stands at the end of each bar.
        write: how a length reads.
    """
    figure = go.Figure()
    for name, (lengths, marker) in parts.items():
        if not any(lengths):
            continue
        figure.add_bar(
            y=list(names),
            x=charts.drawn(lengths),
            name=name,
            orientation="h",
            marker=marker,
            customdata=list(map(write, lengths)),
            hovertemplate="%{y}: %{customdata}<extra>" + name + "</extra>",
        )
    ends = [sum(max(values[at], 0) for values, _ in parts.values()) for at in range(len(names))]
    figure.add_scatter(
        y=list(names),
        x=charts.drawn(ends),
        mode="text",
        text=["  " + label for label in labels],
        textposition="middle right",
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=84 + 28 * max(len(names), 2),
        barmode="relative",
        margin={"t": 30, "b": 4, "l": 8, "r": 20 + 7 * max(map(len, labels), default=0)},
        legend=charts.LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )
    axis = {"tickformat": charts.DOLLARS} if write is not formats.count else {"tickformat": ",d"}
    figure.update_xaxes(showgrid=True, rangemode="tozero", **axis)
    figure.update_yaxes(
        autorange="reversed", showgrid=False, tickfont={"color": theme.TEXT}, type="category",
        ticklabelstandoff=6,
    )  # fmt: skip
    return figure


def collection_curves(
    curves: Sequence[tuple[str, str, Sequence[int], Sequence[Decimal]]],
    kinds: Mapping[str, str],
    axis_title: str,
    height: int = 380,
) -> go.Figure:
    """How much of each month's bills was paid by so long after: those of an event in its colour.

    Args:
        curves: name of the month, kind (`usual`, `standstill` or `waiver`), ages, percent paid by then.
        kinds: kind to its name in the legend.
        axis_title: what the ages count.
        height: in pixels.
    """
    figure = go.Figure()
    colours = {"usual": theme.USUAL, **theme.COHORTS}
    named: set[str] = set()
    for month, kind, ages, shares in sorted(curves, key=lambda curve: list(colours).index(curve[1])):
        figure.add_scatter(
            x=list(ages),
            y=charts.drawn(shares),
            mode="lines",
            name=kinds[kind],
            legendgroup=kind,
            showlegend=kind not in named,
            line={"color": colours[kind], "width": 1 if kind == "usual" else 1.5},
            opacity=1 if kind == "usual" else 0.7,
            customdata=[(month, formats.pct(share)) for share in shares],
            hovertemplate="Billed in %{customdata[0]}: %{customdata[1]} after %{x}<extra></extra>",
        )
        named.add(kind)
    figure.update_layout(
        template=theme.TEMPLATE,
        height=height,
        margin={"t": 30, "b": 4, "l": 8, "r": 8},
        legend=charts.LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )
    # Lines, not columns: the axis begins at the last ten percent below the lowest of them.
    lowest = min((share for curve in curves for share in curve[3]), default=Decimal(0))
    figure.update_yaxes(
        ticksuffix=SHARE, range=charts.drawn([max(lowest // 10 * 10, Decimal(0)), Decimal(102)])
    )
    figure.update_xaxes(title={"text": axis_title}, rangemode="tozero")
    return figure


def side_by_side(names: Sequence[str], groups: Mapping[str, Sequence[int]]) -> go.Figure:
    """Counts side by side for each name, one bar a group.

    Args:
        names: what each group of bars is called.
        groups: what a bar is called, and its count for each name.
    """
    figure = go.Figure()
    for (group, counts), colour in zip(groups.items(), (theme.TOTAL, theme.DECREASE), strict=False):
        figure.add_bar(
            y=list(names),
            x=list(counts),
            name=group,
            orientation="h",
            marker=tone(colour),
            text=[f"  {formats.count(count)}" for count in counts],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,d}<extra>" + group + "</extra>",
        )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=84 + (10 + 19 * len(groups)) * max(len(names), 1),
        barmode="group",
        bargap=0.25,
        margin={"t": 30, "b": 4, "l": 8, "r": 60},
        legend=charts.LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )
    figure.update_xaxes(tickformat=",d", showgrid=True, rangemode="tozero")
    figure.update_yaxes(
        autorange="reversed", showgrid=False, tickfont={"color": theme.TEXT}, type="category",
        ticklabelstandoff=6,
    )  # fmt: skip
    return figure
