"""Money sent back on request: a credit of more than six typical bills (R54), and how one comes about."""

from __future__ import annotations

import numpy as np

from simulator import payers
from simulator.accounts import NEVER
from simulator.agenda import Rows, take
from simulator.books import REFUND
from simulator.cities import ACCOUNT, SERVICES
from simulator.world import World

TYPICAL_BILLS = 6  # R54
_BILLS = 12


def pay_too_much(world: World, rows: Rows, on: int) -> None:
    """A few people pay ten times what they meant, by a decimal point."""
    people, draws = world.people, world.draws
    keys = people.key[rows["account"]]
    luck = draws.uniform("decimal point", keys, rows["period"])
    rows = take(rows, (luck < world.rates.closing.mistyped) & (rows["cents"] > 0))
    accounts, period = rows["account"], rows["period"]
    if not len(accounts):
        return
    plan = payers.plan_payment(
        accounts,
        period,
        rows["cents"] * 10,
        payers.ONLINE,
        payers.CARD_TENDER,
        "9",
        is_capped=False,
    )
    payers.schedule(
        world, plan, on + 3 + draws.whole("decimal point day", people.key[accounts], 0, 10, period)
    )


def typical_bill(world: World, accounts: np.ndarray) -> np.ndarray:
    """Median of each account's last twelve bills, in half cents so that it is exact."""
    people = world.people
    known = np.minimum(people.billed_count[accounts], _BILLS)
    bills = np.where(
        np.arange(_BILLS) < known[:, None], people.billed_cents[accounts], np.iinfo(np.int64).max
    )
    bills = np.sort(bills, axis=1)
    rows = np.arange(len(accounts))
    low, high = np.maximum(known - 1, 0) // 2, known // 2
    high = np.minimum(high, np.maximum(known - 1, 0))
    return bills[rows, low] + bills[rows, high]


def refund_on_request(world: World, accounts: np.ndarray, month: int, on: int) -> None:
    """Send back credits above six typical bills to those who ask for it."""
    people, rates, draws = world.people, world.rates.closing, world.draws
    has_credit = people.balance[accounts] < -rates.smallest_refund_cents
    has_credit &= (people.agreed[accounts] == 0) & (people.disputed[accounts] == 0)
    has_credit &= ~people.on_budget[accounts]  # theirs is settled once a year
    has_credit &= (people.closed[accounts] == NEVER) & (people.billed_count[accounts] > 0)
    if not has_credit.any():
        return
    accounts = accounts[has_credit]
    accounts = accounts[-2 * people.balance[accounts] > TYPICAL_BILLS * typical_bill(world, accounts)]
    if not len(accounts):
        return
    keys = people.key[accounts]
    asks = draws.uniform("asks for a refund", keys, month) < rates.asks_for_refund
    accounts = accounts[asks]
    if not len(accounts):
        return
    cents = -people.balance[accounts]
    world.adjust(
        accounts,
        on,
        "refund",
        cents,
        month,
        "X",
        due_on=on,
        requested_on=on,
        approved_on=on,
        document_ref="request",
    )
    by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
    by_service[:, ACCOUNT] = cents
    world.items.add(accounts, on, on, REFUND, by_service)
