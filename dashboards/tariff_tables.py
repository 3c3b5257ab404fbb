"""What a version of a tariff says, for the page Tariffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from dashboards import components, formats, pricing, rates, words
from dashboards.definitions import DEFINITIONS


def largest_first(page: components.Page, of_service: pl.DataFrame) -> list[str]:
    """The classes of a service, the one with the most bills first."""
    bills = dict.fromkeys(sorted(set(of_service["tariff_class"])), 0)
    counted = page.ask("rate_years", utility=page.utility_id).filter(
        pl.col("service") == of_service["service"][0]
    )
    for tariff_class, count in counted.select("tariff_class", "bill_count").iter_rows():
        bills[tariff_class] = bills.get(tariff_class, 0) + count
    return sorted(bills, key=lambda name: (-bills[name], name))


def figures(
    tariff: pricing.Tariff,
    before: pricing.Tariff | None,
    named: Mapping,
    at: str,
    bill: Decimal,
    was: Decimal | None,
) -> list[tuple[str, str, str, str]]:
    """When the version holds, its base charge, a bill under it, and what it rests on."""
    of_before = f"the version of {formats.day(before.effective_from_on)}" if before else ""
    assumed = [price for price in tariff.prices if price.is_assumed]
    mark = f" {words.MARK_OF_ASSUMED}" if assumed else ""
    until = formats.day(named["effective_to_on"]) if named["effective_to_on"] else "further notice"
    base, base_before = _base(tariff.prices), _base(before.prices) if before else None
    share = formats.pct(formats.share(Decimal(len(assumed)), Decimal(len(tariff.prices))))
    return [
        ("In force from", formats.day(tariff.effective_from_on),
         f"until {until}; {words.EFFECTIVE_ON[named['effective_on']]}", DEFINITIONS["Version"]),
        (f"Base charge a month{mark if base and base.is_assumed else ''}",
         formats.rate(base.unit_rate_usd) if base else formats.UNKNOWN,
         _against(base and base.unit_rate_usd, base_before and base_before.unit_rate_usd, of_before)
         if base else "the class has none",
         "The fixed charge of a month; of several meter sizes the smallest."),
        (f"Bill {at}{mark}", formats.usd(bill), _against(bill, was, of_before),
         DEFINITIONS["Bill calculator"]),
        ("Decided by", named["ordinance"] or "None named",
         f"{share} of the class's prices are assumed{mark}" if assumed else "every price has a source",
         "The ordinance that the tariff file names. The table below names the source of each price."),
    ]  # fmt: skip


def _base(prices: rates.Prices) -> rates.Price | None:
    return next((price for price in prices if price.component == "base"), None)


def _against(now: Decimal, was: Decimal | None, of_before: str) -> str:
    if was is None:
        return "no version before it to compare with"
    if now == was:
        return f"as under {of_before}"
    sign = "+" if now > was else ""
    return f"{sign}{formats.pct(rates.percent(was, now))} against {formats.usd(was)} under {of_before}"


def price_rows(
    of_version: pl.DataFrame,
    known: Mapping[tuple[str, str, date], pricing.Tariff],
    classes_in_order: Sequence[str],
) -> pl.DataFrame:
    """The prices of a version in words; classes that pay and rest on the same share their rows."""
    parts = of_version.partition_by("tariff_class", as_dict=True, maintain_order=True)
    classes: dict[tuple, list[str]] = {}
    for tariff_class in classes_in_order:
        part = parts.get((tariff_class,))
        if part is None:
            continue
        prices = known[part["service"][0], tariff_class, part["effective_from_on"][0]].prices
        sources = dict(part.select("component", "source").iter_rows())
        told = tuple(
            tuple((row | {"source": sources[row["component"]] or "assumed, no source"}).items())
            for row in rates.in_words(prices)
        )
        classes.setdefault(told, []).append(words.sentence(tariff_class))
    rows = [
        {"classes": ", ".join(names) if number == 0 else "", **{k: v for k, v in row if k != "component"}}
        for told, names in classes.items()
        for number, row in enumerate(told)
    ]
    return pl.DataFrame(rows)


def version_rows(of_service: pl.DataFrame) -> pl.DataFrame:
    """A row for each version of a service, the newest first."""
    rows = []
    for (start,), part in of_service.partition_by("effective_from_on", as_dict=True).items():
        ends = part["effective_to_on"][0]
        assumed, count = part["is_assumed"].sum(), part.height
        rows.append({
            "effective_from_on": start,
            "until": formats.day(ends) if ends else "further notice",
            "follows": words.EFFECTIVE_ON[part["effective_on"][0]],
            "ordinance": part["ordinance"][0],
            "sources": "; ".join(sorted(set(part["source"].drop_nulls()))) or None,
            "assumed": f"{assumed} of {count} prices {words.MARK_OF_ASSUMED}" if assumed else "none",
        })  # fmt: skip
    text = dict.fromkeys(["until", "follows", "ordinance", "sources", "assumed"], pl.String)
    return pl.DataFrame(rows, schema={"effective_from_on": pl.Date} | text, orient="row").sort(
        "effective_from_on", descending=True
    )
