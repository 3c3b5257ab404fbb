"""What no single value can know: references between files, ranges of dates, completeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import get_args

from ingest.policy_files import EVENTS, POLICIES, UTILITY, Policy, read_files, versions
from ingest.policy_forecast_checks import check_forecast
from ingest.policy_models import UtilityFile
from ingest.policy_peer_checks import peer_problems
from ingest.policy_problems import silent, twice, unknown
from ingest.policy_tariffs import TariffFile
from ingest.policy_types import Channel, CustomerClass, Kind, PolicyProblem, RuleValue


def read_policy(folder: Path) -> tuple[Policy, list[PolicyProblem]]:
    """A utility's policy, and everything that is wrong with it."""
    policy, problems = read_files(folder)
    for check in (_utility, _policies, _winter_average, _channels, _events, check_forecast, _tariffs):
        problems += check(policy)
    problems += peer_problems(policy)
    return policy, sorted(set(problems))


def _utility(policy: Policy) -> list[PolicyProblem]:
    if policy.utility is None:
        return []
    utility = policy.utility
    funds = [item.fund for item in utility.funds]
    problems = silent(UTILITY, utility)
    problems += twice(UTILITY, "funds", funds)
    problems += twice(UTILITY, "services", [item.service for item in utility.services])
    problems += twice(UTILITY, "billing_groups", [item.billing_group for item in utility.billing_groups])
    problems += twice(UTILITY, "holidays.extra", [item.on.isoformat() for item in utility.holidays.extra])
    problems += unknown(UTILITY, "account_fund.value", [utility.account_fund.value], funds, "fund")
    for item in utility.services:
        problems += unknown(UTILITY, f"services.{item.service}.fund", [item.fund], funds, "fund")
    return problems


def _policies(policy: Policy) -> list[PolicyProblem]:
    if policy.policies is None:
        return []
    policies = policy.policies
    problems = silent(POLICIES, policies)
    for rule, values in versions(policies):
        problems += _ranges(rule, values)
    buckets = [version.value for version in policies.aging.buckets.root]
    if any(sorted(set(days)) != days for days in buckets):
        problems.append(
            PolicyProblem(POLICIES, "aging.buckets", "the buckets do not ascend", "Order the day limits")
        )
    needed = {"percent": "percent", "flat": "flat_usd"}
    for version in policies.penalty.kind.root:
        if getattr(policies.penalty, needed[version.value]) is None:
            what = f"the penalty is {version.value}, and its amount is missing"
            problems.append(PolicyProblem(POLICIES, f"penalty.{needed[version.value]}", what, "Add it"))
    problems += _ranks("kinds", policies.application_order.kinds.value, get_args(Kind))
    if policy.utility is not None:
        services = ["account", *(item.service for item in policy.utility.services)]
        problems += _ranks("services", policies.application_order.services.value, services)
        groups = [item.billing_group for item in policy.utility.billing_groups]
        problems += unknown(POLICIES, "billing.due_week", policies.billing.due_week, groups, "billing group")
    return problems


def _ranges(rule: str, values: list[RuleValue]) -> list[PolicyProblem]:
    problems = []
    for value in values:
        if value.own_effective_to is not None and value.own_effective_to < value.effective_from:
            what = f"a version ends on {value.own_effective_to}, before it begins on {value.effective_from}"
            problems.append(PolicyProblem(POLICIES, rule, what, "Correct effective_to"))
    for value, following in zip(values, values[1:], strict=False):
        end, start = value.effective_to, following.effective_from
        if value.effective_from == start or (end is not None and end >= start):
            what = f"two versions hold on {start}"
            problems.append(
                PolicyProblem(POLICIES, rule, what, "End the earlier one the day before, or leave it open")
            )
        elif end is not None and end < start - timedelta(days=1):
            what = f"no version holds from {end + timedelta(days=1)} to {start - timedelta(days=1)}"
            problems.append(
                PolicyProblem(POLICIES, rule, what, "Leave out effective_to, or add what held between")
            )
    return problems


