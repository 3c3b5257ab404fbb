"""Times in which a share of people stop paying for months: confused bills in 2018, lost wages in 2020."""

from __future__ import annotations

import numpy as np

from simulator.world import World

BILL_DAYS = 30  # until the next bill


def strained(
    world: World, accounts: np.ndarray, period: np.ndarray, on: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who is strained on the day of a bill, who pays nothing of it, and who recovers before the next one.

    Whether penalties are waived does not matter. Each of the people concerned stops on a day of their own,
    and on a day of their own pays all that has come together.

    Returns:
        Two Booleans an account, and the days until the recovery, -1 where it is not before the next bill.
    """
    people, draws = world.people, world.draws
    is_strained, stops = np.zeros(len(accounts), bool), np.zeros(len(accounts), bool)
    recovers = np.full(len(accounts), -1)
    for strain in world.city.strains:
        if not strain.first <= on <= strain.back_last:
            continue
        rates = getattr(world.rates.strains, strain.name)
        keys = people.key[accounts]
        chosen = draws.uniform(f"strain {strain.name}", keys) < rates.share
        luck = draws.uniform(f"strain begins {strain.name}", keys)
        begins = strain.first + luck**rates.early * (strain.last - strain.first)
        luck = draws.uniform(f"strain ends {strain.name}", keys)
        back = luck**rates.early_back * (strain.back_last - strain.back_first)
        ends = strain.back_first + back.astype(np.int64)
        pays = draws.uniform(f"strain part {strain.name}", keys, period) < rates.part
        concerned = chosen & (begins <= on) & (on < ends)
        is_strained |= concerned
        soon = concerned & (ends <= on + BILL_DAYS)
        recovers = np.where(soon, ends - on, recovers)
        stops |= concerned & ~pays & ~soon
    return is_strained, stops, recovers
