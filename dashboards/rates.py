"""Prices of a class: read from a tariff, edited as text, checked, and written as a table for the rate engine.

Nothing is priced here. A price is text until it is a Decimal, never a float; a wrong edit is refused in a
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from dashboards import formats, words

BY_BLOCKS = ("blocks", "seasonal_blocks")
EXACT = pl.Decimal(18, 6)
COMPONENTS = {
    "utility_id": pl.String,
    "service": pl.String,
    "effective_from_on": pl.Date,
    "tariff_class": pl.String,
    "component": pl.String,
    "component_kind": pl.String,
    "meter_size": pl.String,
    "season": pl.String,
    "season_first": pl.String,
    "season_last": pl.String,
    "block_no": pl.Int32,
    "lower_bound": EXACT,
    "upper_bound": EXACT,
    "unit_rate_usd": EXACT,
    "unit": pl.String,
    "basis": pl.String,
    "cap_quantity": EXACT,
    "rounding": pl.String,
    "is_assumed": pl.Boolean,
}
NUMBER = re.compile(r"\d{1,9}(\.\d{0,6})?|\.\d{1,6}", re.ASCII)


class WrongPrices(ValueError):
    """What is wrong with an edit, a sentence each."""

    def __init__(self, problems: Sequence[str]):
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Price:
    """One price of a class; a block begins where the one before it ends."""

    component: str
    component_kind: str
    meter_size: str
    season: str
    block_no: int
    upper_bound: Decimal | None
    unit_rate_usd: Decimal
    unit: str
    basis: str
    cap_quantity: Decimal | None
    is_assumed: bool = False

    @property
    def place(self) -> tuple[str, str, str, int]:
        """What tells it from the class's other prices."""
        return self.component, self.season, self.meter_size, self.block_no


Prices = tuple[Price, ...]
Ladder = tuple[str, str]  # component and season


def prices_of(rows: pl.DataFrame) -> Prices:
    """The prices in rows of `tariffs` of one version and class."""
    names = Price.__dataclass_fields__
    prices = [Price(**row) for row in rows.select(*names).iter_rows(named=True)]
    return tuple(sorted(prices, key=lambda p: (p.component, p.season, p.block_no, size_order(p.meter_size))))


def size_order(meter_size: str) -> tuple[Fraction, str]:
    """Sorts meter sizes by their inches: 5/8, 3/4, 1, 1 1/2."""
    try:
        return sum(map(Fraction, meter_size.split()), Fraction(0)), meter_size
    except (ValueError, ZeroDivisionError):
        return Fraction(1000), meter_size


def ladders(prices: Iterable[Price]) -> dict[Ladder, Prices]:
    """The blocks of each component and season."""
    found: dict[Ladder, list[Price]] = {}
    for price in prices:
        if price.component_kind in BY_BLOCKS:
            found.setdefault((price.component, price.season), []).append(price)
    return {key: tuple(sorted(blocks, key=lambda block: block.block_no)) for key, blocks in found.items()}


def charges(prices: Iterable[Price]) -> Prices:
    """The prices that have no blocks."""
    return tuple(price for price in prices if price.component_kind not in BY_BLOCKS)


def measured_by(prices: Iterable[Price]) -> tuple[str, str]:
    """Unit and basis of what is priced by volume; both empty where nothing is."""
    return next(((p.unit, p.basis) for p in prices if p.component_kind in BY_BLOCKS), ("", ""))


def number(text: str, what: str) -> Decimal:
    """The exact number that a text says.

    Raises:
        WrongPrices: it is no number of 0 or more with at most six decimals.
    """
    plain = str(text).strip().removeprefix("$").strip()
    if not NUMBER.fullmatch(plain):
        raise WrongPrices(
            [f"{what}: {text!r} is no number. Write digits with a point, such as 5.11, of 0 or more."]
        )
    return Decimal(plain)


