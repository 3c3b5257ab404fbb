"""The least rate path that passes every required test of a fund, found by asking the build's own SQL.

Two are found for each utility, scenario and fund. `least_level`: the same percentage every year, the least
that passes. `least_capped`: no year above its cap, and year by year, the first one first, the least that
still leaves a way to pass in all later years. No adjustment comes before the notice period is over; steps are
hundredths of a percent. Every answer is tried: it passes, and a hundredth less does not.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

import duckdb
import polars as pl

from ratehouse.rate_trials import ZERO, Adjustments, Fund, Margin, Slot, Trials

LEVEL, CAPPED = "least_level", "least_capped"
STEP = Decimal("0.01")
BRANCHES = 8  # of the search for a level path: so many candidates are tried at once


@dataclass(frozen=True)
class RatePath:
    """A least path, or why there is none.

    Attributes:
        fund: whose.
        path: `least_level` or `least_capped`.
        first_possible_on: the first day on which an adjustment can take effect.
        slots: the fiscal years in which rates may move.
        percents: by fiscal year; empty where there is no path.
        forbidding: test and fiscal year that fail even at the cap; empty where there is a path.
        unknown_tests: required tests that could not be judged and do not count.
    """

    fund: Fund
    path: str
    first_possible_on: date
    slots: tuple[Slot, ...]
    percents: Adjustments = field(default_factory=dict)
    forbidding: tuple[str, int] | tuple[()] = ()
    unknown_tests: tuple[str, ...] = ()

    @property
    def is_found(self) -> bool:
        """Whether a path passes every required test that can be judged."""
        return not self.forbidding


def least_paths(
    cursor: duckdb.DuckDBPyConnection, assumptions: str, paths: Iterable[str] = (LEVEL, CAPPED)
) -> list[RatePath]:
    """The least paths of every utility, scenario and fund of a table of assumptions.

    Args:
        cursor: on a build; temporary tables are made and dropped on it.
        assumptions: name of a table shaped as `int_finance__assumptions`; its `rate_cap_percent` caps a year.
        paths: which of the two.
    """
    with Trials(cursor, assumptions) as trials:
        started = _started(cursor, assumptions)
        found: list[RatePath] = []
        if not started:
            return found
        if LEVEL in paths:
            found += _level(trials, [replace(one, path=LEVEL) for one in started])
        if CAPPED in paths:
            found += _capped(trials, [replace(one, path=CAPPED) for one in started])
        found = _below_ceilings(trials, found)
    return sorted(found, key=lambda one: (one.fund, one.path))


def as_rows(found: Iterable[RatePath]) -> pl.DataFrame:
    """One row per path and fiscal year in which rates may move; the columns of `rpt_rate_paths`."""
    rows = [
        {
            **one.fund._asdict(),
            "path": one.path,
            "fiscal_year": slot.fiscal_year,
            "effective_month": slot.effective_month,
            "adjustment_percent": one.percents.get(slot.fiscal_year),
            "cap_percent": slot.cap_percent,
            "is_found": one.is_found,
            "forbidding_test_id": one.forbidding[0] if one.forbidding else None,
            "forbidding_year": one.forbidding[1] if one.forbidding else None,
            "unknown_tests": ", ".join(one.unknown_tests) or None,
            "first_possible_on": one.first_possible_on,
        }
        for one in found
        for slot in one.slots
    ]
    texts = ("utility_id", "scenario", "fund", "path", "forbidding_test_id", "unknown_tests")
    percent = pl.Decimal(18, 6)
    return pl.DataFrame(
        rows,
        schema={
            **dict.fromkeys(texts[:4], pl.String),
            "fiscal_year": pl.Int32,
            "effective_month": pl.Int32,
            "adjustment_percent": percent,
            "cap_percent": percent,
            "is_found": pl.Boolean,
            "forbidding_test_id": pl.String,
            "forbidding_year": pl.Int32,
            "unknown_tests": pl.String,
            "first_possible_on": pl.Date,
        },
    )


# ---- Where rates may move

SLOTS = """
    SELECT
        years.utility_id, given.scenario, years.fund, years.fiscal_year, years.starts_on, settings.as_of_on,
        CAST(settings.rate_notice_days AS INTEGER) AS notice_days,
        max(given.assumption_value) FILTER (given.assumption_name = 'rate_effective_month') AS month,
        max(given.assumption_value) FILTER (given.assumption_name = 'rate_cap_percent') AS cap,
        max(given.assumption_value) FILTER (given.assumption_name = 'elasticity') AS elasticity,
        max(given.assumption_value) FILTER (given.assumption_name = 'volumetric_share_percent') AS share
    FROM intermediate.int_finance__fund_years AS years
    INNER JOIN intermediate.int_finance__settings AS settings USING (utility_id)
    INNER JOIN query_table($assumptions) AS given USING (utility_id, fund, fiscal_year)
    WHERE years.year_kind != 'actual'
    GROUP BY ALL
    ORDER BY ALL
