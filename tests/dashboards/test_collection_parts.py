"""Pictures of penalties, collections, shut-offs and payments, and the days of a fiscal year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from dashboards import collection_charts as pictures
from dashboards import formats, theme
from dashboards import months as calendar

EVENTS = pl.DataFrame(
    [
        {
            "event_id": "w", "event_kind": "penalty_waiver", "event_title": "w",
            "starts_on": date(2020, 12, 1), "ends_on": date(2021, 2, 28), "is_assumed": False,
        }
    ]
)  # fmt: skip
ENDS = [date(2020, 11, 30), date(2020, 12, 31), date(2021, 1, 31)]


def months(**columns) -> pl.DataFrame:
    return pl.DataFrame({"month_end_on": ENDS, **columns})


def dollars(*amounts: str | None) -> list[Decimal | None]:
    return [None if amount is None else Decimal(amount) for amount in amounts]


class TestStackedMonths:
    def drawn(self, **options):
        rows = months(
            charged_usd=dollars("4.51", "0", "2.51"), shadow_usd=dollars("0", "4.51", "0"),
            none_usd=dollars("0", "0", "0"), expected_usd=dollars("4.51", "0", "2.50"),
        )  # fmt: skip
        parts = {
            "charged_usd": ("Charged", pictures.tone(theme.TOTAL)),
            "shadow_usd": ("Not charged", pictures.HATCHED),
            "none_usd": ("Nothing", pictures.HATCHED),
        }
        return pictures.stacked_months(rows, parts, EVENTS, date(2021, 1, 31), **options)

    def test_parts_that_are_nothing_are_left_out(self):
        assert [trace.name for trace in self.drawn().data] == ["Charged", "Not charged"]

    def test_what_was_expected_is_dashed_and_exact_in_words(self):
        line = self.drawn(line=("expected_usd", "By policy")).data[-1]
        assert (line.name, line.line.dash) == ("By policy", "dash")
        assert [tuple(said) for said in line.customdata] == [
            ("Nov 2020", "$4.51"), ("Dec 2020", "$0.00"), ("Jan 2021", "$2.50"),
        ]  # fmt: skip

    def test_the_waiver_lies_behind_the_months(self):
        figure = self.drawn()
        assert "Late fees waived" in [note.text for note in figure.layout.annotations]
        assert figure.layout.shapes


class TestLinesByMonth:
    def test_a_month_without_a_value_is_a_gap_and_names_stand_apart(self):
        rows = months(a_count=[100, None, 101], b_count=[100, 100, 100])
        lines = [pictures.Line("a_count", "Past due"), pictures.Line("b_count", "Delinquent", theme.MUTED)]
        figure = pictures.lines_by_month(rows, lines, EVENTS, date(2021, 1, 31))
        first = figure.data[0]
        assert list(first.y) == [100, None, 101] and first.connectgaps is False
        ends = {note.text.strip(): note for note in figure.layout.annotations if note.xref == "paper"}
        apart = (ends["Past due"].y - ends["Delinquent"].y) / 101 * 340 * 0.72
        apart += ends["Past due"].yshift - ends["Delinquent"].yshift
        assert apart >= pictures.LABEL_GAP - 0.01

    @pytest.mark.parametrize(
        ("column", "value", "text"),
        [
            ("dso_days", Decimal("31.50"), "31.5 days"),
            ("rate_pct", Decimal("86.4"), f"86.4{formats.THIN}%"),
            ("open_usd", Decimal("1234.5"), "$1,234.50"),
            ("account_count", 1234, "1,234"),
        ],
    )
    def test_values_read_by_their_unit(self, column, value, text):
        rows = months(**{column: [value, value, value]})
        figure = pictures.lines_by_month(rows, [pictures.Line(column, "x")], EVENTS, date(2021, 1, 31))
        assert figure.data[0].customdata[0][1] == text


def test_bars_of_parts_carry_their_label_at_their_end():
    figure = pictures.outcome_bars(
        ["FY 2020", "FY 2021"],
        {
            "Collected": (dollars("70", "20"), pictures.tone(theme.TOTAL)),
            "Still open": (dollars("30", "5"), pictures.HATCHED),
        },
        labels=["70 %", "80 %"],
    )
    assert [trace.name for trace in figure.data[:2]] == ["Collected", "Still open"]
    assert list(figure.data[2].x) == [100, 25]
    assert figure.data[2].text == ("  70 %", "  80 %")


def test_curves_of_usual_months_are_grey_and_drawn_first():
    curves = [
        ("Dec 2020", "standstill", [1, 2], dollars("10", "50")),
        ("Oct 2020", "usual", [1, 2], dollars("40", "90")),
        ("Jan 2021", "waiver", [1, 2], dollars("30", "80")),
        ("Sep 2020", "usual", [1, 2], dollars("41", "91")),
    ]
    kinds = {"usual": "Other months", "standstill": "Outage", "waiver": "Late fees waived"}
    figure = pictures.collection_curves(curves, kinds, "Months after the bill")
    assert [trace.name for trace in figure.data if trace.showlegend] == list(kinds.values())
    assert figure.data[0].line.color == figure.data[1].line.color == theme.USUAL
    assert list(figure.layout.yaxis.range) == [10, 102]
    assert len({figure.data[1].line.color, figure.data[2].line.color, figure.data[3].line.color}) == 3


def test_two_answers_stand_side_by_side():
    figure = pictures.side_by_side(["No shut-offs"], {"As known then": [3], "As known now": [1200]})
    assert [trace.text for trace in figure.data] == [("  3",), ("  1,200",)]


@pytest.mark.parametrize(
    ("year", "start_month", "days"),
    [
        (2021, 7, (date(2020, 7, 1), date(2021, 6, 30))),
        (2021, 10, (date(2020, 10, 1), date(2021, 9, 30))),
        (2021, 1, (date(2021, 1, 1), date(2021, 12, 31))),
        (None, 7, calendar.EVER),
    ],
)
def test_a_fiscal_year_in_days(year, start_month, days):
    assert calendar.fiscal_days(year, start_month) == days


def test_the_years_of_some_days():
    assert calendar.fiscal_years(date(2019, 6, 30), date(2021, 7, 1), 7) == [2022, 2021, 2020, 2019]
