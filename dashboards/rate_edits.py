"""Prices as text that people edit: read back exactly, checked, and refused in a sentence if wrong.

A price is text until it is a Decimal, never a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dashboards import formats, words
from dashboards.rates import Ladder, Price, Prices, charges, ladder_name, ladders, price_name

MOST_USES = 12
NUMBER = re.compile(r"\d{1,9}(\.\d{0,6})?|\.\d{1,6}", re.ASCII)


class WrongPrices(ValueError):
    """What is wrong with an edit, a sentence each."""

    def __init__(self, problems: Sequence[str]):
        super().__init__(" ".join(problems))
        self.problems = list(problems)


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
            ladder: [(_typed(block.upper_bound), _typed_rate(block.unit_rate_usd)) for block in blocks]
            for ladder, blocks in ladders(prices).items()
        },
        caps={blocks[0].component: _typed(blocks[0].cap_quantity) for blocks in ladders(prices).values()},
        rates=[(_typed_rate(price.unit_rate_usd), _typed(price.cap_quantity)) for price in charges(prices)],
    )


def _typed(value: Decimal | None) -> str:
    """A quantity as it is typed: no zeros at its end, no separators."""
    return "" if value is None else formats.quantity(value).replace(",", "")


def _typed_rate(value: Decimal) -> str:
    return formats.rate(value).replace(",", "").removeprefix("$")


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


def quantities(text: str) -> list[Decimal]:
    """The uses that a list such as `2, 4, 6` says, ascending.

    Raises:
        WrongPrices: one of them is no number, or there are too many.
    """
    found = {number(part, "Uses") for part in text.split(",") if part.strip()}
    if not 0 < len(found) <= MOST_USES:
        raise WrongPrices([f"Uses: write one to {MOST_USES} quantities, parted by commas."])
    return sorted(found)
