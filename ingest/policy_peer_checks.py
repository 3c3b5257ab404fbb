"""What no single value of `peers.yml` can know."""

from __future__ import annotations

from ingest.policy_files import Policy
from ingest.policy_peers import PEERS, PeersFile
from ingest.policy_problems import silent, twice, unknown
from ingest.policy_types import PolicyProblem


def peer_problems(policy: Policy) -> list[PolicyProblem]:
    """Services and classes that there are not, units that do not fit, and what is said twice."""
    file = policy.peers
    if file is None:
        return []
    problems = silent(PEERS, file)
    problems += twice(PEERS, "homes", [home.service for home in file.homes])
    told = [
        f"{item.peer}, {item.service}, {item.customer_class}, {item.usage} {item.unit}, "
        f"{item.as_of or item.year}"
        for item in file.peers
    ]
    problems += twice(PEERS, "peers", told)
    problems += twice(PEERS, "households", [f"{item.measure}, {item.year}" for item in file.households])
    for home in file.homes:
        problems += twice(PEERS, f"homes.{home.service}", map(str, [home.usage, *home.other_uses]))
    problems += _units(file)
    if policy.utility is not None:
        services = [line.service for line in policy.utility.services]
        # A city is compared in what it bills itself.
        for name, items in (("homes", file.homes), ("peers", file.peers)):
            for item in items:
                where = f"{name}.{getattr(item, 'peer', item.service)}.service"
                problems += unknown(PEERS, where, [item.service], services, "service")
    return problems + _classes(policy, file)


def _units(file: PeersFile) -> list[PolicyProblem]:
    return [
        PolicyProblem(
            PEERS, f"{name}.unit", f"{item.service} is not sold by the {item.unit}", "Correct the unit"
        )
        for name, item in [
            *((f"homes.{home.service}", home) for home in file.homes),
            *((f"peers.{peer.peer}", peer) for peer in file.peers),
        ]
        if item.unit is not None and (item.unit == "kwh") != (item.service == "electric")
    ]


def _classes(policy: Policy, file: PeersFile) -> list[PolicyProblem]:
    problems = []
    for home in file.homes:
        classes = sorted(
            {
                name
                for tariff in policy.tariffs.values()
                if tariff.service == home.service
                for name in tariff.classes
            }
        )
        if classes:
            where = f"homes.{home.service}.tariff_class"
            problems += unknown(PEERS, where, [home.tariff_class], classes, "tariff class")
    return problems