def edited_ladder(
    blocks: Sequence[Price], rows: Iterable[tuple[str | None, str | None]], cap: Decimal | None
) -> list[Price]:
    """The blocks that a table of bounds and rates says; a row without anything is left out.

    Raises:
        WrongPrices: a text is no number, the blocks do not ascend, or the last is not open.
    """
    name = ladder_name(blocks[0])
    problems: list[str] = []
    found: list[Price] = []
    lower = Decimal(0)
    given = [((up_to or "").strip(), (rate or "").strip()) for up_to, rate in rows]
    given = [row for row in given if any(row)]
    for block_no, (up_to, rate) in enumerate(given, start=1):
        what = f"{name}, block {block_no}"
        try:
            upper = number(up_to, f"{what}, up to") if up_to else None
            price = replace(
                blocks[0],
                block_no=block_no,
                upper_bound=upper,
                unit_rate_usd=number(rate, f"{what}, rate"),
                cap_quantity=cap,
            )
        except WrongPrices as wrong:
            problems += wrong.problems
            continue
        if upper is None and block_no < len(given):
            problems.append(f"{what} is open, and a block follows. Say up to which quantity it goes.")
        if upper is not None and upper <= lower:
            problems.append(
                f"{what} goes up to {formats.quantity(upper)}, and the one before already up to "
                f"{formats.quantity(lower)}. Blocks ascend."
            )
        lower = upper if upper is not None else lower
        found.append(price)
    if not given:
        problems.append(f"{name} has no block. Give it one at least.")
    elif given[-1][0]:
        problems.append(
            f"{name}: the last block is not open. Leave its bound empty, so that all use has a price."
        )
    if problems:
        raise WrongPrices(problems)
    return found


def edited(
    prices: Prices,
    blocks: Mapping[Ladder, Iterable[tuple[str | None, str | None]]],
    caps: Mapping[str, str | None],
    rates: Sequence[tuple[str | None, str | None]],
) -> Prices:
    """The prices after an edit; one that is as before stays assumed where it was.

    Args:
        prices: before the edit.
        blocks: of each ladder the rows of bound and rate; an empty bound is open.
        caps: of each component by blocks the quantity that is priced at most; empty for none.
        rates: rate and cap of each of `charges`, in their order.

    Raises:
        WrongPrices: all that is wrong, at once.
    """
    problems: list[str] = []
    found: list[Price] = []
    for price, (rate, cap) in zip(charges(prices), rates, strict=True):
        try:
            found.append(_edited_charge(price, rate or "", (cap or "").strip()))
        except WrongPrices as wrong:
            problems += wrong.problems
    for ladder, before in ladders(prices).items():
        try:
            text = (caps.get(ladder[0]) or "").strip()
            cap = number(text, f"{words.charge(ladder[0])}, priced at most") if text else None
            if cap == 0:
                raise WrongPrices(
                    [f"{words.charge(ladder[0])}: a cap of 0 prices nothing. Leave it empty for none."]
                )
            found += edited_ladder(before, blocks[ladder], cap)
        except WrongPrices as wrong:
            problems += wrong.problems
    if problems:
        raise WrongPrices(list(dict.fromkeys(problems)))
    known = {price.place: price for price in prices}
    return tuple(
        price if price == known.get(price.place) else replace(price, is_assumed=False) for price in found
    )


@dataclass(frozen=True)
class Texts:
    """Prices as texts that can be edited: what `edited` takes."""

    blocks: dict[Ladder, list[tuple[str, str]]]
    caps: dict[str, str]
    rates: list[tuple[str, str]]


def as_texts(prices: Prices) -> Texts:
    """The prices as they stand in the tables to edit."""
    return Texts(
        blocks={
            ladder: [(bare(block.upper_bound), bare(block.unit_rate_usd)) for block in blocks]
            for ladder, blocks in ladders(prices).items()
        },
        caps={blocks[0].component: bare(blocks[0].cap_quantity) for blocks in ladders(prices).values()},
        rates=[(bare(price.unit_rate_usd), bare(price.cap_quantity)) for price in charges(prices)],
    )


