"""What waivers cost by rules applied to what happened, by hand: own parts, unions, what either would do."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import duckdb
import pytest

from tests.support.penalty_town import PenaltyTown
from tests.support.policy_town import PolicyTown

TARGETS = ("fct_waiver_impact", "int_penalties__impact_covers", "dim_policy_episodes")
Amounts = dict[tuple[str, str], str]


def town_of(city: str = "warrensburg", **rules: str | None) -> PenaltyTown:
    """One account under a city's policy, without the events of the city."""
    town = PenaltyTown(city, **rules)
    town.rows["policy_events"] = []
    return town


def event(town: PolicyTown, event_id: str, kind: str, starts: str, ends: str | None, **more: object) -> None:
    row = {"title": event_id, "cause": "", "known_on": starts, "is_assumed": False}
    town.add("policy_events", event_id=event_id, kind=kind, starts_on=starts, ends_on=ends, **row | more)


def amounts(warehouse: duckdb.DuckDBPyConnection, component: str, account: str = "A") -> Amounts:
    """Month and covering events to dollars; each such pair stands once."""
    rows = warehouse.execute(
        """
        SELECT strftime(month_end_on, '%Y-%m'), covered_by, amount_usd FROM marts.fct_waiver_impact
        WHERE component = $component AND account_id = $account
        """,
        {"component": component, "account": account},
    ).fetchall()
    found = {(month, covered_by): str(amount) for month, covered_by, amount in rows}
    assert len(found) == len(rows)
    return found


