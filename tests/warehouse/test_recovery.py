"""Recovery after an event and whom its waiver helped, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from tests.support.models import warehouse_in_memory
from tests.support.policy_town import PolicyTown

FIRST, LAST = (2022, 1), (2025, 12)  # months with bills
AS_OF = date(2025, 12, 31)
WAIVER = (date(2025, 3, 1), date(2025, 5, 31))


def months(first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
    numbers = range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])
    return [(number // 12, number % 12 + 1) for number in numbers]


def is_waived(day: date) -> bool:
    return WAIVER[0] <= day <= WAIVER[1]


class Town(PolicyTown):
    """Two homes with a bill on the 3rd of each month, $100 and $300; penalties waived March to May 2025.

    The first pays its bill on the 15th day; the second on the 20th, in the waiver on the 75th.
    """

    def __init__(self) -> None:
        super().__init__("warrensburg")
        self.rows["policy_events"].clear()
        self.add("policy_events", event_id="waiver", kind="penalty_waiver", title="Waiver", cause="",
                 starts_on=WAIVER[0], ends_on=WAIVER[1], known_on=WAIVER[0])  # fmt: skip
        self.account("A", opened_on="2020-01-01")
        self.account("B", opened_on="2020-01-01")
        for year, month in months(FIRST, LAST):
            billed = date(year, month, 3)
            self.month_bill("A", billed, "100.00", 15)
            self.month_bill("B", billed, "300.00", 75 if is_waived(billed) else 20)
        self.account("Z")
        self.adjust("last", str(AS_OF), "other_charge", "1.00", account_id="Z")

    def month_bill(
        self, account_id: str, billed: date, amount: str, days: int | None, way="mail check"
    ) -> None:
        """A bill due after ten days, and its payment so many days after the bill date."""
        name = f"{account_id}{billed:%y%m}"
        self.bill(name, str(billed), str(billed + timedelta(days=10)), amount, account_id=account_id)
        if days is not None and billed + timedelta(days=days) <= AS_OF:
            self.pay(f"P{name}", str(billed + timedelta(days=days)), way, amount, account_id=account_id)


def asked(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return warehouse.execute(query).fetchall()


def texts(warehouse: duckdb.DuckDBPyConnection, mart: str, names: str, where: str = "true") -> list[tuple]:
    """Columns as text, in their own order."""
    chosen = ", ".join(f"CAST({name} AS VARCHAR)" for name in names.split())
    return asked(warehouse, f"SELECT {chosen} FROM marts.{mart} WHERE {where} ORDER BY ALL")


@pytest.fixture(scope="module")
def curves() -> duckdb.DuckDBPyConnection:
    return Town().warehouse("rpt_recovery_curves")


def curve(warehouse: duckdb.DuckDBPyConnection, month: str, column: str = "collected_pct") -> dict[int, str]:
    """Age to share of the bills of a month."""
    where = f"billed_month_end_on = DATE '{month}'"
    return {
        int(age): share for age, share in texts(warehouse, "rpt_recovery_curves", f"age_days {column}", where)
    }


def test_expected_is_100_of_400_after_fifteen_days_and_all_after_twenty(curves):
    expected = curve(curves, "2025-03-31", "expected_pct")
    assert (expected[0], expected[10], expected[20], expected[30]) == (
        "0.0000",
        "0.0000",
        "100.0000",
        "100.0000",
    )
    assert sorted(expected) == list(range(0, 190, 10))


def test_in_the_waiver_300_of_400_come_after_75_days(curves):
    for month in ("2025-03-31", "2025-04-30"):
        found = curve(curves, month)
        assert [found[age] for age in (10, 20, 70, 80, 180)] == [
            "0.0000", "25.0000", "25.0000", "100.0000", "100.0000"
        ]  # fmt: skip


def test_what_is_paid_for_a_later_bill_pays_the_oldest_first(curves):
    """The 300.00 of 23 June, for the bill of June, pay that of 3 May: after 51 days."""
    found = curve(curves, "2025-05-31")
    assert [found[age] for age in (20, 50, 60)] == ["25.0000", "25.0000", "100.0000"]


def test_the_two_months_before_are_shown_and_are_not_of_the_event(curves):
    found = texts(curves, "rpt_recovery_curves", "billed_month_end_on is_event_month", "age_days = 0")
    assert [month for month, _ in found] == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
        "2025-05-31",
    ]
    assert [is_event for _, is_event in found] == ["false", "false", "true", "true", "true"]


def test_ages_that_the_last_bill_has_not_reached_are_left_out():
    """At the end of May, of the bills of March no more than 60 days: 31 March and 60 days is 30 May."""
    town = Town()
    warehouse = warehouse_as_of(town, date(2025, 5, 31), "rpt_recovery_curves")
    assert max(curve(warehouse, "2025-03-31")) == 60
    assert max(curve(warehouse, "2025-05-31")) == 0


def warehouse_as_of(town: Town, as_of: date, *targets: str) -> duckdb.DuckDBPyConnection:
    """As built on an earlier day, before what came later was delivered."""
    return warehouse_in_memory(town.rows, targets, as_of=str(as_of))


def test_assistance_counts_beside_own_money_and_credits_are_not_to_be_paid():
    """April: of 400, 60 are a leak credit; of the 100 of the first home a programme pays 40, it 60."""
    town = Town()
    (payment,) = [row for row in town.rows["payments"] if row["payment_id"] == "PA2504"]
    payment["amount"] = "60.00"
    town.pay("help", "2025-04-18", "assistance assistance", "40.00", account_id="A")
    town.adjust("leak", "2025-04-20", "leak_credit", "-60.00", account_id="B", bill_id="B2504")
    (payment,) = [row for row in town.rows["payments"] if row["payment_id"] == "PB2504"]
    payment["amount"] = "240.00"
    warehouse = town.warehouse("rpt_recovery_curves")
    names = "age_days net_billed_usd own_money_usd assistance_usd collected_pct"
    where = "billed_month_end_on = DATE '2025-04-30' AND age_days IN (20, 80)"
    assert texts(warehouse, "rpt_recovery_curves", names, where) == [
        ("20", "340.00", "60.00", "40.00", "29.4118"),
        ("80", "340.00", "300.00", "40.00", "100.0000"),
    ]


@pytest.fixture(scope="module")
def recovered() -> duckdb.DuckDBPyConnection:
    return Town().warehouse("rpt_recovery")


def by_month(warehouse: duckdb.DuckDBPyConnection, names: str) -> dict[str, tuple[str, ...]]:
    """Month of 2025 to columns of the waiver's rows."""
    rows = texts(warehouse, "rpt_recovery", f"month_end_on {names}", "episode_id = 'waiver'")
    return {month[:7]: tuple(values) for month, *values in rows}


