"""What an episode cost, run as Streamlit runs it: one waived penalty, one shut-off that did not happen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboards import formats
from dashboards import impact_words as terms

from .late_town import BILL, PENALTY
from .test_billing import cells
from .test_pages import figures, texts

WAIVED = formats.amount(PENALTY)
TOO_FEW = "only 6 clean months in the data; 24 are needed"
UNKNOWN = formats.UNKNOWN


@pytest.mark.rule("R60")
def test_the_waived_penalty_is_the_cost_of_the_waiver_by_the_rules(open_late):
    value, note = figures(open_late("impact"))["Cost of the waiver"]
    assert Decimal("4.51") == PENALTY
    assert value == formats.usd_whole(PENALTY)
    assert "rules applied to what happened" in note


def test_an_estimate_that_was_refused_says_why_and_gives_no_figure(open_late):
    app = open_late("impact")
    shown = figures(app)
    for label in terms.QUESTIONS.values():
        assert shown[label][1].endswith(f"no best estimate: {TOO_FEW}")
    assert shown["Only came late"] == (UNKNOWN, f"no estimate: {TOO_FEW}")
    rows = {row[0]: row[1:] for row in cells(app, "Waiver: assessed")}
    assert rows["Rules applied to what happened"] == [WAIVED, UNKNOWN, WAIVED, UNKNOWN]
    assert set(rows["Best estimate (people would have paid sooner)"]) == {UNKNOWN}
    reasons = {row[4] for row in cells(app, "Why not, or how far") if row[3] == "refused"}
    assert f"O{TOO_FEW[1:]}." in reasons


def test_the_question_that_is_shown_first_leads(open_late):
    assert list(figures(open_late("impact")))[:2] == ["Cost of the waiver", "Cost of the event"]
    app = open_late("impact", question="Cost of the event")
    assert list(figures(app))[:2] == ["Cost of the event", "Cost of the waiver"]
    rows = {row[0]: row for row in cells(app, "Because of")}
    assert rows["Penalties not charged"][1:3] == ["Late fees waived during COVID-19", WAIVED]
    assert rows["Shut-off and reconnect fees not charged"][1] == "No shut-offs during COVID-19"


@pytest.mark.rule("R62")
def test_every_version_of_an_event_stands_in_the_table_by_the_day_it_became_known(open_late):
    rows = cells(open_late("impact"), "Known on")
    fees = [row for row in rows if row[0] == "Late fees waived"]
    assert [(row[4], row[6]) for row in fees] == [
        ("16 Mar 2020", terms.UNTIL_FURTHER_NOTICE), ("15 Jun 2020", "30 Jun 2020"),
    ]  # fmt: skip


def test_who_was_helped_was_newly_late(open_late):
    app = open_late("impact", part="Recovery and help")
    rows = {row[0]: row for row in cells(app, "Penalties not charged, by the rules")}
    owed = formats.amount(BILL)
    assert rows["Newly late"][1:] == ["1", WAIVED, "1", owed, "1", owed]
    assert "1 account had penalties of $5 in all not charged" in texts(app)
    assert "No payment agreement was signed in this episode's time." in texts(app)


def test_the_slider_prices_another_end_of_the_waiver_at_once(open_late):
    app = open_late("impact", part="Recovery and help")
    (slider,) = app.slider
    assert "Extended to 30 Sep 2020" in texts(app)
    slider.set_value(slider.value.replace(month=7, day=31)).run()
    assert not app.exception
    assert "Extended to 31 Jul 2020, the waiver would have cost $0 of penalties not charged" in texts(app)
    assert cells(app, "Really charged on days past")[0][1:3] == ["1 Jul 2020", "31 Jul 2020"]


def test_the_bridge_into_the_requirement_says_that_it_is_never_an_added_line(open_late):
    """Nothing tells here what is collected of a penalty, so that no line is known to be different."""
    shown = texts(open_late("impact"))
    assert "A bridge, never an added line: the books of these years already contain it" in shown
    assert "No line of a year is known to be different." in shown


def test_the_part_shown_is_in_the_address(open_late):
    cost, recovery = open_late("impact"), open_late("impact", part="Recovery and help")
    assert "Which event did it?" in texts(cost) and "Which event did it?" not in texts(recovery)
    assert "No month end to judge by." in texts(recovery)
