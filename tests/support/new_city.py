"""A city as somebody new would start it: the starter's files, and rows that become its extracts."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from ingest.policy import write_starter
from ratehouse.workspace import Workspace
from tests.support.ingesting import Desk


def start_city(
    workspace: Workspace, utility_id: str, service: str, tariff_classes: dict[str, str] | None = None
) -> Path:
    """The starter of a city with one service, without a tariff; its folder."""
    write_starter(workspace, utility_id, utility_id.title())
    folder = workspace.utilities / utility_id
    for name, old, new in (
        ("utility.yml", "service: water", f"service: {service}"),
        ("policies.yml", "[account, water]", f"[account, {service}]"),
    ):
        path = folder / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    if tariff_classes:
        with (folder / "utility.yml").open("a") as file:
            yaml.safe_dump({"tariff_classes": tariff_classes}, file)
    (folder / "tariffs" / "water" / "2010-01-01.yml").unlink()
    return folder


def write_tariff(folder: Path, service: str, day: str, text: str) -> None:
    """A tariff file of a city."""
    path = folder / "tariffs" / service / f"{day}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Extracts:
    """Rows of a city's extracts, delivered as one CSV file an entity."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)

    def add(self, entity: str, **row: object) -> None:
        """A row; what it leaves out is empty."""
        self.rows[entity].append(row)

    def account(self, account_id: str, customer_class: str, **more: object) -> None:
        """An account at a premise of its own."""
        row = {"premise_id": f"P{account_id}", "customer_class": customer_class, "autopay": "none"}
        self.add("accounts", account_id=account_id, **row, budget_billing="false", **more)

    def meter(self, account_id: str, service: str, unit: str, reads: dict[date, object], **more) -> None:
        """The account's meter and what was used until each day."""
        meter_id = f"M{account_id}"
        place = {"premise_id": f"P{account_id}", "service": service, "unit": unit}
        counts = {"dials": 6, "multiplier": 1, "installed_on": min(reads) - timedelta(days=30)}
        self.add("meters", meter_id=meter_id, account_id=account_id, **place, **counts, **more)
        for number, (read_on, usage) in enumerate(reads.items()):
            read = {"meter_id": meter_id, "read_on": read_on, "usage": usage, "read_kind": "actual"}
            self.add("reads", read_id=f"{meter_id}-{number}", **read)

    def bill(self, bill_id: str, account_id: str, days: tuple[date, date], on: date, *lines: dict) -> None:
        """A bill over the days after the first through the second, and its charges."""
        dates = {"bill_date": on, "due_date": on, "service_from": days[0], "service_to": days[1]}
        self.add("bills", bill_id=bill_id, account_id=account_id, **dates, kind="regular")
        for number, line in enumerate(lines):
            charge = {"charge_id": f"{bill_id}-{number}", "bill_id": bill_id, "account_id": account_id}
            self.add("charges", **charge, **line)

    def deliver(self, desk: Desk, utility_id: str) -> None:
        """Writes the files into the landing folder."""
        for entity, rows in self.rows.items():
            names = list(dict.fromkeys(name for row in rows for name in row))
            text = io.StringIO()
            writer = csv.DictWriter(text, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            desk.deliver(f"{entity}.csv", text.getvalue(), utility_id)


def charge(service: str, code: str, amount: object, quantity: object = "", unit: str = "", **more) -> dict:
    """A line of a bill."""
    line = {"service": service, "charge_code": code, "quantity": quantity, "unit": unit, "amount": amount}
    return {**line, **more}


def cents(value: object) -> Decimal:
    """Dollars rounded half up to the cent."""
    return Decimal(str(value)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