def test_open_at_month_ends_is_what_the_second_home_has_not_paid(recovered):
    """Four bills of 300.00 from March on, paid on 17 May, 17 and 23 June and 17 July; else all is paid."""
    found = by_month(
        recovered, "actual_open_usd expected_low_usd expected_usd expected_high_usd difference_usd"
    )
    none = ("0.00",) * 3
    assert [found[f"2025-{month:02}"] for month in range(3, 13)] == [
        ("300.00", *none, "300.00"), ("600.00", *none, "600.00"), ("600.00", *none, "600.00"),
        ("300.00", *none, "300.00"), *[("0.00", *none, "0.00")] * 6,
    ]  # fmt: skip


def test_the_two_month_ends_before_the_window_are_as_expected_and_not_judged(recovered):
    """The second home has paid its bill of the 3rd by the 23rd: nothing is open, nothing expected to be."""
    found = by_month(
        recovered, "actual_open_usd not_issued_usd expected_usd difference_usd is_in_window is_back"
    )
    assert min(found) == "2025-01"
    assert found["2025-01"] == found["2025-02"] == ("0.00", "0.00", "0.00", "0.00", "false", "false")


def test_what_lies_before_the_window_counts_in_no_total():
    """The bill of February comes late, before the waiver: open then, and part of no cost.

    Once in seventeen clean cold months 300.00 of 300.00 were open: 17.65 are expected, 282.35 are more.
    """
    town = Town()
    (payment,) = [row for row in town.rows["payments"] if row["payment_id"] == "PB2502"]
    payment |= {"received_on": "2025-03-10", "posted_on": "2025-03-10"}
    warehouse = town.warehouse("rpt_recovery", "rpt_waiver_totals")
    found = by_month(warehouse, "actual_open_usd difference_usd")
    assert found["2025-02"] == ("300.00", "282.35")
    months = texts(
        warehouse, "rpt_waiver_totals", "dimension_value",
        "component = 'collected_late' AND dimension = 'month' AND question = 'event'",
    )  # fmt: skip
    assert min(months) == ("2025-03-31",)


def test_arrears_are_back_from_july_on(recovered):
    """June is after the window, and 300.00 are still open."""
    found = by_month(recovered, "is_within_range is_in_window is_back")
    assert [found[f"2025-{month:02}"] for month in range(3, 9)] == [
        *[("false", "true", "false")] * 3, ("false", "false", "false"), *[("true", "false", "true")] * 2,
    ]  # fmt: skip


def test_one_month_end_within_the_range_is_not_back_yet():
    warehouse = warehouse_as_of(Town(), date(2025, 7, 31), "rpt_recovery")
    assert texts(
        warehouse, "rpt_recovery", "is_within_range is_back", "month_end_on = DATE '2025-07-31'"
    ) == [("true", "false")]


def without_payments_of_autumn() -> Town:
    """The second home pays nothing of October to December."""
    town = Town()
    unpaid = {"PB2510", "PB2511", "PB2512"}
    town.rows["payments"] = [row for row in town.rows["payments"] if row["payment_id"] not in unpaid]
    return town


