"""Pictures as pure functions: rows in, figure out. They know nothing of pages or builds.

Amounts become floats here and only here: a bar's length needs no cents. Labels are written from the exact
amounts.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboards import formats, theme, words

PICTURE = {"displayModeBar": False, "responsive": True}

CREDIT_MARKER = {
    "color": theme.PAPER,
    "line": {"color": theme.OUTLINE, "width": 0.8},
    "pattern": {"shape": "/", "fgcolor": theme.OUTLINE, "size": 5},
}
STEP_LINE = {"color": theme.OUTLINE, "width": 0.8}
LEGEND = {"orientation": "h", "x": 0, "traceorder": "normal", "font": {"size": 12}}

# Names over the bands: letters a line, a letter's share of the axis, pixels a line and of the bar below it.
LABEL_LINE, LETTER_SHARE, LINE_HEIGHT, BAR_HEIGHT = 34, 0.0052, 14, 5
PALE, DARK = 0.16, 0.45  # how opaque the bands are
DOLLARS = "$~s"  # the format writes the dollar sign, so that it stands behind the minus


def drawn(values: Sequence[Decimal | None]) -> list[float | None]:
    """Exact amounts as lengths; only pictures need no cents."""
    return [None if value is None else float(value) for value in values]


def shares_over_90(months: pl.DataFrame) -> list[Decimal | None]:
    """Of each month end, the percentage of the open items that is over 90 days late."""
    return [
        formats.share(part, whole)
        for part, whole in zip(months["over_90_usd"], months["gross_usd"], strict=True)
    ]


def _age_marker(column: str) -> dict:
    return {"color": theme.AGES[column], "line": {"color": theme.OUTLINE, "width": 0.4}}


def clusters(events: pl.DataFrame) -> list[dict]:
    """Events that overlap or touch as one cluster: from, to and the kinds within."""
    found: list[dict] = []
    for event in events.sort("starts_on").iter_rows(named=True):
        if found and event["starts_on"] <= found[-1]["ends_on"] + timedelta(days=1):
            found[-1]["ends_on"] = max(found[-1]["ends_on"], event["ends_on"])
            found[-1]["kinds"].append(event["event_kind"])
        else:
            found.append({**event, "kinds": [event["event_kind"]]})
    return found


def spans(events: pl.DataFrame) -> list[dict]:
    """What is named over the axis, standstills first: from, to and the kinds that lasted exactly so long.

    Only events of one kind are merged; a short outage within a long waiver keeps its own name and span.
    """
    found: dict[tuple, dict] = {}
    for kind in words.EVENTS:
        for cluster in clusters(events.filter(pl.col("event_kind") == kind)):
            key = (kind not in words.STANDSTILLS, cluster["starts_on"], cluster["ends_on"])
            found.setdefault(key, {**cluster, "kinds": []})["kinds"].append(kind)
    return [found[key] for key in sorted(found)]


def shade_events(figure: go.Figure, events: pl.DataFrame, first: date, last: date) -> int:
    """Pale bands behind a time axis, dark where billing or payment stood still; above it, names and bars.

    Returns:
        How many pixels the names take above the axis.
    """
    seen = events.filter((pl.col("ends_on") >= first) & (pl.col("starts_on") <= last))
    stood_still = pl.col("event_kind").is_in(words.STANDSTILLS)
    for shown, opacity in ((seen.filter(~stood_still), PALE), (seen.filter(stood_still), DARK)):
        for band in clusters(shown):
            figure.add_shape(
                type="rect",
                **_across(band, first, last),
                y0=0,
                y1=1,
                yref="paper",
                layer="below",
                line_width=0,
                fillcolor=theme.BAND,
                opacity=opacity,
            )
    placed: list[tuple[float, float, int]] = []
    for span in spans(seen):
        _name_span(figure, span, first, last, placed)
    return max((top for _, _, top in placed), default=0)


def _across(span: Mapping, first: date, last: date) -> dict:
    """The part of a span that lies on the axis."""
    start, end = max(span["starts_on"], first), min(span["ends_on"], last) + timedelta(days=1)
    return {"x0": start, "x1": end, "xref": "x"}


def _name_span(
    figure: go.Figure, span: Mapping, first: date, last: date, placed: list[tuple[float, float, int]]
) -> None:
    """The name of a span over a bar as long as the span, above whatever is already placed there.

    Args:
        figure: what to draw on.
        span: of `spans`.
        first: first day of the axis.
        last: last day of the axis.
        placed: left and right end (shares of the axis) and top (pixels) of each name; this one is added.
    """
    across, days = _across(span, first, last), max((last - first).days, 1)
    is_dark = span["kinds"][0] in words.STANDSTILLS
    lines = textwrap.wrap(words.event_label(span["kinds"]), LABEL_LINE)
    width = LETTER_SHARE * max(map(len, lines))
    left, right = (across["x0"] - first).days / days, (across["x1"] - first).days / days
    fits = left + width <= 1
    low, high = (left, max(right, left + width)) if fits else (min(left, 1 - width), 1)
    bottom = max((top for at, to, top in placed if at < high and low < to), default=0)
    placed.append((low, high, bottom + BAR_HEIGHT + LINE_HEIGHT * len(lines)))
    figure.add_shape(
        type="rect",
        **across,
        yref="paper",
        ysizemode="pixel",
        yanchor=1,
        y0=bottom + 2,
        y1=bottom + BAR_HEIGHT,
        line_width=0,
        fillcolor=theme.TEXT if is_dark else theme.BAND,
    )
    figure.add_annotation(
        x=across["x0"] if fits else last,
        xref="x",
        y=1,
        yref="paper",
        yshift=bottom + BAR_HEIGHT,
        xanchor="left" if fits else "right",
        yanchor="bottom",
        align="left" if fits else "right",
        text="<br>".join(lines),
        showarrow=False,
        font={"size": 11, "color": theme.TEXT if is_dark else theme.MUTED},
    )


def month_axis(months: pl.DataFrame) -> dict:
    """Each month of `month_end_on` as a stretch of the axis."""
    on = [end.replace(day=1) for end in months["month_end_on"]]
    return {"x": on, "xperiod": "M1", "xperiodalignment": "middle"}


def said(months: pl.DataFrame, texts: Iterable[str], name: str) -> dict:
    """What is read over a month: its name, the exact value and what it is of."""
    named = map(formats.month, months["month_end_on"])
    return {
        "customdata": list(zip(named, texts, strict=True)),
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra>" + name + "</extra>",
    }


def shade_months(
    figure: go.Figure, months: pl.DataFrame, events: pl.DataFrame, last_day: date, height: int
) -> None:
    """Events behind the months, the size, and the legend below."""
    first = months["month_end_on"][0].replace(day=1)
    names_height = shade_events(figure, events, first, last_day)
    figure.update_xaxes(range=[first, last_day + timedelta(days=1)])
    figure.update_layout(
        template=theme.TEMPLATE,
        height=height,
        bargap=0.18,
        margin={"t": 12 + max(names_height, LINE_HEIGHT), "b": 4, "l": 8, "r": 8},
        legend=LEGEND | {"y": -0.1, "yanchor": "top"},
    )


def aging_trend(
    months: pl.DataFrame,
    events: pl.DataFrame,
    last_day: date,
    *,
    is_late_only: bool = False,
    height: int = 430,
) -> go.Figure:
    """What was owed at each month end by age, and beneath it the share over 90 days.

    Args:
        months: rows of `aging_by_month`.
        events: rows of `events`.
        last_day: the last day of the axis.
        is_late_only: leave out what is not yet due and unapplied credit.
        height: in pixels.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.76, 0.24], vertical_spacing=0.09)
    months_axis = month_axis(months)
    on = months_axis["x"]

    for column, label in list(words.BUCKETS.items())[int(is_late_only) :]:
        figure.add_bar(
            y=drawn(months[column]),
            name=label,
            marker=_age_marker(column),
            **said(months, map(formats.usd, months[column]), label),
            **months_axis,
            row=1,
            col=1,
        )
    if not is_late_only:
        figure.add_bar(
            y=[-value for value in drawn(months["unapplied_usd"])],
            name=words.UNAPPLIED,
            marker=CREDIT_MARKER,
            **said(months, map(formats.usd, months["unapplied_usd"]), words.UNAPPLIED),
            **months_axis,
            row=1,
            col=1,
        )
    shares = shares_over_90(months)
    figure.add_scatter(
        y=drawn(shares),
        mode="lines",
        line={"color": theme.AGES["over_120_usd"], "width": 2},
        showlegend=False,
        connectgaps=False,
        **said(months, map(formats.pct, shares), "Over 90 days"),
        **months_axis,
        row=2,
        col=1,
    )
    names_height = 0
    if on:
        names_height = shade_events(figure, events, on[0], last_day)
        figure.update_xaxes(range=[on[0], last_day + timedelta(days=1)])
    figure.update_layout(
        template=theme.TEMPLATE,
        height=height,
        barmode="relative",
        bargap=0.18,
        margin={"t": 12 + max(names_height, LINE_HEIGHT), "b": 4, "l": 8, "r": 8},
        legend=LEGEND | {"y": -0.08, "yanchor": "top"},
    )
    figure.update_yaxes(tickformat=DOLLARS, row=1, col=1)
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero", nticks=4, row=2, col=1)
    figure.add_annotation(
        text="Over 90 days late, share of all open items",
        xref="x2 domain",
        yref="y2 domain",
        x=0,
        y=1.02,
        yanchor="bottom",
        xanchor="left",
        showarrow=False,
        font={"size": 12, "color": theme.MUTED},
    )
    return figure


