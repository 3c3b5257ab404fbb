"""Twins: the same people with the same luck, in a city without its waivers, or where nothing happened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import simulator
from simulator.twins import run_with_twins
from tests.support.cities import latest_of
from tests.support.twins import differences

# One worker makes the twins for all tests of this file.
SETTINGS = {"accounts": 300, "first_month": "2020-01", "months": 20, "seed": 7}
FIRST_WAIVED = dt.date(2020, 12, 1)
BOTH = ("missing", "added")

# What the absence of the waivers changes where people pay as ever, by kind, and why. Nothing else may differ.
OF_THE_WAIVER: dict[str, tuple[str, ...]] = {
    # The waivers themselves: penalties stand, and customers pay the fee of their card.
    "adjustments.penalty_waiver": ("missing", "added", "amount", "event_id", "posted_on"),
    # Who owes more is sooner so far behind that the money is found; a bill is named where just it is paid.
    "payments": ("customer_fee", "amount", *BOTH, "posted_on", "received_on", "bill_id"),
    # A penalty that stands raises what is owed: what bills print, what people pay, later penalties.
    "adjustments.penalty": ("amount", *BOTH),
    "bills": ("amount_due", "previous_balance", *BOTH),
    "payment_returns": ("amount", *BOTH),
    "adjustments.returned_payment_fee": BOTH,
    "adjustments.refund": ("amount", *BOTH),
    "agreements": ("amount", *BOTH),
    "agreement_installments": ("amount", *BOTH),
    "adjustments.balance_transfer": ("amount", *BOTH),
    "adjustments.assistance": ("amount", *BOTH),
    # More is behind: notices, shut-offs and closings follow, with what they bring.
    "service_orders": ("amount_due", *BOTH),
    "holds": BOTH,
    "account_history": BOTH,
    "accounts": ("closed_on", *BOTH),
    "adjustments.reconnect_fee": BOTH,
    "adjustments.fee_waiver": BOTH,
    "adjustments.write_off": ("amount", *BOTH),
    "adjustments.recovery": ("amount", *BOTH),
    "disputes": BOTH,
    "adjustments.correction": BOTH,
    "reads": ("reading", "usage", *BOTH),
    "charges": ("amount", "basis", "block", "charge_code", "quantity", "rate", "service", "unit", *BOTH),
    # A deposit covers what the final bill leaves open.
    "adjustments.deposit_applied": ("amount", *BOTH),
    "deposits": ("amount", *BOTH),
    # Sums of all this.
    "bank_transactions": ("amount", *BOTH),
    "ledger_balances": ("amount",),
    "cash_balances": ("unrestricted",),
}
# What comes only of notices, and what only of shut-offs and closings.
OF_NOTICES = ("account_history", "holds")
OF_SHUT_OFFS = ("reads", "charges", "accounts", "adjustments.reconnect_fee", "adjustments.fee_waiver")
# Where nobody was noticed, shut off, put off or closed in another way, only this may differ.
COLLECTED = (
    "service_orders", "account_history", "accounts", "holds", "disputes", "reads", "agreements", "deposits",
)  # fmt: skip
OF_OTHERS: dict[str, tuple[str, ...]] = {
    # A waiver that is absent leaves its penalty to be taken back on request some days later.
    "adjustments.penalty_waiver": ("amount", *BOTH, "event_id", "posted_on"),
    "adjustments.penalty": ("amount", *BOTH),
    "payments": OF_THE_WAIVER["payments"],
    "payment_returns": ("amount", *BOTH),
    "bills": ("amount_due", "previous_balance"),
    **dict.fromkeys(
        (
            "adjustments.returned_payment_fee",
            "adjustments.refund",
            "adjustments.balance_transfer",
            "adjustments.assistance",
            "adjustments.write_off",
            "adjustments.recovery",
        ),
        ("amount", *BOTH),
    ),
}
# Without the event bills, reads and ways of paying differ for everybody; these never do.
SAME_WITHOUT_THE_EVENT = ("meters", "chart_of_lines", "debt_service", "capital_plan")


@pytest.fixture(scope="module")
def cities(tmp_path_factory) -> dict[str, Path]:
    """The city as it was, and its twins, with people who answer to nothing."""
    folder = tmp_path_factory.mktemp("twins")
    for name, absent in (("actual", ()), ("waiver", ("waiver",)), ("event", ("event",))):
        simulator.run("independence", folder / name, absent=absent, response="none", **SETTINGS)
    return {name: folder / name for name in ("actual", "waiver", "event")}


@pytest.fixture(scope="module")
def of_waiver(cities) -> pl.DataFrame:
    return differences(cities["actual"], cities["waiver"])


@pytest.fixture(scope="module")
def of_event(cities) -> pl.DataFrame:
    return differences(cities["actual"], cities["event"])


def test_without_the_waiver_every_kind_of_difference_follows_from_the_policy(of_waiver):
    found = {(entity, what) for entity, what in of_waiver.select("entity", "what").unique().rows()}
    allowed = {(entity, what) for entity, columns in OF_THE_WAIVER.items() for what in columns}
    assert found <= allowed
    assert {("adjustments.penalty_waiver", "missing"), ("payments", "customer_fee")} <= found


def _premises(differences: pl.DataFrame, *entities: str) -> set[str]:
    return set(differences.filter(pl.col("entity").is_in(entities))["premise"].drop_nulls())


def test_without_the_waiver_use_and_charges_differ_only_where_somebody_was_shut_off(of_waiver):
    notices = of_waiver.filter(pl.col("what").is_in(BOTH))
    assert _premises(of_waiver, *OF_NOTICES) <= _premises(notices, "service_orders")
    assert _premises(of_waiver, *OF_SHUT_OFFS) <= _premises(notices, "account_history")
    assert _premises(notices, "service_orders")


def test_without_the_waiver_others_differ_only_in_what_they_owe_and_pay(of_waiver):
    collected = _premises(of_waiver, *COLLECTED)
    others = of_waiver.filter(pl.col("premise").is_not_null(), ~pl.col("premise").is_in(collected))
    found = {(entity, what) for entity, what in others.select("entity", "what").unique().rows()}
    assert found <= {(entity, what) for entity, columns in OF_OTHERS.items() for what in columns}
    assert {
        ("adjustments.penalty_waiver", "missing"),
        ("bills", "amount_due"),
        ("payments", "amount"),
    } <= found
    assert 0 < len(collected) < others["premise"].n_unique() / 2


def test_only_accounts_whose_penalties_were_waived_have_another_history(cities, of_waiver):
    waived = latest_of(cities["actual"], "adjustments").filter(
        pl.col("kind") == "penalty_waiver", pl.col("event_id") == "covid_late_fees"
    )
    premises = waived["account_id"].str.slice(-7, 5).unique()
    others = of_waiver.filter(
        pl.col("what") != "customer_fee", pl.col("premise").is_not_null(), ~pl.col("premise").is_in(premises)
    )
    assert others.is_empty()
    assert 0 < len(premises) < SETTINGS["accounts"]


def test_no_penalty_is_waived_by_an_event_that_is_absent(cities):
    for twin in ("waiver", "event"):
        waivers = latest_of(cities[twin], "adjustments").filter(pl.col("kind") == "penalty_waiver")
        named = waivers.filter(pl.col("event_id").is_not_null() & (pl.col("event_id") != ""))
        assert set(named["event_id"]) == {"covid_spring_late_fees"}


def test_the_waiver_leaves_the_outage_as_it_was(cities):
    columns = ["bill_id", "bill_date", "due_date", "penalty_date", "service_from", "service_to"]
    january = pl.col("billing_period") == "2021-01"
    actual, twin = (
        latest_of(cities[name], "bills").filter(january, pl.col("kind") == "regular").select(columns)
        for name in ("actual", "waiver")
    )
    both = actual.join(twin, on="bill_id")
    assert both.height > 0.9 * actual.height
    assert all((both[column] == both[f"{column}_right"]).all() for column in columns[1:])


@pytest.mark.parametrize("twin", ["waiver", "event"])
@pytest.mark.parametrize(
    ("entity", "day"), [("payments", "received_on"), ("adjustments", "posted_on"), ("bills", "bill_date")]
)
def test_twins_are_one_until_it_begins(cities, twin, entity, day):
    before = [latest_of(cities[name], entity).filter(pl.col(day) < FIRST_WAIVED) for name in ("actual", twin)]
    if entity == "payments":  # what was received just before may be posted during the outage
        before = [rows.filter(pl.col("posted_on") < FIRST_WAIVED) for rows in before]
    if entity == "bills":  # the last accounts of November got their statement only after the outage
        before = [rows.filter(pl.col("billing_period") < "2020-11") for rows in before]
    assert before[0].height > 1_000 and before[0].equals(before[1])


def test_without_the_event_everybody_has_a_december_statement(cities, of_event):
    december = pl.col("billing_period") == "2020-12"
    assert latest_of(cities["actual"], "bills").filter(december, pl.col("kind") == "regular").is_empty()
    statements = latest_of(cities["event"], "bills").filter(december, pl.col("kind") == "regular")
    assert statements["account_id"].n_unique() > 0.9 * SETTINGS["accounts"]
    assert not set(of_event["entity"]) & set(SAME_WITHOUT_THE_EVENT)


def test_without_the_event_nothing_of_the_outage_is_left(cities):
    agreements = latest_of(cities["event"], "agreements")
    assert agreements.filter(pl.col("kind") == "outage_extended").is_empty()
    assert (
        not latest_of(cities["actual"], "agreements").filter(pl.col("kind") == "outage_extended").is_empty()
    )
    payments = latest_of(cities["event"], "payments")
    in_gap = payments.filter(pl.col("received_on").is_between(dt.date(2020, 12, 8), dt.date(2020, 12, 23)))
    assert {"online", "phone", "autopay"} <= set(in_gap["channel"])
    assert (in_gap["posted_on"] - in_gap["received_on"]).dt.total_days().max() <= 5


def test_true_costs_are_what_the_files_of_both_runs_say(tmp_path, cities):
    run_with_twins("independence", tmp_path, response="none", **SETTINGS)
    costs = pl.read_parquet(tmp_path / "answer_sheet" / "true_costs.parquet")
    assert set(costs["question"]) == {"waiver", "event"}
    assert not (tmp_path / "answer_sheet_twins").exists()

    def of_files(folder: Path, kind: str):
        rows = latest_of(folder, "adjustments").filter(pl.col("kind") == kind)
        return rows["amount"].sum()

    for kind in ("penalty", "penalty_waiver", "reconnect_fee"):
        for question in ("waiver", "event"):
            said = costs.filter(pl.col("question") == question, pl.col("component") == kind)
            assert said["actual_usd"].sum() == of_files(cities["actual"], kind)
            assert said["without_usd"].sum() == of_files(cities[question], kind)
            assert (said["difference_usd"] == said["actual_usd"] - said["without_usd"]).all()
    paid = costs.filter(
        pl.col("question") == "waiver", pl.col("component").is_in(["payments", "assistance_payments"])
    )
    assert paid["without_usd"].sum() == latest_of(cities["waiver"], "payments")["amount"].sum()


def test_open_penalties_are_those_in_the_receivable(cities):
    """While penalties are waived none is added to those that are open; the twin goes on adding."""
    open_by_city = {}
    for name, folder in cities.items():
        flows = pl.read_parquet(folder / "answer_sheet" / "flows.parquet").filter(
            pl.col("month_end") >= FIRST_WAIVED
        )
        sums = flows.group_by("component", "month_end").agg(pl.col("amount_usd").sum()).sort("month_end")
        by_component = {part[0]: rows for part, rows in sums.partition_by("component", as_dict=True).items()}
        open_by_city[name] = by_component["receivable_penalties"]
        both = open_by_city[name].join(by_component["receivable"], on="month_end")
        assert both["amount_usd"].max() > 0 and (both["amount_usd"] < both["amount_usd_right"] / 5).all()
    waived = pl.col("month_end").is_between(FIRST_WAIVED, dt.date(2021, 6, 30))
    actual, twin = (open_by_city[name].filter(waived)["amount_usd"] for name in ("actual", "waiver"))
    assert actual.len() == 7 and (actual.diff().drop_nulls() <= 0).all()
    assert (twin > actual).all()


def test_strength_of_response_decides_how_late_people_pay(tmp_path):
    """In the months without penalties more stays open the stronger people answer."""
    folders, owed = {name: tmp_path / name for name in ("none", "moderate", "strong")}, {}
    for response, folder in folders.items():  # enough accounts that luck does not hide it
        simulator.run("independence", folder, response=response, **{**SETTINGS, "accounts": 1200})
    for response, folder in folders.items():
        flows = pl.read_parquet(folder / "answer_sheet" / "flows.parquet")
        late = pl.col("month_end").is_between(dt.date(2021, 3, 1), dt.date(2021, 6, 30))
        owed[response] = flows.filter(late, pl.col("component") == "receivable")["amount_usd"].sum()
    assert owed["none"] < owed["moderate"] < owed["strong"]