def test_a_relapse_takes_it_back():
    found = by_month(without_payments_of_autumn().warehouse("rpt_recovery"), "is_back")
    assert "2025-12" in found and set(found.values()) == {("false",)}


def test_what_a_later_event_does_is_not_its_recovery():
    town = without_payments_of_autumn()
    town.add("policy_events", event_id="later", kind="shutoff_moratorium", title="Later", cause="",
             starts_on="2025-10-01", ends_on="2025-12-31", known_on="2025-10-01")  # fmt: skip
    found = by_month(town.warehouse("rpt_recovery"), "is_back")
    assert [found[f"2025-{month:02}"] for month in (6, 7, 9, 10, 12)] == [
        ("false",), ("true",), ("true",), (None,), (None,),
    ]  # fmt: skip


def test_what_is_past_due_is_that_of_the_aging(recovered):
    """300.00 of March, due on 13 March, at its end; those of April too at the end of April."""
    found = by_month(recovered, "past_due_usd")
    assert [found[month] for month in ("2025-03", "2025-04", "2025-07")] == [
        ("300.00",),
        ("600.00",),
        ("0.00",),
    ]


@pytest.fixture(scope="module")
def helped() -> duckdb.DuckDBPyConnection:
    """More homes and a shop, and agreements that change no penalty."""
    town = Town()
    town.account("behind", opened_on="2020-01-01")
    town.account("new", opened_on="2025-03-10")
    town.account("shop", opened_on="2020-01-01", customer_class="commercial")
    town.month_bill("behind", date(2025, 1, 3), "200.00", None)
    town.month_bill("behind", date(2025, 4, 3), "10.00", None)
    town.month_bill("new", date(2025, 4, 3), "50.00", 40)
    town.month_bill("shop", date(2025, 4, 3), "70.00", 150)
    for account_id, signed, due in (
        ("B", date(2025, 5, 26), date(2025, 6, 20)),  # paid on 17 June
        ("behind", date(2025, 5, 10), date(2025, 6, 30)),  # never paid
        ("shop", date(2025, 5, 20), date(2026, 1, 31)),  # more than six months
        ("A", date(2025, 8, 1), date(2025, 8, 20)),  # after the window
    ):
        town.add("agreements", agreement_id=f"G{account_id}", account_id=account_id, signed_on=signed,
                 ends_on=due, amount="70.00", kind="hardship")  # fmt: skip
        town.add(
            "agreement_installments",
            agreement_id=f"G{account_id}",
            installment_no=1,
            due_on=due,
            amount="70.00",
        )
    return town.warehouse("rpt_waiver_help", "rpt_waiver_agreements")


@pytest.mark.rule("R60")
def test_who_was_helped_was_behind_before_or_is_newly_late_or_opened_since(helped):
    """B: 10 % of 300; of 600 + 30; of 600 + 93, for 300 were paid on 17 May: 30.00 + 63.00 + 69.30."""
    names = "account_id help_group prior_arrears customer_class penalties_usd"
    assert texts(helped, "fct_waiver_help", names) == [
        ("A", "on_time", "none", "residential", "0.00"),
        ("B", "newly_late", "none", "residential", "162.30"),
        ("behind", "already_behind", "d31_90", "residential", "21.00"),
        ("new", "opened_since", "new", "residential", "5.00"),
        ("shop", "newly_late", "none", "commercial", "7.00"),
    ]


def test_what_they_owe_at_the_end_of_the_window_and_now(helped):
    names = (
        "help_group customer_class account_count penalties_usd window_end_open_usd window_end_past_due_usd "
        "open_usd past_due_usd window_end_past_due_count past_due_count"
    )
    assert texts(helped, "rpt_waiver_help", names) == [
        ("already_behind", "residential", "1", "21.00", "210.00", "210.00", "210.00", "210.00", "1", "1"),
        ("newly_late", "commercial", "1", "7.00", "70.00", "70.00", "0.00", "0.00", "1", "0"),
        ("newly_late", "residential", "1", "162.30", "600.00", "600.00", "0.00", "0.00", "1", "0"),
        ("on_time", "residential", "1", "0.00", "0.00", "0.00", "0.00", "0.00", "0", "0"),
        ("opened_since", "residential", "1", "5.00", "0.00", "0.00", "0.00", "0.00", "0", "0"),
    ]


@pytest.mark.rule("R46", "R47")
def test_agreements_of_the_window_by_what_became_of_them(helped):
    names = "customer_class agreement_status agreement_count agreed_usd installment_count met_count"
    assert texts(helped, "rpt_waiver_agreements", names) == [
        ("commercial", "refused", "1", "70.00", "1", "0"),
        ("residential", "broken", "1", "70.00", "1", "0"),
        ("residential", "completed", "1", "70.00", "1", "1"),
    ]