def _ranks(dimension: str, given: list[str], needed: Iterable[str]) -> list[PolicyProblem]:
    where, needed = f"application_order.{dimension}", list(needed)
    problems = twice(POLICIES, where, given) + unknown(POLICIES, where, given, needed, "entry")
    for item in needed:
        if item not in given:
            problems.append(
                PolicyProblem(
                    POLICIES, where, f"{item} has no rank", f"Put {item} where it belongs in the list"
                )
            )
    return problems


def _winter_average(policy: Policy) -> list[PolicyProblem]:
    if policy.policies is None or policy.utility is None:
        return []
    rules = policy.policies.winter_average
    if rules is None:
        return [
            PolicyProblem(
                file,
                f"classes.{name}.components.{component.component}.basis",
                "the tariff counts by winter average, and policies.yml does not say how that is taken",
                "Add winter_average to policies.yml, or write basis: actual",
            )
            for file, tariff in policy.tariffs.items()
            for name, tariff_class in tariff.classes.items()
            for component in tariff_class.components or []
            if getattr(component, "basis", None) == "winter_average"
        ]
    known, problems = _classes(policy.utility), []
    for name in ("class_with_average", "class_without_average"):
        given = [version.value for version in getattr(rules, name).root]
        problems += unknown(POLICIES, f"winter_average.{name}", given, known, "tariff class")
    return problems


def _channels(policy: Policy) -> list[PolicyProblem]:
    if policy.policies is None:
        return []
    tenders, fees = policy.policies.payments.tenders, policy.policies.fees.customer_usd
    taken = {
        (channel, tender) for channel, dated in tenders.items() for v in dated.root for tender in v.value
    }
    charged = {(channel, tender) for channel, by_tender in fees.items() for tender in by_tender}
    problems = [
        PolicyProblem(
            POLICIES,
            f"payments.tenders.{channel}",
            "the channel is missing",
            "List its tenders; [] where it is closed",
        )
        for channel in get_args(Channel)
        if channel not in tenders
    ]
    for channel, tender in sorted(taken - charged):
        if tender != "assistance":
            what, todo = "what the payer is charged is missing", 'Add it; "0.00" where it is free'
            problems.append(PolicyProblem(POLICIES, f"fees.customer_usd.{channel}.{tender}", what, todo))
    for channel, tender in sorted(charged - taken):
        what = f"a fee is set, and payments.tenders.{channel} refuses {tender}"
        problems.append(
            PolicyProblem(POLICIES, f"fees.customer_usd.{channel}.{tender}", what, "Remove one of the two")
        )
    return problems


def _events(policy: Policy) -> list[PolicyProblem]:
    if policy.events is None:
        return []
    problems = silent(EVENTS, policy.events)
    episodes = [item.episode_id for item in policy.events.episodes]
    problems += twice(EVENTS, "episodes", episodes)
    by_id: dict[str, list] = {}
    for event in policy.events.events:
        by_id.setdefault(event.event_id, []).append(event)
        if event.episode is not None and event.episode not in episodes:
            what, todo = f"the episode {event.episode!r} is not known", "Add it to episodes, with a title"
            problems.append(PolicyProblem(EVENTS, f"events.{event.event_id}.episode", what, todo))
        if policy.utility is not None and event.services:
            known = [item.service for item in policy.utility.services]
            problems += unknown(EVENTS, f"events.{event.event_id}.services", event.services, known, "service")
    for event_id, items in by_id.items():
        if len({item.kind for item in items}) > 1:
            what, todo = (
                "the versions of the event differ in kind",
                "Give an event of another kind its own event_id",
            )
            problems.append(PolicyProblem(EVENTS, f"events.{event_id}.kind", what, todo))
        if len({item.episode for item in items}) > 1:
            what, todo = "the versions of the event differ in episode", "Write the same episode in each"
            problems.append(PolicyProblem(EVENTS, f"events.{event_id}.episode", what, todo))
        if event_id in episodes and any(item.episode != event_id for item in items):
            what = "an event of another episode has the id of this episode"
            todo = "Rename one of the two: an event without an episode is one of its own"
            problems.append(PolicyProblem(EVENTS, f"episodes.{event_id}", what, todo))
        if len({item.known_on for item in items}) < len(items):
            what, todo = (
                "two versions became known on the same day",
                "Correct known_on, or keep one of the two",
            )
            problems.append(PolicyProblem(EVENTS, f"events.{event_id}.known_on", what, todo))
    return problems


