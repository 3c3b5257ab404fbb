"""Pictures of neighbours' bills as pure functions: rows in, figure out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl

from dashboards import formats, theme

ROW_HEIGHT = 50
ABOVE_AND_BELOW = 90


@dataclass(frozen=True)
class PeerDot:
    """A neighbour's bill beside the own ones for the same use.

    Attributes:
        name: the neighbour, its use and the day.
        service: whose colour the own bills have.
        peer_usd: the neighbour's bill.
        own_usd: the own bill now; None where the tariff does not price the use.
        after_usd: the own bill after.
    """

    name: str
    service: str
    peer_usd: Decimal
    own_usd: Decimal | None
    after_usd: Decimal | None


def _drawn(values: Sequence[Decimal | None]) -> list:
    """For the length on an axis only; labels are written from the exact amounts."""
    return pl.Series(values, dtype=pl.Decimal(18, 2)).cast(pl.Float64).to_list()


def peer_dots(dots: Sequence[PeerDot], after_label: str) -> go.Figure:
    """A line for each neighbour: its bill as a square, the own one for the same use as circles, connected.

    Args:
        dots: the first stands at the top.
        after_label: what the later own bill is called.
    """
    figure = go.Figure()
    names = [dot.name for dot in dots]
    for dot in dots:
        known = _drawn([bill for bill in (dot.peer_usd, dot.own_usd, dot.after_usd) if bill is not None])
        figure.add_scatter(
            x=[min(known), max(known)], y=[dot.name, dot.name], mode="lines", showlegend=False,
            hoverinfo="skip", line={"color": theme.BAND, "width": 3},
        )  # fmt: skip
    colours = [theme.SERVICES[dot.service] for dot in dots]
    marks = (
        ("Neighbour", [dot.peer_usd for dot in dots],
         {"symbol": "square", "color": theme.NEUTRAL, "size": 11}),
        ("Here, now", [dot.own_usd for dot in dots],
         {"color": theme.PAPER, "size": 11, "line": {"color": colours, "width": 1.8}}),
        (after_label, [dot.after_usd for dot in dots], {"color": colours, "size": 8}),
    )  # fmt: skip
    for label, bills, marker in marks:
        figure.add_scatter(
            x=_drawn(bills),
            y=names,
            mode="markers",
            name=label,
            marker=marker,
            customdata=list(map(formats.usd, bills)),
            hovertemplate="%{y}: %{customdata}<extra>" + label + "</extra>",
        )
    figure.add_scatter(
        x=_drawn([max(bill for bill in (dot.peer_usd, dot.own_usd, dot.after_usd) if bill) for dot in dots]),
        y=names,
        mode="text",
        text=[f"   {formats.usd(dot.peer_usd)}; here {formats.usd(dot.own_usd)}" for dot in dots],
        textposition="middle right",
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=ABOVE_AND_BELOW + ROW_HEIGHT * len(dots),
        margin={"t": 34, "b": 4, "l": 8, "r": 150},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 12}},
    )
    figure.update_xaxes(tickformat="$,.0f", tickangle=0, nticks=6, showgrid=True, rangemode="tozero")
    figure.update_yaxes(
        showgrid=False, tickfont={"color": theme.TEXT}, type="category", categoryorder="array",
        categoryarray=names[::-1],
    )  # fmt: skip
    return figure
