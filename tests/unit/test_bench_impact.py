"""The study of the estimates counts right: truth from flows, bias, coverage and width from estimates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from bench.impact.estimates import beside
from bench.impact.failings import misses, month_ends
from bench.impact.judge import DELAYED, END_OF_MEASURES, END_OF_WAIVER, PENALTIES, verdicts, worth
from bench.impact.page import page, picture
from bench.impact.runs import Run, runs
from bench.impact.truth import truth

FLOWS = {
    "month_end": pl.Date,
    "customer_class": pl.String,
    "component": pl.String,
    "amount_usd": pl.Decimal(18, 2),
}
STUDY = {
    "seed": pl.Int64,
    "strength": pl.String,
    "question": pl.String,
    "component": pl.String,
    "month_end": pl.Date,
    **dict.fromkeys(("truth", "mechanical", "low", "central", "high", "prior_year"), pl.Float64),
}
DECEMBER, FEBRUARY = date(2020, 12, 31), date(2021, 2, 28)


def _city(folder: Path, flows: dict[str, list[tuple[date, str, str]]]) -> list[Run]:
    """The lives of one city with these flows, in dollars."""
    lives = [one for one in runs(folder, 100, 1) if one.strength == "none"]
    for one in lives:
        one.city_folder.mkdir(parents=True, exist_ok=True)
        rows = [(day, "residential", component, Decimal(usd)) for day, component, usd in flows[one.life]]
        pl.DataFrame(rows, schema=FLOWS, orient="row").write_parquet(one.flows)
    return lives


@pytest.fixture
def true(tmp_path) -> pl.DataFrame:
    before = (date(2020, 11, 30), "billed", "100.00")
    city = [
        before,
        (DECEMBER, "penalty", "12.00"), (DECEMBER, "penalty_waiver", "-12.00"),
        (DECEMBER, "billed", "10.00"), (DECEMBER, "receivable", "90.00"),
        (DECEMBER, "card_fees_absorbed", "3.00"),
        (FEBRUARY, "billed", "200.00"), (FEBRUARY, "receivable", "150.00"),
        (FEBRUARY, "receivable_penalties", "5.00"),
        (FEBRUARY, "payments", "80.00"), (FEBRUARY, "returned_payments", "8.00"),
    ]  # fmt: skip
    twin = [
        before,
        (DECEMBER, "penalty", "9.00"), (DECEMBER, "billed", "110.00"),
        (DECEMBER, "receivable", "95.00"), (DECEMBER, "receivable_penalties", "9.00"),
        (FEBRUARY, "penalty", "4.00"), (FEBRUARY, "penalty_waiver", "-1.00"),
        (FEBRUARY, "reconnect_fee", "25.00"), (FEBRUARY, "billed", "100.00"),
        (FEBRUARY, "receivable", "60.00"), (FEBRUARY, "receivable_penalties", "7.00"),
        (FEBRUARY, "payments", "100.00"), (FEBRUARY, "assistance_payments", "20.00"),
    ]  # fmt: skip
    return truth(_city(tmp_path, {"actual": city, "waiver": city, "event": twin}))


def test_the_truth_is_the_city_against_its_own_twin(true):
    event = true.filter(question="event").sort("month_end")
    found = {name: [str(value) for value in event[name]] for name in event.columns if name.endswith("_usd")}
    assert event["month_end"].to_list() == [DECEMBER, FEBRUARY]
    assert found == {
        "penalties_foregone_usd": ["9.00", "3.00"],
        "reconnect_fees_foregone_usd": ["0.00", "25.00"],
        "card_fees_absorbed_usd": ["3.00", "0.00"],
        "delayed_usd": ["4.00", "92.00"],  # 90 against 95 - 9; 150 - 5 against 60 - 7
        "billed_behind_usd": ["100.00", "0.00"],
        "cash_behind_usd": ["0.00", "48.00"],  # 120 against 80 - 8
    }


def test_a_city_that_is_its_own_twin_lost_nothing(true):
    waiver = true.filter(question="waiver").select(pl.col("^.*_usd$").cast(pl.Float64))
    assert waiver.height == 2 and waiver.sum_horizontal().to_list() == [0, 0]


def test_estimates_stand_beside_the_truth_of_their_city_and_refusals_stay(true):
    key = {"utility_id": "ind_s01_none", "question": "event"}
    estimated = pl.DataFrame(
        [
            {**key, "component": PENALTIES, "month_end": END_OF_WAIVER, "mechanical": 13.0, "central": 11.5},
            {**key, "component": DELAYED, "month_end": END_OF_MEASURES, "mechanical": None, "central": None},
        ]
    ).with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("low", "high", "prior_year"))
    rows = beside(true, estimated).select(
        "component", pl.col("truth").cast(pl.String), "mechanical", "central"
    )
    assert sorted(rows.rows()) == [(DELAYED, "92.00", None, None), (PENALTIES, "12.00", 13.0, 11.5)]


def _study(*rows: tuple) -> pl.DataFrame:
    """Foregone penalties of the waiver: seed, strength, truth, mechanical, low, central, high."""
    given = [
        (seed, strength, "waiver", PENALTIES, END_OF_WAIVER, *figures, None)
        for seed, strength, *figures in rows
    ]
    return pl.DataFrame(given, schema=STUDY, orient="row")


def test_bias_coverage_and_width_are_those_of_a_hand_calculation():
    table = _study(
        (1, "moderate", 100.0, 130.0, 80.0, 110.0, 120.0),
        (2, "moderate", 100.0, 110.0, 105.0, 110.0, 125.0),
        (1, "none", 200.0, 200.0, 180.0, 200.0, 230.0),
    )
    found = {one.strength: one for one in worth(table)}
    moderate, pooled = found["moderate"], found["all"]
    assert (moderate.bias, moderate.mechanical_bias) == (pytest.approx(0.1), pytest.approx(0.2))
    assert moderate.covered_share == 0.5 and pooled.covered_share == pytest.approx(2 / 3)
    assert moderate.low_share == pytest.approx(17.5 / 110) and moderate.high_share == pytest.approx(
        12.5 / 110
    )
    assert moderate.width == moderate.low_share
    assert moderate.error_usd == 10 and pooled.error_usd == pytest.approx(20 / 3)
    assert pooled.bias == pytest.approx(420 / 400 - 1) and pooled.city_count == 3


def test_a_refused_estimate_meets_no_target():
    table = _study((1, "moderate", 100.0, 130.0, None, None, None))
    assert all(not one.is_met for one in verdicts(worth(table)))


def test_each_target_is_judged_on_its_own():
    table = _study(
        (1, "moderate", 100.0, 150.0, 60.0, 105.0, 115.0), (1, "none", 100.0, 100.0, 101.0, 105.0, 110.0)
    )
    said = {
        one.target.split(": ")[1].split(" ")[0]: one
        for one in verdicts(worth(table))
        if "waiver, fore" in one.target
    }
    assert (said["central"].is_met, said["range"].is_met, said["at"].is_met) == (True, False, False)
    assert (said["central"].found, said["range"].found, said["at"].found) == ("+5.0%", "50%", "43%")


def test_page_and_picture_show_every_city():
    rows = [
        (seed, strength, 20_000.0 + seed, 24_000.0, 18_000.0, 20_500.0, 23_000.0)
        for seed in (1, 2) for strength in ("none", "moderate", "strong")
    ]  # fmt: skip
    table = _study(*rows)
    placebos = pl.DataFrame(
        [
            ("placebo_2018", "penalties", -10.0, 5.0, 20.0),
            ("placebo_2020", "penalties", 1.0, 3.0, 5.0),
            ("placebo_2018", "collected_late", -50.0, 0.0, 50.0),
        ],
        schema={"episode_id": pl.String, "component": pl.String}
        | dict.fromkeys(("low", "central", "high"), pl.Float64),
        orient="row",
    )
    text = page(table, placebos, 2, 600, date(2026, 11, 22))
    assert "| penalties foregone | 2 | $0 | $4 | $8 | 50% |" in text
    assert "| cash delayed at the end of its window | 1 | $0 | $0 | $50 | 100% |" in text
    assert "| cost of the waiver | all | 6 | $20,002 | $24,000 | +20.0% | $20,500 | +2.5% |" in text
    assert "| March and April 2018 | 1 | $0 | $50 | 100% |" in text
    assert "The cost of the waiver: +20.0% without a response, +20.0% at a moderate one" in text
    assert picture(table).startswith(b"\x89PNG")


def _late(*rows: tuple) -> pl.DataFrame:
    """Cash delayed by the event: seed, strength, month end, truth, low, central, high, prior year."""
    given = [
        (seed, strength, "event", DELAYED, day, truth, None, *figures)
        for seed, strength, day, truth, *figures in rows
    ]
    return pl.DataFrame(given, schema=STUDY, orient="row")


def test_month_ends_say_by_how_much_the_estimate_is_off_at_each_strength():
    table = _late(
        (1, "none", DECEMBER, 100.0, 110.0, 130.0, 140.0, 90.0),
        (2, "none", DECEMBER, 200.0, 180.0, 210.0, 240.0, 190.0),
        (1, "strong", DECEMBER, 300.0, 250.0, 290.0, 350.0, 290.0),
        (1, "none", FEBRUARY, 100.0, None, None, None, None),
    )
    december, february = month_ends(table).splitlines()[2:]
    assert december == (
        "| cost of the event | 31 Dec 2020 | 3 | 0 | $200 | +$20 | – | −$10 | +$10 | −$10 | 67% |"
    )
    assert february == "| cost of the event | 28 Feb 2021 | 1 | 1 | $100 | – | – | – | – | – | – |"


def test_misses_name_strength_and_seed_and_the_side_on_which_the_truth_lies():
    table = _late(
        (1, "none", FEBRUARY, 99.0, 100.0, 130.0, 140.0, None),
        (2, "none", FEBRUARY, 150.0, 100.0, 130.0, 140.0, None),
        (2, "strong", FEBRUARY, 150.0, 100.0, 130.0, 140.0, None),
        (3, "strong", FEBRUARY, 140.0, 100.0, 130.0, 140.0, None),
    )
    row = "| event, cash delayed, 28 Feb 2021 | 4 | 2 | 0 | 1 | seed 2 (2) | seed 1 (1) |"
    assert misses(table).splitlines()[2:] == [row]
    assert misses(table.filter(seed=3)) == "None."


def test_while_billing_was_suspended_what_was_not_billed_yet_is_late_too(true):
    """31 December: 90 against 95 - 9, and 100 billed by the twin alone; later only what is owed."""
    estimated = pl.DataFrame(
        [
            {"utility_id": "ind_s01_none", "question": "event", "component": DELAYED, "month_end": day}
            for day in (DECEMBER, FEBRUARY)
        ]
    ).with_columns(
        pl.lit(None, pl.Float64).alias(name)
        for name in ("mechanical", "low", "central", "high", "prior_year")
    )
    rows = beside(true, estimated).sort("month_end")
    assert rows["truth"].cast(pl.String).to_list() == ["104.00", "92.00"]
