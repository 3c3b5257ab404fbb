"""Registers: how much has flowed through every meter by any day, whoever reads it and when (R72 to R77)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from simulator.agenda import Agenda, Rows, join
from simulator.calendars import first_day, month_of_day
from simulator.cities import ELECTRIC, SERVICES, WATER
from simulator.draws import Draws

if TYPE_CHECKING:
    from simulator.world import World

MICRO = 1_000_000
NO_CHANGE = 2**30
LETTERS = {ELECTRIC: "E", WATER: "W"}
UNITS = {ELECTRIC: "kwh", WATER: "ccf"}
READ_KINDS = ("actual", "estimated", "customer", "final")
READ_ACTUAL, READ_ESTIMATED, READ_CUSTOMER, READ_FINAL = range(4)
REASONS = ("weather", "access")
WEATHER, ACCESS = range(2)
# Letters that name the rows of reads: cycle and final reads, a meter's last read and its successor's first.
_CYCLE_READ, _FINAL_READ = {ELECTRIC: "E", WATER: "W"}, {ELECTRIC: "F", WATER: "G"}
_LAST_READ, _FIRST_READ = {ELECTRIC: "H", WATER: "I"}, {ELECTRIC: "J", WATER: "K"}
_MOST_GENERATIONS = 9  # one digit of the meter's identifier
WINTER_READS = (12, 1, 2, 3)  # months whose reads make the winter average, or would be corrected in one
PLANNED_AHEAD = 2  # months


class Registers:
    """The meters of one service by premise; element 0 of each array is unused.

    What has flowed is counted in whole millionths of a unit of use (kWh or ccf) and grows by a whole number a
    day, so that the register of a day is the same however often it was looked at before. `shown` and
    `register` are steps of the register, counted on without roll-over; a step is `multiplier` units.
    """

    def __init__(
        self, service: int, rates: SimpleNamespace, draws: Draws, present: np.ndarray, multiplier: np.ndarray
    ) -> None:
        """Put a meter of some age at every premise that has the service."""
        self.service = service
        self.unit = UNITS[service]
        self.rates = rates
        self.dials = getattr(rates.dials, SERVICES[service])
        self.present = present
        self.multiplier = multiplier
        count = len(present)
        numbers = np.arange(1, count)
        steps = 10**self.dials * draws.uniform(f"register {self.unit}", numbers)
        self.flowed = np.r_[0, np.floor(steps).astype(np.int64)] * multiplier * MICRO
        self.day = np.zeros(count, np.int64)  # up to which `flowed` counts
        self.daily = np.zeros(count, np.int64)  # use a day since then
        self.is_stuck = np.zeros(count, bool)
        self.stuck_since = np.zeros(count, np.int64)
        self.unmetered = np.zeros(count, np.int64)  # used since the register stuck
        self.shown = np.zeros(count, np.int64)  # steps at the last read, estimates and held readings included
        self.seen = np.zeros(count, np.int64)  # steps that the register truly showed then
        self.carried = np.zeros(count, np.int64)  # units on an older meter since the last bill's read
        self.generation = np.zeros(count, np.int64)
        self.installed = np.r_[0, -draws.whole("installed", numbers, 300, 9000)]  # 0: the first day
        self.change_on = np.full(count, NO_CHANGE)
        self.changes, self.sticks = Agenda(), Agenda()
        self._removed: list[Rows] = []
        self._is_new = present.copy()

    def advance(self, premise: np.ndarray, on: int) -> None:
        """Count up to the end of a day; what a stuck register misses is kept beside it."""
        flow = self.daily[premise] * (on - self.day[premise])
        is_stuck = self.is_stuck[premise]
        self.flowed[premise] += np.where(is_stuck, 0, flow)
        self.unmetered[premise] += np.where(is_stuck, flow, 0)
        self.day[premise] = on

    def use(self, premise: np.ndarray, after: int, daily: np.ndarray) -> None:
        """Use so much a day (millionths of a unit) from the day after a day on."""
        self.advance(premise, after)
        self.daily[premise] = np.where(self.present[premise], daily, 0)

    def register(self, premise: np.ndarray, on: int) -> np.ndarray:
        """Steps that the register has made by the end of a day."""
        flow = self.daily[premise] * (on - self.day[premise])
        flowed = self.flowed[premise] + np.where(self.is_stuck[premise], 0, flow)
        return flowed // (MICRO * self.multiplier[premise])

    def look(self, premise: np.ndarray, on: int) -> None:
        """Take what the register shows as its last read."""
        self.shown[premise] = self.seen[premise] = self.register(premise, on)

    def read(self, premise: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
        """Units used by the register since the last read, by what was shown then and by what was true.

        An electric estimate that was too high is reconciled below zero (R73); water is held until the
        register has passed what was shown.
        """
        register, multiplier = self.register(premise, on), self.multiplier[premise]
        since_shown = register - self.shown[premise]
        if self.service == WATER:
            since_shown = np.maximum(since_shown, 0)
        return since_shown * multiplier, (register - self.seen[premise]) * multiplier

    def show(self, premise: np.ndarray, on: int, usage: np.ndarray) -> np.ndarray:
        """Move the shown reading on by some use; the reading on the dials is returned (R77)."""
        self.shown[premise] += usage // self.multiplier[premise]
        self.seen[premise] = self.register(premise, on)
        return self.shown[premise] % 10**self.dials

    def stick(self, premise: np.ndarray, on: int) -> None:
        """Stop the registers at the end of a day."""
        self.advance(premise, on)
        self.is_stuck[premise] = True
        self.stuck_since[premise] = on
        self.unmetered[premise] = 0

    def replace(self, premise: np.ndarray, on: int, first: np.ndarray, opened: int) -> None:
        """Put new meters in place of the old ones.

        Args:
            premise: where.
            on: the day.
            first: steps that the new registers show.
            opened: the run's first day, from which the first meters' ages count.
        """
        self.advance(premise, on)
        removed = {**self._meters(premise, opened), "removed": np.full(len(premise), on)}
        self._removed.append(removed)
        self._is_new[premise] = True
        self.flowed[premise] = first * self.multiplier[premise] * MICRO
        self.shown[premise] = self.seen[premise] = first
        self.generation[premise] += 1
        self.installed[premise] = on
        self.is_stuck[premise] = False
        self.change_on[premise] = NO_CHANGE

    def _meters(self, premise: np.ndarray, opened: int) -> Rows:
        """Rows of the meters that are in place."""
        count = len(premise)
        first = self.generation[premise] == 0
        return {
            "service": np.full(count, self.service),
            "premise": premise,
            "generation": self.generation[premise],
            "dials": np.full(count, self.dials),
            "multiplier": self.multiplier[premise],
            "installed": self.installed[premise] + np.where(first, opened, 0),
            "removed": np.full(count, -1),
        }

    def changed_rows(self, opened: int) -> Rows:
        """Meters that came or went since the last call, each once, as they stand now."""
        parts = [*self._removed, self._meters(np.flatnonzero(self._is_new), opened)]
        self._removed = []
        self._is_new[:] = False
        return join(parts)

    def stuck_rows(self, premise: np.ndarray, until: int) -> Rows:
        """Rows of the answer sheet about registers that are stuck: since when, and what they missed."""
        count = len(premise)
        return {
            "service": np.full(count, self.service),
            "premise": premise,
            "generation": self.generation[premise],
            "stuck_from": self.stuck_since[premise],
            "stuck_to": np.full(count, until),
            "unmetered": self.unmetered[premise] // MICRO,
        }


def plan(world: World, month: int) -> None:
    """Decide which meters are changed and which registers stick in a month, whenever they will be read.

    A stuck register is found and its meter changed some months later. A meter has one change in prospect
    at a time.
    """
    start = first_day(month)
    if start < world.start:
        return
    draws, rates = world.draws, world.rates.metering.meters
    in_winter = world.city.has_winter_average and month % 12 + 1 in WINTER_READS
    for registers in world.people.premises.registers:
        is_free = registers.present & (registers.change_on == NO_CHANGE)
        is_free &= registers.generation < _MOST_GENERATIONS
        numbers, unit = np.flatnonzero(is_free), registers.unit
        sticks = draws.uniform(f"stuck {unit}", numbers, month) < rates.stuck_yearly / 12
        stuck = numbers[sticks]
        since = start + draws.whole(f"stuck day {unit}", stuck, 0, 27, month)
        after = draws.whole(f"stuck days {unit}", stuck, rates.stuck_days_least, rates.stuck_days_most, month)
        registers.sticks.put(since, premise=stuck)
        _put_change(world, registers, stuck, since + after)
        if in_winter:
            continue
        numbers = numbers[~sticks]
        changed = numbers[draws.uniform(f"change {unit}", numbers, month) < rates.changed_yearly / 12]
        day = start + draws.whole(f"change day {unit}", changed, 0, 27, month)
        _put_change(world, registers, changed, day)


def _put_change(world: World, registers: Registers, premise: np.ndarray, days: np.ndarray) -> None:
    """Put changes on the next working days."""
    days = world.work.following(days)
    registers.change_on[premise] = days
    registers.changes.put(days, premise=premise)


def stick(world: World, on: int) -> None:
    """Stop the registers that stick on this day."""
    for registers in world.people.premises.registers:
        rows = registers.sticks.pop(on)
        if rows is not None:
            registers.stick(rows["premise"], on)


def change(world: World, on: int) -> None:
    """Change the meters of the day: the old one's last read, the new one's first, the use carried over.

    It comes after the cycle reads of the day, so that a meter that is read and changed on one day has both.
    """
    for registers in world.people.premises.registers:
        rows = registers.changes.pop(on)
        if rows is None:
            continue
        premise, service = np.sort(rows["premise"]), registers.service
        accounts, month = world.people.holder[premise], month_of_day(on)
        usage, _ = registers.read(premise, on)
        reading = registers.show(premise, on, usage)
        registers.carried[premise] += usage
        common = {"read_on": on, "month": month, "reason": -1}
        _add(world, registers, accounts, _LAST_READ, reading, usage, kind=READ_FINAL, **common)
        registers.advance(premise, on)
        stuck = premise[registers.is_stuck[premise]]
        world.sink.add("stuck_sheet", len(stuck), **registers.stuck_rows(stuck, on))
        most = getattr(world.rates.metering.meters.first_reading_most, SERVICES[service])
        moment = registers.generation[premise]
        first = world.draws.whole(f"first reading {registers.unit}", premise, 0, most, moment)
        registers.replace(premise, on, first, world.start)
        nothing = np.zeros(len(premise), np.int64)
        _add(world, registers, accounts, _FIRST_READ, first, nothing, kind=READ_ACTUAL, **common)


def _add(
    world: World, registers: Registers, accounts, letters, reading, usage, *, read_on, month, kind, reason
) -> None:
    """Keep reads of some accounts' meters as rows."""
    people = world.people
    premise = people.premise[accounts]
    world.sink.add(
        "reads",
        len(accounts),
        key=people.key[accounts],
        month=month,
        letter=ord(letters[registers.service]),
        service=registers.service,
        premise=premise,
        generation=registers.generation[premise],
        read_on=read_on,
        reading=reading,
        usage=usage,
        kind=kind,
        reason=reason,
        group=people.group[accounts],
    )


