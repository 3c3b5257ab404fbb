"""Meters: what was used, what was read, what was estimated (R72 to R77, R89)."""

from __future__ import annotations

import numpy as np

from simulator.accounts import Accounts
from simulator.agenda import Rows
from simulator.calendars import date_of
from simulator.cities import RESIDENTIAL

# Use by month relative to the year's mean, January first; assumed: air conditioning and lawns.
_KWH_SEASON = np.array([0.95, 0.90, 0.80, 0.73, 0.80, 1.18, 1.45, 1.45, 1.22, 0.83, 0.78, 0.91])
_CCF_SEASON = np.array([0.90, 0.90, 0.90, 0.93, 1.00, 1.12, 1.22, 1.22, 1.08, 0.97, 0.90, 0.86])
DIALS = 100_000  # five dials (R77)
LEAK_FACTOR = 7.0
LEAK_MONTHLY = 0.0005
DAYS_A_MONTH = 30.4375
LONG_PERIOD_DAYS = 45  # a bill over more days counts as two months (R12)
SHORTEST_DAYS = 5  # an account that opened later than this before its read is read with the next cycle


def winter_months(day_number: int) -> bool:
    """Whether a day is in January, February or March, whose reads make the winter average (R04)."""
    return date_of(day_number).month <= 3


def read_meters(people: Accounts, accounts: np.ndarray, on: int, period: int, is_final: bool) -> Rows:
    """Read both meters of some accounts on one day (R89), or estimate them.

    Args:
        people: the accounts.
        accounts: whose meters, account numbers.
        on: the day.
        period: the statement's month; it names the draws.
        is_final: a final read is always taken.

    Returns:
        One row an account: `account, service_from, service_to, kwh, ccf, is_estimated, kwh_reading,
        ccf_reading, months, period, has_leak`.
    """
    draws, premises, keys = people.draws, people.premises, people.key[accounts]
    premise = people.premise[accounts]
    since = people.last_read[accounts]
    days = on - since
    # A final read has draws of its own: the cycle read of the same month may have used the others.
    moment = period * 2 + is_final
    middle = (since + on) // 2
    month = middle.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    is_home = people.customer_class[accounts] == RESIDENTIAL
    noise = draws.normal("kwh noise", keys, moment)
    season = np.where(is_home, _KWH_SEASON[month], 0.6 + 0.4 * _KWH_SEASON[month])
    premises.kwh_register[premise] += days * people.kwh_a_day[accounts] * season * np.exp(0.14 * noise)
    has_leak = draws.uniform("leak", keys, moment) < LEAK_MONTHLY
    noise = draws.normal("ccf noise", keys, moment)
    factor = _CCF_SEASON[month] * np.exp(0.18 * noise) * np.where(has_leak, LEAK_FACTOR, 1.0)
    premises.ccf_register[premise] += days * people.ccf_a_day[accounts] * factor
    is_estimated = _estimated(people, accounts, on, moment) & (not is_final)
    kwh = np.floor(premises.kwh_register[premise]).astype(np.int64) - premises.kwh_shown[premise]
    kwh = np.where(is_estimated, _mean_of_year(people, accounts, people.kwh_history), kwh)
    # Electricity is reconciled with a credit (R73); water is held until the meter has passed the estimate.
    ccf = np.maximum(
        np.floor(premises.ccf_register[premise]).astype(np.int64) - premises.ccf_shown[premise], 0
    )
    ccf = np.where(is_estimated, _mean_of_year(people, accounts, people.ccf_history), ccf)
    kwh = np.where(people.city.has_electric, kwh, 0)
    ccf = np.where(premises.has_water[premise], ccf, 0)
    premises.kwh_shown[premise] += kwh
    premises.ccf_shown[premise] += ccf
    people.last_read[accounts] = on
    months = np.where(days > LONG_PERIOD_DAYS, 2, 1)
    _remember(people, accounts, kwh // months, ccf // months)
    if winter_months(on) and not is_final:
        people.winter_reads[accounts] += 1
        people.winter_usage[accounts] += ccf
    return {
        "account": accounts,
        "service_from": since,
        "service_to": np.full(len(accounts), on),
        "kwh": kwh,
        "ccf": ccf,
        "is_estimated": is_estimated,
        "kwh_reading": premises.kwh_shown[premise] % DIALS,
        "ccf_reading": premises.ccf_shown[premise] % DIALS,
        "months": months,
        "period": np.full(len(accounts), period),
        "has_leak": has_leak,
    }


def _estimated(people: Accounts, accounts: np.ndarray, on: int, moment: int) -> np.ndarray:
    """Which meters cannot be read: more in winter; never where fewer than three months are known (R72)."""
    share = people.city.estimated_share
    if date_of(on).month in (12, 1, 2):
        # The winter average of Warrensburg is made of real reads only (R75).
        share = 0.0 if people.city.has_winter_average else 2.5 * share
    elif date_of(on).month == 3 and people.city.has_winter_average:
        share = 0.0
    is_missed = people.draws.uniform("estimated", people.key[accounts], moment) < share
    return is_missed & (people.usage_months[accounts] >= 3)


def _mean_of_year(people: Accounts, accounts: np.ndarray, history: np.ndarray) -> np.ndarray:
    """Mean of the last twelve monthly uses, or of those there are, rounded half up to whole units (R72)."""
    known = np.clip(people.usage_months[accounts], 1, 12)
    total = np.maximum(history[accounts].sum(axis=1), 0)
    return (2 * total + known) // (2 * known)


def _remember(people: Accounts, accounts: np.ndarray, kwh: np.ndarray, ccf: np.ndarray) -> None:
    """Keep the month's use in a ring of twelve."""
    place = people.usage_months[accounts] % 12
    people.kwh_history[accounts, place] = kwh
    people.ccf_history[accounts, place] = ccf
    people.usage_months[accounts] += 1


def renew_winter_averages(people: Accounts) -> None:
    """Renew on 1 April: the mean of three reads to two decimals, for whoever has all three (R04 to R07)."""
    known = slice(0, people.count)
    usage, reads = people.winter_usage[known], people.winter_reads[known]
    people.winter_average[known] = np.where(reads == 3, (200 * usage + 3) // 6, -1)
    people.winter_reads[known] = 0
    people.winter_usage[known] = 0