"""


def _started(cursor: duckdb.DuckDBPyConnection, assumptions: str) -> list[RatePath]:
    """Every fund with the years in which its rates may move."""
    rows = cursor.execute(SLOTS.replace("$assumptions", f"'{assumptions}'")).fetchall()
    slots: dict[Fund, list[Slot]] = defaultdict(list)
    first: dict[Fund, date] = {}
    for utility, scenario, fund, year, starts_on, as_of, notice, month, cap, elasticity, share in rows:
        one = Fund(utility, scenario, fund)
        first[one] = _first_possible(as_of, notice)
        months_on = (first[one].year - starts_on.year) * 12 + first[one].month - starts_on.month + 1
        from_month = max(int(month), months_on)
        if from_month <= 12:
            answers = float(elasticity) * float(share) / 100
            slots[one].append(Slot(year, from_month, _highest(cap, answers), answers))
    return [RatePath(one, "", first[one], tuple(slots[one])) for one in first if slots[one]]


def _first_possible(as_of: date, notice_days: int) -> date:
    """The first day of a month that lies no earlier than the notice period after the as-of date."""
    earliest = date.fromordinal(as_of.toordinal() + notice_days)
    if earliest.day == 1:
        return earliest
    return date(earliest.year + earliest.month // 12, earliest.month % 12 + 1, 1)


def _highest(cap: Decimal, use_answers: float) -> Decimal:
    """The cap, or the adjustment above which revenue falls because use does."""
    if use_answers >= 0:
        return cap
    turn = max(0.0, -(1 + use_answers) / (2 * use_answers))
    return min(cap, (Decimal(math.floor(turn * 10000)) / 100))


# ---- Whether any path passes


def _passes(margins: Iterable[Margin]) -> bool:
    return all(each.margin >= 0 for each in margins)


def _forbidden(
    trials: Trials, started: list[RatePath], at_cap: Callable[[RatePath], Adjustments]
) -> tuple[list[RatePath], list[RatePath], dict[Fund, list[Margin]]]:
    """Those that cannot pass even at the cap, with the first test that forbids; the others; margins."""
    asked = {(one.fund, "none"): (one.slots, {}) for one in started}
    asked |= {(one.fund, "cap"): (one.slots, at_cap(one)) for one in started}
    margins, unknown = trials.margins(asked)
    known = {}
    none, some = [], []
    for one in started:
        known[one.fund] = trials.without_ceilings(
            one.fund, margins[one.fund, "none"], margins[one.fund, "cap"]
        )
        found = replace(one, unknown_tests=tuple(sorted(unknown[one.fund])))
        failed = [each for each in known[one.fund] if each.margin < 0]
        if failed:
            none.append(_forbid(found, failed))
        else:
            some.append(found)
    return none, some, known


def _forbid(found: RatePath, failed: list[Margin]) -> RatePath:
    first = min(failed)
    return replace(found, percents={}, forbidding=(first.test_id, first.fiscal_year))


def _below_ceilings(trials: Trials, found: list[RatePath]) -> list[RatePath]:
    """What is found, tried against the tests that more revenue breaks: they bear a least path best."""
    waiting = [one for one in found if one.is_found and trials.ceilings.get(one.fund)]
    asked = {(one.fund, one.path): (one.slots, one.percents) for one in waiting}
    margins, _ = trials.margins(asked, with_ceilings=True)
    broken = {
        key: failed
        for key, tried in margins.items()
        if (failed := [each for each in tried if each.margin < 0])
    }
    return [
        _forbid(one, broken[one.fund, one.path]) if (one.fund, one.path) in broken else one for one in found
    ]


# ---- Level


def _level(trials: Trials, started: list[RatePath]) -> list[RatePath]:
    """The least equal percentage: a search over hundredths, since more makes no test of the search fail."""
    highest = {one.fund: min(slot.cap_percent for slot in one.slots) for one in started}

    def at(one: RatePath, percent: Decimal) -> Adjustments:
        return {slot.fiscal_year: percent for slot in one.slots}

    none, waiting, _ = _forbidden(trials, started, lambda one: at(one, highest[one.fund]))
    # The answer is above `low` and at most `high`, in steps.
    bounds = {one.fund: (-1, int(highest[one.fund] / STEP)) for one in waiting}
    while any(high - low > 1 for low, high in bounds.values()):
        asked = {}
        for one in waiting:
            low, high = bounds[one.fund]
            tried = {low + max(1, (high - low) * n // BRANCHES) for n in range(1, BRANCHES)}
            asked |= {
                (one.fund, str(step)): (one.slots, at(one, step * STEP)) for step in tried if step < high
            }
        margins, _ = trials.margins(asked)
        for (fund, name), found in margins.items():
            low, high = bounds[fund]
            bounds[fund] = (low, min(high, int(name))) if _passes(found) else (max(low, int(name)), high)
    return none + [replace(one, percents=at(one, bounds[one.fund][1] * STEP)) for one in waiting]


# ---- Under a cap a year


def _capped(trials: Trials, started: list[RatePath]) -> list[RatePath]:
    """Year by year the least percentage with which the caps of later years still suffice."""
    none, waiting, known = _forbidden(
        trials, started, lambda one: {slot.fiscal_year: slot.cap_percent for slot in one.slots}
    )
    chosen: dict[Fund, Adjustments] = {one.fund: {} for one in waiting}

    def with_rest(one: RatePath, slot: Slot, percent: Decimal) -> Adjustments:
        rest = {later.fiscal_year: later.cap_percent for later in one.slots}
        return rest | chosen[one.fund] | {slot.fiscal_year: percent}

    for place in range(max((len(one.slots) for one in waiting), default=0)):
        todo = [(one, one.slots[place]) for one in waiting if place < len(one.slots)]
        # With this year and all later ones at their caps: known from the year before.
        least, _ = trials.margins(
            {(one.fund, "0"): (one.slots, with_rest(one, slot, ZERO)) for one, slot in todo}
        )
        guesses = {one.fund: _least(slot, least[one.fund, "0"], known[one.fund]) for one, slot in todo}
        low = {one.fund: -STEP for one, _ in todo}  # the greatest that is known to fail
        high = {one.fund: slot.cap_percent for one, slot in todo}  # the least that is known to pass
        for one, _ in todo:
            if _passes(least[one.fund, "0"]):
                high[one.fund], known[one.fund] = ZERO, least[one.fund, "0"]
            else:
                low[one.fund] = ZERO
        open_ = [(one, slot) for one, slot in todo if high[one.fund] - low[one.fund] > STEP]
        while open_:
            asked = {
                (one.fund, str(percent)): (one.slots, with_rest(one, slot, percent))
                for one, slot in open_
                for percent in (guesses[one.fund] - STEP, guesses[one.fund], guesses[one.fund] + STEP)
                if low[one.fund] < percent < high[one.fund]
            }
            margins, _ = trials.margins(asked) if asked else ({}, {})
            for (fund, name), found in margins.items():
                percent = Decimal(name)
                if not _passes(found):
                    low[fund] = max(low[fund], percent)
                elif percent < high[fund]:
                    high[fund], known[fund] = percent, found
            open_ = [(one, slot) for one, slot in open_ if high[one.fund] - low[one.fund] > STEP]
            for one, _ in open_:  # the guess was off: halve what is left
                steps = int((high[one.fund] - low[one.fund]) / STEP) // 2
                guesses[one.fund] = low[one.fund] + steps * STEP
        for one, slot in todo:
            chosen[one.fund][slot.fiscal_year] = high[one.fund]
    return none + [replace(one, percents=chosen[one.fund]) for one in waiting]


def _least(slot: Slot, least: list[Margin], most: list[Margin]) -> Decimal:
    """The percentage at which the last test just passes: margins are straight lines in the level of rates."""
    top = slot.level(slot.cap_percent)
    level = 1.0
    for low, high in zip(least, most, strict=True):
        if low.margin < 0 and high.margin > low.margin:
            level = max(level, 1 + (top - 1) * -low.margin / (high.margin - low.margin))
    use = slot.use_answers
    price = 2 * (level - 1) / (1 + use + math.sqrt((1 + use) ** 2 - 4 * use * (1 - level)))
    percent = (Decimal(repr(price)) * 100).quantize(STEP, ROUND_CEILING)
    return min(max(percent + ZERO, ZERO), slot.cap_percent)
