"""What the policy files may say: one model a file, one field a setting.

The rules of `policies.yml` are in `ingest.policy_rules`, assumptions and tests in `ingest.policy_forecast`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from ingest.policy_types import (
    AtLeastOne,
    Channel,
    Code,
    CustomerClass,
    Fact,
    Money,
    Month,
    Service,
    Sourced,
    Strict,
    Text,
    complaint,
)

EventKind = Literal[
    "penalty_waiver",
    "fee_waiver",
    "shutoff_moratorium",
    "billing_suspension",
    "due_date_extension",
    "channel_outage",
    "one_time_credit",
]


# ---- utility.yml


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise complaint(f"the time zone {zone!r} is not known", "Write one like America/Chicago")
    return zone


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise complaint(
            f"{pattern!r} is not a regular expression: {error}",
            'Write one like "^(01|02)", or remove the setting',
        ) from error
    return pattern


class ServiceLine(Sourced):
    """A service that the city bills, and the fund that it belongs to."""

    service: Service
    title: Text
    fund: Code


class Fund(Sourced):
    """An enterprise fund."""

    fund: Code
    title: Text


class BillingGroup(Sourced):
    """A read cycle or billing zone; the order in the file is the order of the month."""

    billing_group: Text
    title: Text


class Closing(Sourced):
    """A day on which the city's offices are closed beside the calendar's holidays."""

    on: date
    title: Text


class Holidays(Sourced):
    """A public calendar by name, and the city's own closings."""

    country: Literal["US"]
    subdivision: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    from_year: Annotated[int, Field(ge=1990, le=2100)]
    to_year: Annotated[int, Field(ge=1990, le=2100)]
    extra: list[Closing] = []

    @model_validator(mode="after")
    def _forward(self) -> Holidays:
        if self.to_year < self.from_year:
            raise complaint(
                f"the calendar ends in {self.to_year}, before it begins", "Make to_year from_year or later"
            )
        return self


class UtilityFile(Strict):
    """`utility.yml`: who the utility is."""

    name: Fact[Text]
    state: Fact[Annotated[str, Field(pattern="^[A-Z]{2}$")]]
    fiscal_year_start_month: Fact[Month]
    time_zone: Fact[Annotated[str, AfterValidator(_known_zone)]]
    account_fund: Fact[Code]
    account_id_pattern: Fact[Annotated[str, AfterValidator(_compiles)]] | None = None
    funds: Annotated[list[Fund], Field(min_length=1)]
    services: Annotated[list[ServiceLine], Field(min_length=1)]
    tariff_classes: dict[Code, CustomerClass] = {}
    billing_groups: list[BillingGroup]
    holidays: Holidays


# ---- events.yml


class Event(Sourced):
    """One version of one event, as it was known on a day."""

    event_id: Code
    episode: Code | None = None
    kind: EventKind
    title: Text
    cause: Text
    services: Annotated[list[Service], Field(min_length=1)] | None = None
    customer_classes: Annotated[list[CustomerClass], Field(min_length=1)] | None = None
    channels: Annotated[list[Channel], Field(min_length=1)] | None = None
    starts_on: date
    ends_on: date | None = None
    known_on: date
    extension_days: AtLeastOne | None = None
    is_printed_on_bill: bool | None = None
    amount_usd: Money | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Event:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise complaint(
                f"the event ends on {self.ends_on}, before it starts on {self.starts_on}",
                "Correct ends_on, or leave it empty while the event lasts until further notice",
            )
        needs = {"due_date_extension": "extension_days", "one_time_credit": "amount_usd"}.get(self.kind)
        if needs and getattr(self, needs) is None:
            raise complaint(f"an event of kind {self.kind} needs {needs}", f"Add {needs}")
        if self.kind == "due_date_extension" and self.is_printed_on_bill is None:
            raise complaint(
                "it is not said whether the bills show the extended due date",
                "Add is_printed_on_bill: true or false",
            )
        for name, kind in (("extension_days", "due_date_extension"), ("amount_usd", "one_time_credit")):
            if getattr(self, name) is not None and self.kind != kind:
                raise complaint(
                    f"{name} belongs to events of kind {kind} only", f"Remove {name} or change the kind"
                )
        return self


class Episode(Strict):
    """Events that are asked about together."""

    episode_id: Code
    title: Text


class EventsFile(Strict):
    """`events.yml`: what suspended a rule, for whom and for how long."""

    episodes: list[Episode] = []
    events: list[Event]
