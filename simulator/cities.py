"""The two cities as settings: calendar, policy and events. How often what happens stands in `rates.yml`.

Numbers with a source name it (`R..` is a rule of the domain guide, `W..` a public source listed there);
every other number is assumed, and `docs/simulator.md` lists it as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from simulator.calendars import day, month_of

# Columns of every amount by service, in the order in which credits cover them (Settlement: rank of services).
SERVICES = ("account", "electric", "water", "sewer", "trash")
ACCOUNT, ELECTRIC, WATER, SEWER, TRASH = range(5)

CLASSES = ("residential", "commercial", "industrial", "municipal")
RESIDENTIAL, COMMERCIAL, INDUSTRIAL, MUNICIPAL = range(4)
SHOPS = (COMMERCIAL, INDUSTRIAL)

METER_SIZES = ("5/8", "3/4", "1", "1 1/2", "2")

FOREVER = 2**30  # until further notice


@dataclass(frozen=True)
class Waiver:
    """A time in which penalties are not collected, by the day on which they would be posted.

    Attributes:
        first: first day.
        last: last day.
        event_id: the event of the policy calendar.
        is_assessed: whether penalties are assessed and waived the same day (auditable), or not assessed at
            all.
    """

    first: int
    last: int
    event_id: str
    is_assessed: bool

    def covers(self, day_number: int) -> bool:
        """Whether a penalty that would be posted on this day is waived."""
        return self.first <= day_number <= self.last


@dataclass(frozen=True)
class FeeWaiver:
    """A time in which the city pays the card fee of its customers (R63), by the day of receipt."""

    first: int
    last: int
    event_id: str


@dataclass(frozen=True)
class Moratorium:
    """A time without shut-offs (R62), as it was known from a day on.

    Attributes:
        first: first day.
        last: last day, as known from `known`.
        event_id: the event of the policy calendar; several versions share it.
        known: the day from which this version was known.
        classes: customer classes that it protects.
    """

    first: int
    last: int
    event_id: str
    known: int
    classes: tuple[int, ...] = (RESIDENTIAL, COMMERCIAL, INDUSTRIAL, MUNICIPAL)


@dataclass(frozen=True)
class Closure:
    """One way of paying that was closed from a day through another.

    Attributes:
        channel: the channel.
        tender: only this tender; None for all.
        first: first day without it.
        last: last day without it.
        backlog_days: what had waited is taken over so many days from the reopening.
    """

    channel: str
    tender: str | None
    first: int
    last: int
    backlog_days: int


@dataclass(frozen=True)
class Strain:
    """A time in which a share of people stop paying for months, for reasons other than a waiver.

    Attributes:
        name: of the settings in `rates.yml`, section `strains`.
        first: first bill date from which somebody stops.
        last: last bill date from which somebody stops.
        back_first: from this bill date on the first ones pay again.
        back_last: from this bill date on everybody pays again.
    """

    name: str
    first: int
    last: int
    back_first: int
    back_last: int


@dataclass(frozen=True)
class Outage:
    """The billing outage of December 2020 (R57 to R70).

    Attributes:
        closed_first: the day on which the attack of the weekend was found; from then on nothing is billed or
            posted.
        closed_last: last such day.
        resumes: when billing and posting came back.
        closures: the ways of paying that were closed, each with its own days.
        late_period: the statement that the last accounts had not received.
        late_share: share of the last cycle's accounts that had not received it.
        skipped_period: the statement that nobody received.
        catch_up_period: the long statement.
        catch_up_first: day of the first long statement.
        extension_days: how many days later the bills from the resumption through `extension_last` are due
            (R61).
        extension_last: the last bill date with that extension.
    """

    closed_first: int
    closed_last: int
    resumes: int
    closures: tuple[Closure, ...]
    late_period: int
    late_share: float
    skipped_period: int
    catch_up_period: int
    catch_up_first: int
    extension_days: int
    extension_last: int


@dataclass(frozen=True)
class OneTimeCredit:
    """A credit to every account with a service on one day; to level payers in so many monthly parts."""

    on: int
    cents: int
    service: int
    event_id: str
    budget_parts: int = 1


@dataclass(frozen=True)
class City:
    """What the simulation must know about a city."""

    utility_id: str
    groups: tuple[str, ...]
    calendar: Literal["cycles", "zones"]
    fiscal_start_month: int
    account_id_has_zone: bool
    has_electric: bool
    has_winter_average: bool
    has_water_provider: bool
    account_fund: int
    penalty_service: int
    due_days: int
    penalty_days: int
    penalty_percent: int
    penalty_base: Literal["past_due", "balance"]
    penalty_mode: Literal["compounding", "simple", "once_per_bill"]  # R28
    penalty_on_fees: bool
    penalty_after_return: bool
    class_shares: tuple[float, float, float, float]
    tenant_share: float
    waivers: tuple[Waiver, ...] = ()
    fee_waivers: tuple[FeeWaiver, ...] = ()
    moratoria: tuple[Moratorium, ...] = ()
    outage: Outage | None = None
    strains: tuple[Strain, ...] = ()
    one_time_credits: tuple[OneTimeCredit, ...] = ()
    closed_days: tuple[str, ...] = ()
    card_fee_cents: int = 0
    online_fee_cents: int = 0
    agent_fee_cents: int = 0
    returned_fee_cents: int = 2500
    water_discount_cents: int = 0  # Water H2O, a month (R79)
    deposit_cents: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)  # by service (R81)
    deposit_good_months: int = 0  # after so many months without a late bill a deposit is returned
    has_budget_billing: bool = False  # R80
    shutoff_days: int = 30
    notice_days: int = 10
    has_hang_tags: bool = False
    has_courtesy_calls: bool = False
    disconnect_fee_cents: int = 0
    reconnect_fee_cents: int = 2500
    takes_money_orders_when_off: bool = True
    agreement_months: int = 6
    dispute_days: int = 15
    mail_days: int = 3
    streets: tuple[str, ...] = ("Main St", "Osage St", "Maple Ave", "Noland Rd", "College St", "Elm St")


INDEPENDENCE = City(
    utility_id="independence",
    groups=tuple(f"{cycle:02d}" for cycle in range(1, 21)),  # R71
    calendar="cycles",
    fiscal_start_month=7,
    account_id_has_zone=False,
    has_electric=True,
    has_winter_average=False,
    has_water_provider=False,
    account_fund=ELECTRIC,
    penalty_service=ACCOUNT,
    due_days=27,  # W29
    penalty_days=31,
    penalty_percent=5,
    penalty_base="past_due",
    penalty_mode="simple",
    penalty_on_fees=False,
    penalty_after_return=False,
    class_shares=(0.91, 0.084, 0.002, 0.004),  # 91 % residential: W37
    tenant_share=0.40,
    waivers=(
        Waiver(day("2018-05-01"), day("2018-11-25"), "conversion_2018_late_fees", True),  # W24
        Waiver(day("2020-03-13"), day("2020-07-14"), "covid_spring_late_fees", True),  # W20
        # Starts: W22, S0; the end is assumed. Where two events cover a day, the first one is named.
        Waiver(day("2020-12-01"), day("2021-06-30"), "covid_late_fees", True),
        Waiver(day("2020-12-07"), day("2021-06-30"), "outage_late_fees", True),
    ),
    fee_waivers=(
        FeeWaiver(day("2020-03-13"), FOREVER, "covid_card_fees"),  # W20: until further notice
        FeeWaiver(day("2020-12-07"), FOREVER, "outage_card_fees"),  # R63
    ),
    moratoria=(
        Moratorium(day("2018-05-01"), FOREVER, "conversion_2018_shutoffs", day("2018-05-01")),  # W24
        Moratorium(day("2018-05-01"), day("2018-11-25"), "conversion_2018_shutoffs", day("2018-11-17")),
        Moratorium(day("2020-03-13"), FOREVER, "covid_spring_shutoffs", day("2020-03-13")),
        Moratorium(day("2020-03-13"), day("2020-07-14"), "covid_spring_shutoffs", day("2020-06-19")),  # W20
        Moratorium(
            day("2020-12-01"), day("2021-01-30"), "covid_commercial_shutoffs", day("2020-12-02"), SHOPS
        ),  # W22
        Moratorium(day("2020-12-07"), FOREVER, "outage_shutoffs", day("2020-12-07")),
        Moratorium(day("2020-12-07"), day("2021-01-30"), "outage_shutoffs", day("2020-12-23")),  # R62
        Moratorium(day("2020-12-07"), day("2021-02-28"), "outage_shutoffs", day("2021-01-14")),  # W23
    ),
    outage=Outage(
        closed_first=day("2020-12-07"),  # W25
        closed_last=day("2020-12-27"),
        resumes=day("2020-12-28"),
        # All forms from 28 December (S0); the drafts the day after, before the year's end. Days assumed.
        closures=(
            Closure("online", None, day("2020-12-07"), day("2020-12-27"), 4),
            Closure("phone", None, day("2020-12-08"), day("2020-12-27"), 4),
            Closure("walk_in", "card", day("2020-12-09"), day("2020-12-27"), 4),
            Closure("assistance", None, day("2020-12-10"), day("2020-12-27"), 3),
            Closure("autopay", None, day("2020-12-07"), day("2020-12-28"), 3),
        ),
        late_period=month_of("2020-11"),
        late_share=0.40,
        skipped_period=month_of("2020-12"),
        catch_up_period=month_of("2021-01"),
        catch_up_first=day("2020-12-31"),
        extension_days=14,
        extension_last=day("2021-01-31"),
    ),
    strains=(
        Strain(  # W24: the first bills of the new billing system
            "conversion_2018",
            day("2018-06-01"),
            day("2018-07-16"),
            day("2018-11-19"),
            day("2019-02-28"),
        ),
        Strain(  # W24: while nobody is shut off, until shut-offs resumed on 26 November
            "moratorium_2018",
            day("2018-09-10"),
            day("2018-10-14"),
            day("2018-11-19"),
            day("2019-01-31"),
        ),
        Strain(
            "covid_2020", day("2020-03-16"), day("2020-04-30"), day("2020-06-07"), day("2020-11-30")
        ),  # W26
    ),
    one_time_credits=(OneTimeCredit(day("2021-02-02"), 19382, ELECTRIC, "ipl_rebate_2021", 10),),  # W27
    closed_days=("2020-12-24",),  # R69
    card_fee_cents=250,
    water_discount_cents=1000,
    deposit_cents=(0, 15000, 5000, 5000, 0),
    deposit_good_months=24,
    has_budget_billing=True,
)

WARRENSBURG = City(
    utility_id="warrensburg",
    groups=("01", "02", "03", "04"),  # R15
    calendar="zones",
    fiscal_start_month=10,
    account_id_has_zone=True,
    has_electric=False,
    has_winter_average=True,
    has_water_provider=True,  # R93: another company reads the meters and lists its actives
    account_fund=SEWER,
    penalty_service=SEWER,
    due_days=10,  # R18
    penalty_days=21,  # R19
    penalty_percent=10,  # R27
    penalty_base="balance",
    penalty_mode="compounding",  # R28
    penalty_on_fees=True,  # R34
    penalty_after_return=True,  # R35
    class_shares=(0.91, 0.086, 0.0, 0.004),
    tenant_share=0.45,
    waivers=(Waiver(day("2020-03-16"), day("2020-06-30"), "covid_late_fees", False),),  # W10
    moratoria=(
        Moratorium(day("2020-03-16"), FOREVER, "covid_shutoffs", day("2020-03-16")),
        Moratorium(day("2020-03-16"), day("2020-06-30"), "covid_shutoffs", day("2020-06-15")),  # W10
    ),
    strains=(
        Strain(
            "covid_2020", day("2020-03-16"), day("2020-05-15"), day("2020-06-20"), day("2020-09-10")
        ),  # W10
    ),
    online_fee_cents=125,  # R37
    agent_fee_cents=100,  # R38
    shutoff_days=60,  # R42
    notice_days=30,  # R43, RSMo 393.015
    has_hang_tags=True,  # R43
    has_courtesy_calls=True,
    reconnect_fee_cents=2850,  # R44
    takes_money_orders_when_off=False,  # R45
)

CITIES = {city.utility_id: city for city in (INDEPENDENCE, WARRENSBURG)}

# What is absent in a twin, and from which day on: an event that had begun before ends the day before. The
# waivers of COVID are absent too where they would do what the event's own waivers did. `outage` is the outage
# itself: suspended bills, closed channels, later due dates, extended arrangements.
_DECEMBER, _FOUND = day("2020-12-01"), day("2020-12-07")
_WAIVERS = {
    "covid_late_fees": _DECEMBER,
    "outage_late_fees": _FOUND,
    "covid_card_fees": _FOUND,
    "outage_card_fees": _FOUND,
}
_SHUTOFFS = {"covid_commercial_shutoffs": _DECEMBER, "outage_shutoffs": _FOUND}
TWINS: dict[str, dict[str, dict[str, int]]] = {
    "independence": {"waiver": _WAIVERS, "event": {**_WAIVERS, **_SHUTOFFS, "outage": _FOUND}},
    "warrensburg": {
        "waiver": {"covid_late_fees": 0},
        "event": {"covid_late_fees": 0, "covid_shutoffs": 0},
    },
}


def without(city: City, names: Iterable[str]) -> City:
    """The city as it would be without some of its events.

    Args:
        city: the settings.
        names: `waiver` (only the waivers absent), `event` (nothing happened), or identifiers of single
            events; `outage` is the outage with everything but its waivers and moratoria.

    Raises:
        ValueError: a name is unknown; the message lists those there are.
    """
    sets = TWINS[city.utility_id]
    dated = (*city.waivers, *city.fee_waivers, *city.moratoria)
    known = sorted({*sets, *(event.event_id for event in dated), *(["outage"] if city.outage else [])})
    absent: dict[str, int] = {}
    for name in names:
        if name not in known:
            raise ValueError(
                f"{city.utility_id} has nothing called {name!r} to leave out; there is {', '.join(known)}"
            )
        absent.update(sets.get(name, {name: 0}))

    def kept(events: tuple) -> tuple:
        ended = [
            replace(event, last=min(event.last, absent.get(event.event_id, FOREVER + 1) - 1))
            for event in events
        ]
        return tuple(event for event in ended if event.first <= event.last)

    return replace(
        city,
        waivers=kept(city.waivers),
        fee_waivers=kept(city.fee_waivers),
        moratoria=kept(city.moratoria),
        outage=None if "outage" in absent else city.outage,
    )
