"""Figures, sentences and pictures of what an episode cost, on rows that are known by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from dashboards import impact_charts, impact_figures, impact_sentences
from dashboards import impact_words as terms
from dashboards.impact_measures import Measures, of
from reports import memo_parts

MONEY = (
    "low_usd", "central_usd", "high_usd", "collected_low_usd", "collected_usd", "collected_high_usd",
    "own_usd", "own_collected_usd",
)  # fmt: skip
SCHEMA = (
    dict.fromkeys(("question", "component", "method", "dimension_value", "nature"), pl.String)
    | {"component_no": pl.Int64, "at_on": pl.Date, "is_best": pl.Boolean}
    | dict.fromkeys(MONEY, pl.Decimal(18, 2))
)
# The worked example: $1,000,000 billed, 12 % usually unpaid, 18 % under the waiver; a tenth of it.
BY_RULES, ESTIMATED, SHARE = Decimal("18000.00"), Decimal("12000.00"), Decimal("0.8")
BOTH = "covid_late_fees,outage_late_fees"
# Bills held back and shut-offs stopped to 28 February; and the same while nobody knows how long.
ENDED = Measures(date(2021, 2, 28), held_back=True)
GOING_ON = Measures(None, held_back=True)
HIGH = "reads up to a fifth too high"


def row(question, component, method, central, *, nature="lost", at_on=None, value="total", **more) -> dict:
    places = list(terms.COMPONENTS)
    more = {"own_usd": central, "own_collected_usd": more.get("collected_usd")} | more
    return dict.fromkeys(SCHEMA) | {
        "question": question, "component": component, "method": method, "dimension_value": value,
        "nature": nature, "component_no": places.index(component), "central_usd": central, "at_on": at_on,
        "is_best": method == terms.BEST or component == "card_fees" or nature in ("against", "apart"),
    } | more  # fmt: skip


def penalties(question: str, central: Decimal, method: str, **more) -> dict:
    return row(question, "penalties", method, central, collected_usd=central * SHARE, **more)


def frame(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


@pytest.fixture
def totals() -> pl.DataFrame:
    ranged = {
        "low_usd": Decimal("10000.00"), "high_usd": Decimal("15000.00"),
        "collected_low_usd": Decimal("8000.00"), "collected_high_usd": Decimal("12000.00"),
    }  # fmt: skip
    return frame(
        penalties(terms.WAIVER, BY_RULES, terms.APPLIED),
        penalties(terms.WAIVER, ESTIMATED, terms.BEST, **ranged),
        penalties(terms.EVENT, BY_RULES, terms.APPLIED),
        row(
            terms.EVENT, "collected_late", terms.BEST, Decimal("60000.00"), nature="delayed",
            at_on=date(2021, 2, 28), low_usd=Decimal("50000.00"), high_usd=Decimal("70000.00"),
        ),
        row(terms.EVENT, "card_fees", terms.APPLIED, Decimal("25000.00"), collected_usd=Decimal("25000.00")),
        row(terms.EVENT, "assistance", terms.APPLIED, Decimal("500.00"), nature="against"),
        row(terms.EVENT, "unrelated_credits", terms.APPLIED, Decimal("193.82"), nature="apart"),
    )  # fmt: skip


@pytest.fixture
def months() -> pl.DataFrame:
    late = {"nature": "delayed", "low_usd": Decimal("0.00")}
    return frame(*(
        row(
            terms.EVENT, "collected_late", terms.BEST, amount, value=str(end), at_on=end,
            high_usd=amount * 2, **late,
        )
        for end, amount in (
            (date(2020, 12, 31), Decimal("90000.00")), (date(2021, 2, 28), Decimal("60000.00")),
            (date(2021, 6, 30), Decimal("100.00")),
        )
    ))  # fmt: skip


@pytest.fixture
def events() -> pl.DataFrame:
    def event(event_id, starts_on, ends_on, *, is_own=True, kind="penalty_waiver"):
        return {
            "event_id": event_id, "event_kind": kind, "event_title": f"Title of {event_id}", "cause": None,
            "starts_on": starts_on, "ends_on": ends_on, "is_of_episode": is_own,
        }  # fmt: skip

    return pl.DataFrame(
        [
            event("covid_late_fees", date(2020, 12, 1), date(2021, 6, 30)),
            event("outage_late_fees", date(2020, 12, 7), date(2021, 6, 30)),
            event("covid_card_fees", date(2020, 3, 13), None, is_own=False, kind="fee_waiver"),
        ]
    )


def test_a_figure_stands_with_its_range_as_would_have_been_collected(totals):
    label, value, note, _ = impact_figures.cost_figure(totals, terms.WAIVER, "", "")
    assert (label, value) == ("Cost of the waiver", "$9,600")
    assert note.startswith("$8,000 to $12,000: penalties not charged, as would have been collected; ")
    assert "assessed $12,000" in note


def test_where_the_estimate_was_refused_the_rules_stand_alone_and_say_so(totals):
    _, value, note, _ = impact_figures.cost_figure(totals, terms.EVENT, "too few months", "")
    assert value == "$14,400"
    assert note.endswith("rules applied to what happened, no best estimate: too few months")


def test_without_a_waiver_there_is_no_cost_of_one(totals):
    nothing = impact_figures.cost_figure(totals.clear(), terms.WAIVER, "", "")
    assert nothing[1:3] == ("\N{EN DASH}", "no penalty was waived")


def test_what_came_late_is_told_as_the_measures_ended_and_at_the_last_month_end(totals, months):
    _, value, note, _ = impact_figures.late_figure(months, totals, terms.EVENT, ENDED, "", "")
    assert value == "$60,000"
    assert note == (
        "$50,000 to $70,000 on 28 Feb 2021, as the event's measures ended; on 30 Jun 2021 $100 ($0 to $200)"
    )


def test_while_bills_are_held_back_the_highest_month_end_says_that_it_reads_too_high(totals, months):
    _, value, note, _ = impact_figures.late_figure(months, totals, terms.EVENT, GOING_ON, "", "")
    assert value == "$90,000"
    assert note == (
        f"$0 to $180,000 at its highest, on 31 Dec 2020; this {HIGH}; on 30 Jun 2021 $100 ($0 to $200)"
    )
    steps = impact_figures.steps(totals, months, terms.EVENT, GOING_ON)
    assert f"as it stood on 31 Dec 2020 (this {HIGH})" in impact_sentences.lost(steps, terms.EVENT)


def test_an_event_that_held_no_bill_back_reads_as_it_is(totals, months):
    _, value, note, _ = impact_figures.late_figure(months, totals, terms.EVENT, Measures(), "", "")
    assert (value, HIGH in note) == ("$90,000", False)
    assert impact_sentences.inside(months["at_on"], Measures()) == ""


def test_measures_that_end_after_the_last_figure_have_not_ended(totals, months):
    late = Measures(date(2021, 3, 15), held_back=True)  # the total stands on 28 February
    _, value, note, _ = impact_figures.late_figure(months, totals, terms.EVENT, late, "", "")
    assert (value, HIGH in note) == ("$90,000", True)


def test_bills_not_sent_or_sent_late_show_that_bills_were_held_back(totals):
    episode = {"outage_to_on": date(2021, 2, 28)}
    assert of(episode, totals) == Measures(date(2021, 2, 28), held_back=False)
    for component in ("unbilled", "billed_late"):
        rows = pl.concat([totals, frame(row(terms.EVENT, component, terms.APPLIED, Decimal("1.00")))])
        assert of(episode, rows) == ENDED


def test_month_ends_inside_the_measures_are_named_with_the_reason_and_its_source(months):
    said = impact_sentences.inside(months["at_on"], ENDED)
    assert HIGH in said and "at month ends up to 31 Dec 2020" in said
    assert "too little is expected to be open" in said and "docs/impact_study.md" in said
    assert impact_sentences.inside([date(2021, 2, 28), date(2021, 6, 30)], ENDED) == ""


def test_what_was_open_beyond_the_expected_is_told_as_the_measures_ended():
    months = pl.DataFrame(
        {
            "month_end_on": [date(2021, 1, 31), date(2021, 2, 28), date(2021, 7, 31)],
            "difference_usd": [Decimal("90000.00"), Decimal("60000.00"), Decimal("0.00")],
            "is_in_window": [True, True, False],
            "is_back": [False, False, True],
        }
    )
    since = "Since Jul 2021 what is open is back where it would be without the event; "
    told = "on 28 Feb 2021, as the event's measures ended, $60,000 more than expected was open."
    assert impact_sentences.back(months, ENDED) == since + told
    peak = f"at its highest, on 31 Jan 2021, $90,000 more than expected was open; this {HIGH}."
    assert impact_sentences.back(months, GOING_ON) == since + peak


def test_the_memo_tells_what_came_late_as_the_measures_ended_and_cautions(totals, months):
    held = row(terms.EVENT, "unbilled", terms.APPLIED, Decimal("1.00"), nature="delayed", is_best=True)
    rows = {"total": pl.concat([totals, frame(held)]).with_columns(carrying_cost_usd=None), "month": months}
    part = memo_parts.late(lambda _, dimension: rows[dimension], {"outage_to_on": date(2021, 2, 28)})
    assert "paid late: $60,000 ($50,000 to $70,000) on 28 Feb 2021" in part.paragraphs[0]
    (note,) = part.notes
    assert HIGH in note and "31 Dec 2020" in note


def test_both_answers_stand_side_by_side(totals):
    crossed = impact_figures.crossed(impact_figures.answers(totals)).rows()
    assert crossed[0] == (
        terms.METHODS[terms.APPLIED], BY_RULES, Decimal("14400.00"), BY_RULES, Decimal("14400.00"),
    )  # fmt: skip
    assert crossed[1][1:] == (ESTIMATED, Decimal("9600.00"), None, None)
    assert "$9,600 ($8,000 to $12,000)" in impact_sentences.answer(
        impact_figures.answers(totals), terms.WAIVER
    )


def test_the_waterfall_is_delayed_then_lost_then_received_and_credits_are_in_no_sum(totals, months):
    steps = impact_figures.steps(totals, months, terms.EVENT, ENDED)
    assert [step.nature for step in steps] == ["delayed", "lost", "lost", "lost", "against", "apart"]
    late, penalty, fees, all_of_it, received, credit = steps
    assert (late.amount, late.on, late.base) == (Decimal("60000.00"), date(2021, 2, 28), 0)
    assert penalty.name.endswith(terms.BY_THE_RULES)
    assert (fees.base, all_of_it.is_sum) == (penalty.amount, True)
    assert all_of_it.amount == penalty.amount + fees.amount == impact_figures.lost_sum(steps)
    assert (received.base, credit.base, credit.amount) == (0, 0, Decimal("193.82"))
    bars, labels = impact_charts.waterfall(steps).data
    assert list(bars.y)[-1] == 0 and "not drawn" in labels.text[-1]


def test_what_another_episode_would_have_done_anyway_is_not_counted(totals, months):
    shared = row(
        terms.EVENT, "card_fees", terms.APPLIED, Decimal("25000.00"), collected_usd=Decimal("25000.00"),
        own_usd=Decimal("5000.00"), own_collected_usd=Decimal("5000.00"),
    )  # fmt: skip
    rows = pl.concat([totals.filter(pl.col("component") != "card_fees"), frame(shared)])
    steps = {step.name: step for step in impact_figures.steps(rows, months, terms.EVENT, ENDED)}
    assert steps["Card fees paid by the city"].amount == Decimal("5000.00")
    assert steps["All that was lost"].amount == Decimal("14400.00") + Decimal("5000.00")
    anyway = steps["Card fees paid by the city, anyway"]
    assert (anyway.nature, anyway.amount) == ("apart", Decimal("20000.00"))


def test_either_alone_stands_first_once_and_explained(events):
    by_cover = frame(
        penalties(terms.WAIVER, Decimal("800.00"), terms.APPLIED, value="covid_late_fees"),
        penalties(terms.WAIVER, Decimal("17200.00"), terms.APPLIED, value=BOTH),
        penalties(terms.WAIVER, Decimal("11500.00"), terms.BEST, value=BOTH),
    )
    found = impact_figures.covers(by_cover, terms.WAIVER, events)
    assert found["is_several"].to_list() == [True, False]
    assert found["because"][0].startswith(f"{terms.EITHER}: Title of covid_late_fees; ")
    assert found["applied_usd"].sum() == BY_RULES
    said = impact_figures.either_sentence(found, events)
    assert said.startswith("Late fees were already waived from 1 Dec 2020, before ")
    assert "of $18,000.00 not charged by the rules, for $17,200.00 either alone would have done it" in said


def test_an_event_until_further_notice_runs_to_the_end_of_the_axis(events):
    figure = impact_charts.timeline(events, date(2020, 11, 1), date(2021, 7, 31))
    own, others, arrows = figure.data
    assert (len(own.y), len(others.y)) == (2, 1)
    assert (list(arrows.y), list(arrows.x)) == (list(others.y), ["2021-07-31"])
    assert "from 13 Mar 2020, until further notice" in {note.text for note in figure.layout.annotations}


def test_a_range_is_drawn_for_the_estimate_only(totals):
    figure = impact_charts.answers(impact_figures.answers(totals))
    ranged = [trace for trace in figure.data if trace.type == "scatter" and trace.error_y.array is not None]
    assert [list(trace.y) for trace in ranged] == [[9600.0]]
    assert (list(ranged[0].error_y.array), list(ranged[0].error_y.arrayminus)) == ([2400.0], [1600.0])
