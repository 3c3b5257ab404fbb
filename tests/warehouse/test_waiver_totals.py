"""What an event cost, by hand: rows, totals with their ranges, delay, and the bridge of the requirement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.support.impact_town import FEBRUARY, JANUARY, JULY, MARCH, MARTS, Marts, Town, dollars
from tests.support.penalty_town import PenaltyTown, waiver


@pytest.fixture(scope="module")
def penalties() -> Marts:
    """Penalties of two months; in each replicate one month has what the other has not."""
    town = Town()
    town.episode()
    town.applied("penalties", FEBRUARY, "10.00")
    town.applied("penalties", FEBRUARY, "20.01", "a,b", prior_arrears="over_90")
    town.applied("penalties", MARCH, "30.00", "a,b", customer_class="commercial", prior_arrears="new")
    counted = [str(number) for number in range(1, 41)]
    town.estimated("penalties", FEBRUARY, "20.50", counted)
    town.estimated("penalties", MARCH, "20.50", counted[::-1], customer_class="commercial")
    # posted in a clean month and a year old: 81.00 of 90.00; the others say nothing
    for month, clean in ((date(2020, 3, 31), True), (date(2020, 4, 30), False), (date(2021, 8, 31), True)):
        town.add("int_penalties__impact_months", month_no=month.year * 12 + month.month - 1,
                 month_end_on=month, is_clean=clean, is_waiver_only=False)  # fmt: skip
        town.add("int_penalties__charged", posted_on=month, service="sewer", assessed_usd=100,
                 waived_event_usd=0, waived_courtesy_usd=10, open_usd=0,
                 written_off_usd=9 if clean else 90)  # fmt: skip
    return town.marts()


def test_a_total_has_a_range_of_its_own(penalties):
    """Of forty replicates the second from either end. 1..40 and 40..1 always add up to 41."""
    assert dollars(penalties.total("penalties"), "low", "central", "high") == ("41.00", "41.00", "41.00")
    february = penalties.total("penalties", "month", "2021-02-28")
    assert dollars(february, "low", "central", "high") == ("2.00", "20.50", "39.00")
    applied = penalties.total("penalties", method="rules_applied")
    assert dollars(applied, "low", "central", "high") == (None, "60.01", None)


def test_the_estimate_of_a_month_and_class_is_divided_as_the_rules_applied_are(penalties):
    """20.50 in the proportion of 10.00 to 20.01: 6.831 and 13.669."""
    rows = penalties.rows("rpt_waiver_impact", "method = 'cohort_curves'")
    found = {(row["covered_by"], row["prior_arrears"]): str(row["central_usd"]) for row in rows}
    assert found == {("a", "none"): "6.83", ("a,b", "over_90"): "13.67", ("a,b", "new"): "20.50"}
    own = penalties.total("penalties", "covered_by", "a")
    # 6.831 of 20.50 is 33.322 %: of 2.00, 20.50 and 39.00
    assert dollars(own, "low", "central", "high") == ("0.67", "6.83", "13.00")
    either = penalties.total("penalties", "covered_by", "a,b")
    assert str(either["central_usd"]) == "34.17"


def test_collected_is_the_measured_share_of_clean_months(penalties):
    """81.00 of 90.00 is 90 %: of 60.01 and of 41.00."""
    assert dollars(penalties.total("penalties", method="rules_applied"), "collected") == ("54.01",)
    best = penalties.total("penalties")
    assert dollars(best, "collected_low", "collected", "collected_high") == ("36.90", "36.90", "36.90")
    rows = penalties.rows("rpt_waiver_impact", "method = 'cohort_curves'")
    assert str(sum(row["collected_usd"] for row in rows)) == "36.90"


def test_only_the_best_estimate_is_best(penalties):
    assert penalties.total("penalties")["is_best"]
    assert not penalties.total("penalties", method="rules_applied")["is_best"]


@pytest.fixture(scope="module")
def delay() -> Marts:
    """Bills held in January; money late from January to July, the outage ending in February."""
    town = Town()
    town.episode()
    town.applied("unbilled", JANUARY, "500.00", "s")
    town.applied("unbilled", FEBRUARY, "40.00", "s")
    town.applied("billed_late", FEBRUARY, "540.00", "s", dollar_days_usd=Decimal("10000.00"))
    for month, central, low, high in (
        (JANUARY, "300.00", "290", "310"),
        (FEBRUARY, "200.00", "150", "260"),
        (MARCH, "100.00", "80", "120"),
        (JULY, "10.00", "-5", "30"),
    ):
        town.estimated("collected_late", month, central, (low, high))
    town.applied("card_fees", JANUARY, "7.50", "c", question="waiver")
    town.applied("card_fees", JANUARY, "7.50", "c")
    town.add("int_penalties__impact_prior_arrears", episode_id="e", account_key=1, prior_arrears="none")
    town.add("int_penalties__impact_prior_arrears", episode_id="e", account_key=2, prior_arrears="d31_90")
    for account_key, past_due, over_120 in ((1, 75, 0), (2, 25, 20)):
        for month in (FEBRUARY, JULY):
            town.add("int_receivables__account_months", account_key=account_key, month_end_on=month,
                     customer_class="residential", is_final=False, past_due_usd=past_due,
                     over_120_usd=over_120)  # fmt: skip
    town.add("int_receivables__loss_shares", fiscal_year=2022, month_end_on=JULY, account_group="active",
             bucket="over_120", lost_share=Decimal("0.25"))  # fmt: skip
    return town.marts()


def test_a_level_is_not_added_over_months(delay):
    """Not billed where it was most; collected late when all but the waivers had ended."""
    unbilled = delay.total("unbilled", method="rules_applied")
    assert (str(unbilled["central_usd"]), unbilled["at_on"]) == ("500.00", JANUARY)
    late = delay.total("collected_late")
    assert (dollars(late, "low", "central", "high"), late["at_on"]) == (
        ("150.00", "200.00", "260.00"),
        FEBRUARY,
    )
    assert dollars(delay.total("collected_late", "month", "2021-07-31"), "low", "central", "high") == (
        "-5.00", "10.00", "30.00",
    )  # fmt: skip


def test_the_amounts_of_a_large_city_have_room():
    """A hundred million late in one month, a hundred million of penalties by the rules."""
    town = Town()
    town.episode()
    large = Decimal("100000000.00")
    for covers in ("a", "a,b"):
        town.applied("penalties", FEBRUARY, "50000000.00", covers)
    town.estimated("penalties", FEBRUARY, "80000000.00", ["80000000.00", "90000000.00"])
    town.estimated("collected_late", FEBRUARY, str(large), [str(large), str(large)])
    town.add("int_penalties__impact_prior_arrears", episode_id="e", account_key=1, prior_arrears="none")
    town.add("int_receivables__account_months", account_key=1, month_end_on=FEBRUARY, over_120_usd=0,
             customer_class="residential", is_final=False, past_due_usd=large)  # fmt: skip
    marts = town.marts()
    assert marts.total("penalties", "covered_by", "a,b")["central_usd"] == Decimal("40000000.00")
    assert marts.total("penalties")["high_usd"] == Decimal("90000000.00")
    assert marts.total("collected_late", "prior_arrears", "none")["central_usd"] == large


def test_a_fiscal_year_ends_with_what_was_still_late(delay):
    assert str(delay.total("collected_late", "fiscal_year", "2021")["central_usd"]) == "100.00"
    assert str(delay.total("collected_late", "fiscal_year", "2022")["central_usd"]) == "10.00"


def test_delay_is_dollar_days_and_their_cost(delay):
    """300 x 31 + 200 x 28 + 100 x 31 + 10 x 31 = 18,310, at 2 % a year 1.0033; 10,000: 0.5479."""
    late = delay.total("collected_late")
    assert dollars(late, "dollar_days", "carrying_cost") == ("18310.00", "1.00")
    billed = delay.total("billed_late", method="rules_applied")
    assert dollars(billed, "dollar_days", "carrying_cost") == ("10000.00", "0.55")


def test_never_collected_is_the_old_part_of_what_is_still_late(delay):
    """Of 10.00 late in July the part over 120 days, 20 of 100, and of that a quarter; never below 0."""
    row = delay.total("never_collected")
    assert dollars(row, "low", "central", "high") == ("0.00", "0.50", "1.50")
    assert row["nature"] == "lost"


def test_what_came_late_is_divided_by_what_was_past_due(delay):
    """The events cannot be told apart; 75.00 and 25.00 were past due at the end of February."""
    assert str(delay.total("collected_late", "covered_by", "together")["central_usd"]) == "200.00"
    assert str(delay.total("collected_late", "prior_arrears", "d31_90")["central_usd"]) == "50.00"


def test_delayed_stands_before_lost_and_the_waiver_has_its_own_parts(delay):
    rows = delay.rows("rpt_waiver_totals", "dimension = 'total' AND question = 'event' AND is_best")
    rows.sort(key=lambda row: row["component_no"])
    assert [(row["component"], row["nature"]) for row in rows] == [
        ("unbilled", "delayed"), ("billed_late", "delayed"), ("collected_late", "delayed"),
        ("never_collected", "lost"), ("card_fees", "lost"),
    ]  # fmt: skip
    waiver = delay.rows("rpt_waiver_totals", "dimension = 'total' AND question = 'waiver'")
    assert [(row["component"], str(row["collected_usd"])) for row in waiver] == [("card_fees", "7.50")]


@pytest.mark.parametrize("mart", ["rpt_waiver_impact"])
def test_an_estimate_without_any_weight_stands_undivided(mart):
    town = Town()
    town.episode()
    town.estimated("penalties", FEBRUARY, "-3.00", ("-5", "2"))
    (row,) = town.marts().rows(mart)
    assert (row["covered_by"], row["prior_arrears"], str(row["central_usd"])) == (
        "together",
        "unknown",
        "-3.00",
    )


@pytest.fixture(scope="module")
def two_episodes() -> Marts:
    """Card fees that a waiver of one episode covers, one of the other, and both: 30, 20 and 50."""
    town = Town()
    for episode_id, own, amount in (("e", "a", "30.00"), ("f", "b", "20.00")):
        town.episode(episode_id)
        town.applied("card_fees", FEBRUARY, amount, own, question="waiver", episode_id=episode_id)
        town.applied("card_fees", FEBRUARY, "50.00", "a,b", question="waiver", episode_id=episode_id)
        for covered_by in (own, "a,b"):
            town.add("int_penalties__impact_covers", covered_by=covered_by, event_id=own,
                     episode_id=episode_id)  # fmt: skip
    town.add("int_penalties__payments", received_on=FEBRUARY, absorbed_usd=100)
    for fund, billed in (("electric", 300), ("water", 100)):
        town.add("int_receivables__monthly_flows", fund=fund, month_no=2021 * 12 + 1, penalties_usd=0,
                 fees_usd=0, billed_usd=billed, write_offs_usd=0, recoveries_usd=0)  # fmt: skip
    return town.marts()


def test_what_both_episodes_cover_is_no_ones_own_and_counts_once(two_episodes):
    totals = two_episodes.rows("rpt_waiver_totals", "dimension = 'total'")
    found = {row["episode_id"]: dollars(row, "central", "own", "own_collected") for row in totals}
    assert found == {"e": ("80.00", "30.00", "30.00"), "f": ("70.00", "20.00", "20.00")}
    (union,) = two_episodes.connection.execute(
        "SELECT sum(central_usd) FROM (SELECT DISTINCT covered_by, central_usd FROM marts.rpt_waiver_impact)"
    ).fetchone()
    assert union == 100 and sum(row["own_usd"] for row in totals) <= union


def test_the_bridge_takes_away_what_the_episode_alone_did(two_episodes):
    """100.00 of card fees was paid; without the one episode 70.00, in the funds as the bills are: 3 to 1."""
    rows = two_episodes.rows("rpt_requirement_bridge", "episode_id = 'e'")
    found = {row["fund"]: dollars(row, "with", "without", "difference", "low") for row in rows}
    assert found == {
        "electric": ("75.00", "52.50", "22.50", None),
        "water": ("25.00", "17.50", "7.50", None),
    }
    assert {(row["component"], row["line_kind"], row["fiscal_year"]) for row in rows} == {
        ("card_fees", "expense", 2021)
    }


def test_the_bridge_of_late_money_and_lost_penalties():
    """Without it 36.90 more of penalties; what came late cost 20,000 dollar-days at 2 %, 1.0959."""
    town = Town()
    town.episode()
    town.estimated("penalties", FEBRUARY, "41.00", ("40", "50"))
    town.estimated("collected_late", FEBRUARY, "200.00", ("100", "300"))
    town.estimated("collected_late", MARCH, "464.52", ("464.52", "464.52"))
    town.add("int_penalties__impact_months", month_no=2020 * 12, month_end_on=date(2020, 1, 31),
             is_clean=True, is_waiver_only=False)  # fmt: skip
    for posted_on, open_usd in ((date(2020, 1, 31), 10), (FEBRUARY, 95)):
        town.add("int_penalties__charged", posted_on=posted_on, service="sewer", assessed_usd=100,
                 waived_event_usd=0, waived_courtesy_usd=0, written_off_usd=0, open_usd=open_usd)  # fmt: skip
    town.add("int_receivables__monthly_flows", fund="sewer", month_no=2021 * 12 + 1, penalties_usd=100,
             fees_usd=0, billed_usd=900, write_offs_usd=8, recoveries_usd=1)  # fmt: skip
    rows = {row["component"]: row for row in town.marts().rows("rpt_requirement_bridge")}
    names = ("with", "without", "difference", "low", "high")
    assert dollars(rows["penalties"], *names) == ("5.00", "41.90", "-36.90", "-45.00", "-36.00")
    # 200 x 28 + 464.52 x 31 = 20,000.12; with 100 and 300 in February 17,200.12 and 22,800.12
    assert dollars(rows["carrying_cost"], *names) == ("1.10", "0.00", "1.10", "0.94", "1.25")
    assert dollars(rows["uncollectible"], *names) == ("7.00", "7.00", "0.00", "0.00", "0.00")


def test_bills_that_came_late_are_unbilled_until_they_come():
    """A bill of 5 December sent on 10 January, 36 days late; the other is within the usual days."""
    town = Town()
    town.given.pop("int_penalties__impact_mechanical")
    town.episode()
    town.add("int_penalties__impact_events", event_id="s", event_kind="billing_suspension", episode_id="e",
             event_no=1)  # fmt: skip
    for part_no, would_be, amount in ((1, date(2020, 12, 5), "60.00"), (2, date(2021, 1, 6), "30.00")):
        town.add("int_penalties__impact_restated_bills", episode_id="e", bill_id="B", part_no=part_no,
                 account_key=1, customer_class="residential", restated_on=would_be,
                 issued_on=date(2021, 1, 10), amount_usd=Decimal(amount))  # fmt: skip
    rows = {row["component"]: row for row in town.marts().rows("rpt_waiver_impact")}
    assert {name: str(row["central_usd"]) for name, row in rows.items()} == {
        "unbilled": "60.00",
        "billed_late": "60.00",
    }
    assert rows["unbilled"]["month_end_on"] == date(2020, 12, 31) and rows["unbilled"]["covered_by"] == "s"
    assert str(rows["billed_late"]["dollar_days_usd"]) == "2160.00"


def fee_town(clean_months: int) -> Town:
    """Shut-offs stopped in January and February; fees of 10, 20 ... in the months before, 5 in February."""
    town = Town()
    town.episode(window_to_on=FEBRUARY)
    town.rule("finance.waiver_clean_months", "4")
    town.add("int_penalties__impact_events", event_id="h", event_kind="shutoff_moratorium", episode_id="e",
             event_no=1, ends_on=date(2020, 11, 30))  # fmt: skip
    for number in range(clean_months + 2):
        month_no = 2021 * 12 + 1 - number
        month_end = [FEBRUARY, JANUARY][number] if number < 2 else date(2020, 14 - number, 28)
        town.add("int_penalties__impact_fee_months", month_no=month_no, month_end_on=month_end,
                 is_clean=number > 1, customer_class="residential",
                 charged_usd=[5, 0][number] if number < 2 else 10 * (number - 1))  # fmt: skip
    return town


@pytest.mark.rule("R44")
def test_fees_of_shutting_off_are_those_of_clean_months_less_those_charged():
    """10, 20, 30 and 40 are 25 a month: 50 less 5. Two clean months in a row had from 30 to 70."""
    marts = fee_town(4).marts()
    assert dollars(marts.total("disconnect_fees"), "low", "central", "high") == ("25.00", "45.00", "65.00")
    assert not fee_town(3).marts().rows("rpt_waiver_totals")


@pytest.mark.rule("R60")
def test_two_overlapping_waivers_never_cost_more_than_their_union():
    """Nothing is ever paid or penalized; one waiver for May and June, one for June and July."""
    town = PenaltyTown(until="2025-09-30")
    for month in range(3, 10):
        town.month_bill(month)
    waiver(town, "2025-05-01", "2025-06-30", "a")
    waiver(town, "2025-06-01", "2025-07-31", "b")
    marts = Marts(town.warehouse("fct_penalties", *MARTS))
    rows = marts.rows("rpt_waiver_impact", "component = 'penalties' AND question = 'waiver'")
    found = {(row["episode_id"], row["covered_by"], row["is_own"]): str(row["central_usd"]) for row in rows}
    assert found == {
        # 10 % of three bills, 135.18; of four, 180.24, and 13.52; of five, 225.30, and 13.52 and 19.38
        ("a", "a", True): "13.52",
        ("a", "a,b", False): "19.38",
        ("b", "a,b", False): "19.38",
        ("b", "b", True): "25.82",
    }
    totals = {row["episode_id"]: row for row in marts.rows("rpt_waiver_totals", "dimension = 'total'")}
    ((union,),) = marts.connection.execute("SELECT sum(shadow_usd) FROM marts.fct_penalties").fetchall()
    own = totals["a"]["own_usd"] + totals["b"]["own_usd"]
    assert own + Decimal("19.38") == union == Decimal("58.72")


def test_what_comes_after_the_next_episode_is_not_this_ones():
    """Delay is counted to July; never collected is judged at the end of August, before the next episode."""
    town = Town()
    town.episode()
    town.episode("f", starts_on=date(2021, 9, 9), window_from_on=date(2021, 9, 1),
                 window_to_on=date(2021, 10, 31), outage_from_on=date(2021, 9, 9),
                 outage_to_on=date(2021, 10, 31), penalty_waiver_to_on=None)  # fmt: skip
    for month, amount in ((JULY, "10.00"), (date(2021, 8, 31), "8.00"), (date(2021, 9, 30), "900.00")):
        town.estimated("collected_late", month, amount)
        town.add("int_receivables__account_months", account_key=1, month_end_on=month,
                 customer_class="residential", is_final=False, past_due_usd=10, over_120_usd=5)  # fmt: skip
    town.add("int_receivables__loss_shares", fiscal_year=2022, month_end_on=JULY, account_group="active",
             bucket="over_120", lost_share=Decimal("0.5"))  # fmt: skip
    rows = {row["component"]: row for row in town.marts().rows("rpt_waiver_impact")}
    assert {name: (row["month_end_on"], str(row["central_usd"])) for name, row in rows.items()} == {
        "collected_late": (JULY, "10.00"),
        "never_collected": (date(2021, 8, 31), "2.00"),
    }
