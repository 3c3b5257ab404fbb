"""The water provider's list of active accounts, where another company reads the meters (R93, R14)."""

from __future__ import annotations

import numpy as np

from simulator.accounts import NEVER, TENANCIES
from simulator.agenda import Rows, join
from simulator.world import World

NEVER_BEFORE = -(2**30)
# Premises without a sewer account have numbers of their own, one behind each premise that is simulated: so
# another number of accounts keeps them.
BEHIND = 500_000


def list_changes(world: World, first_new: int, since: int, until: int) -> Rows:
    """Rows that came or ended within a delivery.

    Args:
        world: the run.
        first_new: number of the first account that was not delivered before.
        since: first day of the delivery, or `NEVER_BEFORE` for the first one.
        until: last day of the delivery.

    Returns:
        `key, account, premise, activated, ended`: `account` is -1 where there is none here.
    """
    return join([_of_accounts(world, first_new, since, until), _never_billed(world, since, until)])


def _of_accounts(world: World, first_new: int, since: int, until: int) -> Rows:
    """Rows of sewer accounts; a few are missing from the list."""
    people = world.people
    numbers = np.arange(people.count)
    closed = people.closed[: people.count]
    has_changed = (numbers >= first_new) | ((closed >= since) & (closed <= until))
    luck = world.draws.uniform("not on the list", people.key[: people.count])
    is_listed = luck >= world.rates.metering.water_provider.unlisted_share
    is_listed &= people.premises.has_sewer[people.premise[: people.count]]
    numbers = numbers[has_changed & is_listed]
    return {
        "key": people.key[numbers],
        "account": numbers,
        "premise": people.premise[numbers],
        "activated": people.opened[numbers],
        "ended": np.where(closed[numbers] <= until, closed[numbers], NEVER),
    }


def _never_billed(world: World, since: int, until: int) -> Rows:
    """Rows of actives that have no sewer account here."""
    rates, draws = world.rates.metering.water_provider, world.draws
    numbers = np.arange(1, world.people.premises.count + 1)
    numbers = numbers[draws.uniform("never billed", numbers) < rates.unbilled_share]
    days = rates.unbilled_since_days
    activated = world.start + draws.whole("never billed since", numbers, -days, days)
    is_new = (activated >= since) & (activated <= until)
    premise = numbers[is_new] + BEHIND
    nobody = np.full(len(premise), -1)
    return {
        "key": premise * TENANCIES,
        "account": nobody,
        "premise": premise,
        "activated": activated[is_new],
        "ended": nobody + 1 + NEVER,
    }
