"""Planted mistakes of the files: made when rows are written, so the books know nothing of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from simulator import columns as col
from simulator.accounts import TENANCIES
from simulator.agenda import Rows
from simulator.calendars import last_day
from simulator.cities import WATER
from simulator.defects import account_number, row_id
from simulator.entities import Extracts
from simulator.meters import MICRO, READ_KINDS
from simulator.payers import CASH
from simulator.restatements import changed
from simulator.world import REGULAR, World

NOBODY = TENANCIES - 1  # a tenancy that no premise has
EXCESS_CENTS = 10_000
TEST_CARD = "4111 1111 1111 1111"  # the number that card networks document for tests
_CONTACTS = ("call 816-555-0199 after five", "write to pat.doe@example.com")


class DefectFiles:
    """Spoils the tables of a month before they are written."""

    def __init__(self, world: World, extracts: Extracts) -> None:
        self._world = world
        self._extracts = extracts
        self._strangers: list[dict[str, Any]] = []

    def spoil(self, month: int, raw: dict[str, Rows], tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """The tables of a month, with mistakes.

        Args:
            month: the month that ended.
            raw: its rows as kept, by entity.
            tables: the same rows as they would be delivered.
        """
        if not self._world.with_defects:
            return tables
        tables = dict(tables)
        on = last_day(month)
        if "reads" in tables:
            tables["reads"] = self._reads(raw["reads"], tables["reads"], on)
        if "adjustments" in tables:
            tables["adjustments"] = self._adjustments(raw["adjustments"], tables["adjustments"], on)
        if "payments" in tables:
            returned = self._return_above(raw, tables, on)
            tables["payments"] = self._payments(raw["payments"], tables["payments"], on)
            if returned is not None:
                before = [tables["payment_returns"]] if "payment_returns" in tables else []
                tables["payment_returns"] = pa.concat_tables([*before, returned])
        if "bills" in tables:
            tables["bills"] = self._bills(raw["bills"], tables["bills"], month, on)
        return tables

    def _pick(self, name: str, premises: np.ndarray, may: np.ndarray, on: int) -> np.ndarray:
        return self._world.planting.pick(self._world, name, premises, may, on)

    def _add(self, name: str, entity: str, key: str, account_key: int, on: int, cents=None, rows=0) -> None:
        self._world.planting.add(self._world, name, entity, key, account_key, on, cents, rows)

    # ---- Reads

    def _reads(self, raw: Rows, table: pa.Table, on: int) -> pa.Table:
        """Copies, contradictions, registers that run backwards and a walk that took two days."""
        premises, keys = raw["premise"], raw["key"]
        is_plain = (raw["kind"] == READ_KINDS.index("actual")) & (raw["read_on"] > self._world.start)
        before = raw["reading"] - raw["usage"]
        reading, read_on = raw["reading"].copy(), raw["read_on"].copy()
        noted = []
        for place in self._pick(
            "falling_read", premises, is_plain & (raw["usage"] >= 0) & (before >= 200), on
        ):
            reading[place] = before[place] - 100
            noted.append(("falling_read", place, 0))
        is_water = raw["service"] == WATER
        for place in self._pick("read_days_apart", premises, is_plain & is_water, on):
            read_on[place] -= 1
            noted.append(("read_days_apart", place, 0))
        copies = self._pick("duplicate_row", premises, is_plain, on)
        noted += [("duplicate_row", place, 1) for place in copies]
        disputed = self._pick("two_versions", premises, is_plain, on)
        noted += [("two_versions", place, 2) for place in disputed]
        for name, place, rows in noted:
            key = row_id(int(raw["letter"][place]), keys[place], raw["month"][place])
            self._add(name, "reads", key, int(keys[place]), on, rows=rows)
        if not noted:
            return table
        for name, column in (("reading", col.quantity(reading * MICRO)), ("read_on", col.dates(read_on))):
            table = table.set_column(table.column_names.index(name), name, column)
        others = table.take(col.integers(disputed))
        higher = {
            name: [value + 10 for value in others.column(name).to_pylist()] for name in ("reading", "usage")
        }
        others = changed(others, higher) if len(disputed) else others
        return pa.concat_tables([table, table.take(col.integers(copies)), others])

    # ---- Adjustments and payments

    def _adjustments(self, raw: Rows, table: pa.Table, on: int) -> pa.Table:
        """Notes with what does not belong into them."""
        notes: list[str] = [""] * table.num_rows
        premises, keys = raw["key"] // TENANCIES, raw["key"]
        everything = np.ones(table.num_rows, bool)
        for name in ("card_number_in_note", "contact_in_note"):
            for place in self._pick(name, premises, everything, on):
                row = row_id(int(raw["letter"][place]), keys[place], raw["month"][place])
                contact = _CONTACTS[int(premises[place]) % len(_CONTACTS)]
                card = f"paid with {TEST_CARD}"
                notes[place] = card if name == "card_number_in_note" else contact
                self._add(name, "adjustments", row, int(keys[place]), on)
        if "note" in table.column_names:
            kept = table.column("note").to_pylist()
            notes = [note or old or "" for note, old in zip(notes, kept, strict=True)]
            table = table.drop_columns(["note"])
        return table.append_column("note", col.words(np.array(notes)))

    def _payments(self, raw: Rows, table: pa.Table, on: int) -> pa.Table:
        """A card that is not taken, and money for an account that does not exist."""
        brands = self._world.planting.brands
        keys = table.column("payment_id").to_pylist() if brands else []
        found = {place: brands.pop(key) for place, key in enumerate(keys) if key in brands}
        if found:
            held = table.column("card_brand").to_pylist()
            values = [found.get(place, brand) for place, brand in enumerate(held)]
            table = changed(table, {"card_brand": values})
        premises = raw["key"] // TENANCIES
        may = (raw["bill"] < 0) & (raw["posted_on"] > self._world.start)
        places = self._pick("unknown_account", premises, may, on)
        if not len(places):
            return table
        strangers = premises[places] * TENANCIES + NOBODY
        months = raw["month"][places]
        ids = [row_id("Z", key, month) for key, month in zip(strangers, months, strict=True)]
        for key, stranger, cents in zip(ids, strangers, raw["cents"][places], strict=True):
            self._add("unknown_account", "payments", key, int(stranger), on, int(cents), 1)
        accounts = [account_number(self._world, int(key)) for key in strangers]
        wrong = changed(table.take(col.integers(places)), {"payment_id": ids, "account_id": accounts})
        return pa.concat_tables([table, wrong])

    def _return_above(self, raw: dict[str, Rows], tables: dict[str, pa.Table], on: int) -> pa.Table | None:
        """Returns of $100 more than was paid; the payments are cash, which never comes back."""
        rows = raw["payments"]
        premises = rows["key"] // TENANCIES
        may = (rows["tender"] == CASH) & (rows["posted_on"] > self._world.start)
        places = self._pick("return_above_payment", premises, may, on)
        if not len(places):
            return None
        names = ("key", "account", "month", "letter")
        returned = {name: rows[name][places] for name in names}
        returned["returned_on"] = rows["posted_on"][places]
        returned["cents"] = rows["cents"][places] + EXCESS_CENTS
        returned["is_chargeback"] = np.zeros(len(places), bool)
        returned["reason"] = np.zeros(len(places), np.int64)
        for place in places:
            payment = row_id(int(rows["letter"][place]), rows["key"][place], rows["month"][place])
            key = int(rows["key"][place])
            self._world.planting.keys["payments"].add(payment)
            self._add("return_above_payment", "payment_returns", payment, key, on, EXCESS_CENTS, 1)
        return self._extracts.builders["payment_returns"](returned)

    # ---- Accounts and meters

    def _bills(self, raw: Rows, table: pa.Table, month: int, on: int) -> pa.Table:
        """Bills of accounts whose zone does not exist; the account rows follow with the delivery."""
        people = self._world.people
        premises = people.premise[raw["account"]]
        may = (raw["kind"] == REGULAR) & (raw["bill_date"] > self._world.start)
        places = self._pick("zone_00", premises, may, on)
        if not len(places):
            return table
        ids, accounts = [], []
        for place in places:
            key = int(premises[place]) * TENANCIES + NOBODY
            ids.append(row_id("B", key, month))
            accounts.append(f"00{key:07d}")
            cents = int(raw["amount_due"][place] - raw["previous_balance"][place])
            for entity, row in (("accounts", accounts[-1]), ("bills", ids[-1])):
                self._add("zone_00", entity, row, -1, on, cents if entity == "bills" else None, 1)
            self._strangers.append({"account": int(raw["account"][place]), "account_id": accounts[-1]})
        wrong = changed(table.take(col.integers(places)), {"bill_id": ids, "account_id": accounts})
        return pa.concat_tables([table, wrong])

    def strangers(self, table: pa.Table) -> pa.Table:
        """The account rows of a delivery, with those of zones that do not exist."""
        if not self._strangers:
            return table
        numbers = np.array([one["account"] for one in self._strangers])
        rows = self._extracts.accounts(numbers)
        ids = [one["account_id"] for one in self._strangers]
        self._strangers = []
        customers = [f"U{number[1:]}" for number in ids]
        return pa.concat_tables([table, changed(rows, {"account_id": ids, "customer_id": customers})])

    def meters(self, table: pa.Table) -> pa.Table:
        """The meters, with gas meters among them."""
        world = self._world
        if not world.with_defects:
            return table
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        premises = frame["premise_id"].str.slice(1).cast(pl.Int64).to_numpy()
        is_electric = (frame["service"] == "electric").to_numpy()
        places = self._pick("gas_meter", premises, is_electric, world.start)
        if not len(places):
            return table
        ids = [f"X{premises[place]:07d}" for place in places]
        for key in ids:
            self._add("gas_meter", "meters", key, -1, world.start, rows=1)
        rows = table.take(col.integers(places))
        values = {"meter_id": ids, "service": ["gas"] * len(ids), "unit": ["ccf"] * len(ids)}
        return pa.concat_tables([table, changed(rows, values)])
