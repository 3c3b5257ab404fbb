"""What every page shares: header, marks, filter row, figures, tables, downloads, notes, footer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from html import escape

import pandas as pd
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboards import charts, data, formats, tables, theme, words
from dashboards.definitions import DEFINITIONS
from ratehouse.errors import RatehouseError

WARNINGS_SHOWN = 4
WIDTHS = {"credit": 170, "service_title": 140, "in_the_way": 190}  # of grid columns, in pixels
MARK_OF_ASSUMED = words.MARK_OF_ASSUMED


@dataclass(frozen=True)
class Page:
    """What a page is about.

    Attributes:
        build: the build that all its figures are of.
        utility: the chosen utility's row of `utilities`.
        mark: what the page and its downloads must carry; None where no row of the build is simulated.
        context: where the line under the title goes.
        assumptions: rows of `assumptions`.
    """

    build: data.Build
    utility: dict
    mark: str | None
    context: st.delta_generator.DeltaGenerator
    assumptions: pl.DataFrame

    @property
    def utility_id(self) -> str:
        """The chosen utility."""
        return self.utility["utility_id"]

    def ask(self, question: str, **parameters: object) -> pl.DataFrame:
        """The build's answer to a question."""
        return data.ask(self.build, question, **parameters)

    def ask_over(
        self, question: str, given: Mapping[str, pl.DataFrame | data.Asked], **parameters: object
    ) -> pl.DataFrame:
        """The build's answer to a question about given tables."""
        return data.ask_over(self.build, question, given, **parameters)

    def rests_on(self, subject_pattern: str) -> pl.DataFrame:
        """The assumed values whose subject matches."""
        return self.assumptions.filter(pl.col("subject").str.contains(subject_pattern))

    def dagger(self, subject_pattern: str) -> str:
        """The mark of a figure that rests on assumed values."""
        return "" if self.rests_on(subject_pattern).is_empty() else f" {MARK_OF_ASSUMED}"

    def marked(self, figure: tuple[str, str, str, str], subject_pattern: str) -> tuple[str, str, str, str]:
        """A figure with the mark, where it rests on assumed values."""
        return (figure[0] + self.dagger(subject_pattern), *figure[1:])


def escaped(text: str) -> str:
    """Text for a place that reads Markdown: a dollar sign is a dollar sign."""
    return text.replace("$", r"\$")


def typed(text: str) -> str:
    """Text that somebody typed, for a place that reads Markdown: no link, no picture, no formula."""
    return re.sub(r"([\\`*_\[\]<>$~#|])", r"\\\1", text)


def open_page(question: str, filters: Sequence[float] = (1,)) -> tuple[Page, list[AbstractContextManager]]:
    """Title, line of context, mark and the row of filters, of which the utility is the first.

    Args:
        question: the page's title.
        filters: relative widths of the filters, the utility's first.

    Returns:
        The page and the places of the other filters. Where there is no build, the page says what to do and
        ends here.
    """
    st.html(theme.STYLE)
    st.title(question, anchor=False)
    build = _build_or_stop()
    utilities = data.ask(build, "utilities")
    if utilities.is_empty():
        _stop("The build holds no utility", "Deliver extracts and run `ratehouse run`.")
    context = st.container()
    columns = st.columns(list(filters) if len(filters) > 1 else [1.5, 3], gap="small")
    names = dict(utilities.select("utility_id", "utility_name").iter_rows())
    with columns[0]:
        chosen = st.selectbox(
            "Utility", list(names), format_func=lambda key: names[key], key="utility", bind="query-params"
        )
    utility = utilities.row(by_predicate=pl.col("utility_id") == chosen, named=True)
    marks = [utility["data_mark"], *utilities["data_mark"]]
    page = Page(
        build=build,
        utility=utility,
        mark=next((mark for mark in marks if mark), None),
        context=context,
        assumptions=data.ask(build, "assumptions", utility=chosen),
    )
    return page, list(columns[1:])


def _build_or_stop() -> data.Build:
    try:
        build = data.current_build()
    except RatehouseError as error:
        _stop("The build cannot be opened", str(error))
    if build is None:
        _stop(
            "Nothing has been built yet",
            "Put extracts into the workspace's `landing/` folder and run `ratehouse run`, or run "
            "`ratehouse demo` "
            "to see two simulated cities. Then load this page again.",
        )
    return build


def _stop(headline: str, advice: str) -> None:
    st.info(f"**{headline}.** {advice}")
    st.stop()


def choose(label: str, key: str, options: Iterable[str | None], name: Callable[[str], str]) -> list[str]:
    """A filter of several values, kept in the address; nothing chosen means all."""
    known = [option for option in options if option is not None]
    return st.multiselect(label, known, key=key, format_func=name, placeholder="All", bind="query-params")


