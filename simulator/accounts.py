"""The customers: one row of state per account, and who lives at each premise now."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from simulator.cities import COMMERCIAL, ELECTRIC, INDUSTRIAL, RESIDENTIAL, WATER, City
from simulator.draws import Draws
from simulator.meters import Registers
from simulator.tariffs import tariff_class

NEVER = 2**30
TENANCIES = 100  # an account's key is premise * 100 + tenancy
AUTOPAY = ("none", "pending", "bank", "card")
NO_AUTOPAY, PENDING, BANK, CARD = range(4)
OCCUPANCY = ("owner", "tenant")
PROMPT, DUE, BEFORE_PENALTY, LATE, CHRONIC = range(5)
PROGRAMS = ("dollar_help", "water_h2o")
NO_PROGRAM, DOLLAR_HELP, WATER_H2O = range(3)

_FIELDS: dict[str, tuple[type, int]] = {
    "key": (np.int64, 0),
    "premise": (np.int64, 0),
    "group": (np.int64, 0),
    "customer_class": (np.int64, 0),
    "occupancy": (np.int64, 0),
    "habit": (np.int64, 0),
    "autopay": (np.int64, 0),
    "autopay_since": (np.int64, -1),
    "is_paperless": (np.bool_, 0),
    "needs_help": (np.bool_, 0),
    "program": (np.int64, NO_PROGRAM),
    "granted": (np.int64, -1),  # the last month in which it had a grant
    "is_bouncer": (np.bool_, 0),  # its checks and drafts come back again and again
    "declines": (np.int64, 0),  # drafts declined in a row
    "last_total": (np.int64, 0),  # cents of the last regular bill
    "kwh_a_day": (np.float64, 0),
    "ccf_a_day": (np.float64, 0),
    "opened": (np.int64, 0),
    "closed": (np.int64, NEVER),
    "balance": (np.int64, 0),  # cents posted
    "received": (np.int64, 0),  # cents received and not yet posted
    "deferred": (np.int64, 0),  # cents billed and put off by budget billing, below zero where paid ahead
    "puts_off": (np.bool_, 0),  # some of what budget billing defers is billed already
    "agreed": (np.int64, 0),  # cents that a kept agreement puts off
    "disputed": (np.int64, 0),  # cents of undecided disputes
    "is_off": (np.bool_, 0),  # shut off for non-payment
    "on_budget": (np.bool_, 0),  # level payments (R80)
    "budget_level": (np.int64, 0),  # cents a month
    "budget_since": (np.int64, -1),  # the day of enrolment
    "loan_instalment": (np.int64, 0),  # cents a month (R90)
    "loan_left": (np.int64, 0),  # instalments still to bill
    "deposit_held": (np.int64, 0),  # cents (R81)
    "deposit_to_bill": (np.int64, 0),  # cents that the first bill asks
    "good_since": (np.int64, -1),  # the month of the last penalty, or of the deposit
    "case_until": (np.int64, -1),  # the shut-off day of the notice that is out
    "hold_until": (np.int64, -1),  # last day of a hold, NEVER without an end
    "agreement_month": (np.int64, -1),  # month in which its agreement was signed, while it is kept
    "agreement_signed": (np.int64, -1),  # day on which its last agreement was signed
    "agreement_until": (np.int64, -1),  # last day of an agreement
    "agreement_fails": (np.int64, NEVER),  # day of the installment that will be missed
    "last_read": (np.int64, 0),
    "next_bill": (np.int64, -1),  # the day of the bill for the last read
    "is_final": (np.bool_, 0),  # its final bill is out
    "undated": (np.bool_, 0),  # has penalties or fees that wait for the next bill
    "returned_checks": (np.int64, 0),
    "had_leak_credit": (np.bool_, 0),
    "cancelled_bill": (np.int64, -1),
    "winter_reads": (np.int64, 0),
    "winter_usage": (np.int64, 0),
    "winter_average": (np.int64, -1),  # hundredths of a ccf
    "usage_months": (np.int64, 0),
    "written_off": (np.int64, 0),
    "billed_count": (np.int64, 0),  # regular bills
    "penalty_bill": (np.int64, -1),  # the last bill that was looked at for a penalty,
    "penalty_day": (np.int64, -1),  # its penalty date,
    "penalty_unpaid": (np.int64, 0),  # the signed balance then, with money received by then,
    "penalty_put_off": (np.int64, 0),  # what of it was agreed or disputed,
    "penalty_cents": (np.int64, 0),  # and the penalty by policy, waived or not
}
# Rings of the last twelve months or regular bills.
_HISTORIES = ("kwh_history", "ccf_history", "billed_cents", "billed_months")


class Accounts:
    """State of every account that has existed, by account number (its place in the arrays)."""

    key: np.ndarray
    balance: np.ndarray

    def __init__(self, city: City, rates: SimpleNamespace, draws: Draws, premises: int, opened: int) -> None:
        """Open one account at every premise.

        Args:
            city: the settings.
            rates: how often what happens.
            draws: randomness.
            premises: how many premises there are; premise numbers start at 1.
            opened: the day before which the first customers have come.
        """
        self.city = city
        self.rates = rates
        self.draws = draws
        self.count = 0
        self._size = 0
        for name, (kind, _) in _FIELDS.items():
            setattr(self, name, np.empty(0, kind))
        for name in _HISTORIES:
            setattr(self, name, np.zeros((0, 12), np.int64))
        numbers = np.arange(1, premises + 1)
        self.premises = Premises(city, rates.metering, draws, numbers)
        came = opened - draws.whole("opened", numbers, 200, 6000)
        new = self.open(numbers * TENANCIES, came)
        self.last_read[new] = came
        self.holder = np.r_[-1, new]  # premise number to account number

    def _reserve(self, more: int) -> None:
        """Make room, at least doubling."""
        if self.count + more <= self._size:
            return
        self._size = max(1024, 2 * self._size, self.count + more)
        for name, (kind, default) in _FIELDS.items():
            column = np.full(self._size, default, kind)
            column[: self.count] = getattr(self, name)[: self.count]
            setattr(self, name, column)
        for name in _HISTORIES:
            table = np.zeros((self._size, 12), np.int64)
            table[: self.count] = getattr(self, name)[: self.count]
            setattr(self, name, table)

    def open(self, keys: np.ndarray, opened: np.ndarray | int) -> np.ndarray:
        """Open accounts and decide who the people are; their numbers are returned."""
        count = len(keys)
        self._reserve(count)
        new = np.arange(self.count, self.count + count)
        self.count += count
        place = slice(new[0], new[-1] + 1)
        draws = self.draws
        premise = keys // TENANCIES
        kind = self.premises.customer_class[premise]
        occupancy = self.premises.occupancy[premise]
        habit_draw = draws.uniform("habit", keys)
        by_draft = draws.uniform("by draft", keys)
        is_first = keys % TENANCIES == 0
        self.key[place] = keys
        self.premise[place] = premise
        self.group[place] = self.premises.group[premise]
        self.customer_class[place] = kind
        self.occupancy[place] = occupancy
        rates = self.rates.accounts
        habits = np.cumsum([rates.owner_habits[:-1], rates.tenant_habits[:-1]], axis=1)
        self.habit[place] = (habit_draw[:, None] >= habits[occupancy]).sum(axis=1)
        # A draft does not follow the account (R26): newcomers enrol later, month by month.
        has_draft = is_first & (by_draft < self.rates.drafts.first_accounts)
        is_card = draws.uniform("draft by card", keys) < self.rates.drafts.by_card
        self.autopay[place] = np.where(has_draft, np.where(is_card, CARD, BANK), NO_AUTOPAY)
        self.autopay_since[place] = np.where(has_draft, opened, -1)
        self.is_paperless[place] = draws.uniform("paperless", keys) < rates.paperless
        is_home = kind == RESIDENTIAL
        self.needs_help[place] = is_home & (draws.uniform("assisted", keys) < rates.needs_help)
        self.is_bouncer[place] = draws.uniform("bouncer", keys) < rates.bouncers
        size, use = self.premises.scale[premise], self.rates.metering.use
        for level, unit, purpose in (
            (self.kwh_a_day, use.kwh, "household"),
            (self.ccf_a_day, use.ccf, "water"),
        ):
            spread = np.exp(unit.spread * draws.normal(purpose, keys))
            level[place] = np.where(is_home, unit.home_a_day, unit.business_a_day) * spread * size
        self.opened[place] = opened
        self.last_read[place] = opened
        return new

    def owners(self, numbers: np.ndarray) -> np.ndarray:
        """Who owns the premises of accounts: the number of a landlord, or -1 where the customer does.

        The rented among a hundred neighbouring premises belong to a few landlords, of whom some have many, so
        that a larger city keeps the landlords of a smaller one.
        """
        premise = self.premise[numbers]
        most = self.rates.accounts.landlords_a_hundred
        luck = self.draws.uniform("landlord", premise)
        landlord = premise // 100 * 100 + np.floor(luck**2 * most).astype(np.int64)
        return np.where(self.occupancy[numbers] == 1, landlord, -1)

    def active(self, on: int) -> np.ndarray:
        """Numbers of the accounts that hold a premise on a day."""
        numbers = self.holder[1:]
        return numbers[self.opened[numbers] <= on]

    def tariff_class(self, accounts: np.ndarray) -> np.ndarray:
        """Numbers of the tariff classes that accounts are priced by now."""
        average, splits = self.winter_average[accounts], self.city.has_winter_average
        return tariff_class(self.customer_class[accounts], average, splits)

    def has_water_discount(self, accounts: np.ndarray) -> np.ndarray:
        """Which accounts have Water H2O (R79): those in the program that have water."""
        in_program = self.program[accounts] == WATER_H2O
        return in_program & self.premises.has_water[self.premise[accounts]]


class Premises:
    """What stays when people move: class, group, meters and services; element 0 of each array is unused."""

    def __init__(self, city: City, rates: SimpleNamespace, draws: Draws, numbers: np.ndarray) -> None:
        chosen = rates.premises
        self.count = len(numbers)
        steps = np.cumsum(city.class_shares)[:-1]
        kind = np.searchsorted(steps, draws.uniform("class", numbers), side="right")
        is_home = kind == RESIDENTIAL
        tenant_share = np.where(is_home, city.tenant_share, chosen.business_tenants)
        is_tenant = draws.uniform("tenant", numbers) < tenant_share
        self.customer_class = np.r_[0, kind]
        self.group = np.r_[0, draws.whole("group", numbers, 0, len(city.groups) - 1)]
        self.occupancy = np.r_[0, is_tenant.astype(np.int64)]
        size = draws.uniform("meter size", numbers)
        self.meter_size = np.r_[
            0,
            np.where(
                is_home,
                np.searchsorted(chosen.home_meter_sizes, size, side="right"),
                np.searchsorted(chosen.business_meter_sizes, size, side="right"),
            ),
        ]
        spread = np.exp(
            chosen.business_spread * draws.normal("business size", numbers) + chosen.business_shift
        )
        scale = np.where(is_home, 1.0, spread)
        self.scale = np.r_[0.0, np.where(kind > COMMERCIAL, chosen.large_times, scale)]
        has_water = draws.uniform("has water", numbers) >= chosen.without_water
        self.has_water = np.r_[False, has_water]
        self.has_sewer = (
            self.has_water & np.r_[False, draws.uniform("has sewer", numbers) >= chosen.without_sewer]
        )
        self.is_off = np.zeros(self.count + 1, bool)  # nothing flows: shut off
        self.leak_last = np.zeros(self.count + 1, np.int64)  # last day of the latest leak
        self.registers = self._registers(city, rates.meters, draws)

    def _registers(self, city: City, rates: SimpleNamespace, draws: Draws) -> tuple[Registers, ...]:
        """The meters: water where it is supplied, electricity everywhere in a city that has it."""
        one = np.ones(self.count + 1, np.int64)
        water = Registers(WATER, rates, draws, self.has_water, one)
        if not city.has_electric:
            return (water,)
        everywhere = np.arange(self.count + 1) > 0
        kind, large = self.customer_class, rates.multiplier
        is_large = (kind == COMMERCIAL) & (self.scale >= large.large_from_times)
        step = np.where(kind == INDUSTRIAL, large.industrial, np.where(is_large, large.large_commercial, one))
        return (Registers(ELECTRIC, rates, draws, everywhere, step), water)
