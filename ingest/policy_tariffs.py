"""What a tariff file may say: classes, components, blocks, seasons."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from ingest.policy_types import Code, Percent, Positive, Rate, Service, Sourced, Strict, Text, complaint

ChargeCode = Literal[
    "base",
    "volume",
    "demand",
    "minimum",
    "fire_protection",
    "pilot",
    "franchise",
    "tax",
    "surcharge",
    "discount",
    "other",
]
Unit = Literal["ccf", "cf", "gal", "kgal", "kwh"]


class Block(Strict):
    """A price up to and including a quantity; the last block is open."""

    up_to: Positive | None = None
    rate: Rate


def _contiguous(blocks: list[Block]) -> list[Block]:
    bounds = [block.up_to for block in blocks[:-1]]
    if blocks and blocks[-1].up_to is not None:
        raise complaint("the last block is not open", "Remove its up_to, so that every quantity has a price")
    if any(bound is None for bound in bounds):
        raise complaint("a block that is not the last has no up_to", "Give it its inclusive upper bound")
    if any(upper <= lower for lower, upper in zip(bounds, bounds[1:], strict=False)):
        raise complaint("the blocks do not ascend", "Order them by up_to, each greater than the one before")
    return blocks


Blocks = Annotated[list[Block], Field(min_length=1), AfterValidator(_contiguous)]


class Season(Strict):
    """Prices from one day of the year through another, both included."""

    season: Annotated[str, Field(pattern=r"^[0-1]\d-[0-3]\d/[0-1]\d-[0-3]\d$")]
    blocks: Blocks

    @field_validator("season")
    @classmethod
    def _real_days(cls, season: str) -> str:
        for day in season.split("/"):
            try:
                date.fromisoformat(f"2000-{day}")
            except ValueError as error:
                raise complaint(f"{day} is not a day of the year", 'Write "MM-DD/MM-DD"') from error
        return season


class Component(Sourced):
    """One line of a bill."""

    component: ChargeCode


class Fixed(Component):
    """An amount a month, the same for all or by meter size."""

    kind: Literal["fixed"]
    rate: Rate | None = None
    by_meter_size: Annotated[dict[str, Rate], Field(min_length=1)] | None = None
    unit: Literal["month"]

    @model_validator(mode="after")
    def _one_of_two(self) -> Fixed:
        if (self.rate is None) == (self.by_meter_size is None):
            raise complaint(
                "a fixed component needs either rate or by_meter_size", "Give exactly one of the two"
            )
        return self


class Blocked(Component):
    """A price by quantity."""

    kind: Literal["blocks"]
    unit: Unit
    basis: Literal["actual", "winter_average"]
    cap: Positive | None = None
    blocks: Blocks


def _whole_year(seasons: list[Season]) -> list[Season]:
    days: list[int] = []
    for item in seasons:
        first, last = (
            date.fromisoformat(f"2000-{day}").timetuple().tm_yday for day in item.season.split("/")
        )
        days += range(first, last + 1) if first <= last else [*range(first, 367), *range(1, last + 1)]
    if sorted(days) != list(range(1, 367)):
        raise complaint("the seasons leave out days of the year or overlap", "Make them cover each day once")
    return seasons


class Seasonal(Component):
    """A price by quantity that changes with the season."""

    kind: Literal["seasonal_blocks"]
    unit: Unit
    basis: Literal["actual", "winter_average"]
    cap: Positive | None = None
    seasons: Annotated[list[Season], Field(min_length=1), AfterValidator(_whole_year)]


class Demand(Component):
    """A price for the highest demand of the month."""

    kind: Literal["demand"]
    unit: Literal["kw", "kva"]
    rate: Rate


class Minimum(Component):
    """The least that the service costs in a month."""

    kind: Literal["minimum"]
    unit: Literal["month"]
    rate: Rate


class PercentOf(Component):
    """A percentage of the service's other charges."""

    kind: Literal["percent"]
    unit: Literal["percent"]
    basis: Literal["service_charges"]
    rate: Percent


class Discount(Component):
    """A reduction in dollars a month or percent, never below zero; `cap` limits it in dollars."""

    kind: Literal["discount"]
    unit: Literal["month", "percent"]
    rate: Rate
    cap: Positive | None = None

    @model_validator(mode="after")
    def _at_most_all(self) -> Discount:
        if self.unit == "percent" and self.rate > 100:
            raise complaint(f"a discount of {self.rate} percent is more than the bill", "Write at most 100")
        return self


AnyComponent = Annotated[
    Fixed | Blocked | Seasonal | Demand | Minimum | PercentOf | Discount, Field(discriminator="kind")
]


class TariffClass(Sourced):
    """What a class pays: its own components, or those of another class."""

    same_as: Code | None = None
    components: Annotated[list[AnyComponent], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> TariffClass:
        if (self.same_as is None) == (self.components is None):
            raise complaint("a class needs either components or same_as", "Give exactly one of the two")
        names = [item.component for item in self.components or []]
        if len(set(names)) < len(names):
            raise complaint("a component appears twice", "Give each component of a class one entry")
        # Both look at what the class is charged otherwise, so that two would count the same dollars twice.
        kinds = [item.kind for item in self.components or []]
        for kind in ("minimum", "discount"):
            if kinds.count(kind) > 1:
                raise complaint(f"two components are of the kind {kind}", "Give a class one at most")
        return self


class TariffFile(Sourced):
    """`tariffs/<service>/<effective_from>.yml`: what a service costs from a day on.

    `rounding`: each line of a bill by itself, or each service of a bill once.
    """

    service: Service
    effective_from: date
    effective_on: Literal["usage", "bill"]
    ordinance: Text | None = None
    rounding: Literal["half_up_cents_per_line", "half_up_cents_per_bill"]
    classes: Annotated[dict[Code, TariffClass], Field(min_length=1)]