def context_line(page: Page, as_of: object, scope: str = "All funds") -> None:
    """Utility, fund, as-of date, build and audit mark; under it the mark of simulated data."""
    audit = page.build.audit_mark or "unknown"
    tone = {"passed": "rh-passed", "passed with warnings": "rh-warned"}.get(audit, "rh-failed")
    sep = " &nbsp;\N{MIDDLE DOT}&nbsp; "
    line = sep.join(
        [
            f"<b>{escape(page.utility['utility_name'])}</b>",
            escape(scope),
            f"as of <b>{escape(formats.day(as_of))}</b>",
            f"build {escape(page.build.build_id)}",
            f'audit <span class="{tone}">{escape(audit)}</span>',
        ]
    )
    mark = f'<div class="rh-mark">{escape(page.mark)}</div>' if page.mark else ""
    with page.context:
        st.html(f'<div class="rh-context">{line}</div>{mark}')


def figures(items: Iterable[tuple[str, str, str, str]]) -> None:
    """At most four figures that answer the page's question: label, value, comparison, definition."""
    items = list(items)
    for column, (label, value, comparison, definition) in zip(
        st.columns(len(items), gap="small"), items, strict=True
    ):
        column.metric(
            label,
            value,
            escaped(comparison),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=escaped(definition),
        )


def owed_figure(owed: Mapping, account_count: int) -> tuple[str, str, str, str]:
    """What is owed, net of unapplied credit, and how many accounts have open items: alike on every page."""
    return (
        "Owed",
        formats.usd_tile(owed["total_usd"]),
        f"{formats.usd(owed['total_usd'])} after {formats.usd(owed['unapplied_usd'])} unapplied credit; "
        f"{formats.plural(account_count, 'account')} with open items",
        DEFINITIONS["Owed"],
    )


def picture(sentence: str, figure: go.Figure, key: str, note: str = "") -> None:
    """A picture under the sentence that it shows."""
    below = f'<p class="rh-note">{escape(note)}</p>' if note else ""
    st.html(f'<p class="rh-says">{escape(sentence)}</p>{below}')
    st.plotly_chart(figure, theme=None, key=key, config=charts.PICTURE, alt=sentence)


def heading(text: str, note: str = "") -> None:
    """The sentence above a table."""
    below = f'<p class="rh-note">{escape(note)}</p>' if note else ""
    st.html(f'<p class="rh-says">{escape(text)}</p>{below}')


def note(text: str) -> None:
    """A line of small print."""
    st.html(f'<p class="rh-note">{escape(text)}</p>')


def caution(text: str) -> None:
    """A sentence that must be read before the page is used."""
    st.html(f'<p class="rh-caution">{escape(text)}</p>')


def missing(page: Page, *entities: str) -> None:
    """Says which extracts that a page rests on were never delivered: a zero of theirs says nothing."""
    known = page.ask("deliveries", utility=page.utility_id)
    known = known.filter(pl.col("refused_count") < pl.col("file_count"))["entity"].to_list()
    names = ", ".join(f"“{entity}”" for entity in entities if entity not in known)
    if names:
        caution(f"Not delivered: {names}. What rests on it is not known; a zero here says nothing about it.")


def table(rows: pl.DataFrame, labels: Mapping[str, str], *, has_total: bool = False, tall: str = "") -> None:
    """A table whose texts wrap; all rows are visible, or where it has a name as `tall` it scrolls."""
    st.html(tables.html_table(rows, labels, has_total=has_total, tall=tall))


def grid(rows: pl.DataFrame, labels: Mapping[str, str], key: str, *, height: int, alt: str, **options):
    """A table of many rows that scrolls and sorts; cells read as everywhere else, amounts stay exact."""
    # As objects: pandas would turn whole numbers with gaps, and amounts, into floats.
    frame = pd.DataFrame({column: pd.Series(rows[column].to_list(), dtype=object) for column in labels})
    styled = frame.style.format({column: formats.formatter(column) for column in labels})
    config = {
        column: st.column_config.Column(label, width=WIDTHS.get(column)) for column, label in labels.items()
    }
    return st.dataframe(
        styled,
        key=key,
        hide_index=True,
        height=height,
        column_config=config,
        row_height=30,
        alt=alt,
        placeholder="",
        **options,
    )


def download(
    page: Page, label: str, name: str, as_of: object, rows: Callable[[], pl.DataFrame] | pl.DataFrame
) -> None:
    """A CSV whose every row carries as-of date, build and the mark of simulated data."""
    context = {"as_of_on": str(as_of), "build_id": page.build.build_id}

    def written() -> bytes:
        frame = rows() if callable(rows) else rows
        return tables.csv_bytes(frame.drop("as_of_on", "build_id", strict=False), context, page.mark)

    st.download_button(
        label,
        written,
        file_name=f"{page.utility_id}_{name}_{as_of}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"download_{name}",
    )


