"""The cases with known answers as rows of the canonical extracts, each case an account of its own."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.support.canonical import Rows, add, empty_rows

CASES = Path(__file__).parents[1] / "cases"
SERVICE = "sewer"  # where a case names none


@dataclass
class Answer:
    """What is expected on a day; what is None is not stated."""

    as_of: date
    open_by_posting: dict[str, Decimal] | None = None
    buckets: dict[str, Decimal] | None = None
    unapplied: Decimal | None = None
    balance: Decimal | None = None


@dataclass
class Case:
    account_id: str
    rows: Rows = field(default_factory=empty_rows)
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self):
        add(self.rows, "accounts", account_id=self.account_id)

    def key(self, label: str) -> str:
        """An identifier that is unique among all cases."""
        return f"{self.account_id}.{label}"

    def bill(
        self, label: str, bill_date: date, due_date: date, service: str, amount: Decimal, kind="regular"
    ) -> None:
        """One line of a bill; the bill itself with its first line."""
        bill_id = self.key(label)
        if all(row["bill_id"] != bill_id for row in self.rows["bills"]):
            self._add("bills", bill_id=bill_id, bill_date=bill_date, due_date=due_date, kind=kind)
        self._add(
            "charges", charge_id=f"{bill_id}.{service}", bill_id=bill_id, service=service, amount=amount
        )

    def cancel(self, label: str, bill_date: date) -> None:
        """A cancel bill without charges."""
        self._add(
            "bills",
            bill_id=self.key(f"cancel-{label}"),
            bill_date=bill_date,
            due_date=bill_date,
            kind="cancel",
            cancels_bill_id=self.key(label),
        )

    def pay(self, label: str, posted_on: date, amount: Decimal, names_bill: str = "") -> None:
        self._add(
            "payments",
            payment_id=self.key(label),
            received_on=posted_on,
            posted_on=posted_on,
            amount=amount,
            bill_id=self.key(names_bill) if names_bill else None,
        )

    def give_back(self, label: str, returned_on: date, amount: Decimal) -> None:
        """The return of a payment."""
        add(
            self.rows,
            "payment_returns",
            return_id=self.key(f"return-{label}"),
            payment_id=self.key(label),
            returned_on=returned_on,
            amount=amount,
        )

    def adjust(
        self, label: str, posted_on: date, kind: str, amount: Decimal, names_bill="", due_on=None
    ) -> None:
        self._add(
            "adjustments",
            adjustment_id=self.key(label),
            posted_on=posted_on,
            kind=kind,
            amount=amount,
            due_on=due_on,
            bill_id=self.key(names_bill) if names_bill else None,
        )

    def _add(self, entity: str, **values: object) -> None:
        add(self.rows, entity, account_id=self.account_id, **values)


def settlement_cases() -> list[Case]:
    """`settlement.csv`: returns, named credits, cancel and rebill, prepayment."""
    cases: dict[str, Case] = {}
    expected: dict[tuple[str, date], list[dict]] = defaultdict(list)
    for line in _lines("settlement.csv"):
        case = cases.setdefault(line["case"], Case(line["case"]))
        if line["as_of"]:
            expected[(line["case"], _day(line["as_of"]))].append(line)
        else:
            _settlement_posting(case, line)
    for (name, as_of), lines in expected.items():
        case = cases[name]
        case.answers.append(
            Answer(
                as_of=as_of,
                open_by_posting={
                    _settlement_item(case, line["open_item"]): Decimal(line["open_usd"])
                    for line in lines
                    if line["open_item"] != "none"
                },
                unapplied=Decimal(lines[0]["unapplied_usd"]),
            )
        )
    return list(cases.values())


def _settlement_posting(case: Case, line: dict[str, str]) -> None:
    event, label = line["event"].rsplit(" ", 1)
    posted_on, amount = _day(line["posted_on"]), Decimal(line["amount_usd"])
    match event:
        case "bill" | "rebill":
            kind = "regular" if event == "bill" else "rebill"
            case.bill(label, posted_on, _day(line["due_on"]), line["service"], amount, kind)
        case "payment":
            case.pay(label, posted_on, amount)
        case "return of":
            case.give_back(label, posted_on, amount)
        case "fee":
            case.adjust(label, posted_on, "returned_payment_fee", amount, due_on=_day(line["due_on"]))
        case "cancel":
            case.cancel(label, posted_on)
        case "leak":
            case.adjust(label, posted_on, "leak_credit", amount, names_bill=line["names_bill"])
        case _:
            raise ValueError(f"settlement.csv: unknown event {line['event']!r}")


def _settlement_item(case: Case, item: str) -> str:
    label, _, service = item.partition(" ")
    return (
        f"adjustment:{case.key(label)}"
        if label.startswith("F")
        else f"bill:{case.key(label)}:{service or SERVICE}"
    )


def aging_cases() -> list[Case]:
    """`ledger/aging_*`: what is open per document, balances, unapplied credit; buckets where they are ours.

    Where a case keeps a credit unapplied on purpose beside an open document (erp03), only its balance holds.
    """
    cases: dict[str, Case] = {}
    for line in _lines("ledger/aging_events.csv"):
        case = cases.setdefault(line["case_id"], Case(line["case_id"]))
        day, amount, named = _day(line["date"]), Decimal(line["amount"]), line["applies_to"]
        match line["event"]:
            case "invoice":
                case.bill(line["doc_id"], day, _day(line["due_date"]), SERVICE, amount)
            case "payment":
                case.pay(line["doc_id"], day, amount, named)
            case "credit_note":
                case.adjust(line["doc_id"], day, "correction", -amount, named)
            case "write_off":
                case.adjust(line["doc_id"], day, "write_off", -amount, named)
            case _:
                raise ValueError(f"aging_events.csv: unknown event {line['event']!r}")
    expected: dict[str, list[dict]] = defaultdict(list)
    for line in _lines("ledger/aging_expected.csv"):
        expected[line["case_id"]].append(line)
    for name, lines in expected.items():
        cases[name].answers.append(_aging_answer(cases[name], lines))
    return list(cases.values())


def _aging_answer(case: Case, lines: list[dict[str, str]]) -> Answer:
    outstanding = {line["doc_id"]: Decimal(line["outstanding"]) for line in lines}
    answer = Answer(as_of=_day(lines[0]["as_of"]), balance=sum(outstanding.values(), Decimal("0.00")))
    owed = {label: amount for label, amount in outstanding.items() if amount > 0}
    credit = -sum((amount for amount in outstanding.values() if amount < 0), Decimal("0.00"))
    if owed and credit:
        return answer
    answer.unapplied = credit
    answer.open_by_posting = {f"bill:{case.key(label)}:{SERVICE}": amount for label, amount in owed.items()}
    ours = [line for line in lines if line["bucket"] == "not_due"]
    if ours:
        answer.buckets = {"not_yet_due_usd": sum(Decimal(line["amount_in_bucket"]) for line in ours)}
    return answer


def late_fee_cases() -> list[Case]:
    """`ledger/late_fee_and_returned_payment_*`: balances on bill dates, the fees as they were posted."""
    cases: dict[str, Case] = {}
    kinds = {
        "nsf_fee": "returned_payment_fee",
        "late_fee": "penalty",
        "charge": "other_charge",
        "adjustment": "correction",
    }
    for line in _lines("ledger/late_fee_and_returned_payment_events.csv"):
        case = cases.setdefault(line["case_id"], Case(line["case_id"]))
        day, amount = _day(line["date"]), Decimal(line["amount"])
        match line["event"]:
            case "bill":
                case.bill(line["ref"], day, day + timedelta(days=14), SERVICE, amount)
            case "payment":
                case.pay(line["ref"], day, -amount)
            case "payment_reversal":
                case.give_back(line["ref"], day, amount)
            case event:
                case.adjust(f"{event}-{line['seq']}", day, kinds[event], amount)
    for line in _lines("ledger/late_fee_and_returned_payment_expected.csv"):
        answer = Answer(as_of=_day(line["as_of"]), balance=Decimal(line["total_due"]))
        cases[line["case_id"]].answers.append(answer)
    return list(cases.values())


def _lines(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date:
    return date.fromisoformat(text)
