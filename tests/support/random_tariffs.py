"""Random tariffs and what they price, as the oracle has them and as rows of the policy tables.

Numbers come from small sets, so that a usage often lies on the bound of a block, and halves of a cent appear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.oracle.rates import Block, Component, Part, Season, Version

UTILITY = "test_city"
METER_SIZES = ("5/8", "3/4", "1", "1 1/2")
RATES = tuple(
    Decimal(text)
    for text in ("2.70", "5.11", "0.00", "0.126806", "3.43", "0.005", "1", "0.015", "12.34", "0.333333")
)
BOUNDS = tuple(Decimal(text) for text in ("2", "8", "0.5", "1.34", "100", "3.333333", "10", "0.01"))
SEASON_DAYS = ("06-01", "11-01", "01-01", "03-01", "10-31", "12-31", "07-15")
MONTHS = tuple(Decimal(text) for text in ("1", "1", "1", "2", "3", "0.03", "0.33", "0.67", "12", "1.5"))
CENT = Decimal("0.01")
LEAP_YEAR = 2024


def chance(random: Random, percent: int) -> bool:
    return random.randint(1, 100) > 100 - percent


def number(random: Random, common: Sequence[Decimal], most: int, decimals: int = 6) -> Decimal:
    """Often a common number, else any."""
    if chance(random, 60):
        return random.choice(common)
    places = random.choice((2, decimals))
    return Decimal(random.randint(1, most * 10**places)).scaleb(-places)


# Tariffs


def random_blocks(random: Random) -> tuple[Block, ...]:
    """One to eight; the first is free at times: an included allowance."""
    bounds = sorted({number(random, BOUNDS, 200) for _ in range(random.choice((0, 1, 2, 3, 7)))})
    rates = [number(random, RATES, 20) for _ in range(len(bounds) + 1)]
    if chance(random, 30):
        rates[0] = Decimal(0)
    return tuple(Block(bound, rate) for bound, rate in zip([*bounds, None], rates, strict=True))


def random_seasons(random: Random) -> tuple[Season, ...]:
    """Two or three that cover the year, one of them over New Year unless one begins with it."""
    firsts = sorted(random.sample(SEASON_DAYS, random.choice((2, 2, 3))))
    lasts = [_day_before(first) for first in [*firsts[1:], firsts[0]]]
    return tuple(
        Season(first, last, random_blocks(random)) for first, last in zip(firsts, lasts, strict=True)
    )


def _day_before(day: str) -> str:
    return f"{date.fromisoformat(f'{LEAP_YEAR}-{day}') - timedelta(1):%m-%d}"


def random_components(random: Random) -> list[Component]:
    """The price list of a class: at least one component, at most one minimum and one discount."""
    found = []
    if chance(random, 80):
        by_size = {size: number(random, RATES, 90) for size in METER_SIZES} if chance(random, 40) else {}
        found.append(Component("base", "fixed", number(random, RATES, 60), by_size))
    if chance(random, 25):
        found.append(Component("fire_protection", "fixed", number(random, RATES, 9)))
    for code, percent in (("volume", 90), ("surcharge", 15)):
        if chance(random, percent):
            found.append(_blocked(random, code))
    if chance(random, 25):
        found.append(Component("demand", "demand", number(random, RATES, 15), unit="kw"))
    if chance(random, 30):
        found.append(Component("minimum", "minimum", number(random, RATES, 80)))
    if chance(random, 30):
        unit = random.choice(("month", "percent"))
        cap = number(random, (Decimal(4), Decimal(10)), 20, 2) if chance(random, 50) else None
        found.append(Component("discount", "discount", number(random, RATES, 30), unit=unit, cap=cap))
    for code in ("tax", "pilot"):
        if chance(random, 35):
            rate = number(random, (Decimal(5), Decimal("9.08")), 20)
            found.append(Component(code, "percent", rate, unit="percent", basis="service_charges"))
    random.shuffle(found)
    return found or [Component("base", "fixed", Decimal("9.00"))]


def _blocked(random: Random, code: str) -> Component:
    shared = {
        "unit": "ccf",
        "basis": random.choice(("actual", "actual", "winter_average")),
        "cap": number(random, BOUNDS, 60) if chance(random, 30) else None,
    }
    if chance(random, 25):
        return Component(code, "seasonal_blocks", seasons=random_seasons(random), **shared)
    return Component(code, "blocks", blocks=random_blocks(random), **shared)


# What they price


def random_part(random: Random, components: Iterable[Component]) -> Part:
    """A part of a bill; its use lies on the bound of a block as often as not."""
    months = random.choice(MONTHS)
    bounds = [
        block.up_to
        for component in components
        for blocks in (component.blocks, *(season.blocks for season in component.seasons))
        for block in blocks
        if block.up_to is not None
    ]
    edges = [bound * months + step for bound in bounds for step in (0, CENT, -CENT)] or [Decimal(7)]
    usage = random.choice(edges) if chance(random, 50) else number(random, BOUNDS, 400)
    usage = usage.quantize(Decimal("0.000001"))
    return Part(
        day=date(random.choice((2023, LEAP_YEAR)), 1, 1) + timedelta(random.randint(0, 364)),
        base_months=months if chance(random, 80) else Decimal(1),
        months=months,
        usage=-usage if chance(random, 10) else Decimal(0) if chance(random, 10) else usage,
        average=number(random, BOUNDS, 60) if chance(random, 60) else Decimal(0),
        demand=number(random, BOUNDS, 90) if chance(random, 60) else Decimal(0),
        meter_size=random.choice(METER_SIZES),
        assistance=random.choice((Decimal("10.00"), Decimal("2.675"))) if chance(random, 25) else Decimal(0),
    )


# As rows


def tariff_rows(
    service: str, versions: Iterable[Version], *, by_usage: bool = False, per_line: bool = True
) -> list[dict]:
    """Rows of `policy_tariff_components`."""
    return [
        {
            "utility_id": UTILITY,
            "service": service,
            "effective_from": version.effective_from,
            "effective_on": "usage" if by_usage else "bill",
            "customer_class": tariff_class,
            "component": component.code,
            "kind": component.kind,
            "unit": component.unit,
            "basis": _basis(component),
            "cap": component.cap,
            "rounding": f"half_up_cents_per_{'line' if per_line else 'bill'}",
            "source": "a test",
            "is_assumed": False,
            **price,
        }
        for version in versions
        for tariff_class, components in version.classes.items()
        for component in components
        for price in _prices(component)
    ]


def _basis(component: Component) -> str | None:
    """Only use and percentages have one."""
    return component.basis if component.kind in ("blocks", "seasonal_blocks", "percent") else None


def _prices(component: Component) -> Iterable[Mapping[str, object]]:
    if component.by_meter_size:
        for size, rate in component.by_meter_size.items():
            yield {"meter_size": size, "rate_usd": rate}
    elif component.kind == "seasonal_blocks":
        for season in component.seasons:
            for row in _block_rows(season.blocks):
                yield {**row, "season": f"{season.first}/{season.last}"}
    elif component.kind == "blocks":
        yield from _block_rows(component.blocks)
    else:
        yield {"rate_usd": component.rate}


def _block_rows(blocks: Sequence[Block]) -> Iterable[Mapping[str, object]]:
    for block_no, block in enumerate(blocks, start=1):
        yield {"block": block_no, "up_to": block.up_to, "rate_usd": block.rate}
