"""Two small towns as raw rows: bills, payments, penalties and returns for the pages to show."""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

Rows = dict[str, list[dict]]

OUTAGE = (date(2020, 12, 7), date(2020, 12, 27))
WAIVER = (date(2020, 12, 1), date(2021, 2, 28))


@dataclass
class Town:
    """What one utility bills and how.

    Attributes:
        utility_id: the utility.
        name: as policy writes it.
        services: service to fund.
        groups: billing groups.
        due_days: days from bill to due date.
        skips: billing periods (year, month) in which no bill is sent.
    """

    utility_id: str
    name: str
    services: dict[str, str]
    groups: list[str]
    due_days: int
    account_fund: str
    skips: set[tuple[int, int]] = field(default_factory=set)


TOWNS = [
    Town(
        "independence",
        "City of Independence Utilities",
        {"electric": "electric", "water": "water", "sewer": "sewer"},
        ["01", "02", "03", "04", "05"],
        27,
        "electric",
        {(2020, 12)},
    ),
    Town("warrensburg", "City of Warrensburg Sewer Utility", {"sewer": "sewer"}, ["01", "02"], 10, "sewer"),
]


def months(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Every (year, month) from the first to the last."""
    year, month = first
    while (year, month) <= last:
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def town_rows(accounts: int = 30, first=(2020, 3), last=(2021, 6), seed: int = 7) -> Rows:
    """Raw rows of both towns.

    Args:
        accounts: of each town.
        first: first month with bills.
        last: last month; the delivery is dated at its end.
        seed: of the random draws.
    """
    rows: Rows = {}
    for town in TOWNS:
        _policy(rows, town)
        draw = random.Random(f"{seed}.{town.utility_id}")
        for number in range(accounts):
            _account(rows, town, number, list(months(first, last)), draw)
        _loads(rows, town, month_end(*last))
    return rows


def _add(rows: Rows, table: str, town: Town, **values: object) -> None:
    lineage = {"_load_id": 1, "_line_number": len(rows.get(table, [])) + 2}
    rows.setdefault(table, []).append({"utility_id": town.utility_id, **values, **lineage})


def _policy(rows: Rows, town: Town) -> None:
    def add(table: str, **values: object) -> None:
        rows.setdefault(table, []).append({"utility_id": town.utility_id, "is_assumed": False, **values})

    add(
        "policy_utilities", name=town.name, state="MO", fiscal_year_start_month=7,
        time_zone="America/Chicago", account_fund=town.account_fund,
    )  # fmt: skip
    for sort, (service, fund) in enumerate(town.services.items(), start=1):
        add("policy_services", service=service, title=service.title(), fund=fund, sort=sort)
    for rank, kind in enumerate(["fee", "penalty", "charge", "refund"], start=1):
        add("policy_application_order", dimension="kind", item=kind, rank=rank, source="Billing policy")
    for rank, service in enumerate(["account", *reversed(town.services)], start=1):
        add(
            "policy_application_order", dimension="service", item=service, rank=rank, is_assumed=True,
            source="No source names the order",
        )  # fmt: skip
    add(
        "policy_rules", rule="billing.due_days", value=str(town.due_days), effective_from="2015-01-01",
        is_assumed=town.utility_id == "independence", note="Days from bill to due date",
    )  # fmt: skip
    add(
        "policy_events", event_id="late_fees", kind="penalty_waiver", title="Late fees waived",
        starts_on=WAIVER[0], ends_on=WAIVER[1], known_on=WAIVER[0],
    )  # fmt: skip
    if town.skips:
        add(
            "policy_events", event_id="outage", kind="channel_outage", title="No online or phone payments",
            starts_on=OUTAGE[0], ends_on=OUTAGE[1], known_on=OUTAGE[0],
        )  # fmt: skip
        add(
            "policy_events", event_id="skipped", kind="billing_suspension", title="No bills sent",
            starts_on=date(2020, 12, 7), ends_on=date(2020, 12, 31), known_on=date(2020, 12, 8),
        )  # fmt: skip


def _account(
    rows: Rows, town: Town, number: int, periods: list[tuple[int, int]], draw: random.Random
) -> None:
    group = town.groups[number % len(town.groups)]
    account_id = f"{group}{1000 + number:05d}"
    kind = "commercial" if number % 9 == 4 else "residential"
    habit = draw.choices(["prompt", "late", "never"], [0.72, 0.2, 0.08])[0]
    _add(
        rows, "accounts", town, account_id=account_id, customer_class=kind, billing_group=group,
        autopay="none", budget_billing=False, opened_on=date(2019, 1, 1),
        closed_on=date(2021, 4, 15) if number % 17 == 16 else None,
    )  # fmt: skip
    last_day, billed_months = month_end(*periods[-1]), 1
    for year, month in periods:
        if (year, month) in town.skips:
            billed_months = 2
            continue
        billed_on = date(year, month, 1 + 3 * town.groups.index(group))
        due_on = billed_on + timedelta(days=town.due_days)
        bill_id = f"{account_id}-{year}{month:02d}"
        total = _bill(rows, town, account_id, bill_id, (billed_on, due_on), billed_months, draw)
        billed_months = 1
        paid_on = billed_on + timedelta(days=_delay(habit, town.due_days, draw))
        if habit != "never" and paid_on <= last_day:
            _payment(rows, town, account_id, bill_id, paid_on, total, last_day, draw)
        penalty_on = due_on + timedelta(days=5)
        is_waived = WAIVER[0] <= penalty_on <= WAIVER[1]
        if paid_on > penalty_on and penalty_on <= last_day and not is_waived:
            _add(
                rows, "adjustments", town, adjustment_id=f"P{bill_id}", account_id=account_id,
                posted_on=penalty_on, kind="penalty", amount=(total * 5 / 100).quantize(Decimal("0.01")),
            )  # fmt: skip


def _delay(habit: str, due_days: int, draw: random.Random) -> int:
    if habit == "prompt":
        return draw.randint(2, due_days)
    return due_days + draw.choice([3, 20, 45, 100]) if habit == "late" else 10_000


def _bill(
    rows: Rows,
    town: Town,
    account_id: str,
    bill_id: str,
    days: tuple[date, date],
    size: int,
    draw: random.Random,
) -> Decimal:
    _add(
        rows, "bills", town, bill_id=bill_id, account_id=account_id, bill_date=days[0], due_date=days[1],
        kind="regular", service_from=days[0] - timedelta(days=30 * size), service_to=days[0],
    )  # fmt: skip
    total = Decimal(0)
    for service in town.services:
        amount = Decimal(draw.randint(2000, 12000) * size) / 100
        total += amount
        _add(
            rows, "charges", town, charge_id=f"{bill_id}-{service}", bill_id=bill_id, account_id=account_id,
            service=service, charge_code="other", amount=amount, is_revenue=True,
        )  # fmt: skip
    return total


def _payment(
    rows: Rows, town: Town, account_id: str, bill_id: str, paid_on: date, total: Decimal, last_day: date,
    draw: random.Random,
) -> None:  # fmt: skip
    amount = total if draw.random() < 0.9 else total + Decimal("15.25")
    _add(
        rows, "payments", town, payment_id=f"Y{bill_id}", account_id=account_id, received_on=paid_on,
        posted_on=paid_on, amount=amount, channel=draw.choice(["online", "mail", "walk_in"]), tender="check",
    )  # fmt: skip
    returned_on = paid_on + timedelta(days=6)
    if draw.random() < 0.03 and returned_on <= last_day:
        _add(
            rows, "payment_returns", town, return_id=f"R{bill_id}", payment_id=f"Y{bill_id}",
            returned_on=returned_on, amount=amount, kind="return", reason_code="R01",
        )  # fmt: skip
        _add(
            rows, "adjustments", town, adjustment_id=f"F{bill_id}", account_id=account_id,
            posted_on=returned_on, kind="returned_payment_fee", amount=Decimal("25.00"), due_on=returned_on,
        )  # fmt: skip


def _loads(rows: Rows, town: Town, delivered_on: date) -> None:
    for number, entity in enumerate(
        ["accounts", "bills", "charges", "payments", "payment_returns", "adjustments"], start=1
    ):
        count = sum(row["utility_id"] == town.utility_id for row in rows.get(entity, []))
        rejected = int(entity == "payments")
        rows.setdefault("loads", []).append({
            "load_id": number, "utility_id": town.utility_id, "entity": entity,
            "source_file": f"{entity}.csv", "origin": "simulated", "delivered_on": delivered_on,
            "loaded_at": f"{delivered_on} 06:00:00",
            "status": "loaded", "received": count + rejected, "loaded": count, "unchanged": 0, "restated": 0,
            "rejected": rejected, "masked": 0,
        })  # fmt: skip
    rows.setdefault("rejects", []).append({
        "load_id": 4, "utility_id": town.utility_id, "entity": "payments", "source_file": "payments.csv",
        "line_number": 9, "column_name": "account_id", "reason": "=unknown account",
    })  # fmt: skip
