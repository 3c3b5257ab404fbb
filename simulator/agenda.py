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


class Agenda:
    """Rows by day; what is put first comes out first, so that nothing depends on hashing or on time."""

    def __init__(self) -> None:
        self._days: dict[int, list[Rows]] = defaultdict(list)

    def put(self, days: np.ndarray | int, /, **columns: np.ndarray) -> None:
        """Keep rows for their days; one day for all, or one for each row."""
        count = length(columns)
        if not count:
            return
        if np.ndim(days) == 0:
            self._days[int(days)].append(columns)
            return
        order = np.argsort(days, kind="stable")
        ordered = np.asarray(days)[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        columns = take(columns, order)
        for start, stop in zip(starts, [*starts[1:], count], strict=True):
            self._days[int(ordered[start])].append(take(columns, slice(start, stop)))

    def pop(self, day_number: int) -> Rows | None:
        """The rows of a day, or None; they are then forgotten."""
        parts = self._days.pop(day_number, None)
        return None if parts is None else join(parts)