def _classes(utility: UtilityFile) -> list[str]:
    return [*get_args(CustomerClass), *utility.tariff_classes]


def _tariffs(policy: Policy) -> list[PolicyProblem]:
    problems = _alike(policy)
    before: dict[str, tuple[str, set[str]]] = {}
    for file, tariff in policy.tariffs.items():
        _, service, name = file.split("/")
        if tariff.service != service:
            what = f"the file lies in the folder of {service} and is for {tariff.service}"
            problems.append(PolicyProblem(file, "service", what, "Move it or correct the service"))
        if not re.fullmatch(rf"{tariff.effective_from.isoformat()}\.yml", name):
            todo = f"Rename it to {tariff.effective_from}.yml or correct the date"
            problems.append(
                PolicyProblem(file, "effective_from", "the date is not that of the file's name", todo)
            )
        if policy.utility is not None:
            known = [item.service for item in policy.utility.services]
            problems += unknown(file, "service", [tariff.service], known, "service")
            problems += unknown(file, "classes", tariff.classes, _classes(policy.utility), "tariff class")
        problems += _tariff_classes(file, tariff)
        # A later file replaces the earlier one whole: a class that it leaves out would have no price.
        if service in before:
            earlier, classes = before[service]
            for missing in sorted(classes - set(tariff.classes)):
                what = f"the class {missing} of {earlier} has no price any more"
                problems.append(
                    PolicyProblem(file, f"classes.{missing}", what, "Add it, with same_as where it fits")
                )
        before[service] = (file, set(tariff.classes))
    return problems


def _alike(policy: Policy) -> list[PolicyProblem]:
    """What all files of a service have to say alike, because one bill may need two of them."""
    problems: list[PolicyProblem] = []
    counted: dict[str, tuple[str, str]] = {}
    by_day: dict[str, tuple[str, str]] = {}
    for file, tariff in policy.tariffs.items():
        first, effective_on = by_day.setdefault(tariff.service, (file, tariff.effective_on))
        if tariff.effective_on != effective_on:
            what = f"the rates hold by {tariff.effective_on}, and those of {first} by {effective_on}"
            todo = "Write the same in all files of the service, so that a bill between them has one price"
            problems.append(PolicyProblem(file, "effective_on", what, todo))
        for name, item in tariff.classes.items():
            for component in item.components or []:
                if component.kind not in ("blocks", "seasonal_blocks"):
                    continue
                where = f"classes.{name}.components.{component.component}"
                first, unit = counted.setdefault(tariff.service, (f"{file}: {where}", component.unit))
                if (component.unit == "kwh") != (tariff.service == "electric"):
                    what = f"{tariff.service} is not sold by the {component.unit}"
                    problems.append(PolicyProblem(file, f"{where}.unit", what, "Correct the unit"))
                elif component.unit != unit:
                    what = f"the blocks are in {component.unit}, and those of {first} in {unit}"
                    todo = "Write all blocks of a service in one unit; reads in another are converted"
                    problems.append(PolicyProblem(file, f"{where}.unit", what, todo))
    return problems


def _tariff_classes(file: str, tariff: TariffFile) -> list[PolicyProblem]:
    problems = []
    for name, item in tariff.classes.items():
        where = f"classes.{name}"
        if item.same_as is not None:
            target = tariff.classes.get(item.same_as)
            if target is None or target.components is None:
                todo = "Name a class of this file that has components of its own"
                problems.append(
                    PolicyProblem(file, f"{where}.same_as", f"{item.same_as!r} has no prices here", todo)
                )
        silent = not tariff.speaks and not item.speaks
        if silent and item.same_as is not None:
            what, todo = (
                "neither the class nor the file has a source or is marked as assumed",
                "Name the source",
            )
            problems.append(PolicyProblem(file, where, what, todo))
        for component in item.components or []:
            if silent and not component.speaks:
                what = "neither the component nor its class nor the file has a source or is marked as assumed"
                todo = "Name the source, or write assumed: true"
                problems.append(PolicyProblem(file, f"{where}.components.{component.component}", what, todo))
    return problems
