"""What is still to come: rows of arrays kept under the day on which they happen."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

Rows = dict[str, np.ndarray]


def take(rows: Rows, which: np.ndarray) -> Rows:
    """The rows chosen by positions or by a Boolean array."""
    return {name: values[which] for name, values in rows.items()}


def join(parts: list[Rows]) -> Rows:
    """Parts with the same columns, one after the other."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def length(rows: Rows) -> int:
    """How many rows there are."""
    return len(next(iter(rows.values())))


def begins(values: np.ndarray) -> np.ndarray:
    """Where another value begins than the one before, in an ordered array: True at the first of each."""
    is_first = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return is_first


class Agenda:
    """Rows by day; what is put first comes out first, so that nothing depends on hashing or on time."""

    def __init__(self) -> None:
        # Parts of what was put, by day: the columns, and which of their rows.
        self._days: dict[int, list[tuple[Rows, int, int]]] = defaultdict(list)

    def put(self, days: np.ndarray | int, /, **columns: np.ndarray) -> None:
        """Keep rows for their days; one day for all, or one for each row."""
        count = length(columns)
        if not count:
            return
        if np.ndim(days) == 0:
            self._days[int(days)].append((columns, 0, count))
            return
        order = np.argsort(days, kind="stable")
        ordered = np.asarray(days)[order]
        starts = np.flatnonzero(begins(ordered))
        columns = take(columns, order)
        stops = [*starts[1:].tolist(), count]
        for day, start, stop in zip(ordered[starts].tolist(), starts.tolist(), stops, strict=True):
            self._days[day].append((columns, start, stop))

    def pop(self, day_number: int) -> Rows | None:
        """The rows of a day, or None; they are then forgotten."""
        rows = self.peek(day_number)
        self._days.pop(day_number, None)
        return rows

    def peek(self, day_number: int) -> Rows | None:
        """The rows of a day, or None; they stay."""
        parts = self._days.get(day_number)
        if parts is None:
            return None
        if len(parts) == 1:
            columns, start, stop = parts[0]
            return take(columns, slice(start, stop))
        return {
            name: np.concatenate([columns[name][start:stop] for columns, start, stop in parts])
            for name in parts[0][0]
        }
