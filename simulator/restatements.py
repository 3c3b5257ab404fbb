"""Rows that come late, and rows that are first delivered wrong: what no city's extracts are without.

A late row is delivered with the next delivery. A corrected row is delivered with one wrong value, and again,
right, with the next delivery. Which rows these are hangs on their keys alone. All deliveries together tell
the truth: the last one leaves nothing out and nothing wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from simulator import columns as col
from simulator.draws import Draws

# Nothing else names a row of these, so they can come later than the rest; a payment that already came back
# cannot.
LATE_ENTITIES = ("reads", "adjustments", "payments")
Row = dict[str, Any]
Wrong = tuple[str, Any] | None


def transposed(amount: Decimal) -> Decimal | None:
    """An amount with two digits in each other's place: of the cents, else of the dollars; None if equal."""
    sign = -1 if amount < 0 else 1
    dollars, cents = divmod(int(abs(amount) * 100), 100)
    swapped = 100 * dollars + cents % 10 * 10 + cents // 10
    if swapped == 100 * dollars + cents:
        head, last = divmod(dollars, 100)
        swapped = 100 * (100 * head + last % 10 * 10 + last // 10) + cents
    if swapped in (0, 100 * dollars + cents):
        return None
    return Decimal(sign * swapped).scaleb(-2)


def _amount(row: Row) -> Wrong:
    wrong = transposed(row["amount"])
    return None if wrong is None else ("amount", wrong)


def _payment(row: Row, luck: float) -> Wrong:
    """The slot of the mail for the box, the day before, or two digits of the amount."""
    other = {"mail": "drop_box", "drop_box": "mail"}.get(row["channel"])
    if other and luck < 0.4:
        return "channel", other
    if row["channel"] != "online" and luck < 0.6:  # online money is posted when it is received (R88)
        return "received_on", row["received_on"] - dt.timedelta(days=1)
    wrong = transposed(row["amount"])
    # Never too little: the payment may come back before it is corrected, and a return fits into its payment.
    return ("amount", wrong) if wrong is not None and wrong > row["amount"] else None


def _account(row: Row, luck: float) -> Wrong:
    """A wrong digit of the telephone number, or first and last name in each other's place."""
    name, phone = row["customer_name"], row["phone"]
    if luck < 0.5 and name and " " in name:
        first, last = name.split(" ", 1)
        return "customer_name", f"{last} {first}"
    return ("phone", f"{phone[:-1]}{(int(phone[-1]) + 1) % 10}") if phone else None


def _read(row: Row, _luck: float) -> Wrong:
    return ("read_kind", "customer") if row["read_kind"] == "actual" else None


def _bill(row: Row, _luck: float) -> Wrong:
    return "delivery", "paper" if row["delivery"] == "electronic" else "electronic"


def _adjustment(row: Row, _luck: float) -> Wrong:
    return None if row["kind"] == "balance_transfer" else _amount(row)  # its two sides stand together


WRONG: dict[str, Callable[[Row, float], Wrong]] = {
    "accounts": _account,
    "reads": _read,
    "bills": _bill,
    "adjustments": _adjustment,
    "payments": _payment,
}


def numbers_of(keys: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """A number for each identifier, the same wherever the identifier stands; all must be of one length."""
    array = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    if not len(array):
        return np.zeros(0, np.uint64)
    offsets = np.frombuffer(array.buffers()[1], np.int32, len(array) + 1, array.offset * 4)
    width = int(offsets[1] - offsets[0])
    text = np.frombuffer(array.buffers()[2], np.uint8)[offsets[0] : offsets[-1]].reshape(len(array), width)
    numbers = np.zeros(len(array), np.uint64)
    for place in range(width):
        numbers = numbers * np.uint64(131) + text[:, place]
    return numbers


def changed(table: pa.Table, values: dict[str, list]) -> pa.Table:
    """A table with some columns replaced by plain values of the same type."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.with_columns(
        pl.Series(name, column, dtype=frame.schema[name]) for name, column in values.items()
    )
    return frame.to_arrow().cast(table.schema)


class Restatements:
    """What is still to be delivered, and the list of it for the answer sheet."""

    def __init__(self, draws: Draws, rates: SimpleNamespace) -> None:
        self._draws = draws
        self._late_share = float(rates.late)
        self._wrong_share = float(rates.corrected)
        self._waiting: dict[str, list[pa.Table]] = {}
        self._late: list[dict[str, str | None]] = []
        self._corrections: list[dict[str, str | None]] = []

    def take_waiting(self, delivery: str) -> dict[str, pa.Table]:
        """What the delivery before left for this one, which is now named in the lists."""
        for entry in (*self._late, *self._corrections):
            entry["next_delivery"] = entry["next_delivery"] or delivery
        tables = {entity: pa.concat_tables(parts) for entity, parts in self._waiting.items()}
        self._waiting = {}
        return tables

    def split(
        self,
        entity: str,
        table: pa.Table,
        delivery: str,
        *,
        may_be_late: bool,
        apart: np.ndarray,
    ) -> pa.Table:
        """What goes out now; late rows and the right versions of wrong ones wait for the next delivery.

        Args:
            entity: what the rows are.
            table: the rows; the first column is the key.
            delivery: the name of the delivery that is being written.
            may_be_late: whether rows of this month can miss the delivery.
            apart: positions of rows that are delivered now and right.

        Returns:
            The rows that go out.
        """
        if entity not in WRONG or not table.num_rows:
            return table
        luck = self._luck(entity, table)
        luck[apart] = 0.5
        is_late = luck < (self._late_share if may_be_late and entity in LATE_ENTITIES else 0.0)
        table, places, right = self._falsify(entity, table, luck, delivery)
        if len(places):
            self._waiting.setdefault(entity, []).append(right)
        if not is_late.any():
            return table
        late = table.take(col.integers(np.flatnonzero(is_late)))
        self._waiting.setdefault(entity, []).append(late)
        for key in late.column(0).to_pylist():
            self._late.append({"entity": entity, "key": key, "delivery": delivery, "next_delivery": None})
        return table.filter(col.booleans(~is_late))

    def split_accounts(
        self, table: pa.Table, delivery: str, is_new: np.ndarray
    ) -> tuple[pa.Table, np.ndarray]:
        """Account rows, some of the new ones wrong, and the positions of those.

        They go out again with the next delivery, as they then stand.
        """
        luck = self._luck("accounts", table)
        luck[~is_new] = 0.5
        table, places, _ = self._falsify("accounts", table, luck, delivery)
        return table, places

    def _luck(self, entity: str, table: pa.Table) -> np.ndarray:
        return self._draws.uniform(f"restated {entity}", numbers_of(table.column(0)))

    def _falsify(
        self, entity: str, table: pa.Table, luck: np.ndarray, delivery: str
    ) -> tuple[pa.Table, np.ndarray, pa.Table]:
        """The table with one wrong value in each of some rows; where they stand, and the rows as they are."""
        places = np.flatnonzero(luck >= 1.0 - self._wrong_share)
        right = table.take(col.integers(places))
        if not len(places):
            return table, places, right
        kind_of_error = self._draws.uniform(f"wrong {entity}", numbers_of(right.column(0)))
        rows = right.to_pylist()
        found = [WRONG[entity](row, float(part)) for row, part in zip(rows, kind_of_error, strict=True)]
        chosen = np.array([number for number, wrong in enumerate(found) if wrong is not None], np.int64)
        places, right = places[chosen], right.take(col.integers(chosen))
        errors = [(rows[number], *found[number]) for number in chosen]
        values = {name: [row[name] for row, _, _ in errors] for name in {error[1] for error in errors}}
        for place, (row, column, value) in enumerate(errors):
            values[column][place] = value
            self._corrections.append(
                {
                    "entity": entity,
                    "key": row[table.column_names[0]],
                    "delivery": delivery,
                    "next_delivery": None,
                    "column": column,
                    "wrong_value": str(value),
                    "right_value": str(row[column]),
                }
            )
        if not len(places):
            return table, places, right
        order = np.arange(table.num_rows)
        order[places] = table.num_rows + np.arange(len(places))
        both = pa.concat_tables([table, changed(right, values)])
        return both.take(col.integers(order)), places, right

    def late_sheet(self) -> pa.Table:
        """The rows that came late: `entity, key, posted_in_delivery, delivered_in_delivery`."""
        columns = ("entity", "key", "delivery", "next_delivery")
        return _sheet(self._late, columns).rename_columns(
            ["entity", "key", "posted_in_delivery", "delivered_in_delivery"]
        )

    def corrections_sheet(self) -> pa.Table:
        """The rows that were first delivered wrong, with the wrong and the right value as text."""
        columns = ("entity", "key", "delivery", "next_delivery", "column", "wrong_value", "right_value")
        names = ["entity", "key", "first_delivery", "corrected_delivery", *columns[4:]]
        return _sheet(self._corrections, columns).rename_columns(names)


def _sheet(entries: list[dict[str, str | None]], columns: tuple[str, ...]) -> pa.Table:
    """Entries as a table of text, also where there are none."""
    return pa.table({name: col.texts([entry[name] or "" for entry in entries]) for name in columns})
