"""What leaves a run: one folder of extracts per period, the ledger beside them, and the answer sheet."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator import columns as col
from simulator.agenda import Rows, join, length
from simulator.calendars import date_of, first_day, last_day, month_of_day, month_text
from simulator.chart import RATE_LINES, chart_of_lines
from simulator.cities import CLASSES, SERVICES, TRASH
from simulator.defect_files import DefectFiles
from simulator.entities import Extracts
from simulator.entities_collections import latest
from simulator.entities_metering import SHEETS
from simulator.finance import Finance
from simulator.flows import Flows
from simulator.meters import changed_meters, still_stuck
from simulator.restatements import Restatements, numbers_of
from simulator.water_provider import NEVER_BEFORE, list_changes
from simulator.world import World
from simulator.writer import Delivery, FileFormat, TableFile, write_manifest

DeliveryBy = Literal["year", "month", "recent", "whole"]

# Their rows are decided later: a delivery holds the latest version of a row, the next one may restate it.
_RESTATED = ("disputes", "holds")


@dataclass(frozen=True)
class Period:
    """One delivery: its folder's name and its months."""

    name: str
    months: range


def periods(first: int, months: int, delivery: DeliveryBy, fiscal_start: int) -> list[Period]:
    """Split the months of a run into deliveries; `recent` are fiscal years, the last one month by month."""
    after = first + months
    if delivery == "whole":
        starts = [first]
    elif delivery == "month":
        starts = list(range(first, after))
    else:
        starts = [first, *(month for month in range(first + 1, after) if month % 12 + 1 == fiscal_start)]
    if delivery == "recent":
        starts += range(starts[-1] + 1, after)
    parts = []
    for start, stop in zip(starts, [*starts[1:], after], strict=True):
        last = month_text(stop - 1)
        parts.append(
            Period(
                month_text(start) if stop - start == 1 else f"{month_text(start)}_{last}", range(start, stop)
            )
        )
    return parts


