"""Three utilities with bills whose price is known by hand: mistakes, bills without reads, without rates.

Warrensburg bills sewer on water reads at the rates of October 2015: a base of $9.00, $2.70 for each of the
first two ccf and $5.11 beyond; homes from April on their winter average. Independence bills water of a 5/8"
meter at the rates of October 2016, and delivered no reads. Plainville has no tariff.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from ingest.policy_checks import read_policy
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT

from .town import Rows

WARRENSBURG, INDEPENDENCE, PLAINVILLE = "warrensburg", "independence", "plainville"
LAST = date(2016, 9, 30)
BASE = Decimal("9.00")

# Homes: use by month from January on. The winter average of 5, 6 and 4 is 5.
ESTABLISHED = {1: 5, 2: 6, 3: 4, 4: 7, 5: 9, 6: 12, 7: 14, 8: 11, 9: 8}
STEADY = dict.fromkeys(range(1, 10), 6)
BUSINESS = dict.fromkeys(range(1, 10), 10)


@dataclass
class BilledTown:
    """The raw rows, and of each bill its date and what is right and was billed, in dollars.

    Attributes:
        rows: table to rows.
        due: bill to what it ought to be.
        billed: bill to what it was.
        billed_on: bill to its date.
        reasons: bill to what was planted on it.
    """

    rows: Rows = field(default_factory=lambda: defaultdict(list))
    due: dict[str, Decimal] = field(default_factory=dict)
    billed: dict[str, Decimal] = field(default_factory=dict)
    billed_on: dict[str, date] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, utility: str, table: str, **values: object) -> None:
        """A raw row of a utility."""
        lineage = {"_load_id": 1, "_line_number": len(self.rows[table]) + 2}
        is_extract = not table.startswith("policy") and table != "loads"
        self.rows[table].append({"utility_id": utility, **values, **(lineage if is_extract else {})})

    def of(self, account: str) -> list[str]:
        """The bills of an account."""
        return [bill for bill in self.billed if bill.startswith(f"{account}-")]


def sewer_lines(use: Decimal | int, basis: str = "actual") -> list[dict]:
    """The lines of a sewer bill of one month, by hand."""
    use = Decimal(use)
    first = min(use, Decimal(2))
    volume = {"charge_code": "volume", "unit": "ccf", "basis": basis}
    second = use - first
    return [
        {"charge_code": "base", "quantity": 1, "unit": "month", "rate": BASE, "amount": BASE},
        {**volume, "block": 1, "quantity": first, "rate": "2.70", "amount": cents(first * Decimal("2.70"))},
        {
            **volume,
            "block": 2,
            "quantity": second,
            "rate": "5.11",
            "amount": cents(second * Decimal("5.11")),
        },
    ]


def water_lines(use: int) -> list[dict]:
    """The lines of a water bill of one month: two ccf are in the minimum charge."""
    over = Decimal(use - 2)
    volume = {"charge_code": "volume", "unit": "ccf", "basis": "actual"}
    return [
        {"charge_code": "base", "quantity": 1, "unit": "month", "rate": "11.95", "amount": Decimal("11.95")},
        {**volume, "block": 1, "quantity": 2, "rate": 0, "amount": Decimal("0.00")},
        {**volume, "block": 2, "quantity": over, "rate": "3.43", "amount": cents(over * Decimal("3.43"))},
        {
            "charge_code": "fire_protection",
            "quantity": 1,
            "unit": "month",
            "rate": "2.86",
            "amount": Decimal("2.86"),
        },
    ]


def cents(value: Decimal) -> Decimal:
    """Dollars rounded half up to the cent."""
    return value.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def total(lines: list[dict]) -> Decimal:
    """What the lines add up to."""
    return sum((line["amount"] for line in lines), Decimal("0.00"))


def billed_town() -> BilledTown:
    town = BilledTown()
    for utility in (WARRENSBURG, INDEPENDENCE):
        policy, problems = read_policy(PROJECT_ROOT / "data" / "utilities" / utility)
        assert not problems
        for table, rows in policy_rows(policy).items():
            town.rows[table] += [{**row, "utility_id": utility} for row in rows]
    for utility, last in ((WARRENSBURG, LAST), (INDEPENDENCE, date(2017, 6, 30)), (PLAINVILLE, LAST)):
        town.add(
            utility, "loads", load_id=1, entity="bills", source_file="bills.csv", origin="simulated",
            delivered_on=last, loaded_at=f"{last} 06:00:00", status="loaded", received=1, loaded=1,
            unchanged=0, restated=0, rejected=0, masked=0,
        )  # fmt: skip
    _established(town)
    _missing_base_and_tax(town)
    _business(town)
    _forgotten(town)
    # The last posting is on the last day of the fiscal year.
    town.add(
        WARRENSBURG, "payments", payment_id="Y1", account_id="020000003", received_on=LAST, posted_on=LAST,
        amount=Decimal("55.28"), channel="mail", tender="check",
    )  # fmt: skip
    for number in range(3):
        account = f"0001{number}000"
        _account(town, INDEPENDENCE, account, "residential", date(2010, 5, 5))
        for month in range(1, 6):
            days = date(2017, month, 5), date(2017, month + 1, 5)
            _bill(town, INDEPENDENCE, account, days, "water", water_lines(3 + number))
    town.add(
        PLAINVILLE, "policy_utilities", name="City of Plainville", fiscal_year_start_month=7,
        account_fund="sewer", is_assumed=False,
    )  # fmt: skip
    town.add(
        PLAINVILLE, "policy_services", service="sewer", title="Sewer", fund="sewer", sort=1, is_assumed=False
    )
    _account(town, PLAINVILLE, "9", "residential", date(2010, 5, 5))
    _bill(town, PLAINVILLE, "9", (date(2016, 5, 10), date(2016, 6, 10)), "sewer", sewer_lines(4))
    return town


def _established(town: BilledTown) -> None:
    """Home 010000001: on its own use until April, then on its average of 5, but for July."""
    account = "010000001"
    _account(town, WARRENSBURG, account, "residential", date(2010, 5, 5))
    _meter(town, account, ESTABLISHED)
    for month, use in ESTABLISHED.items():
        right = sewer_lines(use) if month < 4 else sewer_lines(5, "winter_average")
        wrong = sewer_lines(use, "winter_average") if month == 7 else None
        _bill(town, WARRENSBURG, account, _days(month), "sewer", right, wrong, "wrong_winter_average")


def _missing_base_and_tax(town: BilledTown) -> None:
    """Home 010000002, there since December: May without its base charge, June with a sales tax."""
    account = "010000002"
    _account(town, WARRENSBURG, account, "residential", date(2015, 11, 20))
    _meter(town, account, STEADY, estimated_month=2)
    for month, use in STEADY.items():
        right = sewer_lines(use, "actual" if month < 4 else "winter_average")
        tax = {
            "charge_code": "tax",
            "quantity": total(right),
            "unit": "usd",
            "rate": "0.04225",
            "amount": Decimal("1.47"),
        }
        wrong = {5: (right[1:], "missing_base"), 6: ([*right, tax], "tax_not_due")}.get(month, (None, ""))
        _bill(town, WARRENSBURG, account, _days(month), "sewer", right, *wrong)


def _business(town: BilledTown) -> None:
    """Business 020000003 is billed as it ought to be."""
    account = "020000003"
    _account(town, WARRENSBURG, account, "commercial", date(2010, 5, 5))
    _meter(town, account, BUSINESS)
    for month, use in BUSINESS.items():
        _bill(town, WARRENSBURG, account, _days(month), "sewer", sewer_lines(use))


def _forgotten(town: BilledTown) -> None:
    """Business 020000004 gets no bill for the reads of March to June."""
    account = "020000004"
    _account(town, WARRENSBURG, account, "commercial", date(2010, 5, 5))
    _meter(town, account, BUSINESS)
    for month, use in BUSINESS.items():
        if not 3 <= month <= 6:
            _bill(town, WARRENSBURG, account, _days(month), "sewer", sewer_lines(use))


def _days(month: int) -> tuple[date, date]:
    """From the read of the month before to that of the month."""
    return (date(2016, month - 1, 10) if month > 1 else date(2015, 12, 10)), date(2016, month, 10)


def _account(town: BilledTown, utility: str, account: str, customer_class: str, opened_on: date) -> None:
    town.add(
        utility, "accounts", account_id=account, premise_id=f"P{account}", customer_class=customer_class,
        autopay="none", budget_billing=False, opened_on=opened_on,
    )  # fmt: skip


def _meter(town: BilledTown, account: str, uses: dict[int, int], estimated_month: int = 0) -> None:
    """A water meter, read on the 10th; from 100 on it counts."""
    meter, reading = f"M{account}", 100
    town.add(
        WARRENSBURG, "meters", meter_id=meter, account_id=account, premise_id=f"P{account}", service="water",
        meter_size="5/8", unit="ccf", dials=6, multiplier=1, installed_on=date(2010, 5, 5),
    )  # fmt: skip
    for month, use in {0: 0, **uses}.items():
        reading += use
        is_estimated = month and month == estimated_month
        town.add(
            WARRENSBURG, "reads", read_id=f"{meter}-{month}", meter_id=meter, reading=reading, usage=use,
            read_on=date(2016, month, 10) if month else date(2015, 12, 10),
            read_kind="estimated" if is_estimated else "actual",
            estimate_reason="weather" if is_estimated else None,
        )  # fmt: skip


def _bill(
    town: BilledTown, utility: str, account: str, days: tuple[date, date], service: str, right: list[dict],
    wrong: list[dict] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """A bill, as it ought to be or with what was planted on it."""
    bill, billed_on = f"{account}-{days[1]:%y%m}", days[1] + timedelta(days=6)
    town.add(
        utility, "bills", bill_id=bill, account_id=account, bill_date=billed_on, kind="regular",
        due_date=billed_on + timedelta(days=20), service_from=days[0], service_to=days[1],
    )  # fmt: skip
    lines = right if wrong is None else wrong
    for number, line in enumerate(lines):
        town.add(
            utility, "charges", charge_id=f"{bill}-{number}", bill_id=bill, account_id=account,
            service=service, **line
        )  # fmt: skip
    if utility == WARRENSBURG:
        town.due[bill], town.billed[bill], town.billed_on[bill] = total(right), total(lines), billed_on
        if wrong is not None:
            town.reasons[bill] = reason
