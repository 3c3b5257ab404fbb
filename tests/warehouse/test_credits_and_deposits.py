"""Leak credits, refunds, deposits and assistance by hand, under the policies that the cities really have."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.models import warehouse_in_memory
from tests.support.plain_city import PlainCity
from tests.support.policy_town import PolicyTown

AS_OF = "2024-05-31"
CASES = {
    row["case"]: row
    for row in csv.DictReader((Path(__file__).parents[1] / "cases" / "refunds_and_assistance.csv").open())
}


def usd(text: str) -> Decimal:
    return Decimal(text)


def amounts(name: str) -> list[str]:
    """The dollars that a case names, in its order."""
    return re.findall(r"\d+\.\d\d", CASES[name]["input"])


# Leak credits


LEAKS = {
    # adjustment: account, posted, requested, approved, documents -> finding
    "right": ("A", "2024-04-10", "2024-03-02", "2024-03-15", "form and invoice", None),
    "again": ("A", "2024-06-10", "2024-05-02", "2024-05-15", "form and invoice", "second_leak_credit"),
    "next_occupant": ("B", "2024-04-10", "2024-03-02", "2024-03-15", "form and invoice", None),
    "other_address": ("C", "2024-04-10", "2024-03-02", "2024-03-15", "form and invoice", None),
    "no_approval": ("D", "2024-04-10", "2024-03-02", None, "form", "leak_credit_without_approval"),
    "before_approval": ("E", "2024-04-10", "2024-03-02", "2024-04-11", "f", "leak_credit_without_approval"),
    "no_documents": ("F", "2024-04-10", "2024-03-02", "2024-03-15", None, "leak_credit_without_documents"),
    "same_month": ("G", "2024-03-20", "2024-03-02", "2024-03-15", "form", "leak_credit_in_wrong_month"),
    "two_months": ("H", "2024-05-02", "2024-03-02", "2024-03-15", "form", "leak_credit_in_wrong_month"),
    "over_new_year": ("I", "2025-01-31", "2024-12-01", "2024-12-02", "form", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def leaks():
    town = PolicyTown("warrensburg")
    for account_id in sorted({account_id for account_id, *_ in LEAKS.values()}):
        address = "1 Elm St" if account_id in "AB" else f"{account_id} Oak St"
        town.account(account_id, premise_id=f"P-{address}", service_address=address)
    for name, (account_id, posted, requested, approved, documents, _) in LEAKS.items():
        town.adjust(name, posted, "leak_credit", "-20.00", account_id, service="sewer",
                    requested_on=requested, approved_on=approved, document_ref=documents)  # fmt: skip
    return town.warehouse("rpt_policy_findings", "fct_leak_credits")


@pytest.mark.rule("R51", "R52", "R53")
def test_leak_credits_against_policy(leaks):
    """One for an address and account, with documents and approval, posted in the month after it."""
    found = dict(leaks.execute("SELECT source_id, finding FROM marts.rpt_policy_findings").fetchall())
    assert found == {name: row[-1] for name, row in LEAKS.items() if row[-1]}


@pytest.mark.rule("R53")
def test_leak_credits_are_numbered_by_address_and_account(leaks):
    rows = leaks.execute(
        "SELECT adjustment_id, credit_no, credit_usd FROM marts.fct_leak_credits "
        "WHERE account_id IN ('A', 'B')"
    ).fetchall()
    assert set(rows) == {
        ("right", 1, usd("20.00")),
        ("again", 2, usd("20.00")),
        ("next_occupant", 1, usd("20.00")),
    }


@pytest.mark.rule("R53")
def test_the_limit_may_hold_for_the_address_whoever_lives_there():
    town = PolicyTown("warrensburg", leak_credit__limit_per="address")
    for account_id, posted in (("A", "2024-04-10"), ("B", "2024-07-10")):
        town.account(account_id, premise_id="P", service_address="1 Elm St")
        town.adjust(f"L-{account_id}", posted, "leak_credit", "-20.00", account_id, document_ref="form",
                    approved_on=f"2024-0{int(posted[6]) - 1}-05")  # fmt: skip
    assert town.findings() == {("L-B", "second_leak_credit")}


# Refunds


def refund_town() -> PolicyTown:
    """Accounts that pay each bill of the year and once more: the credit stands on 31 May 2024."""
    town = PolicyTown("warrensburg")
    at, over = amounts("refund_threshold_at"), amounts("refund_threshold_over")
    assert at[1] == over[1] == "45.06"
    for account_id, credit, requested in (
        ("at", at[0], "2024-05-20"),
        ("over", over[0], "2024-05-20"),
        ("silent", over[0], None),
        ("closed", "5.00", None),
    ):
        states = [("2023-01-01", {})] + [("2024-05-25", {"status": "final"})] * (account_id == "closed")
        town.account(account_id, *states)
        for month in range(12):
            first = date(2023 + (month + 5) // 12, (month + 5) % 12 + 1, 1)
            town.bill(f"{account_id}-{month}", str(first), str(first.replace(day=11)), "45.06", account_id)
            town.pay(
                f"{account_id}-P{month}", str(first.replace(day=8)), "walk_in check", "45.06", account_id
            )
        # older than the last twelve, it does not count
        town.bill(f"{account_id}-old", "2023-05-01", "2023-05-11", "900.00", account_id)
        town.pay(f"{account_id}-old", "2023-05-08", "walk_in check", "900.00", account_id)
        town.pay(f"{account_id}-more", "2024-05-15", "walk_in check", credit, account_id)
        if requested:
            town.adjust(f"{account_id}-X", "2024-06-03", "refund", credit, account_id, due_on="2024-06-03",
                        requested_on=requested)  # fmt: skip
    return town


@pytest.fixture(scope="module")
def refunds():
    town = refund_town()
    town.adjust("silent-X", "2024-06-04", "refund", "270.37", "silent", due_on="2024-06-04")
    town.adjust("closed-X", "2024-06-04", "refund", "5.00", "closed", due_on="2024-06-04")
    return warehouse_in_memory(town.rows, ("rpt_refund_candidates",), as_of=AS_OF), town.findings()


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("at", {"no": "toward_next_bill"}[CASES["refund_threshold_at"]["expected"]]),
        ("over", {"yes": "refundable"}[CASES["refund_threshold_over"]["expected"]]),
        ("silent", "on_request"),
        ("closed", "closed"),
    ],
)
def test_who_gets_a_credit_paid_out(refunds, account, expected):
    """More than six typical bills of 45.06, 270.36, and on request."""
    row = refunds[0].execute(
        "SELECT answer, bill_count, typical_bill_usd, limit_usd FROM marts.rpt_refund_candidates "
        "WHERE account_id = $account",
        {"account": account},
    ).fetchone()  # fmt: skip
    assert row == (expected, 12, usd("45.06"), usd("270.36"))


@pytest.mark.rule("R54")
def test_refunds_that_policy_does_not_allow_are_found(refunds):
    """Posted in June: at the limit, and without a request. What is left of a closed account is paid out."""
    assert refunds[1] == {("at-X", "refund_below_limit"), ("silent-X", "refund_without_request")}


@pytest.mark.rule("R54")
def test_the_median_of_an_even_number_of_bills_is_between_the_middle_two():
    """10.00, 20.01, 30.00, 40.00: 25.005, six times 150.03; a deposit on a bill is no charge of use."""
    town = PolicyTown("independence")
    town.account()
    for month, amount in enumerate(("40.00", "10.00", "30.00", "20.01"), 1):
        town.bill(f"B{month}", f"2024-0{month}-01", f"2024-0{month}-28", amount)
    town.add("charges", charge_id="D", bill_id="B2", account_id="A", amount="250.00", service="account",
             charge_code="deposit")  # fmt: skip
    town.pay("P", "2024-05-01", "walk_in check", "500.05")
    row = town.warehouse("rpt_refund_candidates").execute(
        "SELECT credit_usd, limit_usd, is_above_limit FROM marts.rpt_refund_candidates"
    )
    assert row.fetchone() == (usd("150.04"), usd("150.03"), True)


# Deposits


@pytest.fixture(scope="module")
def deposits():
    town = PolicyTown("independence")
    held = [
        # account, closed, deposit posted, penalty posted
        ("good", None, "2022-05-10", None),
        ("tomorrow", None, "2022-06-01", None),
        ("penalty", None, "2020-01-10", "2022-06-01"),
        ("old_penalty", None, "2020-01-10", "2022-05-31"),
        ("gone", "2024-05-01", "2023-01-10", None),
        ("applied", "2024-05-01", "2023-01-10", None),
        ("too_much", None, "2023-01-10", None),
        ("unmatched", None, "2023-01-10", None),
    ]
    for account_id, closed, posted, penalty in held:
        town.account(account_id, closed_on=closed)
        town.add("deposits", deposit_id=f"D-{account_id}", account_id=account_id, posted_on=posted,
                 kind="received", amount="250.00")  # fmt: skip
        if penalty:
            town.adjust(f"N-{account_id}", penalty, "penalty", "5.00", account_id, due_on=penalty)
            town.pay(f"P-{account_id}", penalty, "walk_in check", "5.00", account_id)
    town.bill("F", "2024-05-03", "2024-05-30", "180.00", "gone", kind="final")
    town.bill("G", "2024-05-03", "2024-05-30", "180.00", "applied", kind="final")
    town.adjust("S", "2024-05-03", "deposit_applied", "-180.00", "applied", bill_id="G")
    for number, account_id, kind, amount in (
        (1, "applied", "applied", "180.00"),
        (2, "applied", "refunded", "70.00"),
        (3, "too_much", "refunded", "260.00"),
    ):
        town.add("deposits", deposit_id=f"E{number}", account_id=account_id, posted_on="2024-05-03",
                 kind=kind, amount=amount)  # fmt: skip
    town.adjust("U", "2024-05-03", "deposit_applied", "-20.00", "unmatched")
    targets = ("fct_deposits", "rpt_deposits_due", "int_receivables__deposit_findings")
    return warehouse_in_memory(town.rows, targets, as_of=AS_OF)


@pytest.mark.rule("R81")
def test_what_is_held_runs_with_the_postings(deposits):
    rows = deposits.execute(
        "SELECT deposit_id, change_usd, held_usd FROM marts.fct_deposits "
        "WHERE account_id = 'applied' ORDER BY held_usd DESC"
    ).fetchall()
    assert rows == [
        ("D-applied", usd("250.00"), usd("250.00")),
        ("E1", usd("-180.00"), usd("70.00")),
        ("E2", usd("-70.00"), usd("0.00")),
    ]


@pytest.mark.rule("R81")
def test_deposits_are_due_after_two_years_without_a_penalty_or_on_closing(deposits):
    rows = deposits.execute(
        "SELECT account_id, answer, since_on, held_usd, apply_usd, refund_usd FROM marts.rpt_deposits_due"
    ).fetchall()
    assert set(rows) == {
        ("good", "refund_due", date(2024, 5, 10), usd("250.00"), usd("0.00"), usd("250.00")),
        ("old_penalty", "refund_due", date(2024, 5, 31), usd("250.00"), usd("0.00"), usd("250.00")),
        ("gone", "apply_to_final", date(2024, 5, 1), usd("250.00"), usd("180.00"), usd("70.00")),
    }


@pytest.mark.rule("R81")
def test_more_than_is_held_cannot_be_given(deposits):
    rows = deposits.execute(
        "SELECT source_id, finding, amount_usd, expected_usd "
        "FROM intermediate.int_receivables__deposit_findings"
    ).fetchall()
    assert set(rows) == {
        ("E3", "deposit_beyond_held", usd("260.00"), usd("250.00")),
        ("U", "deposit_applied_without_posting", usd("20.00"), usd("0.00")),
    }


# Assistance


GRANTS = {
    # payment: received, fund -> breach
    "dollar_november": ("2020-11-01", "dollar_help", None),
    "dollar_march": ("2021-03-31", "dollar_help", None),
    "dollar_april": ("2021-04-01", "dollar_help", "out_of_season"),
    "dollar_october": ("2020-10-31", "dollar_help", "out_of_season"),
    "cares_last": ("2020-12-30", "cares_act", None),
    "cares_after": ("2020-12-31", "cares_act", "outside_its_dates"),
    "cares_before": ("2020-08-02", "cares_act", "outside_its_dates"),
    "irap_first": ("2020-12-01", "irap", None),
    "irap_before": ("2020-11-30", "irap", "outside_its_dates"),
    "stranger": ("2020-12-01", "angels", "unknown_programme"),
}


@pytest.fixture(scope="module")
def grants():
    town = PolicyTown("independence")
    town.account("A", ("2015-01-01", {}), ("2021-02-01", {"assistance_program": "water_h2o"}))
    for name, (received, fund, _) in GRANTS.items():
        town.pay(name, received, "assistance assistance", "50.00", fund_source=fund)
    town.pay("own", "2021-01-10", "walk_in check", "50.00")
    town.adjust("credit", "2021-01-10", "assistance", "-30.00", fund_source="irap")
    town.adjust("rebate", "2021-06-10", "rebate", "-140.00")
    town.adjust("once", "2021-02-02", "rebate", "-193.82", event_id="ipl_rebate_2021")
    for bill_id, billed in (("before", "2021-01-15"), ("enrolled", "2021-02-15")):
        town.bill(bill_id, billed, billed, "28.53")
        town.add("charges", charge_id=f"{bill_id}-D", bill_id=bill_id, account_id="A", amount="-10.00",
                 service="water", charge_code="discount")  # fmt: skip
    return town.warehouse("fct_assistance", "rpt_policy_findings")


@pytest.mark.rule("R68", "R79")
def test_each_programme_has_its_dates(grants):
    found = dict(
        grants.execute(
            "SELECT source_id, breach FROM marts.fct_assistance WHERE source_entity = 'payments'"
        ).fetchall()
    )
    assert found == {name: breach for name, (*_, breach) in GRANTS.items()}


@pytest.mark.rule("R68")
def test_assistance_rebates_and_one_time_credits_stand_apart_from_own_money(grants):
    rows = grants.execute(
        "SELECT source_id, money_kind, programme, amount_usd, breach FROM marts.fct_assistance "
        "WHERE source_entity != 'payments'"
    ).fetchall()
    assert set(rows) == {
        ("credit", "assistance", "irap", usd("30.00"), None),
        ("rebate", "rebate", None, usd("140.00"), None),
        ("once", "one_time_credit", "ipl_rebate_2021", usd("193.82"), None),
        ("before-D", "discount", None, usd("10.00"), "not_enrolled"),
        ("enrolled-D", "discount", "water_h2o", usd("10.00"), None),
    }


@pytest.mark.rule("R68", "R79")
def test_assistance_outside_its_dates_is_a_finding(grants):
    found = grants.execute(
        "SELECT source_id, finding FROM marts.rpt_policy_findings WHERE finding LIKE 'assistance%'"
    ).fetchall()
    expected = {(name, f"assistance_{breach}") for name, (*_, breach) in GRANTS.items() if breach}
    assert set(found) == expected | {("before-D", "assistance_not_enrolled")}


@pytest.mark.rule("R79")
@pytest.mark.parametrize("name", ["h2o_small", "h2o_large"])
def test_water_h2o_takes_at_most_ten_dollars_and_never_more_than_the_charge(name):
    """The audit expects the case's discount on a month's water and none other is right."""
    (charge,), discount = amounts(name), CASES[name]["expected"]
    city = PlainCity(
        ("water",),
        assistance__water_h2o__kind="discount",
        assistance__water_h2o__services="water",
        assistance__water_h2o__max_usd_per_month="10.00",
    )
    city.tariff("water", "2020-01-01", {"residential": (charge, "0")})
    city.meter()
    city.reads("M", ("2024-01-01", 100, None), ("2024-02-01", 105, 5))
    city.add("account_history", account_id="A", effective_from="2020-01-01", assistance_program="water_h2o",
             customer_class="residential", autopay="none", budget_billing=False, status="active")  # fmt: skip
    city.bill("B", "2024-01-01", "2024-02-01", "2024-02-05", ("water", "base", charge, 1),
              ("water", "discount", f"-{discount}", 1))  # fmt: skip
    rows = city.warehouse("fct_bill_audit").execute(
        "SELECT billed_usd, recomputed_usd, reason FROM marts.fct_bill_audit"
    )
    net = usd(charge) - usd(discount)
    assert rows.fetchall() == [(net, net, "none")]
