"""Planted mistakes: where each is made, and the list of those that were.

A city is cut into blocks of premises. In each whole block a mistake is planted once, at the first chance from
a day on that is drawn for the block. So the number of occurrences follows from the number of premises, and a
larger city keeps those of a smaller one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import yaml

from simulator import columns as col
from simulator.accounts import TENANCIES
from simulator.defect_list import BY_NAME, DEFECTS

if TYPE_CHECKING:
    from simulator.world import World

FIRST_DAYS = 100  # nothing is planted in the first days, except what has its own time


class Planting:
    """Where mistakes are planted in one run, and the list of those that were."""

    def __init__(self) -> None:
        self._done: dict[str, np.ndarray] = {}
        self._starts: dict[str, np.ndarray] = {}
        self._used = np.zeros(0, bool)
        self.occurrences: list[dict[str, Any]] = []
        self.keys: dict[str, set[str]] = defaultdict(set)  # rows that are neither late nor corrected
        self.notes: dict[str, str] = {}  # adjustments with a note
        self.brands: dict[str, str] = {}  # payments with another card brand
        self.unbilled: dict[int, int] = {}  # account, and the last statement that it does not get
        self.bouncers: set[int] = set()  # accounts whose checks come back three times

    def _prepare(self, world: World, name: str) -> None:
        size = world.rates.defects.premises_for_one
        blocks = np.arange(world.people.premises.count // size)
        if not len(self._used):
            self._used = np.zeros(world.people.premises.count + 1, bool)
        self._done[name] = np.zeros(len(blocks), bool)
        luck = world.draws.uniform(f"planted {name}", blocks)
        span = max(world.end - world.start - FIRST_DAYS, 0)
        first = world.start + FIRST_DAYS + np.floor(luck * 0.6 * span).astype(np.int64)
        is_free = name in BY_NAME and BY_NAME[name].from_start
        self._starts[name] = np.full(len(blocks), world.start) if is_free else first

    def is_pending(self, world: World, name: str, on: int) -> bool:
        """Whether there is a block in which the mistake can be planted by now."""
        if not world.with_defects:
            return False
        if name in BY_NAME and world.city.utility_id not in BY_NAME[name].cities:
            return False
        if name not in self._done:
            self._prepare(world, name)
        return bool((~self._done[name] & (self._starts[name] <= on)).any())

    def pick(self, world: World, name: str, premises: np.ndarray, may: np.ndarray, on: int) -> np.ndarray:
        """Choose where a mistake is made now: at most once a block, and once a premise of all mistakes.

        Args:
            world: the run.
            name: the mistake.
            premises: premise numbers of what could be chosen, shape (n,).
            may: which of them are fit for it.
            on: the day.

        Returns:
            Positions, in order of the blocks.
        """
        if not self.is_pending(world, name, on):
            return np.zeros(0, np.int64)
        size = world.rates.defects.premises_for_one
        done, starts = self._done[name], self._starts[name]
        block = (premises - 1) // size
        inside = np.minimum(block, len(done) - 1)
        fit = may & (block < len(done)) & ~done[inside] & (starts[inside] <= on) & ~self._used[premises]
        places = np.flatnonzero(fit)
        luck = world.draws.uniform(f"chosen {name}", premises[places])
        places = places[np.lexsort((places, luck, block[places]))]
        places = places[np.r_[True, block[places][1:] != block[places][:-1]][: len(places)]]
        done[block[places]] = True
        self._used[premises[places]] = True
        return places

    def add(
        self, world: World, name: str, entity: str, key: str, account_key: int, on: int, cents=None, rows=0
    ) -> None:
        """Note an occurrence.

        Args:
            world: the run.
            name: the mistake.
            entity: whose row shows it.
            key: the row's key.
            account_key: the account's key, or a negative number.
            on: the day on which the row is posted; it says in which delivery it is.
            cents: what is at stake, if it is money.
            rows: how many rows are rejected or unchanged.
        """
        self.keys[entity].add(key)
        self.occurrences.append(
            {
                "defect": name,
                "entity": entity,
                "key": key,
                "account_id": account_number(world, account_key) if account_key >= 0 else "",
                "on": on,
                "expected": BY_NAME[name].shows,
                "rows": rows,
                "cents": cents,
            }
        )

    def table(self, deliveries: list[tuple[str, int, int]]) -> pa.Table:
        """The occurrences that were delivered.

        Args:
            deliveries: name, first and last day of each.

        Returns:
            One row an occurrence: `defect, entity, key, account_id, delivery, expected, rows, finding,
            amount_usd`; empty where nothing was planted.
        """
        found = []
        for entry in self.occurrences:
            names = [name for name, first, last in deliveries if first <= entry["on"] <= last]
            if names:
                found.append({**entry, "delivery": names[0], "finding": BY_NAME[entry["defect"]].finding})
        columns = ("defect", "entity", "key", "account_id", "delivery", "expected")
        table = {name: col.texts([entry[name] for entry in found]) for name in columns}
        table["rows"] = col.integers(np.array([entry["rows"] for entry in found], np.int64))
        table["finding"] = col.texts([entry["finding"] for entry in found])
        cents = np.array([entry["cents"] or 0 for entry in found], np.int64)
        has_money = np.array([entry["cents"] is not None for entry in found], bool)
        table["amount_usd"] = col.money(cents, has_money)
        return pa.table(table)

    def listed(self, world: World) -> str:
        """The mistakes that are planted in the city, as YAML."""
        here = [asdict(one) for one in DEFECTS if world.city.utility_id in one.cities] * world.with_defects
        for one in here:
            del one["cities"], one["from_start"]
        return yaml.safe_dump({"defects": here}, sort_keys=False, width=120)


def account_number(world: World, key: int) -> str:
    """The number of an account by its key, as the extracts write it."""
    if not world.city.account_id_has_zone:
        return f"{key:08d}"
    return f"{(world.people.premises.group[key // TENANCIES] + 1) * 10_000_000 + key:09d}"


def row_id(letter: str | int, key: int, month: int) -> str:
    """The identifier of a row that has a letter, an account's key and a month."""
    name = letter if isinstance(letter, str) else chr(letter)
    return f"{name}{(int(key) // TENANCIES * 1000 + int(month)) * TENANCIES + int(key) % TENANCIES:011d}"