def keep_reads(world: World, reads: Rows, kind: str) -> None:
    """Keep the reads of a day as rows, and what was estimated in the answer sheet.

    Args:
        world: the run.
        reads: rows of `reading.read_meters`.
        kind: `actual` for a cycle, `final` at a move.
    """
    people = world.people
    for registers in people.premises.registers:
        unit = registers.unit
        which = np.flatnonzero(registers.present[people.premise[reads["account"]]])
        accounts = reads["account"][which]
        _add(
            world,
            registers,
            accounts,
            {"actual": _CYCLE_READ, "final": _FINAL_READ}[kind],
            reads[f"{unit}_reading"][which],
            reads[f"{unit}_usage"][which],
            read_on=reads["service_to"][which],
            month=reads["period"][which],
            kind=reads["read_kind"][which],
            reason=reads["reason"][which],
        )
        which = which[reads["is_estimated"][which]]
        accounts = reads["account"][which]
        premise = people.premise[accounts]
        world.sink.add(
            "estimate_sheet",
            len(which),
            key=people.key[accounts],
            service=registers.service,
            premise=premise,
            generation=registers.generation[premise],
            read_on=reads["service_to"][which],
            reason=reads["reason"][which],
            estimated=reads[f"{unit}_usage"][which],
            true=reads[f"{unit}_true"][which],
        )


def still_stuck(world: World) -> list[Rows]:
    """Rows of the answer sheet about registers that nobody has found by the end of the run."""
    parts = []
    for registers in world.people.premises.registers:
        premise = np.flatnonzero(registers.is_stuck)
        registers.advance(premise, world.end)
        if len(premise):
            parts.append(registers.stuck_rows(premise, -1))
    return parts


def changed_meters(world: World) -> Rows:
    """Meters that came or went since the last delivery, as they stand now."""
    return join([registers.changed_rows(world.start) for registers in world.people.premises.registers])
