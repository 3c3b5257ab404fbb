"""`peers.yml`: the home that bills are told for, what neighbours charge, and what households live on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ingest.policy_types import (
    Code,
    CustomerClass,
    Money,
    Positive,
    Service,
    Sourced,
    Strict,
    Text,
    complaint,
)

PEERS = "peers.yml"
Unit = Literal["ccf", "cf", "gal", "kgal", "kwh"]
Year = Annotated[int, Field(ge=1990, le=2100)]
Measure = Literal[
    "median_income_usd",
    "lowest_quintile_income_usd",
    "essential_costs_usd",
    "minimum_wage_usd",
    "below_twice_poverty_percent",
]


class Home(Sourced):
    """The typical home of a service: its tariff class, and what it uses in a month."""

    service: Service
    tariff_class: Code
    meter_size: Text | None = None
    usage: Positive | None = None
    other_uses: list[Positive] = []
    unit: Unit | None = None

    @model_validator(mode="after")
    def _measured(self) -> Home:
        if (self.usage is None) != (self.unit is None):
            raise complaint(
                "a use and its unit stand together", "Write both, or neither for a service without a meter"
            )
        if self.usage is None and self.other_uses:
            raise complaint("other uses are given without a use", "Write the home's usage and its unit")
        return self


class PeerBill(Sourced):
    """What a neighbour charges for a use of a month, and when that was so."""

    peer: Code
    title: Text
    service: Service
    customer_class: CustomerClass = "residential"
    meter_size: Text | None = None
    usage: Positive
    unit: Unit
    amount_usd: Money
    as_of: date | None = None
    year: Year | None = None

    @model_validator(mode="after")
    def _dated(self) -> PeerBill:
        if (self.as_of is None) == (self.year is None):
            raise complaint("it is not said when the bill was so", "Write either as_of (a day) or year")
        return self


class HouseholdFact(Sourced):
    """What is known of the city's households in a year."""

    measure: Measure
    year: Year
    value: Positive


class PeersFile(Strict):
    """`peers.yml`; every part of it may be missing, and what rests on it then says so."""

    homes: list[Home] = []
    peers: list[PeerBill] = []
    households: list[HouseholdFact] = []


def peer_tables(file: PeersFile | None) -> dict[str, list[dict[str, Any]]]:
    """The rows of the three tables, without the utility's id."""
    file = file or PeersFile()
    return {
        "policy_homes": [row for home in file.homes for row in _uses(home)],
        "policy_peers": [
            {
                **item.model_dump(exclude={"source", "assumed", "year"}),
                "year": item.year or item.as_of.year,
                **_origin(item, f"peers.{item.peer}"),
            }
            for item in file.peers
        ],
        "policy_households": [
            {
                **item.model_dump(exclude={"source", "assumed"}),
                **_origin(item, f"households.{item.measure}"),
            }
            for item in file.households
        ],
    }


def _uses(home: Home) -> Iterator[dict[str, Any]]:
    """A row for the typical use, and one for each other."""
    for usage in (home.usage or Decimal(0), *home.other_uses):
        yield {
            **home.model_dump(exclude={"source", "assumed", "other_uses"}),
            "usage": usage,
            "is_typical": usage == (home.usage or 0),
            **_origin(home, f"homes.{home.service}"),
        }


def _origin(item: Sourced, where: str) -> dict[str, Any]:
    return {
        "source": item.source,
        "is_assumed": item.assumed,
        "policy_file": PEERS,
        "policy_field": where,
    }