def by_episode(warehouse: duckdb.DuckDBPyConnection, component: str) -> dict[str, Decimal]:
    """Episode to the dollars that any of its events would have brought."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    query = """
        SELECT covers.episode_id, impact.amount_usd FROM marts.fct_waiver_impact AS impact
        INNER JOIN (
            SELECT DISTINCT utility_id, covered_by, episode_id FROM intermediate.int_penalties__impact_covers
        ) AS covers USING (utility_id, covered_by)
        WHERE component = $component
    """
    for episode_id, amount in warehouse.execute(query, {"component": component}).fetchall():
        found[episode_id] += amount
    return dict(found)


@pytest.mark.rule("R60")
def test_two_overlapping_waivers_have_own_parts_and_one_row_for_what_either_would_have_done():
    """4.51 in March, 9.46 in April, 14.92 in May: 13.97 of the flood, 24.38 of the frost, 28.89 of both."""
    town = town_of()
    event(town, "flood", "penalty_waiver", "2025-03-01", "2025-04-30", episode_id="water",
          episode_title="Water")  # fmt: skip
    event(town, "frost", "penalty_waiver", "2025-04-01", "2025-05-31")
    for month in (3, 4, 5, 6):
        town.month_bill(month)
    warehouse = town.warehouse(*TARGETS)
    found = amounts(warehouse, "penalties")
    assert found == {
        ("2025-03", "flood"): "4.51",
        ("2025-04", "flood,frost"): "9.46",
        ("2025-05", "frost"): "14.92",
    }
    of_episodes = by_episode(warehouse, "penalties")
    assert of_episodes == {"water": Decimal("13.97"), "frost": Decimal("24.38")}
    union = sum(map(Decimal, found.values()))
    assert union == Decimal("28.89") == sum(of_episodes.values()) - Decimal("9.46")


@pytest.mark.rule("R60")
def test_a_waiver_until_further_notice_covers_to_the_end():
    town = town_of()
    event(town, "flood", "penalty_waiver", "2025-04-01", None)
    for month in (3, 4, 5):
        town.month_bill(month)
    town.adjust("P3", "2025-03-25", "penalty", "4.51", bill_id="B3")
    warehouse = town.warehouse(*TARGETS)
    # March is charged 4.51 and not paid; 10 % of 94.63, then of 139.69 + 9.46.
    assert amounts(warehouse, "penalties") == {("2025-04", "flood"): "9.46", ("2025-05", "flood"): "14.92"}
    query = "SELECT ends_on, window_from_on, window_to_on, is_open FROM marts.dim_policy_episodes"
    ((ends_on, first, last, is_open),) = warehouse.execute(query).fetchall()
    # the town's last posting is of 31 December
    assert (ends_on, str(first), str(last), is_open) == (None, "2025-04-01", "2025-12-31", True)


@pytest.mark.rule("R60")
def test_a_waiver_for_a_class_is_named_only_there():
    town = town_of()
    town.account("shop", customer_class="commercial")
    event(town, "everybody", "penalty_waiver", "2025-03-01", "2025-03-31")
    event(
        town, "shops", "penalty_waiver", "2025-03-01", "2025-04-30", customer_classes="commercial,industrial"
    )
    for account_id in ("A", "shop"):
        for month in (3, 4):
            billed = f"2025-0{month}-03"
            town.bill(f"{account_id}{month}", billed, billed[:-2] + "13", "45.06", account_id=account_id)
    warehouse = town.warehouse(*TARGETS)
    assert amounts(warehouse, "penalties") == {("2025-03", "everybody"): "4.51"}
    assert amounts(warehouse, "penalties", "shop") == {
        ("2025-03", "everybody,shops"): "4.51",
        ("2025-04", "shops"): "9.46",
    }


@pytest.mark.rule("R60")
def test_a_waiver_for_some_services_is_named_for_their_part():
    """5 % of 100.00 electric and 50.00 water: 2.50 either would have done, 5.00 only the second."""
    town = town_of("independence")
    town.bill("B3", "2025-03-03", "2025-03-30", "0.00", penalty_date="2025-04-03")
    for service, amount in (("electric", "100.00"), ("water", "50.00")):
        town.add("charges", charge_id=service, bill_id="B3", account_id="A", amount=amount, service=service,
                 charge_code="volume")  # fmt: skip
    event(town, "pipes", "penalty_waiver", "2025-03-01", "2025-12-31", services="water,trash")
    event(town, "storm", "penalty_waiver", "2025-04-01", "2025-12-31", services="electric,water")
    warehouse = town.warehouse(*TARGETS)
    assert amounts(warehouse, "penalties") == {
        ("2025-04", "storm"): "5.00",
        ("2025-04", "pipes,storm"): "2.50",
    }


@pytest.mark.rule("R60", "R62")
def test_a_version_that_shortens_a_waiver_takes_its_months_away():
    town = town_of()
    event(town, "flood", "penalty_waiver", "2025-03-01", "2025-05-31")
    event(town, "flood", "penalty_waiver", "2025-03-01", "2025-03-31", known_on="2025-03-20")
    for month in (3, 4, 5):
        town.month_bill(month)
    warehouse = town.warehouse(*TARGETS)
    assert amounts(warehouse, "penalties") == {("2025-03", "flood"): "4.51"}
    query = "SELECT ends_on, window_to_on FROM marts.dim_policy_episodes"
    assert [str(on) for on in warehouse.execute(query).fetchone()] == ["2025-03-31", "2025-03-31"]


@pytest.mark.rule("R63")
def test_card_fees_of_two_waivers_in_two_episodes_stand_once():
    """Cards online cost 2.50. Spring has all three, winter that of March, and together they are 7.50."""
    town = town_of("independence")
    event(town, "spring fees", "fee_waiver", "2024-01-01", None, channels="online,phone", episode_id="spring",
          episode_title="Spring")  # fmt: skip
    event(town, "winter fees", "fee_waiver", "2024-03-01", "2024-03-31", channels="online",
          episode_id="winter", episode_title="Winter")  # fmt: skip
    event(town, "shops", "fee_waiver", "2024-03-01", "2024-03-31", customer_classes="commercial")
    for day in ("2023-12-31", "2024-02-29", "2024-03-31", "2024-04-01"):
        town.pay(day, day, "online card")
    town.pay("by mail", "2024-03-15", "mail check")
    warehouse = town.warehouse(*TARGETS)
    assert amounts(warehouse, "card_fees") == {
        ("2024-02", "spring fees"): "2.50",
        ("2024-03", "spring fees,winter fees"): "2.50",
        ("2024-04", "spring fees"): "2.50",
    }
    assert by_episode(warehouse, "card_fees") == {"spring": Decimal("7.50"), "winter": Decimal("2.50")}


@pytest.mark.rule("R42", "R62")
def test_fees_of_a_shut_off_are_counted_once_a_spell_and_only_where_nothing_else_held():
    """Due on 5 January and 30 days: far enough past due from 4 February on. Reconnection costs 25.00."""
    town = town_of("independence")
    for account_id in ("paid between", "held", "shop", "not yet"):
        town.account(account_id, customer_class="commercial" if account_id == "shop" else "residential")
    for account_id in ("A", "paid between", "held", "shop"):
        town.bill(f"{account_id} 1", "2025-01-01", "2025-01-05", "100.00", account_id=account_id)
    town.bill("not yet 1", "2025-04-01", "2025-04-05", "100.00", account_id="not yet")
    town.pay("P", "2025-03-10", "mail check", "100.00", account_id="paid between")
    town.bill("paid between 2", "2025-03-01", "2025-03-15", "50.00", account_id="paid between")
    town.add("holds", hold_id="H", account_id="held", kind="medical", starts_on="2025-01-01")
    event(town, "cold", "shutoff_moratorium", "2025-02-01", "2025-04-30", customer_classes="residential")
    event(town, "colder", "shutoff_moratorium", "2025-02-15", "2025-04-30", customer_classes="residential")
    warehouse = town.warehouse(*TARGETS)
    assert amounts(warehouse, "disconnect_fees") == {("2025-02", "cold,colder"): "25.00"}
    assert amounts(warehouse, "disconnect_fees", "paid between") == {
        ("2025-02", "cold,colder"): "25.00",
        ("2025-04", "cold,colder"): "25.00",
    }
    for account_id in ("held", "shop", "not yet"):
        assert amounts(warehouse, "disconnect_fees", account_id) == {}


@pytest.mark.rule("R68")
def test_assistance_and_credits_of_the_window_are_shown_and_belong_to_no_event():
    """The window is February and March: the waiver is of 10 February to 5 March."""
    town = town_of("independence")
    event(town, "frost", "penalty_waiver", "2025-02-10", "2025-03-05")
    event(town, "reserves", "one_time_credit", "2025-03-20", "2025-03-20", amount_usd="193.82")
    event(town, "later", "one_time_credit", "2025-05-20", "2025-05-20", amount_usd="10.00")
    town.month_bill(1, "500.00")
    for payment_id, day in (("before", "2025-01-31"), ("first", "2025-02-01"), ("last", "2025-03-31"),
                            ("after", "2025-04-01")):  # fmt: skip
        town.pay(payment_id, day, "assistance assistance", "10.00", fund_source="CARES")
    town.adjust("C", "2025-03-20", "rebate", "-193.82", event_id="reserves")
    town.adjust("D", "2025-05-20", "rebate", "-10.00", event_id="later")
    warehouse = town.warehouse(*TARGETS)
    assert amounts(warehouse, "assistance") == {
        ("2025-02", "episode:frost"): "10.00",
        ("2025-03", "episode:frost"): "10.00",
    }
    assert amounts(warehouse, "unrelated_credits") == {("2025-03", "reserves"): "193.82"}
    assert by_episode(warehouse, "unrelated_credits") == {"frost": Decimal("193.82")}
    assert warehouse.execute("SELECT episode_id FROM marts.dim_policy_episodes").fetchall() == [("frost",)]