def bare(value: Decimal | None) -> str:
    """A number as it is typed: two decimals at least where it has any, no separators."""
    if value is None:
        return ""
    text = formats.quantity(value).replace(",", "")
    return text + "0" if len(text.partition(".")[2]) == 1 else text


def checked(prices: Prices) -> Prices:
    """The prices, where they are in order.

    Raises:
        WrongPrices: they are not, such as blocks that do not ascend.
    """
    texts = as_texts(prices)
    return edited(prices, texts.blocks, texts.caps, texts.rates)


def _edited_charge(price: Price, rate: str, cap: str) -> Price:
    name = price_name(price)
    amount = number(rate, f"{name}, rate")
    if price.unit == "percent" and amount > 100:
        raise WrongPrices([f"{name}: {formats.quantity(amount)} percent is more than the bill."])
    limit = number(cap, f"{name}, cap") if cap else None
    return replace(price, unit_rate_usd=amount, cap_quantity=limit)


def components(
    prices: Iterable[Price],
    versions: Iterable[date],
    *,
    utility: str,
    service: str,
    tariff_class: str,
    rounding: str,
) -> pl.DataFrame:
    """The prices as the rate engine reads them, once for each version that they are to hold in."""
    rows = []
    lower: dict[Ladder, Decimal] = {}
    for price in sorted(prices, key=lambda one: one.place):
        ladder = (price.component, price.season)
        below = lower.get(ladder, Decimal(0)) if price.component_kind in BY_BLOCKS else Decimal(0)
        lower[ladder] = price.upper_bound or below
        first, _, last = price.season.partition("/")
        rows.append(
            asdict(price)
            | {"utility_id": utility, "service": service, "tariff_class": tariff_class, "rounding": rounding}
            | {"season_first": first, "season_last": last, "lower_bound": below}
        )
    every = [row | {"effective_from_on": version} for version in versions for row in rows]
    return pl.DataFrame(every, schema_overrides=COMPONENTS, schema=list(COMPONENTS), orient="row")


def why_not_in(prices: Prices, others: Prices) -> str:
    """Why bills under the other prices cannot be priced by these; empty where they can."""
    seasons = {price.season for price in prices if price.season}
    if seasons and seasons != {price.season for price in others if price.season}:
        return "its bills do not tell the seasons"
    sizes = {price.meter_size for price in prices if price.meter_size}
    if sizes and not {price.meter_size for price in others if price.meter_size} <= sizes:
        return "it has meter sizes that these prices have not"
    if any(p.component_kind == "demand" for p in prices) and all(
        p.component_kind != "demand" for p in others
    ):
        return "its bills tell no demand"
    if measured_by(prices)[1] == "winter_average" != measured_by(others)[1]:
        return "its bills tell no winter average"
    return ""


def price_name(price: Price) -> str:
    """What a price is called: `Base charge, meter 5/8`, `Volume, block 2, 1 Jun to 31 Oct`."""
    parts = [words.charge(price.component)]
    if price.meter_size:
        parts.append(f"meter {price.meter_size}")
    if price.component_kind in BY_BLOCKS:
        parts.append(f"block {price.block_no}")
    if price.season:
        parts.append(words.season(price.season))
    return ", ".join(parts)


def ladder_name(price: Price) -> str:
    """What its blocks are called: `Volume, 1 Jun to 31 Oct`."""
    return price_name(replace(price, component_kind="", meter_size=""))


def rate_words(price: Price) -> str:
    """A rate with its unit: `$9.00 a month`, `9.08 %`, `$7.71 a kW`."""
    if price.unit == "percent":
        return f"{formats.quantity(price.unit_rate_usd)}{formats.THIN}%"
    return f"{formats.rate(price.unit_rate_usd)} a {words.unit(price.unit)}"


