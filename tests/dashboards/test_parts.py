"""Formats, tables and pictures: pure functions with exact answers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from dashboards import charts, formats, tables, theme, words

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (formats.usd, Decimal("45.06"), "$45.06"),
        (formats.usd, Decimal("-1234567.80"), f"{MINUS}$1,234,567.80"),
        (formats.usd, Decimal("0.00"), "$0.00"),
        (formats.usd, None, "\N{EN DASH}"),
        (formats.usd, Decimal("90071992547409.93"), "$90,071,992,547,409.93"),
        (formats.usd_whole, Decimal("1234567.50"), "$1,234,568"),
        (formats.usd_whole, Decimal("-0.40"), "$0"),
        (formats.usd_tile, Decimal("1249999.99"), f"$1.2{NBSP}M"),
        (formats.usd_tile, Decimal("-1250000"), f"{MINUS}$1.3{NBSP}M"),
        (formats.usd_tile, Decimal("445694.87"), "$445,695"),
        (formats.usd_tile, Decimal("1234567890"), f"$1,234.6{NBSP}M"),
        (formats.usd_change, Decimal("12.00"), "+$12.00"),
        (formats.usd_change, Decimal("-12.00"), f"{MINUS}$12.00"),
        (formats.usd_change, Decimal("0"), "$0.00"),
        (formats.pct, Decimal("12.25"), f"12.3{NBSP}%"),
        (formats.pct, Decimal("-3"), f"{MINUS}3.0{NBSP}%"),
        (formats.pct, None, "\N{EN DASH}"),
        (formats.count, 57000, "57,000"),
        (formats.day, date(2021, 6, 30), "30 Jun 2021"),
        (formats.day, date(2021, 6, 3), "3 Jun 2021"),
        (formats.month, date(2020, 12, 31), "Dec 2020"),
        (formats.moment, datetime(2021, 7, 1, 6, 12), "1 Jul 2021, 06:12"),
        (formats.moment, "2021-07-01T06:12:00Z", "1 Jul 2021, 06:12"),
        (formats.yes_no, False, "no"),
    ],
)
def test_a_value_reads_exactly_so(function, value, text):
    assert function(value) == text


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("open_usd", Decimal("-1234.5"), f"{MINUS}1,234.50"),
        ("open_usd", Decimal("0.00"), "0"),
        ("open_usd", None, "\N{EN DASH}"),
        ("row_count", 1200, "1,200"),
        ("past_due_days", 91, "91"),
        ("due_on", date(2021, 1, 5), "5 Jan 2021"),
        ("is_named", True, "yes"),
        ("account_id", "0101", "0101"),
        ("account_id", None, "\N{EN DASH}"),
    ],
)
def test_the_suffix_of_a_column_decides(column, value, text):
    assert formats.formatter(column)(value) == text


def test_a_share_of_nothing_is_not_known():
    assert formats.share(Decimal("5"), Decimal("0")) is None
    assert formats.share(Decimal("1"), Decimal("8")) == Decimal("12.5")


def test_a_csv_is_exact_neutral_and_marked():
    rows = pl.DataFrame({
        "account_id": ["=HYPERLINK(1)", "+1", "-2", "@x", "0101", None],
        "open_usd": [*map(Decimal, ["-0.10", "1.00", "2.50", "3.00", "4.00"]), None],
    })  # fmt: skip
    lines = tables.csv_bytes(rows, {"build_id": "b1"}, "Simulated data.").decode("utf-8-sig").splitlines()
    assert lines == [
        "account_id,open_usd,build_id,data_mark",
        "'=HYPERLINK(1),-0.10,b1,Simulated data.",
        "'+1,1.00,b1,Simulated data.",
        "'-2,2.50,b1,Simulated data.",
        "'@x,3.00,b1,Simulated data.",
        "0101,4.00,b1,Simulated data.",
        ",,b1,Simulated data.",
    ]
    assert "data_mark" not in tables.csv_bytes(rows, {}, None).decode()


def test_a_table_escapes_and_totals():
    rows = pl.DataFrame(
        {"name": ["<b>", "b"], "a_usd": [Decimal("1.10"), Decimal("2.20")], "b_usd": [None, Decimal(1)]}
    )
    text = tables.html_table(
        tables.with_total(rows, "name"), {"name": "Name", "a_usd": "A", "b_usd": "B"}, has_total=True
    )
    assert "&lt;b&gt;" in text and "<b>" not in text
    assert (
        '<tr class="total"><td>Total</td><td class="n">3.30</td><td class="n">\N{EN DASH}</td></tr>' in text
    )


AGES = list(words.BUCKETS)


def month_rows() -> pl.DataFrame:
    amounts = {column: [Decimal(number), Decimal(2 * number)] for number, column in enumerate(AGES, start=1)}
    return pl.DataFrame({
        "month_end_on": [date(2020, 11, 30), date(2020, 12, 31)], **amounts,
        "unapplied_usd": [Decimal("3"), Decimal("0")], "total_usd": [Decimal("18"), Decimal("42")],
        "over_90_usd": [Decimal("11"), Decimal("22")], "gross_usd": [Decimal("21"), Decimal("42")],
    })  # fmt: skip


def event(kind: str, starts_on: date, ends_on: date) -> dict:
    return {"event_kind": kind, "starts_on": starts_on, "ends_on": ends_on}


EVENTS = pl.DataFrame([
    event("penalty_waiver", date(2020, 12, 1), date(2021, 2, 28)),
    event("channel_outage", date(2020, 12, 7), date(2020, 12, 27)),
    event("shutoff_moratorium", date(2020, 3, 16), date(2020, 7, 15)),
])  # fmt: skip


def test_the_trend_stacks_the_ages_and_shades_the_events():
    figure = charts.aging_trend(month_rows(), EVENTS, date(2020, 12, 31))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == [*words.BUCKETS.values(), words.UNAPPLIED]
    assert [bar.marker.color for bar in bars[:-1]] == list(theme.AGES.values())
    assert list(bars[0].y) == [1.0, 2.0]
    assert list(bars[-1].y) == [-3.0, 0.0] and bars[-1].marker.pattern.shape == "/"
    line = next(trace for trace in figure.data if trace.type == "scatter")
    assert line.yaxis == "y2" and [round(value, 1) for value in line.y] == [52.4, 52.4]
    # the spring lies before the axis; a pale band for the waiver, a dark one where nothing could be paid
    bands = [shape for shape in figure.layout.shapes if shape.layer == "below"]
    assert [(str(band.x0), str(band.x1), band.opacity) for band in bands] == [
        ("2020-12-01", "2021-01-01", charts.PALE),
        ("2020-12-07", "2020-12-28", charts.DARK),
    ]
    assert charts.PALE < charts.DARK / 2


def names_of(figure) -> list[tuple[str, str, str]]:
    """Name, first and last day (exclusive) of the bar under it, from the axis upwards."""
    bars = [shape for shape in figure.layout.shapes if shape.ysizemode == "pixel"]
    named = [note for note in figure.layout.annotations if note.yshift]
    assert [bar.y1 for bar in bars] == [note.yshift for note in named]
    return [(note.text, str(bar.x0), str(bar.x1)) for note, bar in zip(named, bars, strict=True)]


def test_a_short_outage_in_a_long_waiver_keeps_its_own_name_and_length():
    events = pl.DataFrame([
        event("penalty_waiver", date(2020, 3, 13), date(2020, 7, 14)),
        event("shutoff_moratorium", date(2020, 3, 13), date(2020, 7, 14)),
        event("penalty_waiver", date(2020, 12, 1), date(2021, 1, 30)),
        event("penalty_waiver", date(2020, 12, 7), date(2022, 6, 30)),
        event("shutoff_moratorium", date(2020, 12, 7), date(2021, 2, 28)),
        event("channel_outage", date(2020, 12, 7), date(2020, 12, 27)),
        event("billing_suspension", date(2020, 12, 7), date(2020, 12, 27)),
    ])  # fmt: skip
    figure = charts.go.Figure()
    height = charts.shade_events(figure, events, date(2018, 5, 1), date(2022, 6, 30))
    assert names_of(figure) == [
        ("Payment outage, no bills sent", "2020-12-07", "2020-12-28"),
        ("Late fees waived, no shut-offs", "2020-03-13", "2020-07-15"),
        ("Late fees waived", "2020-12-01", "2022-07-01"),
        ("No shut-offs", "2020-12-07", "2021-03-01"),
    ]
    notes = {note.text: note.yshift for note in figure.layout.annotations}
    rows = [notes[name] for name in ("Payment outage, no bills sent", "Late fees waived", "No shut-offs")]
    row = charts.LINE_HEIGHT + charts.BAR_HEIGHT
    assert rows == [charts.BAR_HEIGHT + number * row for number in range(3)], "one above the other"
    assert height == 3 * row


def test_a_dollar_sign_stands_behind_the_minus_of_an_axis():
    rows = month_rows().with_columns(pl.Series("member", ["water", "account"]))
    for axis in (
        charts.aging_trend(month_rows(), EVENTS, date(2020, 12, 31)).layout.yaxis,
        charts.bucket_bars(rows, ["Water", "Account"]).layout.xaxis,
        charts.rollforward_waterfall(dict.fromkeys(words.ROLLFORWARD, Decimal(1))).layout.yaxis,
    ):
        assert (axis.tickprefix, axis.tickformat) == (None, "$~s")


def test_the_trend_of_what_is_late_leaves_out_what_is_not():
    figure = charts.aging_trend(month_rows(), EVENTS.clear(), date(2020, 12, 31), is_late_only=True)
    bars = [trace.name for trace in figure.data if trace.type == "bar"]
    assert bars == list(words.BUCKETS.values())[1:]
    assert not figure.layout.shapes


def test_events_that_overlap_are_one_cluster():
    found = charts.clusters(EVENTS)
    assert [(cluster["starts_on"], cluster["ends_on"]) for cluster in found] == [
        (date(2020, 3, 16), date(2020, 7, 15)),
        (date(2020, 12, 1), date(2021, 2, 28)),
    ]
    assert charts.spans(EVENTS)[0]["kinds"] == ["channel_outage"]


def test_the_waterfall_leaves_out_what_is_nothing():
    steps = dict.fromkeys(words.ROLLFORWARD, Decimal(0)) | {
        "opening_usd": Decimal("100"), "billed_usd": Decimal("50"), "payments_usd": Decimal("-70.50"),
        "closing_usd": Decimal("79.50"),
    }  # fmt: skip
    figure = charts.rollforward_waterfall(steps)
    fall = figure.data[0]
    assert list(fall.x) == ["Opening", "Billed", "Payments", "Closing"]
    assert list(fall.measure) == ["absolute", "relative", "relative", "total"]
    assert list(fall.text) == ["$100", "+$50", f"{MINUS}$71", "$80"]
    colours = {fall.increasing.marker.color, fall.decreasing.marker.color, fall.totals.marker.color}
    assert len(colours) == 3
    assert not colours & {*theme.SERVICES.values(), *theme.AGES.values()}
    channels = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours]
    assert all(max(rgb) - min(rgb) < 32 for rgb in channels), "greys"


def test_columns_with_unapplied_credit_add_up_to_what_is_owed():
    shown = tables.credit_below_zero(month_rows())
    assert shown["unapplied_usd"].to_list() == [Decimal("-3"), Decimal("0")]
    for row in shown.select(*words.BUCKETS, "unapplied_usd", "total_usd").rows():
        assert sum(row[:-1]) == row[-1]


def test_a_table_of_many_rows_scrolls_under_its_name():
    rows = pl.DataFrame({"what": ["a"]})
    assert 'class="rh-scroll rh-tall" tabindex="0" aria-label="&lt;Lines&gt;"' in tables.html_table(
        rows, {"what": "What"}, tall="<Lines>"
    )
    assert "rh-tall" not in tables.html_table(rows, {"what": "What"})


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("penalty.due", "when penalties and fees fall due"),
        ("fees.due", "when penalties and fees fall due"),
        ("billing.due_date_rolls", "whether a due date on a weekend or holiday moves"),
        ("billing.due_week_tolerance_days", "when bills fall due"),
        ("event outage_due_dates (due_date_extension)", "for how long due dates were extended"),
        ("order in which payments are applied, kind", "the order in which payments are applied"),
        ("some.new_rule", "a rule in the list below"),
    ],
)
def test_what_an_assumed_value_decides_is_said_without_its_name(subject, text):
    assert words.decides(subject) == text


def test_bars_by_member_say_their_total():
    rows = month_rows().with_columns(pl.Series("member", ["water", "account"]))
    figure = charts.bucket_bars(rows, ["Water", "Account"], "bill_date")
    assert figure.data[0].name == "Billed that day"
    assert figure.data[-1].text == ("  $18", "  $42")


@pytest.mark.parametrize(
    ("kind", "detail", "text"),
    [
        ("charge", "regular", "Bill"),
        ("payment", "mail", "Payment by mail"),
        ("payment", "lockbox", "Payment (lockbox)"),
        ("fee", "returned_payment_fee", "Returned payment fee"),
        ("adjustment", "leak_credit", "Leak credit"),
        ("penalty", "penalty", "Late penalty"),
        ("return", "check", "Returned payment"),
    ],
)
def test_postings_have_plain_words(kind, detail, text):
    assert words.posting(kind, detail) == text