def assumed(page: Page, subject_pattern: str) -> None:
    """Names the assumed values that marked figures rest on, and lists all of the utility's, folded."""
    found = page.rests_on(subject_pattern)
    if not found.is_empty():
        decided = "; ".join(dict.fromkeys(map(words.decides, found["subject"])))
        st.html(f'<p class="rh-note">{MARK_OF_ASSUMED} rests on what is assumed: {escape(decided)}.</p>')
    with st.expander(f"Assumed values of this utility ({page.assumptions.height})"):
        if page.assumptions.is_empty():
            st.write("None: a source is named for every value.")
            return
        labels = {
            "subject": "Value",
            "assumed_value": "Assumed",
            "effective_from_on": "From",
            "note": "Note or source",
        }
        table(page.assumptions, labels)


def definitions(names: Iterable[str], notes: str = "") -> None:
    """What the page's words mean, folded."""
    with st.expander("Notes and definitions"):
        lines = [f"<p><b>{escape(name)}.</b> {escape(DEFINITIONS[name])}</p>" for name in names]
        st.html("".join(lines) + (f"<p>{escape(notes)}</p>" if notes else ""))


def footer(page: Page, as_of: object) -> None:
    """As-of date, build and audit result, on every page alike."""
    build = data.ask(page.build, "build").row(0, named=True)
    results = data.ask(page.build, "audit_results")
    passed = results.filter(pl.col("status") == "passed").height
    parts = [
        f"Data as of {formats.day(as_of)}",
        f"build {build['build_id']} made {formats.moment(build['built_at'])}",
        f"audit {build['audit_mark']}: {formats.count(passed)} of {formats.count(results.height)} "
        f"checks passed",
    ]
    if build["ratehouse_version"][:1].isdigit():
        parts.append(f"ratehouse {build['ratehouse_version']}")
    if page.mark:
        parts.append(page.mark)
    text = " \N{MIDDLE DOT} ".join(escape(part) for part in parts)
    st.html(f'<div class="rh-footer">{text}</div>')


def order_note(order: pl.DataFrame) -> str:
    """In which order payments reach the services of a combined bill: a split by service needs it."""
    ranked = order.filter(pl.col("application_rank").is_not_null())
    if ranked.height < 2:
        return ""
    names = ", then ".join(words.service(code).lower() for code in ranked["service"])
    basis = (
        f"this order is assumed {MARK_OF_ASSUMED}"
        if ranked["is_order_assumed"].any()
        else "this order has a source"
    )
    return (
        f"The split by service depends on the order in which a payment covers lines of one due date: "
        f"{names}; {basis}. "
        "The total does not depend on it."
    )


def freshness(utility: Mapping, deliveries: pl.DataFrame, rejects: pl.DataFrame) -> None:
    """What was delivered last, what of it was loaded, and what was rejected and why; folded."""
    rejected = sum(deliveries["rejected_count"])
    latest = formats.day(utility["latest_delivered_on"])
    with st.expander(f"Deliveries: latest {latest}, {formats.plural(rejected, 'row')} rejected"):
        named = deliveries.with_columns(pl.col("entity").map_elements(words.sentence, return_dtype=pl.String))
        labels = {
            "entity": "Extract",
            "latest_delivered_on": "Latest delivery",
            "file_count": "Files",
            "refused_count": "Refused",
            "received_count": "Rows received",
            "loaded_count": "Loaded",
            "unchanged_count": "Unchanged",
            "restated_count": "Restated",
            "rejected_count": "Rejected",
        }
        table(named, labels)
        if rejects.is_empty():
            return
        heading("Rejected and not yet delivered again")
        labels = {
            "entity": "Extract",
            "column_name": "Column",
            "reason": "Reason",
            "rejected_count": "Rows",
            "first_source_file": "First file",
            "first_line_number": "First line",
        }
        table(rejects, labels)


def warnings(results: pl.DataFrame) -> None:
    """A banner with what the audit found though it passed; what does not fit stands in its table."""
    found = results.filter(pl.col("status") == "failed")
    lines = [
        f"- {row['name']} ({row['subject']}): {row['detail'] or formats.plural(row['failing_count'], 'row')}"
        for row in found.head(WARNINGS_SHOWN).iter_rows(named=True)
    ]
    if found.height > WARNINGS_SHOWN:
        lines.append(f"- and {found.height - WARNINGS_SHOWN} more, under Audit below")
    text = "\n".join([f"The audit passed with {formats.plural(found.height, 'warning')}:", *lines])
    st.warning(escaped(text))


def audit(results: pl.DataFrame) -> None:
    """What the audit checked; folded, what failed first."""
    failed = results.filter(pl.col("status") == "failed").height
    with st.expander(
        f"Audit: {formats.plural(results.height, 'check')}, {formats.count(failed)} with findings"
    ):
        labels = {
            "kind": "Kind",
            "name": "Check",
            "subject": "Of",
            "severity": "Severity",
            "status": "Answer",
            "failing_count": "Failing rows",
            "detail": "Finding",
        }
        table(results, labels)


def total_of(rows: pl.DataFrame, columns: Iterable[str]) -> dict[str, Decimal]:
    """The exact sum of each column."""
    return {column: sum(rows[column], Decimal("0.00")) for column in columns}
