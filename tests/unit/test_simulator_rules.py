"""Everything that the rules speak of happens to somebody in the demonstration's cities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.support.cities import latest_of

on = dt.date
amount, kind = pl.col("amount"), pl.col("kind")


class City:
    """What a city delivered in all, read once an entity."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = cache(lambda entity: latest_of(folder, entity))

    def __getattr__(self, entity: str) -> pl.DataFrame:
        return self.rows(entity)

    def count(self, entity: str, *conditions: pl.Expr) -> int:
        """Rows of an entity that fulfil all conditions."""
        return self.rows(entity).filter(*conditions).height

    def charged(self, *conditions: pl.Expr) -> int:
        """Charge lines with the class of their account and the dates of their bill."""
        bills = self.bills.select("bill_id", "bill_date", "service_from", "service_to", bill_kind="kind")
        accounts = self.accounts.select("account_id", "customer_class")
        return (
            self.charges.join(bills, on="bill_id").join(accounts, on="account_id").filter(*conditions).height
        )

    def returned(self) -> pl.DataFrame:
        """Returned payments with the payment."""
        return self.payment_returns.join(self.payments, on="payment_id", suffix="_paid")

    def priced(self) -> pl.DataFrame:
        """Base lines with their bill and the class of their account."""
        bases = self.charges.filter(pl.col("charge_code") == "base")
        bills = self.bills.select("bill_id", "billing_period", bill_kind="kind")
        return bases.join(bills, on="bill_id").join(
            self.accounts.select("account_id", "customer_class"), on="account_id"
        )

    def drafts_of_bills(self) -> pl.DataFrame:
        """Automatic payments with the bill that was due up to three days before they were received."""
        drafts = self.payments.filter(pl.col("channel") == "autopay")
        bills = self.bills.filter(kind != "cancel").select("account_id", "due_date")
        waits = (pl.col("received_on") - pl.col("due_date")).dt.total_days()
        return drafts.join(bills, on="account_id").filter(waits.is_between(0, 3))

    def first_payments(self) -> pl.DataFrame:
        """Of each bill the first payment that its account made afterwards, where no credit came before it."""
        bills = self.bills.filter(kind.is_in(["regular", "final"])).sort("bill_date")
        paid = self.payments.sort("received_on").join_asof(
            bills.select("account_id", "bill_date", "amount_due", latest_bill="bill_id"),
            left_on="received_on",
            right_on="bill_date",
            by="account_id",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        first = paid.drop_nulls("latest_bill").unique("latest_bill", keep="first", maintain_order=True)
        credits = self.adjustments.filter(amount < 0).select("account_id", credited_on="posted_on")
        between = pl.col("credited_on").is_between("bill_date", "received_on")
        credited = first.join(credits, on="account_id").filter(between)
        return first.join(credited, on="payment_id", how="anti")

    def changes(self, column: str) -> pl.DataFrame:
        """Rows of the history with what the account was before: `before`."""
        history = self.account_history.sort("account_id", "effective_from")
        return history.with_columns(before=pl.col(column).shift().over("account_id"))

    def declined(self) -> int:
        """Bills of accounts with a card draft that nobody paid when the draft was due (R94).

        The outage's own bills are left out: their drafts waited.
        """
        history = self.account_history.sort("effective_from").select(
            "account_id", "effective_from", "autopay"
        )
        asked = self.bills.filter(
            kind == "regular",
            pl.col("amount_due") > 0,
            ~pl.col("due_date").is_between(on(2020, 12, 1), on(2020, 12, 31)),
        ).with_columns(soon=pl.col("due_date").dt.offset_by("5d"))
        asked = asked.filter(pl.col("soon") <= self.payments["received_on"].max())
        for day in ("bill_date", "soon"):
            asked = asked.sort(day).join_asof(
                history.rename({"autopay": f"autopay_{day}", "effective_from": f"since_{day}"}),
                left_on=day,
                right_on=f"since_{day}",
                by="account_id",
                check_sortedness=False,
            )
        asked = asked.filter(pl.col("autopay_bill_date") == "card", pl.col("autopay_soon") == "card")
        paid = asked.join(self.payments.select("account_id", "received_on"), on="account_id").filter(
            pl.col("received_on").is_between("bill_date", "soon")
        )
        fees = self.adjustments.filter(kind == "returned_payment_fee").select("account_id", "posted_on")
        charged = asked.join(fees, on="account_id").filter(
            pl.col("posted_on").is_between("due_date", pl.col("due_date").dt.offset_by("30d"))
        )
        with_draft = self.payments.filter(pl.col("channel") == "autopay").select("account_id").unique()
        declined = asked.join(paid, on="bill_id", how="anti").join(charged, on="bill_id", how="anti")
        return declined.join(with_draft, on="account_id").height

    def stuck(self) -> int:
        """Registers that stood still, found and not."""
        return pl.read_parquet(self.folder / "answer_sheet" / "stuck_meters.parquet").height

    def notices_without_consequence(self) -> int:
        """Notices of the first days of December 2020 that no shut-off followed before March (R70)."""
        orders = self.service_orders
        notices = orders.filter(
            kind == "written_notice", pl.col("ordered_on").is_between(on(2020, 12, 1), on(2020, 12, 6))
        )
        shut_off = orders.filter(
            kind == "disconnect", pl.col("ordered_on").is_between(on(2020, 12, 1), on(2021, 2, 28))
        )
        return notices.join(shut_off, on="account_id", how="anti").height

    def ordered(self, what: str) -> int:
        """Service orders of a kind."""
        return self.count("service_orders", kind == what)


def charge(code: str, **fixed: str) -> list[pl.Expr]:
    """Conditions on a charge line."""
    return [pl.col("charge_code") == code, *(pl.col(name) == value for name, value in fixed.items())]


def posted(what: str, *conditions: pl.Expr) -> Callable[[City], int]:
    """Adjustments of a kind."""
    return lambda city: city.count("adjustments", kind == what, *conditions)


def paid(**fixed: str) -> Callable[[City], int]:
    """Payments by channel, tender or fund."""
    return lambda city: city.count("payments", *(pl.col(name) == value for name, value in fixed.items()))


quantity, service = pl.col("quantity"), pl.col("service")
days = (pl.col("service_to") - pl.col("service_from")).dt.total_days()

of_no_event = pl.col("event_id").fill_null("") == ""

IN_BOTH: dict[str, Callable[[City], int]] = {
    "R26 a draft ends with a move": lambda c: (
        c.changes("autopay")
        .filter(
            pl.col("status") == "final",
            pl.col("autopay") == "none",
            pl.col("before").is_in(["bank", "card"]),
        )
        .height
    ),
    "R51 leak credits with their document": posted(
        "leak_credit", pl.col("document_ref").is_not_null(), pl.col("document_ref") != ""
    ),
    "R91 final bills": lambda c: c.count("bills", kind == "final"),
    "R91 balances handed on": posted("balance_transfer"),
    "R94 declined card drafts": City.declined,
    "courtesy waivers of penalties": posted("penalty_waiver", of_no_event),
    "courtesy waivers of fees": posted("fee_waiver", of_no_event, amount < 0),
    "stuck meters": City.stuck,
    "medical holds": lambda c: c.count("holds", kind == "medical"),
    "bankruptcy holds": lambda c: c.count("holds", kind == "bankruptcy"),
    "opening balances": posted("opening_balance"),
    "write-offs": posted("write_off"),
    "recoveries": posted("recovery"),
}

IN_WARRENSBURG: dict[str, Callable[[City], int]] = {
    "R01 a home's two blocks": lambda c: c.charged(*charge("volume"), pl.col("block") == 2),
    "R02 a new home at the cap of 8 ccf": lambda c: c.charged(
        *charge("volume", customer_class="residential", basis="actual"), pl.col("block") == 2, quantity == 6
    ),
    "R03, R11 an established home beyond 8 ccf": lambda c: c.charged(
        *charge("volume", basis="winter_average"), pl.col("block") == 2, quantity > 6
    ),
    # October and November are left out: rates change on 1 October.
    "R08 commercial bases by meter size": lambda c: (
        c.priced()
        .filter(pl.col("customer_class") == "commercial", ~pl.col("billing_period").str.contains("-1[01]$"))
        .group_by("billing_period")
        .agg(pl.col("rate").n_unique())
        .filter(pl.col("rate") > 1)
        .height
    ),
    "R12 two base lines on one bill": lambda c: (
        c.priced().group_by("bill_id").len().filter(pl.col("len") == 2).height
    ),
    "R05 a home's class changes in April": lambda c: (
        c.changes("rate_code")
        .filter(
            pl.col("before") == "residential_new",
            pl.col("rate_code") == "residential_established",
            pl.col("effective_from").dt.month() == 4,
            pl.col("effective_from").dt.day() == 1,
        )
        .height
    ),
    "E rates that change within a bill": lambda c: c.charged(
        *charge("base"), pl.col("quantity") < 1, pl.col("service_to").dt.month() == 10
    ),
    "R22 a draft after a weekend": lambda c: (
        c.drafts_of_bills()
        .filter(pl.col("due_date").dt.weekday() >= 6, pl.col("received_on").dt.weekday() <= 2)
        .height
    ),
    "R24 a draft not yet active": lambda c: c.count("account_history", pl.col("autopay") == "pending"),
    "R27, R28 penalties": posted("penalty"),
    "R32 returned checks and drafts": lambda c: c.count("payment_returns", kind == "return"),
    "R33 chargebacks": lambda c: c.count("payment_returns", kind == "chargeback"),
    "R34 their fee": posted("returned_payment_fee"),
    "R36 three returned checks": lambda c: (
        c.returned().filter(kind == "return").group_by("account_id").len().filter(pl.col("len") >= 3).height
    ),
    "R37 online with its fee": lambda c: c.count(
        "payments", pl.col("channel") == "online", pl.col("customer_fee") > 0
    ),
    "R38 the agent": paid(channel="agent", tender="cash"),
    "R40 electronic checks at the agent": paid(channel="agent", tender="bank_draft"),
    "R40 phone": paid(channel="phone", tender="card"),
    "R40 drop box": paid(channel="drop_box", tender="check"),
    "R41 credits that wait": lambda c: c.count("bills", pl.col("previous_balance") < 0),
    "R43 hang tags": lambda c: c.ordered("hang_tag"),
    "R43 courtesy calls": lambda c: c.ordered("courtesy_call"),
    "R43 notices to owners": lambda c: c.count(
        "service_orders", kind == "written_notice", pl.col("recipient") == "owner"
    ),
    "R42, R44 shut off": lambda c: c.ordered("disconnect"),
    "R44 restored, with its fee": posted("reconnect_fee"),
    "R46 agreements": lambda c: c.count("agreements", kind == "hardship"),
    "R49 disputes": lambda c: c.count("disputes"),
    "R49 appeals to the director": lambda c: c.count("disputes", pl.col("level") == "finance_director"),
    "R51 leak credits": posted("leak_credit"),
    "R54 refunds on request": posted("refund", pl.col("requested_on").is_not_null()),
    "R56 corrected and billed again": lambda c: c.count("bills", kind == "rebill"),
    "R93 actives that were never billed": lambda c: c.count(
        "source_accounts", pl.col("account_id").is_null()
    ),
    "R93 sewer accounts that the provider's list lacks": lambda c: (
        c.accounts.join(c.source_accounts, on="account_id", how="anti").height
    ),
}

IN_INDEPENDENCE: dict[str, Callable[[City], int]] = {
    "R12 two months of base on one line": lambda c: c.charged(*charge("base"), quantity == 2),
    "R29 partial payments": lambda c: (
        c.first_payments()
        .filter(pl.col("amount_due") > 0, amount < pl.col("amount_due"), pl.col("tender") != "assistance")
        .height
    ),
    "R57 the late statements of November": lambda c: c.count(
        "bills", pl.col("billing_period") == "2020-11", pl.col("bill_date") >= on(2020, 12, 28)
    ),
    "R58 long statements of January": lambda c: c.count(
        "bills", pl.col("billing_period") == "2021-01", days > 60
    ),
    "R60 penalties assessed and waived": posted("penalty_waiver", pl.col("event_id") == "covid_late_fees"),
    "R61 longer to pay": lambda c: c.count(
        "bills", (pl.col("due_date") - pl.col("bill_date")).dt.total_days() == 41
    ),
    "R63 card fees absorbed": lambda c: c.count(
        "payments", pl.col("processor_fee") > 0, pl.col("customer_fee") == 0
    ),
    "R65 drafts that waited": lambda c: (
        c.payments.filter(
            pl.col("channel") == "autopay",
            pl.col("posted_on").is_between(on(2020, 12, 29), on(2020, 12, 31)),
        )
        .join(
            c.bills.filter(pl.col("due_date").is_between(on(2020, 12, 7), on(2020, 12, 28))),
            on="account_id",
            how="semi",
        )
        .height
    ),
    "R66 money in the box during the outage": lambda c: c.count(
        "payments",
        pl.col("channel") == "drop_box",
        pl.col("received_on").is_between(on(2020, 12, 7), on(2020, 12, 27)),
        pl.col("posted_on") >= on(2020, 12, 28),
    ),
    "R67 extended arrangements": lambda c: c.count("agreements", kind == "outage_extended"),
    "R68 CARES": lambda c: (
        c.count("payments", pl.col("fund_source") == "cares_act")
        + c.count("adjustments", pl.col("fund_source") == "cares_act")
    ),
    "R68 IRAP": lambda c: (
        c.count("payments", pl.col("fund_source") == "irap")
        + c.count("adjustments", pl.col("fund_source") == "irap")
    ),
    "R70 notices that became void": City.notices_without_consequence,
    "R71 twenty cycles": lambda c: c.accounts["billing_group"].n_unique() - 19,
    "R72 estimates by weather": lambda c: c.count("reads", pl.col("estimate_reason") == "weather"),
    "R72 estimates without access": lambda c: c.count("reads", pl.col("estimate_reason") == "access"),
    "R73 a true-up below zero": lambda c: c.count("reads", pl.col("usage") < 0),
    "R77 registers that roll over": lambda c: (
        c.reads.sort("meter_id", "read_on")
        .filter(pl.col("reading").diff().over("meter_id") < 0, pl.col("usage") > 0)
        .height
    ),
    "E meters that were changed": lambda c: c.count("meters", pl.col("removed_on").is_not_null()),
    "E meters with a multiplier": lambda c: c.count("meters", pl.col("multiplier") > 1),
    "R79 Water H2O": lambda c: c.charged(*charge("discount")),
    "R79 Dollar Help": lambda c: (
        c.count("payments", pl.col("fund_source") == "dollar_help")
        + c.count("adjustments", pl.col("fund_source") == "dollar_help")
    ),
    "R80 budget billing": lambda c: c.count("bills", pl.col("budget_amount").is_not_null()),
    "R81 deposits taken": lambda c: c.count("deposits", kind == "received"),
    "R81 deposits applied": posted("deposit_applied"),
    "R83 by mail": paid(channel="mail"),
    "R83 by phone": paid(channel="phone"),
    "R83 at the counter": paid(channel="walk_in"),
    "R83 online": paid(channel="online"),
    "R86 paid ahead": lambda c: c.count(
        "bills", pl.col("amount_due") < 0, pl.col("bill_date") < on(2020, 12, 1)
    ),
    "R90 loans on the bill": lambda c: c.charged(*charge("loan")),
    "R90 rebates for efficiency": posted("rebate", of_no_event),
    "R92 paper and electronic": lambda c: c.bills["delivery"].n_unique() - 1,
    "taxes": lambda c: c.charged(*charge("tax")),
    "owners of tenants' homes": lambda c: c.count(
        "accounts", pl.col("occupancy") == "tenant", pl.col("owner_id").is_not_null()
    ),
    "weather holds": lambda c: c.count("holds", kind == "weather"),
    "other holds": lambda c: c.count("holds", kind == "other"),
    "corrections": posted("correction"),
    "assistance as a credit": posted("assistance"),
    "bank rows": lambda c: c.count("bank_transactions"),
}


@pytest.fixture(scope="module")
def warrensburg_demo(demo_cities) -> City:
    return City(demo_cities["warrensburg"])


@pytest.fixture(scope="module")
def independence_demo(demo_cities) -> City:
    return City(demo_cities["independence"])


@pytest.mark.parametrize("rule", IN_BOTH)
def test_it_happens_in_both(rule, warrensburg_demo, independence_demo):
    assert IN_BOTH[rule](warrensburg_demo) > 0
    assert IN_BOTH[rule](independence_demo) > 0


@pytest.mark.parametrize("rule", IN_WARRENSBURG)
def test_it_happens_in_warrensburg(rule, warrensburg_demo):
    assert IN_WARRENSBURG[rule](warrensburg_demo) > 0


@pytest.mark.parametrize("rule", IN_INDEPENDENCE)
def test_it_happens_in_independence(rule, independence_demo):
    assert IN_INDEPENDENCE[rule](independence_demo) > 0