class Output:
    """The files of a run."""

    def __init__(self, out: Path, world: World, file_format: FileFormat) -> None:
        out.mkdir(parents=True, exist_ok=True)
        _clear(out)
        write_manifest(out, world.city.utility_id)
        self._out = out
        self._world = world
        self._format = file_format
        self._extracts = Extracts(world.city, world.people)
        self._delivery: Delivery | None = None
        self._restated: dict[str, list[Rows]] = {}
        self._period: Period | None = None
        self._delivered_accounts = 0
        self._rows: dict[str, int] = {}
        self._sheet = out / "answer_sheet"
        self._sheet.mkdir()
        self._balances = TableFile(self._sheet / "balances", "parquet")
        self._penalties: list[Rows] = []
        self._flows = Flows()
        self._sheets: dict[str, list[Rows]] = {name: [] for name in SHEETS}
        self._receivable: list[tuple[str, int, int]] = []
        self._defects = DefectFiles(world, self._extracts)
        self._finance = Finance(world, self._funds())
        self._deliveries: list[tuple[str, int, int]] = []
        self._restatements = Restatements(world.draws, world.rates.deliveries)
        self._is_first = True
        self._is_last = False

    def open(self, period: Period) -> None:
        """Begin a delivery."""
        self._period = period
        self._deliveries.append((period.name, first_day(period.months[0]), last_day(period.months[-1])))
        self._is_last = period.months[-1] == month_of_day(self._world.end)
        self._delivery = Delivery(self._out / period.name, self._format)
        for entity, table in self._restatements.take_waiting(period.name).items():
            self._delivery.write(entity, table)
        if self._is_first:
            self._is_first = False
            world = self._world
            self._delivery.write("chart_of_lines", chart_of_lines())
            opened = np.arange(world.people.count)
            history = {
                "account": opened,
                "on": world.people.opened[opened],
                "autopay": world.people.autopay[opened],
                "on_budget": world.people.on_budget[opened],
                "rate": world.people.tariff_class(opened),
                "program": world.people.program[opened],
                "status": np.full(len(opened), "active"),
            }
            self._delivery.write("account_history", self._extracts.account_history(history))

    def end_month(self, month: int) -> None:
        """Write the month's rows, the ledger and the answer sheet."""
        world = self._world
        rows = world.sink.take()
        sheet = rows.pop("penalty_sheet", None)
        if sheet is not None:
            self._penalties.append(sheet)
        people = world.people
        balances = people.balance[: people.count]
        receivable, open_penalties = world.items.month_end(balances, last_day(month))
        self._flows.end_month(world, month, rows, open_penalties)
        for name in SHEETS:
            if name in rows:
                self._sheets[name].append(rows.pop(name))
        for entity in _RESTATED:
            if entity in rows:
                self._restated.setdefault(entity, []).append(rows.pop(entity))
        tables = {entity: self._extracts.builders[entity](columns) for entity, columns in rows.items()}
        tables = self._defects.spoil(month, rows, tables)
        for entity, table in tables.items():
            self._delivery.write(entity, self._part_that_goes(entity, table, tables, month))
        self._write_ledger(month, receivable, rows)
        self._balances.write(
            pa.table(
                {
                    "account_id": self._extracts.account_ids(people.key[: people.count]),
                    "month_end": col.dates(np.full(people.count, last_day(month))),
                    "balance_usd": col.money(balances),
                }
            )
        )

    def _part_that_goes(
        self, entity: str, table: pa.Table, month: dict[str, pa.Table], number: int
    ) -> pa.Table:
        """The rows of a month that go out now: some come late, some are wrong at first."""
        period = self._period
        if self._is_last:
            return table
        # A payment that came back is named already; a planted row stays where the list says.
        named = [col.texts(sorted(self._world.planting.keys[entity]))]
        if entity == "payments" and "payment_returns" in month:
            named.append(month["payment_returns"].column("payment_id"))
        known = np.concatenate([numbers_of(keys) for keys in named])
        apart = np.flatnonzero(np.isin(numbers_of(table.column(0)), known)) if len(known) else known
        is_last_month = number == period.months[-1]
        return self._restatements.split(entity, table, period.name, may_be_late=is_last_month, apart=apart)

    def _write_ledger(self, month: int, by_service: np.ndarray, rows: dict[str, Rows]) -> None:
        """The books of a month: receivable and revenue by fund, and all that stands beside them."""
        world = self._world
        city = world.city
        amounts: dict[tuple[str, str], int] = {}

        def add(line: str, service: int, cents: int) -> None:
            fund = SERVICES[service or city.account_fund]
            amounts[fund, line] = amounts.get((fund, line), 0) + int(cents)

        for service in self._services():
            add("receivable", service, by_service[service])
            if service:
                for number, name in enumerate(CLASSES):
                    add(RATE_LINES[name], service, world.revenue[number, service])
        add("penalty_revenue", city.penalty_service, world.penalty_revenue)
        world.revenue[:] = 0
        world.penalty_revenue = 0
        for entity, table in self._finance.end_month(month, amounts, rows).items():
            self._delivery.write(entity, table)
        self._receivable += [
            (fund, last_day(month), cents) for (fund, line), cents in amounts.items() if line == "receivable"
        ]

    def _services(self) -> list[int]:
        """The services that the city bills, and 0 for what belongs to none."""
        services = [0, 1, 2, 3] if self._world.city.has_electric else [0, 3]
        return [*services, TRASH] if self._world.with_trash else services

    def _funds(self) -> list[str]:
        """The funds that the services belong to."""
        return [SERVICES[service] for service in self._services() if service]

    def finish(self) -> None:
        """End a delivery: accounts that opened or changed go out as they stand now."""
        world = self._world
        people = world.people
        changed = {number for number in world.touched if number < self._delivered_accounts}
        numbers = np.array(sorted({*changed, *range(self._delivered_accounts, people.count)}), np.int64)
        self._write_standing()
        is_new = numbers >= self._delivered_accounts
        self._delivered_accounts = people.count
        world.touched.clear()
        if len(numbers):
            table = self._extracts.accounts(numbers)
            if not self._is_last:
                table, wrong = self._restatements.split_accounts(table, self._period.name, is_new)
                world.touched.update(numbers[wrong].tolist())
            self._delivery.write("accounts", self._defects.strangers(table))
        for entity, parts in self._restated.items():
            self._delivery.write(entity, self._extracts.builders[entity](latest(join(parts))))
        self._restated.clear()
        rows = self._delivery.close(world.city.utility_id, date_of(last_day(self._period.months[-1])))
        for entity, count in rows.items():
            self._rows[entity] = self._rows.get(entity, 0) + count

    def _write_standing(self) -> None:
        """Meters and the water provider's rows that came or changed, each once, as they stand now."""
        world, first = self._world, first_day(self._period.months[0])
        standing = {"meters": changed_meters(world)}
        if world.city.has_water_provider:
            since = first if self._delivered_accounts else NEVER_BEFORE
            until = last_day(self._period.months[-1])
            standing["source_accounts"] = list_changes(world, self._delivered_accounts, since, until)
        for entity, rows in standing.items():
            if length(rows):
                table = self._extracts.builders[entity](rows)
                is_first = entity == "meters" and not self._delivered_accounts
                self._delivery.write(entity, self._defects.meters(table) if is_first else table)

    def close(self) -> dict[str, int]:
        """Finish the answer sheet; rows delivered by entity are returned."""
        self._balances.close()
        world = self._world
        if self._penalties:
            sheet = join(self._penalties)
            table = pa.table(
                {
                    "account_id": self._extracts.account_ids(sheet["key"]),
                    "bill_id": self._extracts.bill_ids(sheet["number"]),
                    "posted_on": col.dates(sheet["posted_on"]),
                    "penalty_usd": col.money(sheet["cents"]),
                    "waived_usd": col.money(sheet["waived"]),
                }
            )
            self._write_sheet("penalties", table)
        self._write_sheet("flows", self._flows.table())
        self._sheets["stuck_sheet"] += still_stuck(world)
        for name, (file, build) in SHEETS.items():
            if self._sheets[name]:
                table = build(join(self._sheets[name]), self._extracts.account_ids)
                pq.write_table(table, self._sheet / file, compression="zstd")
        funds, days, cents = zip(*self._receivable, strict=True)
        table = pa.table(
            {
                "fund": col.texts(funds),
                "month_end": col.dates(np.array(days)),
                "receivable_usd": col.money(np.array(cents, np.int64)),
            }
        )
        self._write_sheet("receivable_by_fund", table)
        self._write_sheet("late", self._restatements.late_sheet())
        self._write_sheet("corrections", self._restatements.corrections_sheet())
        self._write_sheet("defects", world.planting.table(self._deliveries))
        self._write_text("defects.yml", world.planting.listed(world))
        summary = {
            "accounts": world.people.count,
            "rows": dict(sorted(self._rows.items())),
            "billed_cents": world.totals.billed,
            "collected_cents": world.totals.collected,
            "returned_cents": world.totals.returned,
            "receivable_cents": int(world.people.balance[: world.people.count].sum()),
        }
        self._write_text("summary.json", json.dumps(summary, indent=2) + "\n")
        return self._rows

    def _write_text(self, name: str, text: str) -> None:
        """Write a file of the answer sheet."""
        (self._sheet / name).write_text(text, encoding="utf-8", newline="\n")

    def _write_sheet(self, name: str, table: pa.Table) -> None:
        """Write a table of the answer sheet."""
        pq.write_table(table, self._sheet / f"{name}.parquet", compression="zstd")


def _clear(out: Path) -> None:
    """Remove an earlier run's folders: the answer sheet, and those that say that they are simulated."""
    for folder in sorted(out.iterdir()):
        manifest = folder / "delivery.yml"
        is_ours = manifest.exists() and "origin: simulated" in manifest.read_text(encoding="utf-8")
        if is_ours or folder.name == "answer_sheet":
            shutil.rmtree(folder)
