"""A city of a few rows, written by a test: policy, one tariff a service, accounts, meters, reads, bills."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import duckdb

from tests.support.models import warehouse_in_memory

CITY = "plain"


class PlainCity:
    """Raw rows of one utility; every method adds some."""

    def __init__(self, services: tuple[str, ...] = ("water", "sewer", "electric"), **rules: str) -> None:
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.add("policy_utilities", name="Plain", fiscal_year_start_month=7, account_fund=services[0])
        for sort, service in enumerate(services):
            self.add("policy_services", service=service, title=service, fund=service, sort=sort)
        for rule, value in rules.items():
            name = rule.replace("__", ".")
            self.add(
                "policy_rules", rule=name, value=value, effective_from=date(2000, 1, 1), is_assumed=False
            )
        self.add("loads", load_id=1, entity="bills", origin="delivered", delivered_on=date(2024, 12, 31),
                 status="loaded")  # fmt: skip
        self.add("accounts", account_id="A", premise_id="P", customer_class="residential",
                 opened_on="2020-01-01", autopay="none", budget_billing=False)  # fmt: skip

    def add(self, table: str, **values: object) -> None:
        """One row of a raw table."""
        self.rows[table].append({"utility_id": CITY, **values})

    def tariff(
        self, service: str, first: str, classes: dict[str, tuple], *, by_size: bool = False, **more
    ) -> None:
        """Classes with a base, or bases by meter size, and one price a unit.

        Args:
            service: of the tariff.
            first: first day, by the bill date.
            classes: base and price of each class.
            by_size: whether the base is a table by meter size.
            more: columns of the volume's rows, such as `basis`.
        """
        for name, (base, price) in classes.items():
            shared = {
                "service": service,
                "effective_from": first,
                "effective_on": "bill",
                "rounding": "half_up_cents_per_line",
                "customer_class": name,
                "is_assumed": False,
            }
            for size, rate in base.items() if by_size else [(None, base)]:
                self.add("policy_tariff_components", **shared, component="base", kind="fixed", unit="month",
                         meter_size=size, rate_usd=rate)  # fmt: skip
            volume = {"unit": "kwh" if service == "electric" else "ccf", "basis": "actual"} | more
            self.add("policy_tariff_components", **shared, component="volume", kind="blocks", block=1,
                     rate_usd=price, **volume)  # fmt: skip

    def meter(self, name: str = "M", service: str = "water", unit: str = "ccf", **more: object) -> None:
        """A meter at the premise."""
        row = {"dials": 6, "multiplier": 1, "installed_on": "2010-01-01", "meter_size": "5/8"} | more
        self.add("meters", meter_id=name, premise_id="P", service=service, unit=unit, **row)

    def reads(self, meter: str, *reads: tuple) -> None:
        """Reads of a meter: day, reading, delivered use."""
        for day, reading, usage in reads:
            self.add("reads", read_id=f"{meter}-{day}", meter_id=meter, read_on=day, reading=reading,
                     usage=usage, read_kind="actual")  # fmt: skip

    def bill(
        self, name: str, first: str | None, last: str | None, billed: str, *charges: tuple, **more
    ) -> None:
        """A bill with its charges: service, code, amount, quantity, and the charge's other columns."""
        self.add("bills", bill_id=name, account_id="A", bill_date=billed, due_date=billed, service_from=first,
                 service_to=last, kind="regular", **more)  # fmt: skip
        for number, (service, code, amount, quantity, *rest) in enumerate(charges):
            unit = None if code == "base" else "kwh" if service == "electric" else "ccf"
            columns = {"unit": unit} | (rest[0] if rest else {})
            self.add("charges", charge_id=f"{name}-{number}", bill_id=name, account_id="A", service=service,
                     charge_code=code, amount=amount, quantity=quantity, **columns)  # fmt: skip

    def warehouse(self, *targets: str) -> duckdb.DuckDBPyConnection:
        """The project's models on these rows."""
        return warehouse_in_memory(self.rows, targets)

    def reasons(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Bill and service to the audit's reason and what it recomputes."""
        found = self.warehouse("fct_bill_audit").execute(
            "SELECT bill_id, service, reason, recomputed_usd FROM marts.fct_bill_audit"
        )
        return {(bill, service): (reason, str(usd)) for bill, service, reason, usd in found.fetchall()}
