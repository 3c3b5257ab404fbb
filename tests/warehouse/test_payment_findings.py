"""Payments against policy, by hand: what may not be taken is found and named, what may is not."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from tests.support.policy_town import PolicyTown, day

CHANNELS = ("walk_in", "mail", "drop_box", "phone", "online", "autopay", "agent", "assistance")
TENDERS = ("cash", "check", "money_order", "card", "bank_draft", "assistance")
TAKEN = {
    "warrensburg": {
        "walk_in": {"cash", "check", "money_order", "card"},
        "mail": {"check", "money_order"},
        "drop_box": {"check", "money_order"},
        "phone": {"card"},
        "online": {"card"},
        "autopay": {"bank_draft", "card"},
        "agent": {"cash", "bank_draft"},
        "assistance": {"assistance"},
    },
    "independence": {
        "walk_in": {"cash", "check", "money_order", "card"},
        "mail": {"check", "money_order"},
        "drop_box": {"check", "money_order"},
        "phone": {"card"},
        "online": {"card", "bank_draft"},
        "autopay": {"bank_draft", "card"},
        "agent": set(),
        "assistance": {"assistance"},
    },
}
DRAFTS = {"autopay": "bank"}


@pytest.mark.rule("R40", "R83")
@pytest.mark.parametrize("city", TAKEN)
def test_each_channel_takes_its_tenders_and_no_others(city):
    town = PolicyTown(city)
    town.account("A", ("2010-01-01", DRAFTS))
    for channel, tender in itertools.product(CHANNELS, TENDERS):
        town.pay(f"{channel} {tender}", "2024-05-13", f"{channel} {tender}", customer_fee=None)
    for row in town.rows["payments"]:
        row["customer_fee"] = None
    refused = {
        (f"{channel} {tender}", "tender_not_taken")
        for channel, tender in itertools.product(CHANNELS, TENDERS)
        if tender not in TAKEN[city][channel]
    }
    assert town.findings() == refused


@pytest.mark.rule("R40")
def test_a_finding_says_what_is_wrong_in_a_sentence():
    town = PolicyTown()
    town.account()
    town.pay("P1", "2024-05-13", "agent card")
    row = town.warehouse("rpt_policy_findings").execute("SELECT * FROM marts.rpt_policy_findings").fetchone()
    assert row == (
        "warrensburg", "tender_not_taken", "R40", "A", "payments", "P1", day("2024-05-13"), Decimal("45.06"),
        None, "Paid with a card by channel agent, which takes cash, bank draft.",
    )  # fmt: skip


@pytest.mark.rule("R40")
@pytest.mark.parametrize(
    ("brand", "is_taken"),
    [("visa", True), ("Visa", True), ("mastercard", True), ("discover", True), (None, True),
     ("american_express", False), ("American Express", False), ("amex", False), ("diners", False)],
)  # fmt: skip
def test_three_brands_of_cards_are_taken(brand, is_taken):
    town = PolicyTown()
    town.account()
    town.pay("P1", "2024-05-13", "online card", customer_fee="1.25", card_brand=brand)
    assert town.findings() == (set() if is_taken else {("P1", "card_brand_not_taken")})


def _bouncing(town: PolicyTown, *months: int, way: str = "mail check", **returned: str) -> None:
    for month in months:
        town.pay(f"P{month}", f"2023-{month:02d}-03", way)
        town.give_back(f"P{month}", f"2023-{month:02d}-10", **returned)
        town.adjust(f"F{month}", f"2023-{month:02d}-10", "returned_payment_fee", "25.00")


@pytest.mark.rule("R36")
def test_after_the_third_returned_check_only_cash_and_cards_are_taken():
    town = PolicyTown()
    town.account()
    _bouncing(town, 1, 2)
    town.pay("after two", "2023-02-20", "mail check")
    _bouncing(town, 3)
    town.pay("on the day", "2023-03-10", "mail check")  # it may have come before the bank's word
    for way in ("mail check", "mail money_order", "walk_in card", "walk_in cash", "assistance assistance"):
        town.pay(way, "2023-03-11", way)
    town.pay("agent bank_draft", "2033-03-11", "agent bank_draft")
    assert town.findings() == {
        ("mail check", "check_after_returns"),
        ("mail money_order", "check_after_returns"),
        ("agent bank_draft", "check_after_returns"),
    }
    returned = town.warehouse("fct_returned_payments").execute(
        "SELECT payment_id, returned_count, is_restricted, tenders_allowed FROM marts.fct_returned_payments "
        "ORDER BY posted_on"
    )
    assert returned.fetchall() == [
        ("P1", 1, False, None),
        ("P2", 2, False, None),
        ("P3", 3, True, "cash,card"),
    ]


@pytest.mark.rule("R36")
def test_drafts_count_as_checks_and_chargebacks_do_not():
    town = PolicyTown()
    town.account("A", ("2010-01-01", DRAFTS))
    town.account("B")
    _bouncing(town, 1, 2, 3, way="autopay bank_draft")
    for number in range(4):
        town.pay(f"C{number}", "2023-03-01", "walk_in card", account_id="B")
        town.give_back(f"C{number}", f"2023-03-1{number}", kind="chargeback", reason_code="10.4")
        town.adjust(f"G{number}", f"2023-03-1{number}", "returned_payment_fee", "25.00", "B")
    town.pay("A later", "2023-04-03", "mail check")
    town.pay("B later", "2023-04-03", "mail check", account_id="B")
    assert town.findings() == {("A later", "check_after_returns")}


@pytest.mark.rule("R36")
def test_where_policy_counts_twelve_months_an_old_return_is_forgotten():
    """The first return, of 10 January 2023, counts through 9 January 2024."""
    town = PolicyTown(payments__returned_window="twelve_months")
    town.account()
    _bouncing(town, 1, 6, 12)
    town.pay("last day", "2024-01-09", "mail check")
    town.pay("forgotten", "2024-01-11", "mail check")
    assert town.findings() == {("last day", "check_after_returns")}
    town.pay("P13", "2024-01-12", "mail check")
    town.give_back("P13", "2024-01-15")
    town.adjust("F13", "2024-01-15", "returned_payment_fee", "25.00")
    counts = town.warehouse("fct_returned_payments").execute(
        "SELECT returned_count FROM marts.fct_returned_payments ORDER BY posted_on"
    )
    assert counts.fetchall() == [(1,), (2,), (3,), (3,)]


OFF = (
    ("2010-01-01", {}),
    ("2025-03-17", {"status": "disconnected_nonpay"}),
    ("2025-03-20", {}),
)


@pytest.mark.rule("R45")
@pytest.mark.parametrize(
    ("city", "refused"), [("warrensburg", {"check", "money_order"}), ("independence", {"check"})]
)
def test_while_shut_off_no_check_is_taken(city, refused):
    """Shut off on the 17th, restored on the 20th by what came in that morning."""
    town = PolicyTown(city)
    town.account("A", *OFF)
    for tender in ("cash", "check", "money_order", "card"):
        for on in ("2025-03-17", "2025-03-18", "2025-03-20", "2025-03-21"):
            town.pay(f"{tender} {on}", on, f"walk_in {tender}", customer_fee=None)
    for row in town.rows["payments"]:
        row["customer_fee"] = None
    assert town.findings() == {
        (f"{tender} {on}", "check_while_shut_off")
        for tender in refused
        for on in ("2025-03-18", "2025-03-20")
    }


@pytest.mark.rule("R45")
def test_where_no_history_is_delivered_the_orders_say_who_is_shut_off():
    town = PolicyTown(fees__reconnect_usd="0.00")
    town.account()
    for kind, on in (("disconnect", "2025-03-17"), ("reconnect", "2025-03-20")):
        town.add("service_orders", order_id=kind, account_id="A", kind=kind, ordered_on=on, effective_on=on)
    town.pay("P1", "2025-03-18", "mail check")
    town.pay("P2", "2025-03-21", "mail check")
    assert town.findings() == {("P1", "check_while_shut_off")}


@pytest.mark.rule("R88")
def test_online_money_is_posted_on_the_day_it_comes_and_other_money_may_wait():
    town = PolicyTown()
    town.account()
    town.pay("at once", "2024-05-13", "online card", customer_fee="1.25")
    town.pay("late", "2024-05-13", "online card", customer_fee="1.25", posted_on="2024-05-14")
    town.pay("by mail", "2024-05-13", "mail check", posted_on="2024-05-20")
    assert town.findings() == {("late", "posted_later")}


@pytest.mark.rule("R65", "R66", "R88")
def test_during_the_outage_nothing_comes_online_and_what_came_before_is_posted_after_it():
    """Online closed from 7 to 27 December 2020; the counter, the mail and the drop box stayed open."""
    town = PolicyTown("independence")
    town.account("A", ("2010-01-01", DRAFTS))
    town.pay("eve", "2020-12-06", "online card", posted_on="2020-12-28")
    town.pay("days before", "2020-12-04", "online card", posted_on="2020-12-28")
    town.pay("closed", "2020-12-27", "online card", posted_on="2020-12-28")
    town.pay("open", "2020-12-28", "online card")
    town.pay("phone open", "2020-12-07", "phone card", posted_on="2020-12-28")
    town.pay("phone closed", "2020-12-08", "phone card", posted_on="2020-12-28")
    town.pay("counter", "2020-12-15", "walk_in cash", posted_on="2020-12-28")
    town.pay("mail", "2020-12-15", "mail check", posted_on="2020-12-29")
    town.pay("box", "2020-12-15", "drop_box check", posted_on="2020-12-29")
    town.pay("draft closed", "2020-12-28", "autopay bank_draft")
    town.pay("draft", "2020-12-29", "autopay bank_draft")
    assert town.findings() == {
        ("days before", "posted_later"),
        ("closed", "channel_closed"),
        ("phone closed", "channel_closed"),
        ("draft closed", "channel_closed"),
    }


@pytest.mark.rule("R24", "R26")
def test_drafts_are_drawn_only_while_automatic_payment_is_in_force():
    town = PolicyTown()
    town.account(
        "A",
        ("2010-01-01", {}),
        ("2024-02-01", {"autopay": "pending"}),
        ("2024-04-01", {"autopay": "bank"}),
        ("2024-09-02", {"autopay": "none"}),
    )
    town.account("moved", ("2010-01-01", DRAFTS), ("2024-06-01", {"autopay": "bank", "status": "final"}))
    for on in ("2024-01-15", "2024-02-15", "2024-04-01", "2024-05-15", "2024-09-02", "2024-09-03"):
        town.pay(f"A {on}", on, "autopay bank_draft")
    town.pay("moved before", "2024-05-15", "autopay bank_draft", account_id="moved")
    town.pay("moved after", "2024-06-15", "autopay bank_draft", account_id="moved")
    assert town.findings() == {
        ("A 2024-01-15", "draft_not_enrolled"),
        ("A 2024-02-15", "draft_not_enrolled"),
        ("A 2024-09-03", "draft_not_enrolled"),
        ("moved after", "draft_not_enrolled"),
    }


@pytest.mark.rule("R24", "R26")
def test_a_bill_that_announced_its_draft_is_drawn_though_automatic_payment_has_ended_since():
    """Not for an account that has moved, nor for the bills that come after the end."""
    town = PolicyTown()
    for account, state in (("A", {}), ("moved", {"status": "final"})):
        town.account(account, ("2010-01-01", DRAFTS), ("2024-03-10", {"autopay": "none", **state}))
        for number, (billed, due) in enumerate((("2024-03-04", "2024-03-14"), ("2024-04-04", "2024-04-14"))):
            town.bill(f"{account}{number}", billed, due, "45.06", account)
            town.pay(f"{account} {due}", due, "autopay bank_draft", account_id=account)
    assert town.findings() == {
        ("A 2024-04-14", "draft_not_enrolled"),
        ("moved 2024-03-14", "draft_not_enrolled"),
        ("moved 2024-04-14", "draft_not_enrolled"),
    }


@pytest.mark.rule("R24")
def test_without_a_history_the_accounts_say_since_when():
    town = PolicyTown()
    town.account("none")
    town.account("pending", autopay="pending", autopay_since="2024-01-01")
    town.account("card", autopay="card", autopay_since="2024-03-01")
    for account in ("none", "pending", "card"):
        town.pay(f"{account} 1", "2024-02-15", "autopay card", account_id=account)
        town.pay(f"{account} 2", "2024-03-15", "autopay card", account_id=account)
    assert town.findings() == {
        ("none 1", "draft_not_enrolled"),
        ("none 2", "draft_not_enrolled"),
        ("pending 1", "draft_not_enrolled"),
        ("pending 2", "draft_not_enrolled"),
        ("card 1", "draft_not_enrolled"),
    }


@pytest.mark.rule("R22", "R65")
def test_a_draft_for_a_bill_that_was_never_issued_is_found():
    """Bills of October, November and January, none of December; a draft for each month."""
    town = PolicyTown("independence")
    town.account("A", ("2010-01-01", DRAFTS), opened_on="2010-01-01")
    for bill, billed, due in (
        ("B10", "2020-10-05", "2020-11-01"),
        ("B11", "2020-11-05", "2020-12-02"),
        ("B1", "2021-01-04", "2021-02-14"),
    ):
        town.bill(bill, billed, due, "45.06")
    for name, on in (
        ("October", "2020-11-02"),
        ("November", "2020-12-02"),
        ("December", "2021-01-04"),
        ("January", "2021-02-16"),
    ):
        town.pay(name, on, "autopay bank_draft")
    assert town.findings() == {("December", "draft_without_bill")}


@pytest.mark.rule("R65")
def test_a_draft_that_came_back_may_be_drawn_again_and_a_paid_bill_not():
    town = PolicyTown()
    for account in ("A", "B", "C"):
        town.account(account, ("2010-01-01", DRAFTS))
        town.bill(f"{account}1", "2024-03-04", "2024-03-14", "45.06", account)
        town.pay(f"{account} 1", "2024-03-14", "autopay bank_draft", account_id=account)
    town.give_back("A 1", "2024-03-18")
    town.adjust("F", "2024-03-18", "returned_payment_fee", "25.00")
    town.pay("A 2", "2024-03-20", "autopay bank_draft")
    town.pay("B 2", "2024-03-20", "autopay bank_draft", account_id="B")
    town.pay("C 2", "2024-03-14", "autopay bank_draft", account_id="C")
    assert town.findings() == {("B 2", "draft_without_bill"), ("C 2", "draft_without_bill")}


@pytest.mark.rule("R86")
def test_partial_and_advance_payments_are_as_they_should_be():
    town = PolicyTown("independence")
    town.account()
    town.bill("B1", "2024-03-04", "2024-03-31", "100.00")
    town.pay("part", "2024-03-11", "online card", "40.00", customer_fee="0.00")
    town.pay("too much", "2024-03-12", "online bank_draft", "100.00")
    assert town.findings() == set()
    balance = town.warehouse("aging_as_of").execute(
        "SELECT sum(unapplied_usd), sum(total_usd) FROM marts.aging_as_of(DATE '2024-03-31', 'due_date')"
    )
    assert balance.fetchone() == (Decimal("40.00"), Decimal("-40.00"))


@pytest.mark.rule("R85")
def test_looking_at_an_account_is_free():
    town = PolicyTown()
    town.account()
    for name, note, document in (
        ("note", "Account view, May", None),
        ("document", None, "account_view"),
        ("nothing", None, None),
        ("review", "after a review of the meter", None),
        ("lock", None, "cut lock 4711"),
    ):
        town.adjust(name, "2024-05-13", "other_charge", "2.00", note=note, document_ref=document)
    town.bill("B1", "2024-05-20", "2024-05-30", "45.06")
    town.add("charges", charge_id="line", bill_id="B1", account_id="A", service="account",
             charge_code="other", amount="2.00")  # fmt: skip
    assert town.findings() == {
        ("note", "view_fee"),
        ("document", "view_fee"),
        ("nothing", "unexplained_charge"),
        ("line", "unexplained_charge"),
    }


@pytest.mark.rule("R84")
def test_reference_facts_are_data():
    found = {}
    for city in TAKEN:
        town = PolicyTown(city)
        query = "SELECT rule_value FROM marts.dim_policy_rules WHERE rule_name LIKE 'contacts.%'"
        found[city] = " | ".join(
            value for (value,) in town.warehouse("dim_policy_rules").execute(query).fetchall()
        )
    for fact in ("660-262-4549", "660-747-9131", "866-430-0820", "410 E Young St", "City Hall"):
        assert fact in found["warrensburg"]
    for fact in ("816-325-7930", "816-325-7378", "17221 E 23rd St S", "IndependenceMO.gov/UtilitiesOnline"):
        assert fact in found["independence"]