def rollforward_waterfall(steps: Mapping[str, Decimal], height: int = 330) -> go.Figure:
    """From the opening to the closing receivable; steps of nothing are left out.

    Args:
        steps: column of the roll-forward to its amount, signed as it is added.
        height: in pixels.
    """
    shown = {
        column: steps[column] for column in words.ROLLFORWARD if steps[column] or column in words.ALWAYS_SHOWN
    }
    ends = ("opening_usd", "closing_usd")
    figure = go.Figure(
        go.Waterfall(
            x=[words.ROLLFORWARD[column] for column in shown],
            y=drawn(list(shown.values())),
            measure=[
                {"opening_usd": "absolute", "closing_usd": "total"}.get(column, "relative")
                for column in shown
            ],
            text=[
                formats.usd_whole(amount)
                if column in ends
                else f"{'+' if amount > 0 else ''}{formats.usd_whole(amount)}"
                for column, amount in shown.items()
            ],
            textposition="outside",
            cliponaxis=False,
            constraintext="none",
            connector={"line": {"color": theme.MUTED, "width": 0.8}},
            increasing={"marker": {"color": theme.INCREASE, "line": STEP_LINE}},
            decreasing={"marker": {"color": theme.DECREASE, "line": STEP_LINE}},
            totals={"marker": {"color": theme.TOTAL, "line": STEP_LINE}},
            hovertemplate="%{x}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(
        template=theme.TEMPLATE, height=height, showlegend=False, margin={"t": 30, "b": 4, "l": 8, "r": 8}
    )
    figure.update_yaxes(tickformat=DOLLARS, rangemode="tozero")
    figure.update_xaxes(tickfont={"color": theme.TEXT})
    return figure


def bucket_bars(rows: pl.DataFrame, members: Sequence[str], basis: str = "due_date") -> go.Figure:
    """One bar for each member, from not yet due to the oldest; unapplied credit hatched left of zero.

    Args:
        rows: rows of `buckets` of one dimension.
        members: what each row is called, in the same order.
        basis: what age is counted from.
    """
    figure = go.Figure()
    for column, label in words.bucket_labels(basis).items():
        figure.add_bar(
            y=list(members),
            x=drawn(rows[column]),
            name=label,
            orientation="h",
            customdata=list(map(formats.usd, rows[column])),
            marker=_age_marker(column),
            hovertemplate="%{y}: %{customdata}<extra>" + label + "</extra>",
        )
    figure.add_bar(
        y=list(members),
        x=[-value for value in drawn(rows["unapplied_usd"])],
        name=words.UNAPPLIED,
        orientation="h",
        customdata=list(map(formats.usd, rows["unapplied_usd"])),
        marker=CREDIT_MARKER,
        hovertemplate="%{y}: %{customdata}<extra>" + words.UNAPPLIED + "</extra>",
    )
    gross = rows["total_usd"] + rows["unapplied_usd"]
    figure.add_scatter(
        y=list(members),
        x=drawn(gross),
        mode="text",
        text=["  " + formats.usd_whole(total) for total in rows["total_usd"]],
        textposition="middle right",
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=96 + 30 * max(len(members), 2),
        barmode="relative",
        margin={"t": 30, "b": 4, "l": 8, "r": 90},
        legend=LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )
    figure.update_xaxes(tickformat=DOLLARS, showgrid=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont={"color": theme.TEXT}, type="category")
    return figure
