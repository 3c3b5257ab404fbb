"""Pictures of what an episode cost and when it is over, as pure functions: rows in, figure out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import polars as pl

from dashboards import charts, collection_charts, formats, theme
from dashboards import impact_words as terms
from dashboards.impact_figures import Step, between

TONES = {"delayed": theme.DECREASE, "lost": theme.TOTAL}
DAY = timedelta(days=1)
TITLE_LINE, STEP_LINE = 46, 13  # letters a line: of an event's title, of a column's name
ROW_HEIGHT = 31  # pixels of an event's row
MILLISECONDS = 86_400_000


def answers(rows: pl.DataFrame) -> go.Figure:
    """Both answers side by side for both questions: rules applied, and the best estimate with its range.

    Args:
        rows: of `impact_figures.answers`.
    """
    figure = go.Figure()
    assessed = rows.filter(measure=terms.ASSESSED).to_dicts()
    collected = rows.filter(measure=terms.COLLECTED).to_dicts()
    names = [
        [terms.QUESTIONS[row["question"]] for row in assessed for _ in terms.SHORT_METHODS],
        [name for _ in assessed for name in terms.SHORT_METHODS.values()],
    ]
    of = lambda found: [row[part] for row in found for part in ("applied_usd", "best_usd")]  # noqa: E731
    pairs = list(zip(of(assessed), of(collected), strict=True))
    bounds = [pair for row in collected for pair in ((None, None), (row["low_usd"], row["high_usd"]))]
    figure.add_bar(
        x=names, y=charts.drawn([whole for whole, _ in pairs]), name=terms.ASSESSED,
        marker=collection_charts.HATCHED,
        customdata=[formats.usd(whole) for whole, _ in pairs],
        hovertemplate="%{customdata}<extra>" + terms.ASSESSED + "</extra>",
    )  # fmt: skip
    figure.add_bar(
        x=names, y=charts.drawn([part for _, part in pairs]), name=terms.COLLECTED,
        marker=collection_charts.tone(theme.INCREASE),
        customdata=[formats.usd(part) for _, part in pairs],
        hovertemplate="%{customdata}<extra>" + terms.COLLECTED + "</extra>",
    )  # fmt: skip
    ranged = [at for at, bound in enumerate(bounds) if None not in (*bound, pairs[at][1])]
    figure.add_scatter(
        x=[[level[at] for at in ranged] for level in names],
        y=charts.drawn([pairs[at][1] for at in ranged]),
        mode="markers", marker={"size": 1, "color": theme.TEXT}, showlegend=False, hoverinfo="skip",
        error_y={
            "type": "data", "symmetric": False, "color": theme.TEXT, "thickness": 1.6, "width": 9,
            "array": charts.drawn([bounds[at][1] - pairs[at][1] for at in ranged]),
            "arrayminus": charts.drawn([pairs[at][1] - bounds[at][0] for at in ranged]),
        },
    )  # fmt: skip
    tops: list[Decimal | None] = [
        max((value for value in (whole, part, high) if value is not None), default=None)
        for (whole, part), (_, high) in zip(pairs, bounds, strict=True)
    ]
    highest = max((top for top in tops if top is not None), default=Decimal(1))
    above = [None if top is None else top + highest / 40 for top in tops]
    figure.add_scatter(
        x=names, y=charts.drawn(above), mode="text", textposition="top center", cliponaxis=False,
        showlegend=False, hoverinfo="skip",
        text=[_answer_label(part if part is not None else whole, *bound)
              for (whole, part), bound in zip(pairs, bounds, strict=True)],
    )  # fmt: skip
    figure.update_layout(
        template=theme.TEMPLATE, height=400, barmode="overlay", bargap=0.35,
        margin={"t": 52, "b": 4, "l": 8, "r": 8},
        legend=charts.LEGEND | {"y": 1.06, "yanchor": "bottom"},
    )  # fmt: skip
    figure.update_yaxes(tickformat=charts.DOLLARS, range=charts.drawn([Decimal(0), highest * Decimal("1.2")]))
    figure.update_xaxes(tickfont={"color": theme.TEXT})
    return figure


def _answer_label(value: Decimal | None, low: Decimal | None, high: Decimal | None) -> str:
    if value is None:
        return "no estimate"
    bounds = between(low, high)
    return f"<b>{formats.usd_whole(value)}</b>" + (f"<br>{bounds}" if bounds else "")


def waterfall(steps: Sequence[Step]) -> go.Figure:
    """What came late, then what was lost, then what was received; what is only shown stands apart.

    Args:
        steps: of `impact_figures.steps`.
    """
    names = [
        [terms.GROUPS[step.nature] for step in steps],
        ["<br>".join(textwrap.wrap(step.name, STEP_LINE, break_on_hyphens=False)) for step in steps],
    ]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=charts.drawn([Decimal(0) if step.nature == "apart" else step.amount for step in steps]),
        base=charts.drawn([step.base for step in steps]),
        marker={
            "color": [_tone(step) for step in steps],
            "line": charts.STEP_LINE,
            "pattern": {
                "shape": ["/" if step.nature in ("against", "apart") else "" for step in steps],
                "fgcolor": theme.OUTLINE,
                "size": 5,
            },
        },
        customdata=[
            (
                formats.usd(step.amount),
                f" ({step.bounds})" if step.bounds else "",
                f" on {formats.day(step.on)}" if step.on else "",
            )
            for step in steps
        ],
        hovertemplate="%{customdata[0]}%{customdata[1]}%{customdata[2]}<extra></extra>",
    )
    tops = [
        Decimal(0) if step.nature == "apart" else max(step.base, step.base + step.amount) for step in steps
    ]
    figure.add_scatter(
        x=names, y=charts.drawn(tops), mode="text", textposition="top center", cliponaxis=False,
        text=[_step_label(step) for step in steps], hoverinfo="skip",
    )  # fmt: skip
    figure.update_layout(
        template=theme.TEMPLATE, height=360, showlegend=False, bargap=0.3,
        margin={"t": 30, "b": 4, "l": 8, "r": 8},
    )  # fmt: skip
    figure.update_yaxes(tickformat=charts.DOLLARS, rangemode="tozero")
    figure.update_xaxes(tickfont={"color": theme.TEXT, "size": 11}, tickangle=0, dividercolor=theme.MUTED)
    return figure


def _step_label(step: Step) -> str:
    """The amount; what is apart has no column, which would hide the others."""
    text = f"<b>{formats.usd_whole(step.amount)}</b>"
    return f"{text}<br>not drawn" if step.nature == "apart" else text


def _tone(step: Step) -> str:
    if step.nature == "lost":
        return theme.TOTAL if step.is_sum else theme.INCREASE
    return TONES.get(step.nature, theme.PAPER)


def timeline(events: pl.DataFrame, first: date, last: date) -> go.Figure:
    """When each event lasted, by what it does; one until further notice runs on.

    Args:
        events: the events in force, one row each.
        first: first day of the axis.
        last: last day of the axis.
    """
    rows = _timeline_rows(events)
    figure = go.Figure()
    for of_episode, colour in ((True, theme.TOTAL), (False, theme.USUAL)):
        shown = [(at, row) for at, row in enumerate(rows) if row and row["is_of_episode"] is of_episode]
        figure.add_bar(
            orientation="h",
            y=[at for at, _ in shown],
            base=[max(row["starts_on"], first).isoformat() for _, row in shown],
            x=[((min(row["ends_on"] or last, last) - max(row["starts_on"], first)).days + 1) * MILLISECONDS
               for _, row in shown],
            width=[0.26 if row["event_kind"] == "one_time_credit" else 0.5 for _, row in shown],
            marker=collection_charts.tone(colour),
            customdata=[(row["event_title"], _lasted(row), row["cause"] or "") for _, row in shown],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
            showlegend=False,
        )  # fmt: skip
    open_ones = [at for at, row in enumerate(rows) if row and row["ends_on"] is None]
    figure.add_scatter(
        x=[last.isoformat()] * len(open_ones), y=open_ones, mode="markers", cliponaxis=False,
        marker={"symbol": "triangle-right", "size": 15, "color": theme.TOTAL}, showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
    for at, row in enumerate(rows):
        if row:
            figure.add_annotation(
                x=1, xref="paper", y=at, text=_lasted(row), showarrow=False, xanchor="left", xshift=14,
                font={"size": 11, "color": theme.MUTED},
            )  # fmt: skip
    figure.update_layout(
        template=theme.TEMPLATE, height=50 + ROW_HEIGHT * len(rows), barmode="overlay",
        margin={"t": 8, "b": 4, "l": 8, "r": 216},
    )  # fmt: skip
    figure.update_xaxes(
        type="date", range=[first.isoformat(), (last + DAY).isoformat()], showgrid=True, side="top"
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[_row_label(rows, at) for at in range(len(rows))],
        range=[len(rows) - 0.5, -0.5], showgrid=False, tickfont={"color": theme.TEXT, "size": 12},
        ticklabelstandoff=6,
    )  # fmt: skip
    return figure


def _timeline_rows(events: pl.DataFrame) -> list[dict | None]:
    """The events under a heading for each kind; a heading is None."""
    rows: list[dict | None] = []
    for kind in _kinds(events):
        rows.append(None)
        rows += events.filter(event_kind=kind).sort("starts_on", "event_id").to_dicts()
    return rows


def _kinds(events: pl.DataFrame) -> list[str]:
    present = set(events["event_kind"])
    return [kind for kind in terms.EVENT_KINDS if kind in present]


def _row_label(rows: Sequence[dict | None], at: int) -> str:
    row = rows[at]
    if row is None:
        return f"<b>{terms.event_kind(rows[at + 1]['event_kind'])}</b>"
    return "<br>".join(textwrap.wrap(row["event_title"], TITLE_LINE))


def _lasted(row: Mapping) -> str:
    if row["ends_on"] is None:
        return f"from {formats.day(row['starts_on'])}, {terms.UNTIL_FURTHER_NOTICE}"
    if row["ends_on"] == row["starts_on"]:
        return formats.day(row["starts_on"])
    return f"{formats.day(row['starts_on'])} to {formats.day(row['ends_on'])}"


def recovery(months: pl.DataFrame, events: pl.DataFrame, last_day: date) -> go.Figure:
    """What was open at each month end, solid; what would be without the event, dashed, with its range.

    Args:
        months: rows of `recovery_by_month`.
        events: rows of `events`.
        last_day: the last day of the axis.
    """
    figure, axis = go.Figure(), charts.month_axis(months)
    known = months.filter(pl.col("expected_usd").is_not_null())
    known_axis = charts.month_axis(known)
    for column, fill in (("expected_low_usd", None), ("expected_high_usd", "tonexty")):
        figure.add_scatter(
            y=charts.drawn(known[column]), mode="lines", line={"width": 0, "color": theme.USUAL},
            fill=fill, fillcolor=theme.GRID, showlegend=fill is not None, name="Range of the expected",
            hoverinfo="skip", **known_axis,
        )  # fmt: skip
    for column, name, dash, width in (
        ("expected_usd", "Expected without the event", "dash", 1.8),
        ("actual_usd", "Actual", "solid", 2.4),
    ):
        figure.add_scatter(
            y=charts.drawn(months[column]), name=name, mode="lines+markers", marker={"size": 4},
            line={"color": theme.TEXT, "width": width, "dash": dash},
            **charts.said(months, map(formats.usd, months[column]), name), **axis,
        )  # fmt: skip
    charts.shade_months(figure, months, events, last_day, 390)
    figure.update_yaxes(tickformat=charts.DOLLARS, rangemode="tozero")
    return figure


def curves(rows: pl.DataFrame) -> go.Figure:
    """How much of each month's bills was paid by so many days after the bill: the episode's in colour.

    Args:
        rows: of `recovery_curves`.
    """
    figure = go.Figure()
    named: set[str] = set()
    for end, of_month in _by_month(rows):
        is_event = of_month["is_event_month"][0]
        name = "Bills of the episode" if is_event else "Bills of the two months before"
        figure.add_scatter(
            x=of_month["age_days"].to_list(), y=charts.drawn(of_month["collected_pct"]), mode="lines",
            name=name, legendgroup=name, showlegend=name not in named,
            line={"color": theme.COHORTS["standstill"] if is_event else theme.BAND,
                  "width": 1.6 if is_event else 1.3},
            opacity=0.75 if is_event else 1,
            customdata=[(formats.month(end), formats.pct(share)) for share in of_month["collected_pct"]],
            hovertemplate="Billed in %{customdata[0]}: %{customdata[1]} after %{x} days<extra></extra>",
        )  # fmt: skip
        named.add(name)
    expected = (
        rows.filter(pl.col("expected_pct").is_not_null())
        .sort("billed_month_end_on", descending=True)
        .unique("age_days", keep="first", maintain_order=True)
        .sort("age_days")
    )
    figure.add_scatter(
        x=expected["age_days"].to_list(), y=charts.drawn(expected["expected_pct"]), mode="lines",
        name="Months without events", line={"color": theme.TEXT, "width": 2, "dash": "dash"},
        customdata=[formats.pct(share) for share in expected["expected_pct"]],
        hovertemplate="%{customdata} after %{x} days<extra>Months without events</extra>",
    )  # fmt: skip
    figure.update_layout(
        template=theme.TEMPLATE, height=390, margin={"t": 30, "b": 4, "l": 8, "r": 8},
        legend=charts.LEGEND | {"y": 1.0, "yanchor": "bottom"},
    )  # fmt: skip
    figure.update_yaxes(ticksuffix=" %", range=[0, 102])
    figure.update_xaxes(title={"text": "Days since the bill"}, rangemode="tozero")
    return figure


def _by_month(rows: pl.DataFrame) -> Iterable[tuple[date, pl.DataFrame]]:
    """The curves month by month, those before the episode first: they lie below."""
    ends = (
        rows.select("billed_month_end_on", "is_event_month")
        .unique()
        .sort("is_event_month", "billed_month_end_on")
    )
    for end in ends["billed_month_end_on"]:
        yield end, rows.filter(billed_month_end_on=end).sort("age_days")