def block_words(lower: Decimal, upper: Decimal | None, unit: str) -> str:
    """`up to 2 ccf`, `over 2 up to 8 ccf`, `over 8 ccf`, `all use`."""
    named = words.unit(unit)
    if upper is None:
        return f"over {formats.quantity(lower)} {named}" if lower else "all use"
    upto = f"up to {formats.quantity(upper)} {named}"
    return f"over {formats.quantity(lower)} {upto}" if lower else upto


def ladder_words(blocks: Sequence[Price]) -> str:
    """All blocks in one text: `up to 2 ccf: $2.70; over 2 ccf: $5.11`."""
    texts, lower = [], Decimal(0)
    for block in blocks:
        where = block_words(lower, block.upper_bound, block.unit)
        texts.append(f"{where}: {formats.rate(block.unit_rate_usd)}")
        lower = block.upper_bound or lower
    return "; ".join(texts)


def in_words(prices: Prices) -> list[dict[str, str]]:
    """A row for each component and season: what it costs, what counts, what is priced at most."""
    rows = []
    charged: dict[str, list[Price]] = {}
    for price in charges(prices):
        charged.setdefault(price.component, []).append(price)
    for of_component in charged.values():
        first = of_component[0]
        by_size = "; ".join(f"meter {p.meter_size}: {rate_words(p)}" for p in of_component)
        cap = f"${formats.quantity(first.cap_quantity)} a month" if first.cap_quantity else ""
        rows.append(_told(of_component, by_size if first.meter_size else rate_words(first), cap))
    for blocks in ladders(prices).values():
        first = blocks[0]
        cap = (
            f"{formats.quantity(first.cap_quantity)} {words.unit(first.unit)} a month"
            if first.cap_quantity
            else ""
        )
        rows.append(_told(blocks, ladder_words(blocks), cap))
    return rows


def _told(prices: Sequence[Price], text: str, cap: str) -> dict[str, str]:
    price = prices[0]
    mark = f" {words.MARK_OF_ASSUMED}" if any(one.is_assumed for one in prices) else ""
    return {
        "component": price.component,
        "charge": words.charge(price.component) + mark,
        "season_words": words.season(price.season) if price.season else "",
        "price": text,
        "counts": words.counts(price.basis, price.component_kind),
        "cap": cap,
    }


def changes(before: Prices, after: Prices) -> pl.DataFrame:
    """Each price that is new, gone or another, with both rates and the change in percent."""
    old, new = ({price.place: price for price in prices} for prices in (before, after))
    rows = []
    for place in dict.fromkeys([*old, *new]):
        was, now = old.get(place), new.get(place)
        if was and now and _paid(was) == _paid(now):
            continue
        rows.append(
            {"what": price_name(now or was), "before": bound_words(was), "after": bound_words(now)}
            | {"change_pct": percent(was.unit_rate_usd, now.unit_rate_usd) if was and now else None}
        )
    schema = {"what": pl.String, "before": pl.String, "after": pl.String, "change_pct": EXACT}
    return pl.DataFrame(rows, schema=schema, orient="row")


def percent(before: Decimal, after: Decimal) -> Decimal | None:
    """The change in percent; None where there was nothing before."""
    share = formats.share(after - before, before)
    return None if share is None else share.quantize(Decimal("0.000001"))


def _paid(price: Price) -> tuple:
    return price.unit_rate_usd, price.upper_bound, price.cap_quantity, price.unit, price.basis


def bound_words(price: Price | None) -> str:
    """A rate with how far it goes; a dash where there is none."""
    if price is None:
        return formats.UNKNOWN
    parts = [rate_words(price)]
    if price.component_kind in BY_BLOCKS and price.upper_bound is not None:
        parts.append(f"up to {formats.quantity(price.upper_bound)}")
    if price.cap_quantity is not None:
        parts.append(f"capped at {formats.quantity(price.cap_quantity)}")
    return ", ".join(parts) + (f" {words.MARK_OF_ASSUMED}" if price.is_assumed else "")
