"""The judge of penalties is judged: by the cases with known answers, and by sums done by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle import Policy
from tests.oracle.penalties import Event, Penalty, PenaltyPolicy, penalties_of
from tests.support.canonical import Rows, add, empty_rows

CASES = Path(__file__).parents[1] / "cases" / "penalties.csv"
POLICY = PenaltyPolicy(order=Policy(service_rank=("account", "water", "sewer")))
MODES = ("compounding", "simple", "once_per_bill")
FIRST = date(2025, 1, 6)
ZERO = Decimal("0.00")


def usd(text: str) -> Decimal:
    return Decimal(text)


class Account:
    """One sewer account, a bill a month."""

    def __init__(self, policy: PenaltyPolicy = POLICY):
        self.rows: Rows = empty_rows()
        self.policy = policy
        add(self.rows, "accounts", account_id="A")

    def add(self, entity: str, **values) -> dict[str, object]:
        number = len(self.rows[entity])
        key = {"adjustments": "adjustment_id", "payments": "payment_id"}.get(entity)
        names = {key: f"{entity}{number}"} if key and key not in values else {}
        return add(self.rows, entity, account_id="A", **names, **values)

    def bill(self, month: int, amount: str = "45.06", **services: str) -> date:
        """The bill of a month; returned is its penalty date."""
        day = date(2025, month, 6)
        self.add("bills", bill_id=f"B{month}", bill_date=day, due_date=day + timedelta(days=10))
        for service, cents in (services or {"sewer": amount}).items():
            self.add(
                "charges",
                charge_id=f"{month}{service}",
                bill_id=f"B{month}",
                service=service,
                amount=usd(cents),
            )
        return day + timedelta(days=21)

    def pay(self, received_on: date, amount: str, posted_on: date | None = None) -> str:
        row = self.add(
            "payments", received_on=received_on, posted_on=posted_on or received_on, amount=usd(amount)
        )
        return str(row["payment_id"])

    def give_back(self, payment_id: str, returned_on: date) -> None:
        amount = next(row["amount"] for row in self.rows["payments"] if row["payment_id"] == payment_id)
        add(
            self.rows,
            "payment_returns",
            return_id=f"R{payment_id}",
            payment_id=payment_id,
            returned_on=returned_on,
            amount=amount,
        )

    def adjust(self, kind: str, posted_on: date, amount: str | Decimal, **values) -> None:
        self.add("adjustments", kind=kind, posted_on=posted_on, amount=usd(str(amount)), **values)

    def assess(self, month: int, as_of: date) -> Penalty:
        """Post what is expected of a bill the day after its penalty date."""
        one = self.expected(as_of)[f"B{month}"]
        if one.expected_usd:
            self.adjust("penalty", one.assess_on, one.expected_usd, service="sewer", bill_id=f"B{month}")
        return one

    def expected(self, as_of: date = date(2025, 12, 31)) -> dict[str, Penalty]:
        return penalties_of(self.rows, self.policy, as_of)

    def balance(self) -> Decimal:
        debits = [row["amount"] for name in ("charges", "adjustments") for row in self.rows[name]]
        return sum(debits, ZERO) - sum((row["amount"] for row in self.rows["payments"]), ZERO)


def cases() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with CASES.open(newline="") as file:
        for line in csv.DictReader(file):
            found.setdefault(line["case"], []).append(line)
    return found


@pytest.mark.rule("R19", "R20", "R27", "R28", "R29", "R30", "R34")
@pytest.mark.parametrize("name", list(cases()))
def test_cases_with_known_answers(name):
    mode = next((mode for mode in MODES if name.endswith(mode)), "compounding")
    account = Account(replace(POLICY, compounding=mode))
    for line in cases()[name]:
        month = int(line["month"])
        if usd(line["fee_usd"]):
            account.adjust("returned_payment_fee", date(2025, month, 5), line["fee_usd"], service="sewer")
        penalty_on = account.bill(month, line["charge_usd"])
        if usd(line["paid_usd"]):
            late = {"paid_on_day_21": 0, "paid_on_day_22": 1}.get(name, -3)
            account.pay(penalty_on + timedelta(days=late), line["paid_usd"])
        one = account.assess(month, penalty_on)
        assert one.penalty_on == penalty_on
        assert (one.base_usd, one.expected_usd) == (usd(line["penalty_base_usd"]), usd(line["penalty_usd"]))
        assert account.balance() == usd(line["balance_usd"])


@pytest.mark.rule("R21", "R66")
def test_money_received_in_time_counts_though_it_is_posted_later():
    """45.06 in the drop box on day 21, posted on day 24: nothing; by posting day 10 % of all."""
    for timely_by, expected in (("received_on", "0.00"), ("posted_on", "4.51")):
        account = Account(replace(POLICY, timely_by=timely_by))
        penalty_on = account.bill(1)
        account.pay(penalty_on, "45.06", posted_on=penalty_on + timedelta(days=3))
        assert account.expected()["B1"].expected_usd == usd(expected)


@pytest.mark.rule("R27", "R78")
def test_past_due_leaves_out_what_is_due_later_and_fees_bear_none_where_policy_says_so():
    """On 27 January the bill is past due; on 26 January the fee is not, it waits for the bill of February."""
    account = Account(replace(POLICY, base="past_due", percent=usd("5"), includes_fees=False))
    account.bill(1, "100.00")
    account.adjust("other_charge", date(2025, 1, 20), "30.00", service="sewer", due_on=date(2025, 2, 5))
    account.adjust("returned_payment_fee", date(2025, 1, 21), "25.00")
    assert account.expected()["B1"].expected_usd == usd("5.00")
    account.policy = replace(account.policy, includes_fees=True)
    assert account.expected()["B1"].expected_usd == usd("5.00")
    account.policy = replace(account.policy, base="current_and_past_due")
    assert account.expected()["B1"].expected_usd == usd("7.75")  # 5 % of 155.00


@pytest.mark.rule("R28", "R34")
def test_once_per_bill_takes_the_bill_and_the_fee_that_waited_for_it():
    account = Account(replace(POLICY, compounding="once_per_bill"))
    account.bill(1, "45.06")
    account.adjust("returned_payment_fee", date(2025, 2, 3), "25.00")
    account.bill(2, "45.06")
    assert [one.expected_usd for one in account.expected().values()] == [usd("4.51"), usd("7.01")]


@pytest.mark.rule("R35", "R31")
def test_a_return_after_the_penalty_date_brings_the_penalty_on_its_day():
    account = Account()
    penalty_on = account.bill(1)
    payment = account.pay(penalty_on - timedelta(days=5), "45.06")
    assert account.expected()["B1"].expected_usd == 0
    returned_on = penalty_on + timedelta(days=8)
    account.give_back(payment, returned_on)
    one = account.expected()["B1"]
    assert (one.expected_usd, one.base_usd, one.assess_on) == (usd("4.51"), usd("45.06"), returned_on)
    assert account.expected(returned_on - timedelta(days=1))["B1"].expected_usd == 0
    account.policy = replace(POLICY, after_late_return="none")
    assert account.expected()["B1"].expected_usd == 0


@pytest.mark.rule("R35", "R31")
def test_a_bill_with_a_penalty_bears_no_second_one_and_money_paid_again_leaves_nothing_to_charge():
    account = Account()
    penalty_on = account.bill(1)
    part = account.pay(penalty_on - timedelta(days=5), "20.00")
    account.give_back(part, penalty_on + timedelta(days=8))
    assert account.expected()["B1"].expected_usd == usd("2.51")
    account = Account()
    penalty_on = account.bill(1)
    first = account.pay(penalty_on - timedelta(days=5), "45.06")
    account.pay(penalty_on + timedelta(days=2), "40.00")
    account.give_back(first, penalty_on + timedelta(days=8))
    assert account.expected()["B1"].base_usd == usd("5.06")  # of 45.06 only 5.06 is open by then


@pytest.mark.rule("R35")
def test_what_returns_by_the_next_penalty_date_is_in_the_next_base():
    account = Account()
    penalty_on = account.bill(1)
    payment = account.pay(penalty_on - timedelta(days=5), "45.06")
    next_penalty_on = account.bill(2)
    account.give_back(payment, next_penalty_on)
    found = account.expected()
    assert found["B1"].expected_usd == 0
    assert found["B2"].expected_usd == usd("9.01")  # 10 % of 90.12


@pytest.mark.rule("R50")
def test_a_disputed_part_bears_none_until_it_is_decided():
    account = Account()
    first = account.bill(1, "100.00")
    second = account.bill(2, "100.00")
    account.add(
        "disputes", dispute_id="D", bill_id="B1", filed_on=first, amount=usd("40.00"), decided_on=second
    )
    found = account.expected()
    assert (found["B1"].expected_usd, found["B2"].expected_usd) == (usd("6.00"), usd("20.00"))


def signed(account: Account, amount: str, *installments: tuple[date, str]) -> None:
    signed_on = date(2025, 1, 20)
    account.add(
        "agreements", agreement_id="G", signed_on=signed_on, amount=usd(amount), ends_on=installments[-1][0]
    )
    for number, (due_on, part) in enumerate(installments, 1):
        add(
            account.rows,
            "agreement_installments",
            agreement_id="G",
            installment_no=number,
            due_on=due_on,
            amount=usd(part),
        )


@pytest.mark.rule("R46", "R48")
def test_a_kept_agreement_puts_off_its_installments_and_a_broken_one_nothing():
    """90.00 on 20 January in three parts; new bills bear penalties as ever.

    With the first part paid 60.00 is put off on 27 February. Unpaid it is missed on the 20th, the 21st is its
    day of grace, and from the 22nd on all 90.00 bears the penalty.
    """
    account = Account()
    account.bill(1, "90.00")
    account.bill(2, "50.00")
    signed(
        account,
        "90.00",
        (date(2025, 2, 20), "30.00"),
        (date(2025, 3, 20), "30.00"),
        (date(2025, 4, 20), "30.00"),
    )
    found = account.expected()
    assert (found["B1"].expected_usd, found["B1"].base.agreed_usd) == (ZERO, usd("90.00"))
    assert (found["B2"].expected_usd, found["B2"].base.agreed_usd) == (usd("14.00"), ZERO)
    account.pay(date(2025, 2, 21), "30.00")
    found = account.expected()
    assert (found["B2"].expected_usd, found["B2"].base.agreed_usd) == (usd("5.00"), usd("60.00"))


@pytest.mark.rule("R48")
def test_an_installment_is_met_by_whatever_money_reached_the_old_debt():
    """Paid for the new bill, but money goes to the oldest debt: the installment of 20 February is met."""
    account = Account()
    account.bill(1, "90.00")
    account.bill(2, "50.00")
    signed(account, "90.00", (date(2025, 2, 20), "30.00"), (date(2025, 3, 20), "60.00"))
    account.pay(date(2025, 2, 21), "29.99")
    assert account.expected()["B2"].base.agreed_usd == 0
    account.pay(date(2025, 2, 21), "0.01", posted_on=date(2025, 2, 24))
    assert account.expected()["B2"].base.agreed_usd == usd("60.00")


@pytest.mark.rule("R60")
def test_a_waiver_stops_the_penalties_of_its_days_and_their_shadows_compound():
    """Waived 28 January to 28 February: 4.51 and then 10 % of 90.12 + 4.51; March bears 10 % of 135.18."""
    waiver = Event("w", date(2025, 1, 28), date(2025, 2, 28))
    account = Account(replace(POLICY, waivers=(waiver,)))
    for month in (1, 2, 3):
        account.bill(month)
    found = list(account.expected().values())
    assert [one.expected_usd for one in found] == [ZERO, ZERO, usd("13.52")]
    assert [one.shadow_usd for one in found] == [usd("4.51"), usd("9.46"), ZERO]
    assert [one.shadow_base_usd for one in found[:2]] == [usd("45.06"), usd("94.63")]
    account.policy = replace(account.policy, compounding="simple")
    assert [one.shadow_usd for one in account.expected().values()] == [usd("4.51"), usd("9.01"), ZERO]


@pytest.mark.rule("R60")
def test_a_waiver_counts_by_the_day_of_assessment_and_by_class():
    for first, last, expected in (
        ("2025-01-28", "2025-01-28", "0.00"),
        ("2025-01-20", "2025-01-27", "4.51"),
        ("2025-01-29", "2025-02-05", "4.51"),
    ):
        waiver = Event("w", date.fromisoformat(first), date.fromisoformat(last))
        account = Account(replace(POLICY, waivers=(waiver,)))
        account.bill(1)
        assert account.expected()["B1"].expected_usd == usd(expected)
    of_business = Event("w", FIRST, None, customer_classes=frozenset({"commercial"}))
    account = Account(replace(POLICY, waivers=(of_business,)))
    account.bill(1)
    assert account.expected()["B1"].expected_usd == usd("4.51")
    account.add("account_history", effective_from=FIRST, customer_class="commercial")
    assert account.expected()["B1"].expected_usd == ZERO


@pytest.mark.rule("R60")
def test_a_waiver_of_one_service_waives_its_part():
    waiver = Event("w", FIRST, None, services=frozenset({"water"}))
    account = Account(replace(POLICY, waivers=(waiver,), compounding="simple"))
    account.bill(1, water="40.00", sewer="60.00")
    one = account.expected()["B1"]
    assert (one.policy_usd, one.expected_usd, one.shadow_usd) == (usd("10.00"), usd("6.00"), usd("4.00"))


def test_flat_least_and_floor():
    account = Account(replace(POLICY, percent=None, flat_usd=usd("7.50"), base_floor_usd=usd("10.00")))
    account.bill(1, "10.00")
    account.bill(2, "0.01")
    assert [one.expected_usd for one in account.expected().values()] == [ZERO, usd("7.50")]
    account = Account(replace(POLICY, minimum_usd=usd("2.00")))
    account.bill(1, "10.00")
    assert account.expected()["B1"].expected_usd == usd("2.00")


@pytest.mark.rule("R65")
def test_a_draft_that_could_not_run_bears_none():
    outage = Event("o", date(2025, 1, 10), date(2025, 1, 16))
    account = Account(replace(POLICY, draft_outages=(outage,)))
    account.bill(1)
    assert account.expected()["B1"].expected_usd == usd("4.51")
    account.add("account_history", effective_from=date(2024, 1, 1), autopay="bank")
    account.add("account_history", effective_from=date(2025, 1, 17), autopay="none")
    assert account.expected()["B1"].expected_usd == ZERO


@pytest.mark.rule("R56", "R61")
def test_a_cancelled_bill_has_none_and_an_extension_moves_the_penalty_date():
    account = Account(replace(POLICY, extensions=(Event("x", FIRST, FIRST, extension_days=14),)))
    penalty_on = account.bill(1)
    assert account.expected()["B1"].penalty_on == penalty_on + timedelta(days=14)
    account.rows["bills"][0]["penalty_date"] = penalty_on
    assert account.expected()["B1"].penalty_on == penalty_on
    account.add(
        "bills", bill_id="C", bill_date=penalty_on, due_date=penalty_on, kind="cancel", cancels_bill_id="B1"
    )
    assert "B1" not in account.expected()
