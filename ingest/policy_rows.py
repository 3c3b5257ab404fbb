"""From policy files to the rows of the policy tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import holidays

from ingest.policy_files import EVENTS, POLICIES, UTILITY, Policy, versions
from ingest.policy_forecast_rows import Row, forecast_rows, origin_of
from ingest.policy_models import EventsFile, UtilityFile
from ingest.policy_peers import peer_tables
from ingest.policy_rules import PoliciesFile
from ingest.policy_tariffs import TariffFile
from ingest.policy_types import Fact, as_text


def policy_rows(policy: Policy) -> dict[str, list[Row]]:
    """The rows of a policy without problems, by table, without the utility's id."""
    return {
        "policy_utilities": [_utility(policy.utility)],
        "policy_services": list(_services(policy.utility)),
        "policy_billing_groups": list(_billing_groups(policy.utility)),
        "policy_holidays": list(_holidays(policy.utility)),
        "policy_application_order": list(_application_order(policy.policies)),
        "policy_rules": list(_rules(policy.policies)),
        "policy_events": list(_events(policy.events)),
        "policy_tariff_components": [
            row for file, tariff in policy.tariffs.items() for row in _tariff(file, tariff)
        ],
        **forecast_rows(policy),
        **peer_tables(policy.peers),
    }


def _utility(utility: UtilityFile) -> Row:
    names = ("name", "state", "fiscal_year_start_month", "time_zone", "account_fund", "account_id_pattern")
    facts: dict[str, Fact | None] = {name: getattr(utility, name) for name in names}
    given = {name: fact for name, fact in facts.items() if fact is not None}
    return {
        **{name: fact and fact.value for name, fact in facts.items()},
        # One row holds several facts, each with its own origin.
        "source": "; ".join(f"{name}: {fact.source or 'assumed'}" for name, fact in given.items()),
        "is_assumed": any(fact.assumed for fact in given.values()),
        "policy_file": UTILITY,
        "policy_field": ", ".join(given),
    }


def _services(utility: UtilityFile) -> Iterator[Row]:
    for sort, item in enumerate(utility.services, start=1):
        yield {
            "service": item.service,
            "title": item.title,
            "fund": item.fund,
            "sort": sort,
            **origin_of(item, UTILITY, f"services.{item.service}"),
        }


def _billing_groups(utility: UtilityFile) -> Iterator[Row]:
    for sort, item in enumerate(utility.billing_groups, start=1):
        yield {
            "billing_group": item.billing_group,
            "title": item.title,
            "sort": sort,
            **origin_of(item, UTILITY, f"billing_groups.{item.billing_group}"),
        }


def _holidays(utility: UtilityFile) -> Iterator[Row]:
    setting = utility.holidays
    calendar = holidays.country_holidays(
        setting.country, subdiv=setting.subdivision, years=range(setting.from_year, setting.to_year + 1)
    )
    # The calendar holds the observed day of a neighbouring year's holiday too.
    span = (date(setting.from_year, 1, 1), date(setting.to_year, 12, 31))
    rows = {
        day: {"holiday_on": day, "title": title, **origin_of(setting, UTILITY, "holidays")}
        for day, title in calendar.items()
        if span[0] <= day <= span[1]
    }
    for item in setting.extra:
        where = f"holidays.extra.{item.on}"
        rows[item.on] = {"holiday_on": item.on, "title": item.title, **origin_of(item, UTILITY, where)}
    yield from (rows[day] for day in sorted(rows))


def _application_order(policies: PoliciesFile) -> Iterator[Row]:
    order = policies.application_order
    for dimension, field, fact in (("kind", "kinds", order.kinds), ("service", "services", order.services)):
        for rank, item in enumerate(fact.value, start=1):
            origin = origin_of(fact, POLICIES, f"application_order.{field}")
            yield {"dimension": dimension, "item": item, "rank": rank, **origin}


def _rules(policies: PoliciesFile) -> Iterator[Row]:
    for rule, values in versions(policies):
        for item in values:
            yield {
                "rule": rule,
                "value": as_text(item.value),
                "effective_from": item.effective_from,
                "effective_to": item.effective_to,
                "note": item.version.note,
                **origin_of(item.version, POLICIES, rule),
            }


def _events(file: EventsFile) -> Iterator[Row]:
    titles = {item.episode_id: item.title for item in file.episodes}
    for event in file.events:
        row = {
            name: getattr(event, name)
            for name in type(event).model_fields
            if name not in ("source", "assumed", "episode")
        }
        row |= {"episode_id": event.episode, "episode_title": titles.get(event.episode)}
        for name in ("services", "customer_classes", "channels"):
            row[name] = None if row[name] is None else as_text(row[name])
        yield {**row, **origin_of(event, EVENTS, f"events.{event.event_id}")}


def _tariff(file: str, tariff: TariffFile) -> Iterator[Row]:
    shared = {
        "service": tariff.service,
        "effective_from": tariff.effective_from,
        "effective_on": tariff.effective_on,
        "ordinance": tariff.ordinance,
        "rounding": tariff.rounding,
    }
    for name, item in tariff.classes.items():
        priced = tariff.classes[item.same_as] if item.same_as else item
        where = f"classes.{item.same_as or name}.components"
        for component in priced.components:
            origin = next((level for level in (component, priced, tariff) if level.speaks), tariff)
            row = {
                **shared,
                "customer_class": name,
                "component": component.component,
                "kind": component.kind,
                "unit": component.unit,
                "basis": getattr(component, "basis", None),
                "cap": getattr(component, "cap", None),
                **origin_of(origin, file, f"{where}.{component.component}"),
            }
            if item.same_as:
                # That this class pays the other's prices is a statement of its own, and may be weaker.
                row["is_assumed"] = origin.assumed or item.assumed
                row["source"] = "; ".join(text for text in (item.source, origin.source) if text) or None
            yield from ({**row, **price} for price in _prices(component))


def _prices(component: Any) -> Iterator[Row]:
    nothing = {"meter_size": None, "block": None, "up_to": None, "season": None}
    if component.kind == "seasonal_blocks":
        for season in component.seasons:
            for row in _blocks(season.blocks):
                yield {**nothing, **row, "season": season.season}
    elif component.kind == "blocks":
        for row in _blocks(component.blocks):
            yield {**nothing, **row}
    elif getattr(component, "by_meter_size", None):
        for size, rate in component.by_meter_size.items():
            yield {**nothing, "meter_size": size, "rate_usd": rate}
    else:
        yield {**nothing, "rate_usd": component.rate}


def _blocks(blocks: list) -> Iterator[Row]:
    for number, block in enumerate(blocks, start=1):
        yield {"block": number, "up_to": block.up_to, "rate_usd": block.rate}
